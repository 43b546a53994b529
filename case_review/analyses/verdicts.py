"""Whether a conclusion survives a sensitivity analysis: rules printed below the table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from case_review import formatting
from case_review.values import Estimate, Value

HOLDS, RESERVED, FAILS = "Holds", "Holds with reservation", "Does not hold"
#: The verdicts as ends of result ids.
NAMES = {"holds": HOLDS, "reserved": RESERVED, "fails": FAILS}

#: What stands for a test or an interval that the data do not allow: it takes no part in a verdict.
NOT_APPLICABLE = "not applicable"
#: A rule in words, printed below the summary table.
MEDIAN_RULE = (
    "Median: holds if the estimate and its limits stay within the limits of the main analysis; "
    "with reservation if only the estimate does; does not hold otherwise."
)
#: How several verdicts become one, in words.
REPETITION_RULE = (
    "Where an analysis is repeated, the conclusion holds with reservation if only some repetitions "
    "agree; the limits shown are the outermost ones."
)
#: The rule of `of_later_studies` in words.
LATER_RULE = (
    "Later studies: holds if no group's upper limit lies below the review's lower limit; with "
    "reservation if some do; does not hold if most do."
)


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
    """

    key: str
    conclusion: str
    analysis: str
    found: Value
    verdict: str = ""
    limits: Value | None = None

    @property
    def cells(self) -> list[str | Value]:
        """Analysis, estimate, limits and verdict, with their units."""
        has_limits = isinstance(self.found, Estimate)
        point = self.found.point if has_limits else self.found
        limits = self.limits or (self.found.limits if has_limits else None)
        return [self.analysis, point.spelled, limits.spelled if limits else "", self.verdict]


def of_median(found: Value, main: Estimate) -> str:
    """Does a median stay where the main analysis put it? See `MEDIAN_RULE`.

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
    """Does a test still find no difference? See `difference_rule`; empty where there is no p."""
    if math.isnan(p):
        return ""
    # 1 - 0.95 is a little above 0.05 in binary, and an exact p-value can be 0.05 itself
    return HOLDS if p >= 1 - conf_level - 1e-12 else FAILS


def of_interval(low: float, high: float, no_difference: float) -> str:
    """Does an interval still include no difference? See `difference_rule`.

    A limit that is not estimable excludes nothing; without both there is no interval, and the
    verdict is empty.
    """
    if math.isnan(low) and math.isnan(high):
        return ""
    low, high = _open_where_unknown(low, high)
    return HOLDS if low <= no_difference <= high else FAILS


def difference_rule(conf_level: float) -> str:
    """The rule of `of_p_value` and `of_interval` in words."""
    return (
        "No difference between the groups: holds if the p-value is at least "
        f"{formatting.number(1 - conf_level)}, or the {formatting.ci(conf_level)} includes no "
        "difference; does not hold otherwise."
    )


def of_repetitions(verdicts: Iterable[str]) -> str:
    """One verdict from many: all hold, none does, or some do; empty ones take no part."""
    given = {verdict for verdict in verdicts if verdict}
    return RESERVED if len(given) > 1 else next(iter(given), "")


def of_proportion(lower: float, targets: Sequence[float]) -> str:
    """Does a high proportion survive? `targets` are the higher and the lower mark, as fractions.

    Holds if the lower limit is not below the higher mark; with reservation if it is not below the
    lower one; does not hold otherwise.
    """
    high, low = max(targets), min(targets)
    return HOLDS if lower >= high else RESERVED if lower >= low else FAILS


def proportion_rule(targets: Sequence[float]) -> str:
    """The rule of `of_proportion` in words."""
    high, low = max(targets), min(targets)
    return (
        f"Response in nearly all patients: holds if the lower limit is at least {high:.0%}; with "
        f"reservation if it is at least {low:.0%}; does not hold otherwise."
    )


def of_later_studies(upper_limits: Sequence[float], lower: float) -> str:
    """Do later studies agree with the lower limit of the review's proportion? See `LATER_RULE`."""
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


def note(lines: Sequence[Line], conclusions: Mapping[str, str]) -> list[str]:
    """The verdicts of one exhibit's lines as its note, a sentence per conclusion tested.

    `conclusions` names each of them in print.
    """
    found = {tested: verdict for (_, tested), verdict in of_analyses(lines).items()}
    said = [f"{conclusions[tested]}: {verdict.lower()}." for tested, verdict in found.items()]
    return [f"The review's conclusion. {' '.join(said)}"] if said else []
