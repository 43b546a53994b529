"""Which means, percentages and standard deviations whole numbers can have.

Means of n whole numbers are multiples of 1/n, and their squares sum to a whole number; most
decimals lie between. Everything is exact: intervals of possible values come in as fractions, and an
answer of no is a proof.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

#: Beyond so many steps of a scale, or values, samples are bounded and not searched.
_LONGEST_SCALE, _LARGEST_SAMPLE = 30, 500
#: Of a mean that so many sums give, nothing is said.
_MOST_SUMS = 10_000


def sums(mean: tuple[Fraction, Fraction], n: int, items: int = 1) -> range:
    """The sums that `n` values of `items` whole numbers each may have for their mean to fit.

    Empty where no sum gives the mean: GRIM (Brown and Heathers, Soc Psychol Personal Sci
    2017;8:363).

    Parameters
    ----------
    mean
        Smallest and largest value that the unrounded mean may have; both count.
    n
        How many values, at least 1.
    items
        Of how many whole numbers each value is itself the mean.
    """
    low, high = mean
    return range(math.ceil(low * n * items), math.floor(high * n * items) + 1)


def counts(percentage: tuple[Fraction, Fraction], of: int) -> range:
    """How many of `of` a percentage between two limits may be; empty if no count gives it."""
    found = sums((percentage[0] / 100, percentage[1] / 100), of)
    return range(max(found.start, 0), min(found.stop, of + 1))


def always_possible(width: Fraction, n: int, items: int = 1) -> bool:
    """Whether every mean has a sum, so that none can be told from an impossible one.

    `width` is that of the interval of the unrounded mean: 0.01 if two decimals are printed.
    """
    return width * n * items >= 1


def sd_possible(
    mean: tuple[Fraction, Fraction],
    sd: tuple[Fraction, Fraction],
    n: int,
    items: int = 1,
    scale: tuple[int, int] | None = None,
    divisor: int = 1,
) -> bool:
    """Whether `n` whole numbers can have this mean and this standard deviation.

    The sum of squares is a whole number, and even or odd as the sum is (GRIMMER: Anaya, PeerJ
    Preprints 2016;4:e2400v1; in this form Allard 2018). Where a scale is given, a sample on it must
    exist (as SPRITE looks for one: Heathers et al., PeerJ Preprints 2018;6:e26968v1); it is sought
    exactly up to scales of 30 steps and samples of 500, and bounded beyond.

    Parameters
    ----------
    mean, sd
        Smallest and largest value that the unrounded ones may have; both count.
    n
        How many values, at least 2.
    items
        Of how many whole numbers each value is the mean.
    scale
        Smallest and largest whole number that is possible for an item, if that is known.
    divisor
        1 if squares are divided by n - 1 and 0 if they are by n.
    """
    low, high = max(sd[0], 0), sd[1]
    weight = (n - divisor) * items**2
    totals = sums(mean, n, items)
    if len(totals) > _MOST_SUMS:
        return True
    for total in totals:
        about = Fraction(total**2, n)
        first = math.ceil(weight * low**2 + about)
        last = math.floor(weight * high**2 + about)
        first += (total - first) % 2
        if scale is None and first <= last:
            return True
        if scale is not None and _on_scale(total, range(first, last + 1, 2), n, items, scale):
            return True
    return False


def _on_scale(total: int, squares: range, n: int, items: int, scale: tuple[int, int]) -> bool:
    """Whether `n` whole numbers on the scale have this sum and one of these sums of squares."""
    low, high = scale[0] * items, scale[1] * items
    # The scale is moved to begin at 0, which moves the sums with it.
    moved = total - n * low
    offset = n * low**2 - 2 * low * total
    steps = high - low
    if not 0 <= moved <= n * steps:
        return False
    least, most = _fewest(n, moved), _most(n, moved, steps)
    within = range(
        max(squares.start + offset, least), min(squares[-1] + offset, most) + 1 if squares else 0
    )
    within = range(within.start + (moved - within.start) % 2, within.stop, 2)
    if steps > _LONGEST_SCALE or n > _LARGEST_SAMPLE:
        return bool(within)
    return any(_exists(n, moved, square, steps) for square in within)


def _fewest(n: int, total: int) -> int:
    """The smallest sum of squares of `n` whole numbers with this sum: all as equal as can be."""
    each, rest = divmod(total, n)
    return n * each**2 + rest * (2 * each + 1)


def _most(n: int, total: int, steps: int) -> int:
    """The largest sum of squares of `n` numbers from 0 to `steps`: all at the ends but one."""
    full, rest = divmod(total, steps) if steps else (0, 0)
    return full * steps**2 + rest**2


@lru_cache(maxsize=20_000)
def _exists(n: int, total: int, square: int, steps: int) -> bool:
    """Whether `n` numbers from 0 to `steps` have this sum and this sum of squares."""
    if total < 0 or total > n * steps or (square - total) % 2:
        return False
    if n == 0 or steps == 0:
        return total == square == 0
    least, most = _fewest(n, total), _most(n, total, steps)
    if not least <= square <= most:
        return False
    if square in (least, most):
        return True
    # As many as possible at the upper end first: what is left has the narrower choice.
    often = min(n, total // steps, square // steps**2)
    return any(
        _exists(n - top, total - top * steps, square - top * steps**2, steps - 1)
        for top in range(often, -1, -1)
    )


def binary_sd_possible(
    mean: tuple[Fraction, Fraction], sd: tuple[Fraction, Fraction], n: int, divisor: int = 1
) -> bool:
    """Whether `n` zeros and ones can have this mean and standard deviation.

    Of k ones among n the variance is k (n - k) / (n (n - 1)): DEBIT (Heathers and Brown, 2019,
    https://osf.io/5vb3u). Parameters as in `sd_possible`.
    """
    ones = sums(mean, n)
    ones = range(max(ones.start, 0), min(ones.stop, n + 1))
    low, high = (max(end, 0) ** 2 * n * (n - divisor) for end in sd)
    return any(_variance_between(part, n, low, high) for part in _halves(ones, n))


def _halves(ones: range, n: int) -> Iterator[range]:
    """Numbers of ones up to half of `n`, and those above it mirrored, for the variance is alike."""
    half = n // 2 + 1
    yield range(ones.start, min(ones.stop, half))
    yield range(n + 1 - ones.stop, n + 1 - max(ones.start, half))


def _variance_between(ones: range, n: int, low: Fraction, high: Fraction) -> bool:
    """Whether one of these numbers of ones, up to half of `n`, has k (n - k) within the limits."""
    at = bisect_left(ones, low, key=lambda k: k * (n - k))
    return at < len(ones) and ones[at] * (n - ones[at]) <= high


def largest_sd(mean: float, n: int, low: float, high: float, divisor: int = 1) -> float:
    """The largest standard deviation of `n` values between two ends that have this mean.

    All values lie at the ends (Bhatia and Davis, Am Math Mon 2000;107:353), for the sample's
    deviation times n / (n - 1).
    """
    return math.sqrt(max((high - mean) * (mean - low), 0.0) * n / (n - divisor))
