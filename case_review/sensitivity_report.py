"""The sensitivity analyses as the report shows them: recorded results and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from case_review import formatting, response_report, verdicts
from case_review.exhibits import Row, Table
from case_review.interval_censored import Median
from case_review.resampling import Bootstrap, Permutation
from case_review.response import OVERALL, OVERALL_LABEL
from case_review.rmst import Difference, Restricted
from case_review.sensitivity import Repetition, extremes
from case_review.survival import Estimate
from case_review.verdicts import Line


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
    """What to record of whether conclusions survive, and how many of the lines say so.

    Lines of one analysis and conclusion (the interval types) share one verdict.
    """
    tested: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if line.verdict:
            tested.setdefault((line.key, line.conclusion), []).append(line.verdict)
    found = {
        key: values[0] if len(set(values)) == 1 else verdicts.of_repetitions(values)
        for key, values in tested.items()
    }
    for (key, conclusion), verdict in found.items():
        yield result(key, f"verdict_{conclusion}", verdict, verdict.lower())
    for conclusion in dict.fromkeys(conclusion for _, conclusion in found):
        own = [verdict for (_, c), verdict in found.items() if c == conclusion]
        holding = own.count(verdicts.HOLDS)
        text = f"{holding} of {len(own)}"
        details = {"n": holding, "of": len(own), "unit": "analyses"}
        yield result("summary", f"{conclusion}_holds", holding, text, **details)


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


def interval_results(found: Mapping[str, Mapping[str, Estimate]]) -> Iterator[dict]:
    """What to record of the interval types; `found` is estimates by group, then by type."""
    for group, by_type in found.items():
        for kind, estimate in by_type.items():
            name = f"{identifier(kind)}.{group}"
            text = response_report.median_text(estimate)
            yield estimate_result("intervals", name, estimate, text)


def interval_table(found: Mapping[str, Mapping[str, Estimate]], labels: Mapping[str, str]) -> Table:
    """Medians and limits, one row per interval type, one column per group."""
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
    return Table(["Limits, weeks", *names], rows, pd.DataFrame(data, columns=columns))


# -- the comparison of the groups ------------------------------------------------------------------


def permutation_results(found: Permutation) -> Iterator[dict]:
    """What to record of the permutation test."""
    yield result("permutation", "p", found.p, formatting.p_value(found.p))
    yield result("permutation", "splits", found.splits, f"{found.splits:,}", unit="splits")
    as_extreme = f"{found.as_extreme:,}"
    yield result("permutation", "as_extreme", found.as_extreme, as_extreme, unit="splits")
    method = "all possible splits" if found.exact else "a random sample of splits"
    yield result("permutation", "method", method, method)


def permutation_table(found: Permutation, chisq: float, p: float) -> Table:
    """The log-rank test from the chi-square distribution and from permutations."""
    kind = "exact" if found.exact else "sampled"
    rows = [
        Row(["Chi-square approximation", f"χ² = {formatting.number(chisq, 2)}", _bare(p)]),
        Row(
            [
                f"Permutation, {kind}",
                f"{found.as_extreme:,} of {found.splits:,} splits as extreme",
                _bare(found.p),
            ]
        ),
    ]
    data = pd.DataFrame(
        [("chi-square", chisq, None, p), (kind, found.as_extreme, found.splits, found.p)],
        columns=["test", "statistic", "splits", "p"],
    )
    return Table(["Log-rank test", "Statistic", "p"], rows, data, align="llr")


def _bare(p: float) -> str:
    return formatting.p_value(p).removeprefix("p = ").removeprefix("p ")


def rmst_results(
    means: Mapping[str, Restricted], found: Difference, horizon_weeks: float
) -> Iterator[dict]:
    """What to record of the restricted means: each group's, and their difference."""
    text = formatting.with_unit(formatting.number(horizon_weeks), "weeks")
    yield result("rmst", "horizon", horizon_weeks, text, unit="weeks")
    for group, mean in means.items():
        yield result("rmst", group, mean.mean, _weeks(mean.mean), unit="weeks")
    text = formatting.estimate(found.estimate, found.lower, found.upper, "weeks", 1)
    yield estimate_result("rmst", "difference", found, text)
    yield result("rmst", "p", finite(found.p), formatting.p_value(found.p))


def _weeks(value: float) -> str:
    return formatting.with_unit(formatting.number(value, 1), "weeks")


def rmst_table(
    means: Mapping[str, Restricted], found: Difference, labels: Mapping[str, str], z: float
) -> Table:
    """Mean weeks without response up to the horizon, by group, and their difference.

    `z` is the normal quantile of the confidence level, for the limits of each mean.
    """
    estimates = {
        group: Estimate(
            m.mean, m.mean - z * math.sqrt(m.variance), m.mean + z * math.sqrt(m.variance)
        )
        for group, m in means.items()
    }
    shown = [(labels[group], e, "") for group, e in estimates.items()]
    shown.append(("Difference", found, _bare(found.p)))
    rows = [
        Row([name, formatting.number(e.estimate, 1), limits_text(e, digits=1), p])
        for name, e, p in shown
    ]
    data = pd.DataFrame(
        [(name, e.estimate, e.lower, e.upper) for name, e, _ in shown],
        columns=["group", "weeks_without_response", "low", "high"],
    )
    return Table(["", "Mean, weeks", "Limits, weeks", "p"], rows, data)


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


# -- repeated analyses -----------------------------------------------------------------------------


def repetition_table(found: Sequence[Repetition], heading: str) -> Table:
    """Median and log-rank p-value under each choice."""
    rows = [
        Row([x.name, str(x.n), response_report.median_cell(x.median), _bare(x.p)]) for x in found
    ]
    return Table(
        [heading, "Patients", "Median, weeks (limits)", "Log-rank p"], rows, repetition_data(found)
    )


def repetition_data(found: Sequence[Repetition]) -> pd.DataFrame:
    """The unrounded numbers of repeated analyses."""
    return pd.DataFrame(
        [(x.name, x.n, x.median.estimate, x.median.lower, x.median.upper, x.p) for x in found],
        columns=["choice", "patients", "median_weeks", "low", "high", "p"],
    )


def month_results(found: Sequence[Repetition]) -> Iterator[dict]:
    """What to record for each length of a month: median and p-value."""
    for x in found:
        name, text = identifier(x.name), response_report.median_text(x.median)
        yield estimate_result("months", f"median_{name}", x.median, text)
        yield result("months", f"p_{name}", finite(x.p), formatting.p_value(x.p))


def spread_results(key: str, found: Sequence[Repetition]) -> Iterator[dict]:
    """What to record of repeated analyses as a whole: the extremes of median and p-value."""
    ends = extremes(found)
    median, p = spread_texts(found)
    yield result(
        key,
        "median_range",
        ends["median_max"] - ends["median_min"],
        median,
        low=ends["median_min"],
        high=ends["median_max"],
        unit="weeks",
    )
    p_range = ends["p_max"] - ends["p_min"]
    yield result(key, "p_range", p_range, p, low=ends["p_min"], high=ends["p_max"])
    yield result(key, "repetitions", len(found), str(len(found)), unit="analyses")


def spread_texts(found: Sequence[Repetition]) -> tuple[str, str]:
    """The range of medians and of p-values in words."""
    ends = extremes(found)
    low, high = weeks(ends["median_min"]), weeks(ends["median_max"])
    median = low if low == high else f"{low.split()[0]}–{high}"
    p_low, p_high = (formatting.p_value(ends[name]) for name in ("p_min", "p_max"))
    return median, p_low if p_low == p_high else f"{p_low} to {p_high}"


def repetition_lines(
    key: str, analysis: str, found: Sequence[Repetition], main: Estimate, conf_level: float
) -> list[Line]:
    """Two lines of the summary: what becomes of the median, and of the comparison."""
    median, p = spread_texts(found)
    of_median = verdicts.of_repetitions([verdicts.of_median(x.median, main) for x in found])
    tested = [verdicts.of_p_value(x.p, conf_level) for x in found if not math.isnan(x.p)]
    lows = [x.median.lower for x in found]
    highs = [x.median.upper for x in found]
    outer = Estimate(math.nan, min(lows), max(highs, key=lambda v: math.inf if v != v else v))
    limits = response_report.median_parts(outer)[1]
    return [
        Line(key, analysis, median, limits, of_median, "median"),
        Line(key, analysis, p, "", verdicts.of_repetitions(tested), "difference"),
    ]


def bootstrap_results(found: Bootstrap) -> Iterator[dict]:
    """What to record of the bootstrap by report."""
    median = response_report.median_text(found.median)
    yield estimate_result("bootstrap", "median", found.median, median)
    e = found.difference
    text = formatting.estimate(e.estimate, e.lower, e.upper, "weeks", 1)
    yield estimate_result("bootstrap", "difference", e, text)
    for name, count in (("resamples", found.resamples), ("unusable", found.unusable)):
        yield result("bootstrap", name, count, f"{count:,}", unit="samples")


def bootstrap_table(found: Bootstrap, main: Estimate, difference: Difference) -> Table:
    """Limits of the main analysis beside those that respect the clustering by report."""
    shown = [
        ("Median, weeks", main, found.median, None),
        ("Difference of restricted means, weeks", difference, found.difference, 1),
    ]
    rows = [
        Row(
            [
                name,
                formatting.number(e.estimate, digits),
                limits_text(e, digits=digits),
                limits_text(b, digits=digits),
            ]
        )
        for name, e, b, digits in shown
    ]
    data = pd.DataFrame(
        [(name, e.estimate, e.lower, e.upper, b.lower, b.upper) for name, e, b, _ in shown],
        columns=["quantity", "estimate", "low", "high", "bootstrap_low", "bootstrap_high"],
    )
    return Table(["", "Estimate", "Patients independent", "Reports resampled"], rows, data)


def bootstrap_lines(found: Bootstrap, main: Estimate) -> list[Line]:
    """Two lines of the summary: median and difference with limits from resampled reports."""
    name, e = "Reports resampled", found.difference
    value = formatting.number(e.estimate, 1) + " weeks"
    verdict = verdicts.of_interval(e.lower, e.upper, 0)
    name_of_difference = f"{name}, difference of restricted means"
    return [
        median_line("bootstrap", name, found.median, main),
        Line(
            "bootstrap",
            name_of_difference,
            value,
            limits_text(e, "weeks", 1),
            verdict,
            "difference",
        ),
    ]


# -- the summary -----------------------------------------------------------------------------------


def summary_table(
    lines: Sequence[Line], headings: Mapping[str, str], rules: Sequence[str]
) -> Table:
    """All analyses under the conclusion that each tests.

    Parameters
    ----------
    lines
        In printing order within each conclusion.
    headings
        The conclusion in words, by `Line.conclusion`, in printing order.
    rules
        How the last column was found, as notes below the table.
    """
    rows = []
    for conclusion, heading in headings.items():
        rows.append(Row([heading, "", "", ""], heading=True))
        for line in lines:
            if line.conclusion == conclusion:
                cells = [line.analysis, line.estimate, line.limits, line.verdict]
                rows.append(Row(cells, indent=1))
    data = pd.DataFrame([vars(line) for line in lines])
    columns = ["Analysis", "Estimate", "Limits", "The review's conclusion"]
    return Table(columns, rows, data, [("", rule) for rule in rules], align="llll")


def labels_of(groups: Mapping[str, str]) -> dict[str, str]:
    """Labels of all patients and of the groups."""
    return {OVERALL: OVERALL_LABEL, **groups}
