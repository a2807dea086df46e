"""The dated configuration for programs: every name on a date, the history of one, and rows added."""

from engine.dated.document import DatedRow, Rows
from engine.dated.standing import rows_of, standing, standings
from ledger.days import format_day
from ledger.faults import SluiceError
from web.api.asked import Asked, Reply
from web.api.configanswers import (
    ConfigAnswer,
    ConfigNameAnswer,
    ConfigRowAnswer,
    ConfigRowsAnswer,
    ConfigValueAnswer,
)


def list_config(asked: Asked) -> Reply:
    """GET /config. The date is that of the next night where none is asked for."""
    on = asked.day(asked.query["on"]) if "on" in asked.query else asked.services.today()
    values = [
        ConfigValueAnswer(
            name=one.name,
            group=one.entry.group,
            kind=one.entry.kind.value,
            unit=one.entry.unit,
            holds=None if one.holds is None else _row(one.holds),
            next=None if one.coming is None else _row(one.coming),
        )
        for one in standings(asked.services.books.dated(), on)
    ]
    return Reply(ConfigAnswer(on=format_day(on), values=values))


def get_config(asked: Asked) -> Reply:
    """GET /config/{name}."""
    dated, text = asked.services.books.dated(), asked.path["name"]
    try:
        one = standing(dated, text, asked.services.today())
    except SluiceError as fault:
        raise SluiceError("config_unknown", fault.sentence, "name") from None
    lowest, highest = one.entry.bounds()
    answer = ConfigNameAnswer(
        name=one.name,
        group=one.entry.group,
        kind=one.entry.kind.value,
        unit=one.entry.unit,
        meaning=one.entry.sentence,
        lowest=lowest,
        highest=highest,
        accrues=one.entry.accrues,
        rows=[_row(row) for row in rows_of(dated, text)],
    )
    return Reply(answer)


def add_config(asked: Asked) -> Reply:
    """POST /config: all rows or none. A row that holds already as it is is not added again."""
    rows = asked.body_as(Rows).dated()
    asked.services.books.add_dated(rows, asked.services.now())
    return Reply(ConfigRowsAnswer(rows=[_row(row) for row in rows]), 201)


def _row(row: DatedRow) -> ConfigRowAnswer:
    return ConfigRowAnswer(name=row.name, from_=format_day(row.day), value=row.value, source=row.source)
