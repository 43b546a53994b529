"""Random splits of patients into groups, drawn as numbers of patients of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

#: Numbers in one array of splits: those are drawn so many at once.
_AT_ONCE = 1_000_000


def random_splits(
    often: np.ndarray, sizes: Sequence[int], samples: int, random: np.random.Generator
) -> Iterator[list[np.ndarray]]:
    """Random splits of patients into groups of these sizes, some thousands at a time.

    Parameters
    ----------
    often
        How many patients there are of each kind. Those of a kind are not told apart, so that a
        split costs no more where there are many of them: what is drawn is their number in each
        group (multivariate hypergeometric), not who they are.

    Yields
    ------
    list of arrays
        Of each group, splits x kinds: how many of its patients are of each kind.
    """
    at_once = max(1, _AT_ONCE // len(often))
    for start in range(0, int(samples), at_once):
        rows = min(at_once, int(samples) - start)
        left, parts = np.tile(often, (rows, 1)), []
        for size in list(sizes)[:-1]:
            parts.append(_drawn(left, int(size), random))
            left = left - parts[-1]
        yield [*parts, left]


def _drawn(left: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """Of each kind, how many are among `size` patients drawn from those `left` (splits x kinds)."""
    found = np.empty_like(left)
    rest = left.sum(axis=1)
    wanted = np.full(len(left), size)
    for kind in range(left.shape[1]):
        rest = rest - left[:, kind]
        found[:, kind] = random.hypergeometric(left[:, kind], rest, wanted)
        wanted = wanted - found[:, kind]
    return found
