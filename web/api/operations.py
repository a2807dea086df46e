"""The one table of operations: routes, documents, answers and errors. The router and OpenAPI are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel

from engine.contributions.outside import OutsideSetup
from engine.dated.document import Rows
from engine.matching.document import MatchList
from web.api import (
    agreeing,
    answers,
    bodies,
    config,
    configanswers,
    houses,
    lists,
    matching,
    money,
    moneyanswers,
    nights,
    orders,
    people,
    peopleanswers,
    pieanswers,
    piebodies,
    pies,
    recurring,
    recurringanswers,
    tonightanswers,
    transfers,
)
from web.api.answers import Answer
from web.api.asked import Asked, Reply

PREFIX: Final = "/api/v1"
_HOUSE: Final = "/customers/{reference}"
_BODY: Final = (400, 413, 415, 422)
_BUSY: Final = 503
_PIE: Final = f"{_HOUSE}/pies/{{account}}"

MAX_LIMIT: Final = houses.MAX_LIMIT


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: a whole number, a date or a text."""

    name: str
    type: Literal["integer", "date", "string"]
    highest: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `path` has OpenAPI's braces, `errors` are the statuses it may refuse with."""

    id: str
    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    summary: str
    handler: Callable[[Asked], Reply]
    answer: type[Answer]
    status: int = 200
    body: type[BaseModel] | None = None
    query: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = ()
    needs_key: bool = False
    takes_version: bool = False

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return PREFIX + self.path.replace("{", "<").replace("}", ">")


_LIMIT: Final = Parameter("limit", "integer", MAX_LIMIT)

OPERATIONS: Final = (
    Operation(
        "list_customers", "GET", "/customers", "Households, in pages", houses.list_customers,
        answers.CustomersAnswer, query=(Parameter("after", "string"), _LIMIT), errors=(400, 404),
    ),
    Operation(
        "get_customer", "GET", _HOUSE, "One household", houses.get_customer, answers.CustomerAnswer, errors=(404,)
    ),
    Operation(
        "list_accounts", "GET", f"{_HOUSE}/accounts", "Its accounts with their balances", houses.list_accounts,
        answers.AccountsAnswer, errors=(404,),
    ),
    Operation(
        "put_agreement", "PUT", f"{_HOUSE}/accounts/{{account}}/agreement",
        "Say whether the margin agreement of a trust's account is signed", agreeing.put_agreement,
        peopleanswers.OwnershipAnswer, body=bodies.AgreementBody, errors=(*_BODY, 404, _BUSY),
    ),
    Operation(
        "put_charge_cash", "PUT", f"{_HOUSE}/accounts/{{account}}/charge-cash",
        "Say whether the interest of a borrow line may be charged to cash accounts too", agreeing.put_charge_cash,
        moneyanswers.LineAnswer, body=bodies.ChargeCashBody, errors=(*_BODY, 404, _BUSY),
    ),
    Operation(
        "get_rules", "GET", f"{_HOUSE}/rules", "Its ordered rule list", lists.get_rules, answers.RulesAnswer,
        errors=(404,),
    ),
    Operation(
        "put_rules", "PUT", f"{_HOUSE}/rules", "Replace the whole list by a new version", lists.put_rules,
        answers.RulesAnswer, body=bodies.RulesBody, errors=(*_BODY, 404, 412, _BUSY), takes_version=True,
    ),
    Operation(
        "list_versions", "GET", f"{_HOUSE}/rules/versions", "Every version of the list", lists.list_versions,
        answers.VersionsAnswer, errors=(404,),
    ),
    Operation(
        "get_tonight", "GET", f"{_HOUSE}/tonight", "The plan of the next night", nights.get_tonight,
        tonightanswers.TonightAnswer, errors=(404,),
    ),
    Operation(
        "draft_tonight", "POST", f"{_HOUSE}/tonight", "The plan of the next night with other rules; nothing is saved",
        nights.draft_tonight, tonightanswers.DraftAnswer, body=bodies.RulesBody, errors=(*_BODY, 404),
    ),
    Operation(
        "list_nights", "GET", f"{_HOUSE}/nights", "Done nights, newest first", nights.list_nights,
        answers.NightsAnswer, query=(Parameter("before", "date"), _LIMIT), errors=(400, 404),
    ),
    Operation(
        "get_night", "GET", f"{_HOUSE}/nights/{{date}}", "Every rule's decision of one night", nights.get_night,
        answers.DecidedAnswer, errors=(400, 404, 409),
    ),
    Operation(
        "explain_rule", "GET", f"{_HOUSE}/nights/{{date}}/rules/{{rule}}", "One rule's way through one night",
        nights.explain_rule, answers.ExplanationAnswer, errors=(400, 404, 409),
    ),
    Operation(
        "make_transfer", "POST", f"{_HOUSE}/transfers", "Move money once for each Idempotency-Key",
        transfers.make_transfer, answers.TransferAnswer, status=201, body=bodies.TransferBody,
        errors=(*_BODY, 404, 409, _BUSY), needs_key=True,
    ),
    Operation(
        "list_transfers", "GET", f"{_HOUSE}/transfers", "Its transfers, newest first", transfers.list_transfers,
        answers.TransfersAnswer, query=(Parameter("before_seq", "integer", transfers.MAX_SEQ), _LIMIT),
        errors=(400, 404),
    ),
    Operation(
        "list_recurring", "GET", f"{_HOUSE}/recurring", "Its recurring transfers with their next dates",
        recurring.list_recurring, recurringanswers.RecurringListAnswer, errors=(404,),
    ),
    Operation(
        "add_recurring", "POST", f"{_HOUSE}/recurring", "Add a recurring transfer as the last rule, once for its id",
        recurring.add_recurring, recurringanswers.RecurringAnswer, status=201, body=recurringanswers.RecurringBody,
        errors=(*_BODY, 404, _BUSY),
    ),
    Operation(
        "remove_recurring", "DELETE", f"{_HOUSE}/recurring/{{transfer}}", "Take a recurring transfer out of the rules",
        recurring.remove_recurring, recurringanswers.RecurringListAnswer, errors=(404, 422, _BUSY),
    ),
    Operation(
        "get_matching", "GET", f"{_HOUSE}/matching", "Its matching rules, which give imported lines their categories",
        matching.get_matching, recurringanswers.MatchingAnswer, errors=(404,),
    ),
    Operation(
        "put_matching", "PUT", f"{_HOUSE}/matching", "Replace its matching rules by a new version",
        matching.put_matching, recurringanswers.MatchingAnswer, body=MatchList, errors=(*_BODY, 404, 412, _BUSY),
        takes_version=True,
    ),
    Operation(
        "list_persons", "GET", f"{_HOUSE}/persons", "Its persons with their rooms, and who owns its accounts",
        people.list_persons, peopleanswers.PersonsAnswer, errors=(404,),
    ),
    Operation(
        "list_contributions", "GET", f"{_HOUSE}/contributions", "Contributions to retirement accounts, newest first",
        people.list_contributions, peopleanswers.ContributionsAnswer, errors=(404,),
    ),
    Operation(
        "add_contribution", "POST", f"{_HOUSE}/contributions",
        "Enter a contribution made elsewhere once for each Idempotency-Key", people.add_contribution,
        peopleanswers.ContributionAnswer, status=201, body=OutsideSetup, errors=(*_BODY, 404, _BUSY), needs_key=True,
    ),
    Operation(
        "get_interest", "GET", f"{_HOUSE}/interest", "What cash earns: rates, accrued, posted by month, projected",
        money.get_interest, moneyanswers.InterestAnswer, errors=(404,),
    ),
    Operation(
        "get_borrow", "GET", f"{_HOUSE}/borrow", "Borrow lines: cost, room, margin, and what falls in prices would do",
        money.get_borrow, moneyanswers.LinesAnswer, errors=(404,),
    ),
    Operation(
        "get_in_flight", "GET", f"{_HOUSE}/in-flight", "Money on its way and under holds, and deposits taken back",
        money.get_in_flight, moneyanswers.OnItsWayAnswer, errors=(404,),
    ),
    Operation(
        "list_fees", "GET", f"{_HOUSE}/fees", "Fees with their reasons, and the platform fee's running month",
        money.list_fees, moneyanswers.FeesAnswer, errors=(404,),
    ),
    Operation(
        "get_pie", "GET", _PIE, "An account's pie, its terms and where its slices stand", pies.get_pie,
        pieanswers.PieAnswer, errors=(404, 422),
    ),
    Operation(
        "put_pie", "PUT", _PIE, "A new version of a pie and its terms; nothing trades by itself", pies.put_pie,
        pieanswers.PieAnswer, body=piebodies.PieBody, errors=(*_BODY, 404, 412, _BUSY), takes_version=True,
    ),
    Operation(
        "preview_pie", "POST", f"{_PIE}/preview", "What the next window would do; nothing is ordered",
        orders.preview_pie, pieanswers.PiePreviewAnswer, body=piebodies.PiePreviewBody, errors=(*_BODY, 404, _BUSY),
    ),
    Operation(
        "get_performance", "GET", f"{_PIE}/performance", "Value over time with time- and money-weighted return",
        pies.get_performance, pieanswers.PerformanceAnswer, query=(Parameter("range", "string"),), errors=(400, 404),
    ),
    Operation(
        "list_holdings", "GET", f"{_HOUSE}/holdings", "Every holding with its lots", pies.list_holdings,
        pieanswers.HoldingsAnswer, errors=(404,),
    ),
    Operation(
        "list_orders", "GET", f"{_HOUSE}/orders", "Orders with their fills, newest first", orders.list_orders,
        pieanswers.OrdersAnswer, query=(Parameter("before_order", "integer", orders.MAX_ORDER), _LIMIT),
        errors=(400, 404),
    ),
    Operation(
        "place_order", "POST", f"{_HOUSE}/orders", "Order once for each Idempotency-Key, for the next window",
        orders.place_order, pieanswers.OrderAnswer, status=201, body=piebodies.OrderBody,
        errors=(*_BODY, 404, 409, _BUSY), needs_key=True,
    ),
    Operation(
        "cancel_order", "DELETE", f"{_HOUSE}/orders/{{order}}", "Take an order back before its window opens",
        orders.cancel_order, pieanswers.OrderAnswer, errors=(404, 409, _BUSY),
    ),
    Operation(
        "list_models", "GET", "/models", "Model pies by category", pies.list_models, pieanswers.ModelsAnswer
    ),
    Operation(
        "get_model", "GET", "/models/{name}", "One model pie", pies.get_model, pieanswers.ModelAnswer, errors=(404,)
    ),
    Operation(
        "list_config", "GET", "/config", "Rates, fees and limits on a date", config.list_config,
        configanswers.ConfigAnswer, query=(Parameter("on", "date"),), errors=(400,),
    ),
    Operation(
        "get_config", "GET", "/config/{name}", "One of them with its history and sources", config.get_config,
        configanswers.ConfigNameAnswer, errors=(404,),
    ),
    Operation(
        "add_config", "POST", "/config", "Add rows, all or none; nothing is ever changed", config.add_config,
        configanswers.ConfigRowsAnswer, status=201, body=Rows, errors=(*_BODY, 409, _BUSY),
    ),
    Operation(
        "list_starters", "GET", "/starters", "Ready-made rules", lists.list_starters, answers.StartersAnswer
    ),
    Operation(
        "preview", "POST", "/preview", "Decide a case that needs no stored household", lists.preview,
        answers.PreviewAnswer, body=bodies.PreviewBody, errors=_BODY,
    ),
)  # fmt: skip
