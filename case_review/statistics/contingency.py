"""What a table of counts gives: p-values of the usual tests, odds ratios and risk ratios.

Rows are groups of people, columns what became of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import special

#: Tables of more possibilities than this have no exact p-value here.
MOST_TABLES = 100_000
#: Tables as likely as the observed one count as such; R allows for the same error of rounding.
_AS_LIKELY = 1 + 1e-7
#: So many standard deviations from the mean a hypergeometric count is not looked for.
_FAR = 40

EXACT = "Fisher's exact test"
#: The tests that papers use most, which a message names.
USUAL = ("χ²", "χ² with Yates's correction", EXACT)

Table = Sequence[Sequence[int]]


def p_values(table: Table) -> dict[str, float]:
    """The p-values of the usual tests, by the name of the test; those of the last tables are kept.

    Pearson's chi-squared without and, for two by two, with the correction of Yates; the
    likelihood ratio; for two by two also chi-squared with N - 1 in place of N (Campbell, Stat Med
    2007;26:3661) and the z test of two proportions without pooling; Fisher's exact test
    (two-sided: all tables no likelier than the observed) and for two by two its one-sided halves.

    Parameters
    ----------
    table
        Counts, groups in rows; at least two rows and two columns.

    Returns
    -------
    dict
        Without the tests that do not exist for the table; empty where a row or column is empty.
    """
    return dict(_p_values(tuple(map(tuple, table))))


@lru_cache(maxsize=1000)
def _p_values(table: Table) -> dict[str, float]:
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    total = sum(rows)
    if min(rows) == 0 or min(columns) == 0:
        return {}
    expected = [[row * column / total for column in columns] for row in rows]
    cells = [
        (count, mean)
        for counts, means in zip(table, expected, strict=True)
        for count, mean in zip(counts, means, strict=True)
    ]
    df = (len(rows) - 1) * (len(columns) - 1)
    square = sum((count - mean) ** 2 / mean for count, mean in cells)
    ratio = 2 * sum(count * math.log(count / mean) for count, mean in cells if count)
    found = {"χ²": _tail(df, square)}
    if df == 1:
        found |= _two_by_two(table, rows, columns, square)
    found["likelihood ratio"] = _tail(df, max(ratio, 0.0))
    if df > 1 and (exact := fisher(table)) is not None:
        found[EXACT] = exact
    return found


def smallest_expected(table: Table) -> float:
    """The smallest count that is expected if groups do not differ; below 5 chi-squared is poor.

    The rule is Cochran's (Biometrics 1954;10:417).
    """
    columns = [sum(column) for column in zip(*table, strict=True)]
    return min(map(sum, table)) * min(columns) / sum(columns)


def _tail(df: int, square: float) -> float:
    return float(special.chdtrc(df, square))


def _two_by_two(table: Table, rows, columns, square: float) -> dict[str, float]:
    (a, b), (c, d) = table
    total = a + b + c + d
    product = math.prod(rows) * math.prod(columns)
    off = max(abs(a * d - b * c) - total / 2, 0.0)
    found = {
        "χ² with Yates's correction": _tail(1, total * off**2 / product),
        "χ² with N − 1": _tail(1, square * (total - 1) / total),
    }
    spread = a * b / rows[0] ** 3 + c * d / rows[1] ** 3
    if spread:
        z = (a / rows[0] - c / rows[1]) / math.sqrt(spread)
        found["z test without pooling"] = 2 * float(special.ndtr(-abs(z)))
    return found | _fisher_two_by_two(a, *rows, columns[0])


def _fisher_two_by_two(a: int, first: int, second: int, events: int) -> dict[str, float]:
    """Fisher's test from one cell and the margins, two-sided and the smaller half."""
    total = first + second
    mean = first * events / total
    sd = math.sqrt(mean * second / total * (total - events) / max(total - 1, 1))
    # Beyond, no chance is left that a double could hold beside the others.
    reach = math.ceil(_FAR * sd) + 1
    low = max(0, events - second, math.floor(mean) - reach)
    high = min(first, events, math.ceil(mean) + reach)
    if not low <= a <= high:
        return {EXACT: 0.0, f"{EXACT}, one-sided": 0.0}
    counts = np.arange(low, high + 1)
    likely = _relative(_choices(first, counts) + _choices(second, events - counts))
    whole, at = float(likely.sum()), a - low
    half = min(float(likely[: at + 1].sum()), float(likely[at:].sum()))
    return {
        EXACT: _no_likelier(likely, likely[at]) / whole,
        f"{EXACT}, one-sided": half / whole,
    }


def _relative(weights: np.ndarray) -> np.ndarray:
    """Chances from their logarithms, relative to the greatest, so that none is too large."""
    return np.exp(weights - weights.max())


def _no_likelier(chances: np.ndarray, observed: float) -> float:
    return float(chances[chances <= observed * _AS_LIKELY].sum())


def _choices(n: int, k: np.ndarray) -> np.ndarray:
    """The logarithm of the number of ways to choose k of n."""
    return special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)


def fisher(table: Table) -> float | None:
    """The exact p-value of groups in rows and two columns (Freeman and Halton, Biometrika
    1951;38:141): all tables with the same margins that are no likelier than the observed one.

    None for more columns, and where there are more than `MOST_TABLES` such tables.
    """
    sizes, events = [sum(row) for row in table], sum(row[0] for row in table)
    choices = math.prod(min(size, events) + 1 for size in sizes[:-1])
    if len(table[0]) != 2 or choices > MOST_TABLES:
        return None
    each = [_choices(size, np.arange(min(size, events) + 1)) for size in sizes]
    counted, weights = np.zeros(1, dtype=int), np.zeros(1)
    for more in each[:-1]:
        counted = (counted[:, None] + np.arange(len(more))).ravel()
        weights = (weights[:, None] + more).ravel()
    left = events - counted
    possible = (left >= 0) & (left < len(each[-1]))
    weights = weights[possible] + each[-1][left[possible]]
    observed = sum(float(more[row[0]]) for more, row in zip(each, table, strict=True))
    chances = _relative(weights)
    likely = _no_likelier(chances, math.exp(observed - weights.max()))
    return min(likely / float(chances.sum()), 1.0)


def odds_ratio(table: Table, z: float = 1.959964) -> tuple[float, float, float] | None:
    """Odds ratio of the first column, first row to second, with Woolf's limits (Ann Hum Genet
    1955;19:251); None with an empty cell."""
    (a, b), (c, d) = table
    if min(a, b, c, d) == 0:
        return None
    return _limits(a * d / (b * c), 1 / a + 1 / b + 1 / c + 1 / d, z)


def risk_ratio(table: Table, z: float = 1.959964) -> tuple[float, float, float] | None:
    """Risk ratio of the first column, first row to second, with Katz's limits (Biometrics
    1978;34:469); None without an event in one of the rows."""
    (a, b), (c, d) = table
    if min(a, c) == 0:
        return None
    first, second = a + b, c + d
    return _limits(a * second / (c * first), 1 / a - 1 / first + 1 / c - 1 / second, z)


def _limits(ratio: float, variance: float, z: float) -> tuple[float, float, float]:
    factor = math.exp(z * math.sqrt(variance))
    return ratio, ratio / factor, ratio * factor
