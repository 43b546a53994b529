"""Whether a conclusion survives a sensitivity analysis: rules stated beforehand, not opinions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from case_review import formatting
from case_review.values import Estimate

HOLDS, RESERVED, FAILS = "Holds", "Holds with reservation", "Does not hold"

#: The conclusions that are tested, in printing order.
CONCLUSIONS = {
    "median": "Median time to response",
    "difference": "No difference between the groups",
    "proportion": "Response in nearly all patients",
}
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


@dataclass(frozen=True)
class Line:
    """One line of the summary of all sensitivity analyses.

    Parameters
    ----------
    key, analysis
        Short name for results (`permutation`) and name in print.
    estimate, limits
        As printed.
    verdict
        One of `HOLDS`, `RESERVED`, `FAILS`.
    conclusion
        The conclusion of the review that is tested: a key of `CONCLUSIONS`.
    """

    key: str
    analysis: str
    estimate: str
    limits: str
    verdict: str
    conclusion: str


def of_median(found: Estimate, main: Estimate) -> str:
    """Does a median stay where the main analysis put it? See `MEDIAN_RULE`.

    A limit of the main analysis that is not estimable sets no bound; a limit of `found` that is not
    estimable lies outside any bound.
    """
    low = -math.inf if math.isnan(main.lower) else main.lower
    high = math.inf if math.isnan(main.upper) else main.upper
    if not low <= found.estimate <= high:
        return FAILS
    below = -math.inf if math.isnan(found.lower) else found.lower
    above = math.inf if math.isnan(found.upper) else found.upper
    return HOLDS if low <= below and above <= high else RESERVED


def of_p_value(p: float, conf_level: float) -> str:
    """Does a test still find no difference? See `difference_rule`."""
    # 1 - 0.95 is a little above 0.05 in binary, and an exact p-value can be 0.05 itself
    return HOLDS if p >= 1 - conf_level - 1e-12 else FAILS


def of_interval(low: float, high: float, no_difference: float) -> str:
    """Does an interval still include no difference? See `difference_rule`.

    A limit that is not estimable excludes nothing.
    """
    return FAILS if low > no_difference or high < no_difference else HOLDS


def difference_rule(conf_level: float) -> str:
    """The rule of `of_p_value` and `of_interval` in words."""
    return (
        "No difference between the groups: holds if the p-value is at least "
        f"{formatting.number(1 - conf_level)}, or the {formatting.ci(conf_level)} includes no "
        "difference; does not hold otherwise."
    )


def of_repetitions(verdicts: Sequence[str]) -> str:
    """One verdict from many: all hold, none does, or some do; empty from none at all."""
    if not verdicts:
        return ""
    if all(verdict == HOLDS for verdict in verdicts):
        return HOLDS
    return FAILS if all(verdict == FAILS for verdict in verdicts) else RESERVED


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
    """Do later studies agree with the lower limit of the review's proportion?

    Holds if no study's upper limit lies below it; does not hold if most do.
    """
    apart = sum(upper < lower for upper in upper_limits)
    if apart == 0:
        return HOLDS
    return FAILS if apart > len(upper_limits) / 2 else RESERVED
