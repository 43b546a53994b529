"""The size of a difference between two groups in time to an event, with its interval."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
from scipy import stats

from case_review.statistics.survival import Estimate, check_level, checked, two_groups


def hazard_ratio(time, event, group, of, conf_level: float = 0.95) -> Estimate:
    """The hazard ratio of group `of` against the other group, by Cox's proportional hazards model.

    Ties are handled by Efron's method (J Am Stat Assoc 1977;72:557), the limits are Wald limits of
    the log hazard ratio (Cox, J R Stat Soc B 1972;34:187). Above 1, events come sooner in `of`.

    Parameters
    ----------
    time, event, group
        One entry per patient; `group` holds exactly two values.
    of
        The group in the numerator.

    Returns
    -------
    Estimate
        NaN in all three places if the ratio is not estimable: without events in one group, or when
        all events of one group come first, so that the likelihood has no maximum.

    Raises
    ------
    ValueError
        If there are not two groups, or `of` is none of them, or the level is not between 0 and 1;
        see also `survival.checked`.
    """
    check_level(conf_level)
    time, event = checked(time, event)
    exposed = two_groups(group, len(time), of)
    coefficient, error = _cox(time, event, exposed)
    half = stats.norm.isf((1 - conf_level) / 2) * error
    return Estimate(*(math.exp(x) for x in (coefficient, coefficient - half, coefficient + half)))


def _cox(time: np.ndarray, event: np.ndarray, exposed: np.ndarray) -> tuple[float, float]:
    """Log hazard ratio and its standard error; NaN if the likelihood has no maximum."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    if not (event[exposed].any() and event[~exposed].any()):
        return math.nan, math.nan
    frame = pd.DataFrame({"time": time, "event": event, "exposed": exposed.astype(float)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # separation is told by the standard error below
        try:
            fit = CoxPHFitter().fit(frame, "time", "event", fit_options={"precision": 1e-10})
        except (ConvergenceError, np.linalg.LinAlgError):
            return math.nan, math.nan
    coefficient, error = float(fit.params_.iloc[0]), float(fit.standard_errors_.iloc[0])
    # A maximum at infinity shows as a standard error that no data set of finite size gives.
    return (coefficient, error) if error < 100 else (math.nan, math.nan)
