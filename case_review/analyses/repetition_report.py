"""Repeated and resampled analyses as the report shows them: recorded results and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from case_review import formatting
from case_review.analyses import response_report, verdicts
from case_review.analyses.sensitivity import Repetition, extremes
from case_review.analyses.sensitivity_report import (
    bare_p,
    estimate_result,
    finite,
    identifier,
    limits_text,
    median_line,
    p_text,
    result,
    verdict_note,
    weeks,
    weeks_text,
)
from case_review.analyses.verdicts import Line
from case_review.exhibits import Row, Table
from case_review.statistics.resampling import Bootstrap
from case_review.statistics.rmst import Difference
from case_review.values import Estimate


def repetition_table(
    found: Sequence[Repetition], heading: str, lines: Sequence[Line], conf_level: float
) -> Table:
    """Median and log-rank p-value under each choice."""
    rows = [
        Row([x.name, str(x.n), response_report.median_cell(x.median), bare_p(x.p)]) for x in found
    ]
    columns = [heading, "Patients", f"Median, weeks ({formatting.ci(conf_level)})", "Log-rank p"]
    return Table(columns, rows, repetition_data(found), verdict_note(lines))


def repetition_data(found: Sequence[Repetition]) -> pd.DataFrame:
    """The unrounded numbers of repeated analyses."""
    return pd.DataFrame(
        [(x.name, x.n, x.median.estimate, x.median.lower, x.median.upper, x.p) for x in found],
        columns=["choice", "patients", "median_weeks", "low", "high", "p"],
    )


def repetition_results(key: str, found: Sequence[Repetition], conf_level: float) -> Iterator[dict]:
    """What to record of repeated analyses one by one: median and p-value under each choice."""
    for x in found:
        name, text = identifier(x.name), response_report.median_text(x.median, conf_level)
        yield estimate_result(key, f"median_{name}", x.median, text)
        yield result(key, f"p_{name}", finite(x.p), p_text(x.p))


def all_results(key: str, found: Sequence[Repetition], conf_level: float) -> Iterator[dict]:
    """What to record of repeated analyses: each one, and how far they lie apart."""
    yield from repetition_results(key, found, conf_level)
    yield from spread_results(key, found)


def spread_results(key: str, found: Sequence[Repetition]) -> Iterator[dict]:
    """What to record of repeated analyses as a whole: the extremes of median and p-value."""
    ends = extremes(found)
    median, p = spread_texts(found)
    for name, text, unit in (("median", median, "weeks"), ("p", p, "")):
        low, high = ends[f"{name}_min"], ends[f"{name}_max"]
        span = {"low": finite(low), "high": finite(high), "unit": unit}
        yield result(key, f"{name}_range", finite(high - low), text, **span)
    outer = outermost(found)
    limits = response_report.median_parts(outer)[1]
    span = {"low": finite(outer.lower), "high": finite(outer.upper), "unit": "weeks"}
    yield result(key, "limits", None, limits, **span)
    yield result(key, "repetitions", len(found), str(len(found)), unit="analyses")


def spread_texts(found: Sequence[Repetition]) -> tuple[str, str]:
    """The range of medians and of p-values in words."""
    ends = extremes(found)
    low, high = weeks(ends["median_min"]), weeks(ends["median_max"])
    median = low if low == high else f"{low.split()[0]}–{high}"
    p_low, p_high = (p_text(ends[name]) for name in ("p_min", "p_max"))
    return median, p_low if p_low == p_high else f"{p_low} to {bare_p(ends['p_max'])}"


def outermost(found: Sequence[Repetition]) -> Estimate:
    """The outermost limits of the median over all repetitions; NaN once one is not estimable."""
    lows, highs = ([getattr(x.median, name) for x in found] for name in ("lower", "upper"))
    ends = [
        math.nan if any(map(math.isnan, values)) else take(values)
        for take, values in ((min, lows), (max, highs))
    ]
    return Estimate(math.nan, *ends)


def repetition_lines(
    key: str, analysis: str, found: Sequence[Repetition], main: Estimate, conf_level: float
) -> list[Line]:
    """Two lines of the summary: what becomes of the median, and of the comparison."""
    median, p = spread_texts(found)
    of_median = verdicts.of_repetitions([verdicts.of_median(x.median, main) for x in found])
    tested = [verdicts.of_p_value(x.p, conf_level) for x in found if not math.isnan(x.p)]
    limits = response_report.median_parts(outermost(found))[1]
    return [
        Line(key, analysis, median, limits, of_median, "median"),
        Line(key, analysis, p, "", verdicts.of_repetitions(tested), "difference"),
    ]


def bootstrap_results(found: Bootstrap, conf_level: float) -> Iterator[dict]:
    """What to record of the bootstrap by report."""
    median = response_report.median_text(found.median, conf_level)
    yield estimate_result("bootstrap", "median", found.median, median)
    text = weeks_text(found.difference, conf_level)
    yield estimate_result("bootstrap", "difference", found.difference, text)
    for name, count in (("resamples", found.resamples), ("unusable", found.unusable)):
        yield result("bootstrap", name, count, f"{count:,}", unit="samples")


def bootstrap_table(
    found: Bootstrap,
    main: Estimate,
    difference: Difference,
    lines: Sequence[Line],
    conf_level: float,
) -> Table:
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
    ci = formatting.ci(conf_level)
    columns = ["", "Estimate", f"{ci}, patients independent", f"{ci}, reports resampled"]
    return Table(columns, rows, data, verdict_note(lines))


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
