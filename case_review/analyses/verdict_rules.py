"""The rules of the verdicts in words, as they stand below the summary of sensitivity analyses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from case_review import formatting

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
#: The rule of `verdicts.of_later_studies` in words.
LATER_RULE = (
    "Later studies: holds if no group's upper limit lies below the review's lower limit; with "
    "reservation if some do; does not hold if most do."
)
#: Said where counts over the sets drawn and ranges over all sets that were found seem to disagree.
SETS_RULE = (
    "The conclusion is counted over the sets drawn. Ranges and limits take in the sets that a "
    "search for their ends found as well, which drawing hardly ever meets, so that a conclusion "
    "may hold in all sets drawn and not in all possible ones."
)
#: Said of analyses that need to know which report a patient belongs to.
REPORTS_RULE = (
    "Reports left out or resampled: the search for the ends gives no patient a report, so that "
    "what depends on reports runs over the sets drawn alone."
)
#: Said of the analyses that have no verdict.
NO_VERDICT = (
    "–: the review's own analysis, one that no conclusion is held against, or limits beside a test "
    "of the same difference, which decides."
)


def rules(
    conclusions: Mapping[str, str],
    conf_level: float,
    targets: Sequence[float],
    later: bool,
    many_sets: bool,
) -> list[str]:
    """The rules in words of the conclusions that are tested.

    Parameters
    ----------
    conclusions
        Their headings in print.
    conf_level, targets
        What `verdicts.of_p_value` and `verdicts.of_proportion` go by.
    later
        Whether there are later studies.
    many_sets
        Whether rows are reconstructed, so that data sets are counted.
    """
    said = {
        "median": [MEDIAN_RULE],
        "difference": [difference_rule(conf_level)],
        "proportion": [
            proportion_rule(targets, conclusions.get("proportion", "")),
            *[LATER_RULE] * later,
        ],
    }
    own = [rule for kind, some in said.items() if kind in conclusions for rule in some]
    sets = [SETS_RULE, REPORTS_RULE] * many_sets
    return [*own[:2], REPETITION_RULE, *own[2:], *sets, NO_VERDICT]


def proportion_rule(targets: Sequence[float], heading: str) -> str:
    """The rule of `verdicts.of_proportion` in words; `heading` is what the conclusion is called."""
    high, low = max(targets), min(targets)
    return (
        f"{heading}: holds if the lower limit is at least {high:.0%}; with "
        f"reservation if it is at least {low:.0%}; does not hold otherwise."
    )


def difference_rule(conf_level: float) -> str:
    """The rule of `verdicts.of_p_value` and `verdicts.of_interval` in words."""
    return (
        "No difference between the groups: holds if the p-value is at least "
        f"{formatting.number(1 - conf_level)} or, where an analysis has none, the "
        f"{formatting.ci(conf_level)} includes no difference; does not hold otherwise."
    )
