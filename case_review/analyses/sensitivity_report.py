"""The sensitivity analyses as the report shows them: recorded results and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from scipy import stats

from case_review import formatting
from case_review.analyses import response_report, verdicts
from case_review.analyses.response import OVERALL, OVERALL_LABEL
from case_review.analyses.verdicts import Line
from case_review.exhibits import Row, Table
from case_review.statistics.interval_censored import Median
from case_review.statistics.resampling import Permutation
from case_review.statistics.rmst import Difference, Restricted
from case_review.values import Estimate

#: The verdicts that are counted over all analyses, by the end of the result's id.
_COUNTED = {
    "holds": verdicts.HOLDS,
    "reserved": verdicts.RESERVED,
    "fails": verdicts.FAILS,
}


def identifier(text: object) -> str:
    """`text` as a part of a result id: `log-log` becomes `log_log`, `30.4375` `30_4375`."""
    return "".join(c if c.isalnum() else "_" for c in str(text).lower())


def finite(value: float) -> float | None:
    """`value`, or None where it is not estimable."""
    return float(value) if math.isfinite(value) else None


def result(key: str, name: str, value, text: str, **details) -> dict:
    """What to record of an analysis: `sensitivity.<key>.<name>`."""
    return {"id": f"sensitivity.{key}.{name}", "value": value, "text": text, **details}


def estimate_result(key: str, name: str, found, text: str, unit: str = "weeks") -> dict:
    """What to record of an estimate with limits."""
    low, high = finite(found.lower), finite(found.upper)
    return result(key, name, finite(found.estimate), text, low=low, high=high, unit=unit)


def verdict_results(lines: Sequence[Line]) -> Iterator[dict]:
    """What to record of whether conclusions survive, and how many analyses find each verdict.

    Lines of one analysis and conclusion (the interval types) share one verdict.
    """
    tested: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if line.verdict:
            tested.setdefault((line.key, line.conclusion), []).append(line.verdict)
    found = {key: joined(values) for key, values in tested.items()}
    for (key, conclusion), verdict in found.items():
        yield result(key, f"verdict_{conclusion}", verdict, verdict.lower())
    for conclusion in dict.fromkeys(conclusion for _, conclusion in found):
        own = [verdict for (_, c), verdict in found.items() if c == conclusion]
        for name, verdict in _COUNTED.items():
            n = own.count(verdict)
            details = {"n": n, "of": len(own), "unit": "analyses"}
            yield result("summary", f"{conclusion}_{name}", n, f"{n} of {len(own)}", **details)


def joined(tested: Sequence[str]) -> str:
    """One verdict on an analysis that was made in several ways."""
    return tested[0] if len(set(tested)) == 1 else verdicts.of_repetitions(tested)


def verdict_note(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """The verdicts of one exhibit's lines as its note, a sentence per conclusion tested."""
    tested: dict[str, list[str]] = {}
    for line in lines:
        tested.setdefault(line.conclusion, []).append(line.verdict)
    said = [f"{verdicts.CONCLUSIONS[c]}: {joined(found).lower()}." for c, found in tested.items()]
    return [("", f"The review's conclusion. {' '.join(said)}")]


def limits_text(found, unit: str = "", digits: int | None = None) -> str:
    """The limits alone, with their unit."""
    text = formatting.estimate(found.estimate, found.lower, found.upper, unit, digits)
    return text[text.index("CI ") + 3 : -1]


def median_line(key: str, analysis: str, found: Estimate, main: Estimate) -> Line:
    """A line of the summary that tests the review's median."""
    value, limits = response_report.median_parts(found)
    return Line(key, analysis, value, limits, verdicts.of_median(found, main), "median")


def weeks(value: float) -> str:
    """`1.5 weeks`, to a tenth."""
    return formatting.with_unit(formatting.number(response_report.one_decimal(value)), "weeks")


# -- interval types --------------------------------------------------------------------------------


def interval_results(
    found: Mapping[str, Mapping[str, Estimate]], conf_level: float
) -> Iterator[dict]:
    """What to record of the interval types; `found` is estimates by group, then by type."""
    for group, by_type in found.items():
        for kind, estimate in by_type.items():
            name = f"{identifier(kind)}.{group}"
            text = response_report.median_text(estimate, conf_level)
            yield estimate_result("intervals", name, estimate, text)


def interval_table(
    found: Mapping[str, Mapping[str, Estimate]],
    labels: Mapping[str, str],
    lines: Sequence[Line],
    conf_level: float,
) -> Table:
    """Medians and limits, one row per interval type, one column per group.

    `lines` are those of the summary that rest on these limits; see `verdict_note`.
    """
    kinds = list(next(iter(found.values())))
    rows = [
        Row([kind, *(response_report.median_cell(found[group][kind]) for group in found)])
        for kind in kinds
    ]
    data = [
        (group, kind, e.estimate, e.lower, e.upper)
        for group, by_type in found.items()
        for kind, e in by_type.items()
    ]
    columns = ["group", "interval", "median_weeks", "low", "high"]
    names = [labels.get(group, OVERALL_LABEL) for group in found]
    headings = [f"Median, weeks ({formatting.ci(conf_level)}), by type of interval", *names]
    return Table(headings, rows, pd.DataFrame(data, columns=columns), verdict_note(lines))


# -- the comparison of the groups ------------------------------------------------------------------


def permutation_results(found: Permutation) -> Iterator[dict]:
    """What to record of the permutation test."""
    yield result("permutation", "p", found.p, formatting.p_value(found.p))
    yield result("permutation", "splits", found.splits, f"{found.splits:,}", unit="splits")
    as_extreme = f"{found.as_extreme:,}"
    yield result("permutation", "as_extreme", found.as_extreme, as_extreme, unit="splits")
    method = "all possible splits" if found.exact else "a random sample of splits"
    yield result("permutation", "method", method, method)


def permutation_table(found: Permutation, chisq: float, p: float, lines: Sequence[Line]) -> Table:
    """The log-rank test from the chi-square distribution and from permutations."""
    kind = "exact" if found.exact else "sampled"
    rows = [
        Row(["Chi-square approximation", f"χ² = {formatting.number(chisq, 2)}", bare_p(p)]),
        Row(
            [
                f"Permutation, {kind}",
                f"{found.as_extreme:,} of {found.splits:,} splits as extreme",
                bare_p(found.p),
            ]
        ),
    ]
    data = pd.DataFrame(
        [("chi-square", chisq, None, p), (kind, found.as_extreme, found.splits, found.p)],
        columns=["test", "statistic", "splits", "p"],
    )
    columns = ["Log-rank test", "Statistic", "p"]
    return Table(columns, rows, data, verdict_note(lines), align="llr")


def p_text(p: float) -> str:
    """`p = 0.241`, or that it is not estimable (no patients left in a group, no variance)."""
    return formatting.NOT_ESTIMABLE if math.isnan(p) else formatting.p_value(p)


def bare_p(p: float) -> str:
    """`0.241` for a table column headed p."""
    return p_text(p).removeprefix("p = ").removeprefix("p ")


def mean_limits(found: Restricted, conf_level: float) -> Estimate:
    """A restricted mean with limits by the normal approximation."""
    half = stats.norm.isf((1 - conf_level) / 2) * math.sqrt(found.variance)
    return Estimate(found.mean, found.mean - half, found.mean + half)


def rmst_results(
    means: Mapping[str, Restricted], found: Difference, horizon_weeks: float, conf_level: float
) -> Iterator[dict]:
    """What to record of the restricted means: each group's, and their difference."""
    text = formatting.with_unit(formatting.number(horizon_weeks), "weeks")
    yield result("rmst", "horizon", horizon_weeks, text, unit="weeks")
    for group, mean in means.items():
        e = mean_limits(mean, conf_level)
        yield estimate_result("rmst", group, e, weeks_text(e, conf_level))
    yield estimate_result("rmst", "difference", found, weeks_text(found, conf_level))
    yield result("rmst", "p", finite(found.p), p_text(found.p))


def weeks_text(found, conf_level: float) -> str:
    """`3.7 weeks (95% CI 0.3–7.1 weeks)`."""
    numbers = (found.estimate, found.lower, found.upper)
    return formatting.estimate(*numbers, "weeks", 1, conf_level)


def rmst_line(found: Difference) -> Line:
    """The line of the summary for the difference of restricted means."""
    return Line(
        "rmst",
        "Difference of restricted means",
        formatting.number(found.estimate, 1) + " weeks",
        limits_text(found, "weeks", 1),
        verdicts.of_interval(found.lower, found.upper, 0),
        "difference",
    )


def rmst_table(
    means: Mapping[str, Restricted],
    found: Difference,
    labels: Mapping[str, str],
    lines: Sequence[Line],
    conf_level: float,
) -> Table:
    """Mean weeks without response up to the horizon, by group, and their difference."""
    shown = [(labels[group], mean_limits(m, conf_level), "") for group, m in means.items()]
    shown.append(("Difference", found, bare_p(found.p)))
    rows = [
        Row([name, formatting.number(e.estimate, 1), limits_text(e, digits=1), p])
        for name, e, p in shown
    ]
    data = pd.DataFrame(
        [(name, e.estimate, e.lower, e.upper) for name, e, _ in shown],
        columns=["group", "weeks_without_response", "low", "high"],
    )
    columns = ["", "Mean, weeks", f"{formatting.ci(conf_level)}, weeks", "p"]
    return Table(columns, rows, data, verdict_note(lines))


# -- time known only as an interval ----------------------------------------------------------------


def between_text(found: Median) -> str:
    """`between 1 and 2 weeks`; times are in weeks."""
    if math.isnan(found.right):
        return formatting.NOT_ESTIMABLE
    low = formatting.number(response_report.one_decimal(found.left))
    return f"between {low} and {weeks(found.right)}"


def interval_censored_results(found: Median) -> Iterator[dict]:
    """What to record of the interval-censored median (weeks): its cell and bootstrap limits."""
    outer = Estimate(found.right, found.lower, found.upper)
    text = f"{between_text(found)} (bootstrap limits {response_report.median_parts(outer)[1]})"
    yield estimate_result("interval_censored", "median", outer, text)
    yield result("interval_censored", "left", finite(found.left), weeks(found.left), unit="weeks")


def between_line(found: Median, main: Estimate) -> Line:
    """The line of the summary for the interval-censored median (weeks)."""
    outer = Estimate(found.right, found.lower, found.upper)
    limits = response_report.median_parts(outer)[1]
    verdict = verdicts.of_median(outer, main)
    analysis = "Times as intervals (Turnbull)"
    return Line("interval_censored", analysis, between_text(found), limits, verdict, "median")


# -- the summary -----------------------------------------------------------------------------------


def summary_table(lines: Sequence[Line], rules: Sequence[str], conf_level: float) -> Table:
    """All analyses under the conclusion that each tests.

    Parameters
    ----------
    lines
        In printing order within each conclusion.
    rules
        How the last column was found, as notes below the table.
    """
    rows = []
    for conclusion, heading in verdicts.CONCLUSIONS.items():
        rows.append(Row([heading, "", "", ""], heading=True))
        for line in lines:
            if line.conclusion == conclusion:
                cells = [line.analysis, line.estimate, line.limits, line.verdict]
                rows.append(Row(cells, indent=1))
    data = pd.DataFrame([vars(line) for line in lines])
    columns = ["Analysis", "Estimate", formatting.ci(conf_level), "The review's conclusion"]
    return Table(columns, rows, data, [("", rule) for rule in rules], align="llll")


def labels_of(groups: Mapping[str, str]) -> dict[str, str]:
    """Labels of all patients and of the groups."""
    return {OVERALL: OVERALL_LABEL, **groups}
