"""Which category a line belongs to, and whether it is a card purchase, by the profile's ordered conditions."""

from collections.abc import Mapping, Sequence

from bank.profile import UNCATEGORISED, Category, Column, Condition, Profile


class Sorter:
    """The profile's conditions bound to the file's columns. Equal values are judged once."""

    def __init__(self, profile: Profile, places: Mapping[Column, int]) -> None:
        """`places` gives the 0-based field of every column that the profile names."""
        self._profile = profile
        self._places = places
        sides = (profile.categories.income, profile.categories.expense)
        asked = [condition.column for side in sides for category in side for condition in category.when]
        asked += [condition.column for conditions in profile.card for condition in conditions]
        self._asked = tuple(dict.fromkeys(places[column] for column in asked))
        self._known: dict[tuple[bool, tuple[str, ...]], tuple[str, bool]] = {}

    def sort(self, fields: Sequence[str], *, incoming: bool) -> tuple[str, bool]:
        """The category's name, and whether the line is a card purchase (money out only)."""
        key = (incoming, tuple([fields[place] for place in self._asked]))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._judge(fields, incoming=incoming)
        return found

    def _judge(self, fields: Sequence[str], *, incoming: bool) -> tuple[str, bool]:
        sides = self._profile.categories
        categories: tuple[Category, ...] = sides.income if incoming else sides.expense
        held = (each.category for each in categories if self._all(each.when, fields))
        card = not incoming and any(self._all(conditions, fields) for conditions in self._profile.card)
        return next(held, UNCATEGORISED), card

    def _all(self, conditions: Sequence[Condition], fields: Sequence[str]) -> bool:
        return all(_holds(condition, fields[self._places[condition.column]]) for condition in conditions)


def _holds(condition: Condition, raw: str) -> bool:
    value = raw.strip().casefold()
    if condition.equals is not None:
        return value in condition.equals
    return any(word in value for word in condition.contains or ())
