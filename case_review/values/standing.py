"""What a number rests on: print, what follows from it, one of many sets, real rows, the method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from case_review import formatting
from case_review.formatting import NOT_ESTIMABLE
from case_review.values.estimates import Count
from case_review.values.kinds import Part, PValue, Value, finite

PRINTED, DETERMINED, VARIES, EXTRACTED = "printed", "determined", "varies", "extracted"
#: What somebody chose, judged, or counted over drawn data sets: it tells of no patient.
METHOD = "method"
STANDINGS = (PRINTED, DETERMINED, VARIES, EXTRACTED, METHOD)
#: The letter beside a number. One that was taken from real rows needs none, nor does one that is
#: a property of the method: "determined" would claim that it follows from published data.
MARKS = {PRINTED: "p", DETERMINED: "d", VARIES: "v", EXTRACTED: "", METHOD: "", "": ""}
#: What each letter says, below tables and where the marks are explained.
SAID = {
    PRINTED: "printed in the review",
    DETERMINED: "the same in every data set that agrees with the print",
    VARIES: "varies between data sets that agree with the print",
}
#: The same of a printed count that stands with its percentage.
SAID_OF_COUNT = f"{SAID[PRINTED]} (percentages beside counts are computed)"
#: Parts of a count that are computed from it, and are not printed where it is.
_COMPUTED = ("limits", "share")
#: The ends of a number that does not vary, or of which it is not known how far it does.
NO_ENDS = {"least": None, "most": None, "proved": None}
#: How a number that varies is shown in a table.
SHOWN_VARYING = "the middle of the sets drawn, and in brackets the range over all sets found"


@dataclass(frozen=True)
class Spread:
    """How a number varies over the data sets that agree with the print.

    Parameters
    ----------
    least, most
        The smallest and the largest value found, in the unit of the number.
    middle
        The median over the sets that were drawn.
    proved
        Whether an optimiser proved that no set lies outside.
    """

    least: float
    most: float
    middle: float = math.nan
    proved: bool = False


@dataclass(frozen=True)
class Varying(Value):
    """A number that depends on the reconstruction: its range stands for it.

    Parameters
    ----------
    one
        Its value in the one set that the notebook reads, whose kind and unit it has.
    spread
        Over all sets; None where it is not known how far it varies, so that the value of the one
        set is all there is to show.
    limits_spread
        The outermost limits, of an estimate with limits.
    """

    one: Value
    spread: Spread | None = None
    limits_spread: Spread | None = None
    standing: str = field(default=VARIES, kw_only=True, compare=False)

    @property
    def prose(self) -> str:
        """`0.54 to 1.98`, `0 to 4 of 60`.

        Where both ends print alike one number, with what varies: `2 weeks (limits within 0.14–10
        weeks)`.
        """
        if self.spread is None:
            return self.one.prose
        said = self.one.framed(_joined(self.one, self.spread, " to "), False)
        if self.limits_spread is not None and self.one.at(self.spread.least).prose == said:
            return f"{said} (limits within {self.limits.prose})"
        return said

    @property
    def cell(self) -> str:
        """`5.1 [1.7–8.3]`: the middle of the sets drawn, and the ends; `2` if all are alike.

        `[0.42–2.41]` where there is no middle to speak of.
        """
        if self.spread is None:
            return self.one.cell
        ends = _joined(self.one, self.spread, "–", alone=True)
        if ends in (self.one.at(self.spread.least).cell, self.one.at(self.spread.middle).cell):
            return self.one.framed(ends, True)
        if math.isnan(self.spread.middle):
            return self.one.framed(f"[{ends}]", True)
        return self.one.framed(f"{self.one.at(self.spread.middle).cell} [{ends}]", True)

    @property
    def point(self) -> Value:
        """The estimate, without limits of its own."""
        if self.spread is not None:
            return self
        shown = getattr(self.one, "point", self.one)
        return Part(shown.prose, shown.cell, self, "point", standing=VARIES)

    @property
    def limits(self) -> Value:
        """The outermost limits over all sets."""
        if self.limits_spread is None and self.spread is not None:
            # Each limit is missing in some set.
            return Part(NOT_ESTIMABLE, NOT_ESTIMABLE, self, "limits", standing=VARIES)
        if self.limits_spread is None:
            part = getattr(self.one, "limits", self.one)
            return Part(part.prose, part.cell, self, "limits", standing=VARIES)
        words = (_joined(self.one, self.limits_spread, "–", alone) for alone in (False, True))
        return Part(*words, self, "limits", standing=VARIES)

    @property
    def share(self) -> Value:
        """The percentage of a count varies with it."""
        return self

    @property
    def p_value(self) -> Value:
        """The p-value of the one set, of which it is not known how far it varies."""
        return Varying(self.one.p_value)

    def coarse(self, least: float) -> Varying:
        """In the form that the value of the one set then has."""
        return replace(self, one=self.one.coarse(least))

    def fields(self) -> dict:
        """The middle of the sets drawn as the value, the outermost limits, and the ends.

        Where it is not known how far the number varies they are those of the one set.
        """
        fields = self.one.fields()
        if self.spread is None:
            return fields
        limits = self.limits_spread
        fields["value"] = finite(self.spread.middle)
        fields["low"] = finite(limits.least) if limits else None
        fields["high"] = finite(limits.most) if limits else None
        if isinstance(self.one, Count):  # whose numerator is the count of the one set
            fields["n"] = None
        return fields

    def ends(self) -> dict:
        """`least` and `most` over all sets, and whether it is `proved` that none lies outside."""
        if self.spread is None:
            return dict(NO_ENDS)
        ends = finite(self.spread.least), finite(self.spread.most), bool(self.spread.proved)
        return dict(zip(NO_ENDS, ends, strict=True))


def _joined(one: Value, spread: Spread, word: str, alone: bool = False) -> str:
    """The ends in the form of `one`, with its unit unless they stand `alone` in a cell."""
    low, high = one.at(spread.least), one.at(spread.most)
    if low.cell == high.cell:
        return low.cell if alone else low.prose
    if isinstance(low, PValue):
        return f"{low.cell if alone else low.prose}{word}{high.cell}"
    return formatting.joined(low.cell, high.cell, word, "" if alone else low.unit)


def together(*sources: Value) -> str:
    """What several numbers shown as one rest on, such as both ends of a range.

    It is printed if all of them are; else as `following` says.
    """
    is_printed = {source.standing for source in sources} == {PRINTED}
    return PRINTED if is_printed else following(*sources)


def one_of(value: Value) -> Value:
    """The value in the one set that the notebook reads, whatever it rests on: to calculate with."""
    return value.one if isinstance(value, Varying) else value


def following(*sources: Value) -> str:
    """What a number rests on that is worked out from recorded `sources` and nothing else.

    It varies if one of them does, and is determined if they are printed or determined; from
    extracted rows it is extracted. What was chosen besides does not count.
    """
    found = {source.standing for source in sources}
    if found == {METHOD}:
        return METHOD
    if VARIES in found:
        return VARIES
    return EXTRACTED if EXTRACTED in found else "" if "" in found else DETERMINED


def rests_on_rows(standings: Sequence[str], reconstructed: bool) -> bool:
    """Whether an exhibit of numbers with these standings needs the reconstructed rows.

    What the print fixes is the same with any rows. Where an exhibit has no number, or one of which
    it is not known what it rests on, it needs them if rows that were read are `reconstructed`.
    """
    is_fixed = bool(standings) and all(standings)
    return VARIES in standings or (reconstructed and not is_fixed)


def ends(value: Value) -> dict:
    """`standing`, `least`, `most` and `proved` of a value, as registry and CSV hold them.

    Limits and percentage of a printed count, where they stand without it, are determined by it.
    """
    whole = value.whole if isinstance(value, Part) else value
    found = whole.ends() if isinstance(whole, Varying) else NO_ENDS
    standing = whole.standing or value.standing
    if standing == PRINTED and isinstance(whole, Count) and value is not whole:
        standing = DETERMINED if value.name in _COMPUTED else PRINTED
    return {"standing": standing, **found}


def has_percentage(value: Value) -> bool:
    """Whether a percentage stands beside a count."""
    whole = value.whole if isinstance(value, Part) and value.name == "point" else value
    return isinstance(whole, Count) and bool(whole.of)
