"""What is said of a number that patients have: its median with quartiles."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from case_review.values import Quartiles


def quartiles(values: Iterable[float], unit: str = "", **look) -> Quartiles:
    """Median and quartiles of all values that are known.

    Parameters
    ----------
    values
        One per patient; missing ones are left out.
    unit
        Of the values.
    look
        `digits` or `most` of `Quartiles`.

    Returns
    -------
    Quartiles
        As R's `quantile` has them by default (type 7 of Hyndman and Fan, Am Stat 1996;50:361); NaN
        where no value is known.
    """
    known = pd.to_numeric(pd.Series(list(values), dtype=object)).dropna().to_numpy(float)
    ends = np.quantile(known, (0.5, 0.25, 0.75)).tolist() if len(known) else [math.nan] * 3
    return Quartiles(*ends, unit, len(known), **look)
