"""Hold matching rules against lines that are in the books already, and move their categories where they say so.

A change of rules rewrites nothing: a line is moved only when asked, by a journal of its own between the two category
accounts, effective on the line's day. Accounts of the household are not touched, so `spent`, `deposits` and
`round_ups` stay as they were; card flags count for lines that are still to come. A line that no rule speaks of stays
where it is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.matching.document import MatchRule, account_problems, from_text, to_text
from engine.matching.judge import NO_RULE, Judged, LineColumns
from engine.matching.standing import Standing, line_ids, move_name, standing
from engine.ports import BookWork
from engine.sealing import sealed_block
from ledger.accounts import Int64s
from ledger.apply import apply
from ledger.batch import BookState, Code, Transfers
from ledger.faults import Problem, SluiceError
from ledger.statuses import Status


@dataclass(frozen=True, slots=True)
class Trial:
    """What rules say of lines: `first` is the place of the rule that each falls under, or NO_RULE.

    `now` and `then` are the paths of each line's category, such as expense:food; they are equal where it stays.
    `holds` and `decides` count, a rule, the lines for which it holds, and those for which it is the first that does.
    """

    standing: Standing
    first: Int64s
    now: Sequence[str]
    then: Sequence[str]
    holds: Sequence[int]
    decides: Sequence[int]

    @property
    def moving(self) -> Int64s:
        """The places of the lines whose category would change."""
        return np.flatnonzero([was != will for was, will in zip(self.now, self.then, strict=True)])


def rules_of(work: BookWork, customer: int) -> tuple[MatchRule, ...]:
    """A household's matching rules, none before the first were saved."""
    document = work.matching(np.array([customer], np.int64)).get(customer)
    return () if document is None else from_text(document)


def save_matching(
    work: BookWork, customer: int, rules: tuple[MatchRule, ...], when: tuple[int, int]
) -> tuple[Problem, ...]:
    """Keep the list as the household's new version, or give what is wrong with it; `when` is (business day, instant).

    The list it has already makes no new version.
    """
    handles = [one.handle for one in work.accounts_of(np.array([customer], np.int64))]
    problems = account_problems(rules, handles)
    if not problems and rules != rules_of(work, customer):
        work.save_matching(customer, to_text(rules), *when)
    return problems


def tried(work: BookWork, customer: int, rules: Sequence[MatchRule], since: int, at_most: int | None = None) -> Trial:
    """Hold rules against a household's lines from a day on, the newest first and at most so many; changes nothing."""
    stands = standing(work, customer, since, at_most)
    lines = stands.lines
    handles = {one.handle: one.account for one in work.accounts_of(np.array([customer], np.int64))}
    judged = Judged(rules, LineColumns(lines.text, lines.amount, lines.account, stands.card), handles)
    first, paths = judged.first(), work.system_paths()
    now = [paths[account] for account in stands.category.tolist()]
    sides = ["income" if amount > 0 else "expense" for amount in lines.amount.tolist()]
    then = [
        was if place == NO_RULE else f"{side}:{rules[place].category}"
        for was, side, place in zip(now, sides, first.tolist(), strict=True)
    ]
    decides = Counter(first.tolist())
    holds = [int(hit.sum()) for hit in judged.hits]
    return Trial(stands, first, now, then, holds, [decides[place] for place in range(len(rules))])


def recategorise(work: BookWork, customer: int, since: int, when: tuple[int, int]) -> int:
    """Move the categories of imported lines from a day on to what the household's rules say; how many were moved.

    `when` is (business day, instant) of asking. The second time nothing is left to move.
    """
    trial = tried(work, customer, rules_of(work, customer), since)
    if len(trial.moving) == 0:
        return 0
    batch = _moves(work, customer, trial)
    accounts = work.accounts(np.unique(np.concatenate([batch.debit, batch.credit])))
    state = BookState(work.row.book, work.row.next_seq, accounts, work.stored(batch))
    applied = apply(state, batch)
    if refused := set(applied.status.tolist()) - {int(Status.CREATED)}:
        sentence = f"The books refused to move a category: {Status(min(refused)).code}. Run `flask verify`."
        raise SluiceError("books_broken", sentence)
    day, instant = when
    work.write(sealed_block(work.row, state.accounts, batch, applied, (day, "request", instant)))
    return len(batch)


def _moves(work: BookWork, customer: int, trial: Trial) -> Transfers:
    """One transfer a line between its category accounts, a journal each."""
    at = trial.moving
    lines, stands = trial.standing.lines.take(at), trial.standing
    owners = {one.account: one.asset for one in work.accounts_of(np.array([customer], np.int64))}
    asset = np.array([owners[account] for account in lines.account.tolist()], np.int64)
    after = np.zeros(len(at), np.int64)
    paths = [trial.then[place] for place in at.tolist()]
    for number in np.unique(asset).tolist():
        mine = np.flatnonzero(asset == number)
        names = sorted({paths[place] for place in mine.tolist()})
        ids = dict(zip(names, work.system_accounts(number, names).tolist(), strict=True))
        after[mine] = [ids[paths[place]] for place in mine.tolist()]
    before, incoming = stands.category[at], lines.amount > 0
    moves = np.array([move_name(number + 1) for number in stands.moved[at].tolist()])
    return replace(
        line_ids(work.row.book, lines, moves),
        customer=np.full(len(at), customer, np.int64),
        debit=np.where(incoming, before, after),
        credit=np.where(incoming, after, before),
        asset=asset,
        amount=np.abs(lines.amount),
        code=np.full(len(at), Code.ADJUSTMENT, np.int64),
    )
