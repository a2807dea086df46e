"""What the API answers about the plan of the next night, of the stored rules or of a draft of them."""

from web.api.answers import Answer, Day, DecisionAnswer, Money


class BalanceAnswer(Answer):
    """An account before and after the plan."""

    account: str
    posted_before: Money
    posted_after: Money
    available_before: Money
    available_after: Money
    expected_before: Money
    expected_after: Money


class ProjectedAnswer(Answer):
    """This month's interest as projected after the plan: what cash earns, and what borrow lines cost.

    Either is null where there is no such account. `gain` is what the plan's moves change about both together: above
    zero where more is earned or less paid. A move counts from the day on which it arrives.
    """

    earned: Money | None
    cost: Money | None
    gain: Money
    sentence: str


class TonightAnswer(Answer):
    """The plan of the next night: `moving` is what would move; `set_aside` why the books would refuse it, or null.

    `waiver` says when its moves would lose the waiver of the platform fee, null where they lose nothing. `interest` is
    null without an account that earns or costs.
    """

    on: Day
    version: int
    decisions: list[DecisionAnswer]
    balances: list[BalanceAnswer]
    moving: Money
    set_aside: str | None
    waiver: str | None
    interest: ProjectedAnswer | None


class ChangeAnswer(Answer):
    """A rule that would be decided differently; null where the list has no such rule."""

    rule: str
    before: DecisionAnswer | None
    after: DecisionAnswer | None


class DraftAnswer(TonightAnswer):
    """The plan of draft rules, and how it differs from the plan of the stored ones."""

    changes: list[ChangeAnswer]
