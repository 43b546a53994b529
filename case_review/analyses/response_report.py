"""Time to response as the report shows it: words, recorded results and the table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from case_review import formatting, values
from case_review.analyses.response import OVERALL, Comparison, Summary
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.statistics import proportions

#: How a reported unit is written after a number in prose (singular, plural).
_UNITS = {
    "hours": ("h", "h"),
    "days": ("day", "days"),
    "weeks": ("week", "weeks"),
    "months": ("month", "months"),
}


# -- in words --------------------------------------------------------------------------------------


def one_decimal(weeks: float | None) -> float | None:
    """Weeks as printed, to a tenth at most; NaN and None pass."""
    if weeks is None or math.isnan(weeks):
        return weeks
    return float(formatting.round_half_away(weeks, 1))


def median_text(median: values.Estimate, conf_level: float = 0.95) -> str:
    """`2 weeks (95% CI 1–10 weeks)`."""
    shown = (one_decimal(x) for x in (median.estimate, median.lower, median.upper))
    return formatting.estimate(*shown, unit="weeks", conf_level=conf_level)


def median_cell(median: values.Estimate) -> str:
    """`2 (1–10)` for a table whose row says weeks and level."""
    low, high = one_decimal(median.lower), one_decimal(median.upper)
    return f"{formatting.number(one_decimal(median.estimate))} ({formatting.interval(low, high)})"


def percent_cell(proportion: values.Estimate) -> str:
    """`60.0 (32.3–83.7)` for a table whose row says per cent and level."""
    shown = [100 * x for x in (proportion.estimate, proportion.lower, proportion.upper)]
    if math.isnan(shown[0]):
        return formatting.NOT_ESTIMABLE
    return f"{formatting.number(shown[0], 1)} ({formatting.interval(shown[1], shown[2], 1)})"


def percent_text(proportion: values.Estimate, conf_level: float = 0.95) -> str:
    """`60.0% (95% CI 32.3–83.7%)`."""
    if math.isnan(proportion.estimate):
        return formatting.NOT_ESTIMABLE
    limits = formatting.interval(100 * proportion.lower, 100 * proportion.upper, 1)
    sign = "" if limits == formatting.NOT_ESTIMABLE else "%"
    share = formatting.number(100 * proportion.estimate, 1)
    return f"{share}% ({formatting.ci(conf_level)} {limits}{sign})"


def ratio_text(ratio: values.Estimate, conf_level: float = 0.95) -> str:
    """`0.61 (95% CI 0.27–1.38)`."""
    return formatting.estimate(
        ratio.estimate, ratio.lower, ratio.upper, digits=2, conf_level=conf_level
    )


def reported_time(value: float, unit: str) -> str:
    """A time as its report gave it: `24 h`, `1 week`, `6 months`."""
    if unit not in _UNITS:
        raise ReviewError(
            f"response_time_unit: found {unit!r}, expected one of {', '.join(_UNITS)}"
        )
    one, many = _UNITS[unit]
    return f"{formatting.number(value)} {one if value == 1 else many}"


# -- results ---------------------------------------------------------------------------------------


def _limits(estimate: values.Estimate) -> dict:
    names = ("value", "low", "high")
    values = (estimate.estimate, estimate.lower, estimate.upper)
    return {
        name: None if math.isnan(x) else float(x) for name, x in zip(names, values, strict=True)
    }


def responder_results(
    frame: pd.DataFrame, groups: Mapping[str, str], conf_level: float
) -> Iterator[dict]:
    """What to record of the patients who responded: overall and per group, with exact limits."""
    parts = {"": frame} | {f".{key}": frame[frame["group"] == key] for key in groups}
    for suffix, part in parts.items():
        n, of = int(part["event"].sum()), len(part)
        low, high = proportions.exact(n, of, conf_level)
        yield {
            "id": f"response.n{suffix or '.overall'}",
            "value": of,
            "n": of,
            "unit": "patients",
            "text": str(of),
        }
        yield {
            "id": f"response.responders{suffix}",
            "value": n,
            "n": n,
            "of": of,
            "unit": "patients",
            "text": formatting.count_percent_prose(n, of),
        }
        share = values.Estimate(n / of, low, high)
        yield {
            "id": f"response.proportion{suffix or '.overall'}",
            **_limits(share),
            "n": n,
            "of": of,
            "unit": "proportion",
            "text": percent_text(share, conf_level),
        }


def median_results(found: Sequence[Summary], conf_level: float) -> Iterator[dict]:
    """What to record of the median times, in weeks."""
    for summary in found:
        suffix = "" if summary.key == OVERALL else f".{summary.key}"
        numbers = _limits(summary.median) | {"unit": "weeks", "n": summary.n}
        yield {
            "id": f"response.median_weeks{suffix}",
            "text": median_text(summary.median, conf_level),
            **numbers,
        }
        value, limits = median_parts(summary.median)
        yield {"id": f"response.median_weeks_value{suffix}", "text": value, **numbers}
        yield {"id": f"response.median_weeks_ci{suffix}", "text": limits, **numbers}


def median_parts(median: values.Estimate) -> tuple[str, str]:
    """The median and its limits as two texts: `2 weeks` and `1–10 weeks`."""
    value = formatting.number(one_decimal(median.estimate))
    text = median_text(median)
    limits = text[text.index("CI ") + 3 : -1]
    return formatting.with_unit(value, "weeks"), limits


def landmark_results(found: Sequence[Summary], conf_level: float) -> Iterator[dict]:
    """What to record of the proportions responding by each landmark."""
    for summary in found:
        for week, proportion in summary.landmarks.items():
            yield {
                "id": f"response.at_{f'{week:g}'.replace('.', '_')}_weeks.{summary.key}",
                "text": percent_text(proportion, conf_level),
                "unit": "proportion",
                "n": summary.n,
                **_limits(proportion),
            }


def comparison_results(compared: Comparison, conf_level: float) -> Iterator[dict]:
    """What to record of the comparison: hazard ratio, chi-square and p-value."""
    ratio, test = compared.hazard_ratio, compared.logrank
    yield {"id": "response.hazard_ratio", "text": ratio_text(ratio, conf_level), **_limits(ratio)}
    chisq = formatting.number(test.chisq, 2)
    yield {"id": "response.logrank_chisq", "value": test.chisq, "text": chisq}
    yield {"id": "response.logrank_p", "value": test.p, "text": formatting.p_value(test.p)}


def range_results(patients: pd.DataFrame) -> Iterator[dict]:
    """What to record of the shortest and longest reported time to response.

    `patients` is the clean table; the text keeps the unit of the report, `value` is in hours.
    """
    responders = patients[patients["event"] == 1]
    if responders.empty:
        raise ReviewError("data/clean/patients.csv: no patient responded, so times have no range")
    texts = []
    for name, which in (
        ("min", responders["time_hours"].idxmin()),
        ("max", responders["time_hours"].idxmax()),
    ):
        row = responders.loc[which]
        texts.append(reported_time(float(row["response_time_value"]), row["response_time_unit"]))
        hours = int(row["time_hours"])
        yield {"id": f"response.time_{name}", "value": hours, "unit": "hours", "text": texts[-1]}
    low, high = (int(x) for x in responders["time_hours"].agg(["min", "max"]))
    yield {
        "id": "response.time_range",
        "value": high - low,
        "low": low,
        "high": high,
        "unit": "hours",
        "text": f"{texts[0]} to {texts[1]}",
    }


# -- the table -------------------------------------------------------------------------------------


def table(found: Sequence[Summary], compared: Comparison, conf_level: float) -> Table:
    """Time to response by group: counts, medians, proportions at landmarks, and the comparison."""
    level = formatting.ci(conf_level)
    rows = [
        Row(["Patients, n", *(str(s.n) for s in found)]),
        Row(["Responded, n (%)", *(formatting.count_percent(s.events, s.n) for s in found)]),
        Row([f"Median time, weeks ({level})", *(median_cell(s.median) for s in found)]),
        Row([f"Responding by, % ({level})", *[""] * len(found)], heading=True),
    ]
    for week in found[0].landmarks:
        name = f"{week:g} week{'' if week == 1 else 's'}"
        rows.append(Row([name, *(percent_cell(s.landmarks[week]) for s in found)], indent=1))
    rows += _comparison_rows(found, compared, level)
    return Table(["", *(s.label for s in found)], rows, table_data(found, compared))


def _comparison_rows(found: Sequence[Summary], compared: Comparison, level: str) -> list[Row]:
    ratio, test = compared.hazard_ratio, compared.logrank
    shown = formatting.number(ratio.estimate, 2)
    ratios = {
        compared.first: f"{shown} ({formatting.interval(ratio.lower, ratio.upper, 2)})",
        compared.second: "1 (reference)",
    }
    p = f"χ² = {formatting.number(test.chisq, 2)}, {formatting.p_value(test.p)}"
    return [
        Row(["Comparison of the groups", *[""] * len(found)], heading=True),
        Row([f"Hazard ratio ({level})", *(ratios.get(s.key, "") for s in found)], indent=1),
        Row(["Log-rank test", *(p if s.key == OVERALL else "" for s in found)], indent=1),
    ]


def table_data(found: Sequence[Summary], compared: Comparison) -> pd.DataFrame:
    """The unrounded numbers of `table`: group, measure, value, low, high."""
    lines = []
    for s in found:
        lines += [(s.key, "patients", s.n, None, None), (s.key, "responded", s.events, None, None)]
        lines.append((s.key, "median_weeks", *_limits(s.median).values()))
        lines += [
            (s.key, f"responding_by_{week:g}_weeks", *_limits(x).values())
            for week, x in s.landmarks.items()
        ]
    versus = f"{compared.first} v {compared.second}"
    lines.append((versus, "hazard_ratio", *_limits(compared.hazard_ratio).values()))
    lines.append((versus, "logrank_chisq", compared.logrank.chisq, None, None))
    lines.append((versus, "logrank_p", compared.logrank.p, None, None))
    return pd.DataFrame(lines, columns=["group", "measure", "value", "low", "high"])
