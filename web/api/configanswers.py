"""What the API answers about the dated configuration. A value is always text, such as "3.10%"; dates as everywhere."""

from pydantic import Field

from web.api.answers import Answer, Day


class ConfigRowAnswer(Answer):
    """A row: the name has the value from that date on; 1900-01-01 stands for the beginning."""

    name: str
    from_: Day = Field(alias="from")
    value: str
    source: str


class ConfigValueAnswer(Answer):
    """A name: the row that holds on the date asked for, and the one that comes next; null where there is none."""

    name: str
    group: str
    kind: str
    unit: str
    holds: ConfigRowAnswer | None
    next: ConfigRowAnswer | None


class ConfigAnswer(Answer):
    """Every name on a date."""

    on: Day
    values: list[ConfigValueAnswer]


class ConfigNameAnswer(Answer):
    """One name: what it means, its bounds, whether interest is counted with it, and its rows, the earliest first."""

    name: str
    group: str
    kind: str
    unit: str
    meaning: str
    lowest: str
    highest: str
    accrues: bool
    rows: list[ConfigRowAnswer]


class ConfigRowsAnswer(Answer):
    """The rows that were sent, as they are kept."""

    rows: list[ConfigRowAnswer]
