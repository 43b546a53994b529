"""What unpublished failures and later studies say about a proportion: results and summary lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from case_review import formatting
from case_review.analyses import response_report, verdicts
from case_review.analyses.sensitivity_report import identifier, result
from case_review.analyses.verdicts import Line
from case_review.statistics import proportions
from case_review.values import Estimate


def _percent(share: float, digits: int = 1) -> str:
    return f"{formatting.number(100 * share, digits)}%"


def proportion(n: int, of: int, conf_level: float) -> Estimate:
    """The proportion with exact limits."""
    return Estimate(n / of, *proportions.exact(n, of, conf_level))


def publication_results(
    n: int, of: int, odds: float, targets: Sequence[float], conf_level: float
) -> Iterator[dict]:
    """What to record of publication bias.

    The lower limit without selection and with failures published `odds` times as often as
    responses; for each target the odds at which the lower limit falls to it, and how many
    unpublished failures bring the proportion, or its lower limit, below it.
    """
    found = proportion(n, of, conf_level)
    text = response_report.percent_text(found, conf_level)
    share = {"low": found.lower, "high": found.upper, "unit": "proportion", "n": n, "of": of}
    yield result("publication", "response", found.estimate, text, **share)
    yield result("publication", "lower", found.lower, _percent(found.lower), unit="proportion")
    selected = proportions.with_selection(found.lower, odds)
    yield result("publication", "odds", odds, formatting.number(odds))
    yield result("publication", "lower_selected", selected, _percent(selected), unit="proportion")
    for target in targets:
        name = identifier(f"{100 * target:g}")
        at = proportions.tipping_odds(found.lower, target)
        yield result("publication", f"odds_for_{name}", at, formatting.number(at, 2))
        alone = proportions.tipping_failures(n, of, target)
        limit = proportions.tipping_failures(n, of, target, conf_level)
        for kind, count in (("failures", alone), ("limit_failures", limit)):
            yield result("publication", f"{kind}_{name}", count, str(count), unit="patients")


def publication_lines(
    n: int, of: int, odds: float, targets: Sequence[float], conf_level: float
) -> list[Line]:
    """Lines of the summary: the proportion as published, under selection, and its tipping point."""
    found = proportion(n, of, conf_level)
    selected = proportions.with_selection(found.lower, odds)
    failures = [proportions.tipping_failures(n, of, t) for t in targets]
    tipping = " and ".join(
        f"{_percent(t, 0)} with {count}" for t, count in zip(targets, failures, strict=True)
    )
    below = verdicts.of_proportion(selected, targets)
    return [
        Line(
            "response",
            "As published, exact limits",
            _percent(found.estimate),
            _percent_limits(found.lower, found.upper),
            verdicts.of_proportion(found.lower, targets),
            "proportion",
        ),
        Line(
            "publication",
            f"Failures published {formatting.number(odds)} times as often as responses",
            _percent(found.estimate),
            f"lower limit {_percent(selected)}",
            below,
            "proportion",
        ),
        Line(
            "tipping",
            "Unpublished failures that bring the proportion below a mark",
            f"below {tipping}",
            "",
            "",
            "proportion",
        ),
    ]


def _percent_limits(low: float, high: float) -> str:
    return f"{formatting.interval(100 * low, 100 * high, 1)}%"


def later_results(studies: pd.DataFrame, lower: float, conf_level: float) -> Iterator[dict]:
    """What to record of later studies (see `sensitivity.later_studies`).

    Each row is a group of patients, since the arms of one trial stand apart. `lower` is the lower
    limit of the review's proportion; the groups whose upper limit lies below it contradict the
    review.
    """
    count, apart = len(studies), int((studies["high"] < lower).sum())
    yield result("later", "studies", count, str(count), unit="groups")
    text = f"{apart} of {count}"
    yield result("later", "below", apart, text, n=apart, of=count, unit="groups")
    low, high = studies["proportion"].min(), studies["proportion"].max()
    text = _percent_limits(low, high)
    yield result("later", "range", high - low, text, low=low, high=high, unit="proportion")
    for number, row in enumerate(studies.itertuples(), start=1):
        found = Estimate(row.proportion, row.low, row.high)
        yield result(
            "later",
            f"study_{number}",
            row.proportion,
            f"{row.n_response} of {row.n_evaluable}, "
            f"{response_report.percent_text(found, conf_level)}",
            low=row.low,
            high=row.high,
            n=int(row.n_response),
            of=int(row.n_evaluable),
            unit="proportion",
        )


def later_line(studies: pd.DataFrame, lower: float) -> Line:
    """The line of the summary that compares later studies with the review."""
    return Line(
        "later",
        f"{len(studies)} groups of patients in later studies, range of proportions",
        _percent_limits(studies["proportion"].min(), studies["proportion"].max()),
        "",
        verdicts.of_later_studies(list(studies["high"]), lower),
        "proportion",
    )


def later_rule() -> str:
    """The rule of `verdicts.of_later_studies` in words."""
    return (
        "Later studies: holds if no group's upper limit lies below the review's lower limit; with "
        "reservation if some do; does not hold if most do."
    )
