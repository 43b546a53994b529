"""A cell as the mapping has it read: the texts of our columns, and the rule by which it changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from case_review.living.importing import values
from case_review.living.importing.facts import DATES, LEVEL, PAIRS, SINGLE, Facts
from case_review.living.importing.mapping import NOT_REPORTED, Mapping, parts
from case_review.units import hours_in

#: Digits behind the point of a time that was converted between units.
_DIGITS = Decimal("0.0001")


@dataclass(frozen=True)
class Value:
    """The texts of one or two columns of ours, and the rule, empty where nothing changed."""

    texts: tuple[str, ...]
    rule: str = ""


class Reader:
    """Reads cells by the settings of a mapping.

    Parameters
    ----------
    settings
        What becomes of ranges, limits, dates and the like.
    facts
        Units, bounds and words of the review.
    """

    def __init__(self, settings: Mapping, facts: Facts):
        self.settings, self.facts = settings, facts
        self.amount = lru_cache(maxsize=100_000)(self._amount)

    def read(self, entry: Mapping, text: str, commas: bool = False) -> Value | None:
        """The value of a cell, or None where none is reported.

        Parameters
        ----------
        entry
            The mapping's entry of its column.
        commas
            Whether the column has decimal commas.

        Raises
        ------
        Unread
            If it cannot be read in one way.
        """
        target = entry["to"]
        known = {word.casefold(): code for word, code in entry.get("codes", {}).items()}
        code = known.get(" ".join(text.split()).casefold())
        if code == NOT_REPORTED:
            return None
        if code is None and self.facts.is_missing(text):
            return None
        if target == "own":
            return self._own(entry, text, code, commas)
        if target in PAIRS or target in SINGLE or target == LEVEL:
            found = self.amount(target, values.unit(entry.get("unit", "")), code or text, commas)
            rule = "; ".join(filter(None, ["code of the mapping" if code else "", found.rule]))
            return Value(found.texts, rule)
        if target in DATES:
            day = values.day(text, self.settings.get("dates", "")).isoformat()
            return Value((day,), "" if day == text else "date")
        return self._word(target, text, code)

    def _own(self, entry: Mapping, text: str, code: str | None, commas: bool) -> Value:
        if entry["type"] == "text":
            return self._word(entry["name"], text, code)
        found = values.amount(code or text, commas)
        if found.kind != "number" or (found.unit and found.unit != entry.get("unit")):
            raise values.Unread("a plain number was expected in this column")
        if entry["type"] == "whole" and found.low % 1:
            raise values.Unread("a whole number was expected in this column")
        self._check(entry["name"], (found.low,), False)
        number = values.plain(found.low)
        return Value((number,), "" if number == text else "number")

    def _word(self, target: str, text: str, code: str | None) -> Value:
        allowed = {value.casefold(): value for value in self.facts.allowed(target)}
        if code is not None:
            return Value((code,), "code of the mapping")
        word = " ".join(text.split())
        if allowed:
            if word.casefold() not in allowed:
                raise values.Unread("the mapping has no code for it")
            word = allowed[word.casefold()]
        elif target == "drug":
            word = self.facts.drugs.get(word.casefold(), word.lower())
        elif target == "cotreatments":
            word = ";".join(parts(word))
        return Value((word,), "" if word == text else "spelling")

    def _amount(self, target: str, unit: str, text: str, commas: bool = False) -> Value:
        found, rules = values.amount(text, commas), []
        if target == LEVEL and found.kind in ("range", "number"):
            ends = (found.low, found.high)
        else:
            ends = (self._single(found, rules),)
        given = found.unit or unit
        if given in ("mg/m2", "mg/kg") and self.settings.get("doses") == "per day":
            given += "/day"
            rules.append("dose of a day")
        if found.unit and found.unit != unit:
            rules.append(f"unit in the cell: {given}")
        wanted, pair = self.facts.units(target), target in PAIRS
        if not given:
            raise values.Unread("no unit is known")
        if target == "follow_up" and given != "months" and "follow_up_value" in self.facts.columns:
            wanted, pair = self.facts.columns["follow_up_unit"].values, True
        if wanted and given not in wanted:
            ends, given = self._converted(ends, given, wanted, rules)
        self._check(target, ends, pair)
        texts = tuple(map(values.plain, ends))
        if target == LEVEL and found.kind == "range":
            rules.append("both ends of a range")
        elif " ".join(texts) != text and not rules:
            rules.append("number")
        return Value((*texts, given) if pair else texts, "; ".join(rules))

    def _single(self, found: values.Amount, rules: list[str]) -> Decimal:
        """One number of what a cell says, as the settings have it."""
        if found.kind == "number":
            return found.low
        name = {"range": "ranges", "approximate": "approximate", "limit": "limits"}[found.kind]
        which = self.settings.get(name, "unread")
        if which == "unread":
            raise values.Unread(f"{name} in the mapping's settings: unread")
        rules.append(f"{name}: {which}")
        if found.low == found.high or which == "low":
            return found.low
        return found.high if which == "high" else (found.low + found.high) / 2

    def _converted(self, ends, given: str, wanted: tuple[str, ...], rules: list[str]):
        """Times in a unit of ours; the longest in which the number is exact, else the only one."""
        hours = hours_in(given, Decimal(self.facts.month_days))
        lengths = {unit: hours_in(unit, Decimal(self.facts.month_days)) for unit in wanted}
        if hours is None or None in lengths.values():
            raise values.Unread(f"the unit {given} is none of {', '.join(wanted)}")
        exact = [u for u in reversed(wanted) if (hours / lengths[u]).denominator == 1]
        unit = (exact or wanted)[0]
        factor = hours / lengths[unit]
        rules.append(f"{given} to {unit}")
        scaled = [end * factor.numerator / factor.denominator for end in ends]
        if factor.denominator != 1:
            scaled = [end.quantize(_DIGITS, ROUND_HALF_EVEN) for end in scaled]
        return tuple(scaled), unit

    def _check(self, target: str, ends, pair: bool) -> None:
        name = PAIRS[target][0] if target in PAIRS else target
        follow_up = "follow_up_value" if pair else "follow_up_months"
        name = {"follow_up": follow_up, LEVEL: "level_high_ng_ml"}.get(name, name)
        column = self.facts.columns.get(self.facts.column(name))
        for end in ends:
            if column and column.lowest is not None and end < Decimal(str(column.lowest)):
                raise values.Unread(f"it is less than {column.lowest:g}, the least of {name}")
            if column and column.highest is not None and end > Decimal(str(column.highest)):
                raise values.Unread(f"it is more than {column.highest:g}, the most of {name}")

    def between(self, target: str, start: str, end: str) -> Value:
        """The time between two days.

        Raises
        ------
        Unread
            If the second comes first.
        """
        days = (values.day(end) - values.day(start)).days
        if days < 0:
            raise values.Unread("the second date comes before the first")
        found = self.amount(target, "days", str(days))
        return Value(found.texts, "; ".join(filter(None, ["days between two dates", found.rule])))
