"""Whether a conclusion survives a sensitivity analysis: rules printed below the table.

The rules judge one data set. Where patient rows are reconstructed that is one of many, and what is
said is in how many of the sets drawn a conclusion holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from case_review import registry
from case_review.analyses import verdict_rules
from case_review.values import Estimate, Part, Value, Varying

HOLDS, RESERVED, FAILS = "Holds", "Holds with reservation", "Does not hold"
#: The verdicts as ends of result ids.
NAMES = {"holds": HOLDS, "reserved": RESERVED, "fails": FAILS}

#: What stands for a test or an interval that the data do not allow: it takes no part in a verdict.
NOT_APPLICABLE = "not applicable"
#: Said where the sets drawn have not been judged, because they have other groups.
NOT_COUNTED = "Not counted"


@dataclass(frozen=True)
class Line:
    """One line of the summary of all sensitivity analyses.

    Parameters
    ----------
    key, conclusion
        Short names of the analysis (`permutation`) and of the conclusion of the review that it
        tests (`difference`), for results.
    analysis
        Name in print.
    found
        What the analysis finds.
    verdict
        One of `HOLDS`, `RESERVED`, `FAILS`; empty where the analysis says nothing.
    limits
        Beside what is found, if they are not its own.
    part
        Of the analysis, where it has several lines that are counted apart: the type of interval,
        as it is called in print.
    fixed
        Whether it is the same in every data set that agrees with the print.
    """

    key: str
    conclusion: str
    analysis: str
    found: Value
    verdict: str = ""
    limits: Value | None = None
    part: str = ""
    fixed: bool = False

    @property
    def cells(self) -> list[str | Value]:
        """Analysis, estimate and limits, with their units."""
        point, limits = point_and_limits(self.found)
        limits = self.limits or limits
        return [self.analysis, _spelled(point), _spelled(limits) if limits else ""]


def point_and_limits(found: Value) -> tuple[Value, Value | str]:
    """An estimate and its limits for two cells; what is no estimate stands alone."""
    one = found.one if isinstance(found, Varying) else found
    if not isinstance(one, Estimate):
        return found, ""
    return found.point, found.limits


def with_limits(main: Value, found: Value) -> tuple[Value, Value | str]:
    """The point of the main analysis and the limits of another one, for two cells.

    An estimate that only has other limits is the same quantity, and stands as the main one does.
    What is no estimate stands alone.
    """
    _, limits = point_and_limits(found)
    return (point_and_limits(main)[0], limits) if limits != "" else (found, "")


def _spelled(value: Value) -> Part:
    """Words for a cell that says its unit itself, which stay as they are whatever is known."""
    return Part(value.prose, value.prose, value.whole if isinstance(value, Part) else value)


@dataclass(frozen=True)
class Tally:
    """In how many of the sets drawn a conclusion holds, with reservation or not at all.

    Parameters
    ----------
    beyond
        Whether it is otherwise in sets that only a search found: where it holds in all sets drawn,
        it does not hold there without reservation; where it holds in none, it does.
    """

    holds: int
    reserved: int
    fails: int
    sets: int
    beyond: bool = False

    @property
    def words(self) -> str:
        """`Holds in 934 of 1,000 sets drawn (with reservation in 60, not in 6)`; without zeros.

        `Holds in all 1,000 sets drawn, not in all possible ones`.
        """
        rest = [
            f"{words} in {n:,}"
            for words, n in (("with reservation", self.reserved), ("not", self.fails))
            if n
        ]
        if self.holds == self.sets:
            beyond = ", not in all possible ones" if self.beyond else ""
            return f"Holds in all {self.sets:,} sets drawn{beyond}"
        held = f"{self.holds:,}" if self.holds else "none"
        beyond = ", yet in some possible ones" if self.beyond else ""
        return f"Holds in {held} of {self.sets:,} sets drawn ({', '.join(rest)}){beyond}"


class Judge:
    """What may be said of a conclusion: a verdict, or in how many sets it holds.

    Parameters
    ----------
    counts
        `data/clean/verdicts.csv`: `analysis`, `conclusion`, `fails`, `reserved`, `holds`, `sets`,
        `beyond`; no rows where nothing is reconstructed, or where other groups are compared than
        the sets have.
    reconstructed
        Whether the patients that the lines were made of are those of one of many data sets.
    """

    def __init__(self, counts: pd.DataFrame, reconstructed: bool):
        self.reconstructed = reconstructed
        self.tallies = {
            (row.analysis, row.conclusion): Tally(
                int(row.holds), int(row.reserved), int(row.fails), int(row.sets), bool(row.beyond)
            )
            for row in counts.itertuples()
        }

    def of_line(self, line: Line) -> str:
        """The last cell of a line of the summary."""
        if not line.verdict or line.fixed or not self.reconstructed:
            return line.verdict
        name = f"{line.key}_{registry.identifier(line.part)}" if line.part else line.key
        return self._counted(name, line.conclusion)

    def of_analyses(self, lines: Sequence[Line]) -> dict[tuple[str, str], str]:
        """What is said of each analysis and conclusion, by their keys; see `of_analyses`."""
        fixed = {(line.key, line.conclusion) for line in lines if line.fixed}
        return {
            keys: self._counted(*keys) if self.reconstructed and keys not in fixed else verdict
            for keys, verdict in of_analyses(lines).items()
        }

    def _counted(self, analysis: str, conclusion: str) -> str:
        tally = self.tallies.get((analysis, conclusion))
        return NOT_COUNTED if tally is None else tally.words

    def note(
        self,
        lines: Sequence[Line],
        conclusions: Mapping[str, str],
        names: Mapping[str, str] | None = None,
    ) -> list[str]:
        """What is said of one exhibit's lines as its note, a sentence per conclusion tested.

        `conclusions` names each of them in print, `names` some analyses by their keys. Of an
        analysis in parts each part is told.
        """
        said = []
        lines = [line for line in lines if line.conclusion in conclusions]
        for (key, tested), words in self.of_analyses(lines).items():
            own = [x for x in lines if (x.key, x.conclusion) == (key, tested) and x.verdict]
            told = {line.part: self.of_line(line) for line in own if line.part}
            for part, each in (told or {(names or {}).get(key, ""): words}).items():
                name = f"{conclusions[tested]} ({part})" if part else conclusions[tested]
                said.append(f"{name}: {in_a_sentence(each)}.")
        beyond = [self.tallies[keys].beyond for keys in of_analyses(lines) if keys in self.tallies]
        rule = [verdict_rules.SETS_RULE] if self.reconstructed and any(beyond) else []
        return [f"The review's conclusion. {' '.join(said)}", *rule] if said else []

    def summary(self, lines: Sequence[Line]) -> dict[str, dict[str, int]]:
        """By conclusion, how many analyses say what, by the ends of result ids.

        `all`, `some` and `none` are analyses in which the conclusion holds, without reservation, in
        all sets drawn, in some, or in none; the names of `NAMES` count verdicts where there is one.
        """
        found: dict[str, dict[str, int]] = {}
        fixed = {(line.key, line.conclusion) for line in lines if line.fixed}
        for keys, verdict in of_analyses(lines).items():
            many = self.reconstructed and keys not in fixed
            if many and keys not in self.tallies:
                continue
            names = ("all", "some", "none") if many else tuple(NAMES)
            counts = found.setdefault(keys[1], dict.fromkeys(names, 0))
            if many:
                tally = self.tallies[keys]
                counts[_share(tally.holds, tally.sets)] += 1
            else:
                counts[next(name for name, words in NAMES.items() if words == verdict)] += 1
        return found


def _share(n: int, of: int) -> str:
    return "all" if n == of else "some" if n else "none"


def in_a_sentence(words: str) -> str:
    """What is said in a cell, in the midst of a sentence."""
    return f"{words[0].lower()}{words[1:]}"


def of_median(found: Value, main: Estimate) -> str:
    """Does a median stay where the main analysis put it? See `verdict_rules`.

    A limit of the main analysis that is not estimable sets no bound; a limit of `found` that is not
    estimable lies outside any bound, and so does an estimate. Empty where `found` is no estimate,
    because the analysis does not apply, or where the main analysis has none to stay with.
    """
    if not isinstance(found, Estimate) or math.isnan(main.estimate):
        return ""
    low, high = _open_where_unknown(main.lower, main.upper)
    if math.isnan(found.estimate) or not low <= found.estimate <= high:
        return FAILS
    below, above = _open_where_unknown(found.lower, found.upper)
    return HOLDS if low <= below and above <= high else RESERVED


def _open_where_unknown(low: float, high: float) -> tuple[float, float]:
    return -math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high


def of_p_value(p: float, conf_level: float) -> str:
    """Does a test still find no difference? See `verdict_rules`; empty where there is no p."""
    if math.isnan(p):
        return ""
    # 1 - 0.95 is a little above 0.05 in binary, and an exact p-value can be 0.05 itself
    return HOLDS if p >= 1 - conf_level - 1e-12 else FAILS


def of_interval(low: float, high: float, no_difference: float) -> str:
    """Does an interval still include no difference? See `verdict_rules`.

    A limit that is not estimable excludes nothing; without both there is no interval, and the
    verdict is empty.
    """
    if math.isnan(low) and math.isnan(high):
        return ""
    low, high = _open_where_unknown(low, high)
    return HOLDS if low <= no_difference <= high else FAILS


def of_repetitions(verdicts: Iterable[str]) -> str:
    """One verdict from many: all hold, none does, or some do; empty ones take no part."""
    given = {verdict for verdict in verdicts if verdict}
    return RESERVED if len(given) > 1 else next(iter(given), "")


def of_proportion(lower: float, targets: Sequence[float]) -> str:
    """Does a high proportion survive? `targets` are the higher and the lower mark, as fractions.

    Holds if the lower limit is not below the higher mark; with reservation if it is not below the
    lower one; does not hold otherwise. Empty where there is no limit.
    """
    if math.isnan(lower):
        return ""
    high, low = max(targets), min(targets)
    return HOLDS if lower >= high else RESERVED if lower >= low else FAILS


def of_later_studies(upper_limits: Sequence[float], lower: float) -> str:
    """Do later studies agree with the review's lower limit? See `verdict_rules`."""
    apart = sum(upper < lower for upper in upper_limits)
    if apart == 0:
        return HOLDS
    return FAILS if apart > len(upper_limits) / 2 else RESERVED


def of_analyses(lines: Sequence[Line]) -> dict[tuple[str, str], str]:
    """The verdict of each analysis on each conclusion that it tests, by their keys.

    Lines of one analysis and conclusion (the interval types) share one verdict.
    """
    tested: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if line.verdict:
            tested.setdefault((line.key, line.conclusion), []).append(line.verdict)
    return {keys: of_repetitions(found) for keys, found in tested.items()}
