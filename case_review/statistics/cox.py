"""The size of a difference between groups in time to an event, with its interval."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
from scipy import stats

from case_review.statistics.inputs import check_level, checked, group_index, members
from case_review.values import Estimate


def hazard_ratios(
    time, event, group, reference, conf_level: float = 0.95
) -> dict[object, Estimate]:
    """The hazard ratio of each group against `reference`, by one proportional hazards model.

    Ties are handled by Efron's method (J Am Stat Assoc 1977;72:557), the limits are Wald limits of
    the log hazard ratio (Cox, J R Stat Soc B 1972;34:187). Above 1, events come sooner in the group
    than in the reference.

    Parameters
    ----------
    time, event, group
        One entry per patient.
    reference
        The group that the others are compared with.

    Returns
    -------
    dict
        By group, sorted, without the reference; empty where there is no other group. A ratio is NaN
        in all three places if it is not estimable: without events in the group or the reference, or
        when all events of one come first, so that the likelihood has no maximum.

    Raises
    ------
    ValueError
        If `reference` is no group, or the level is not between 0 and 1; see also `inputs.checked`.
    """
    check_level(conf_level)
    time, event = checked(time, event)
    groups, _ = group_index(group, len(time), least=1)
    fitted = _cox(time, event, members(group, len(time), reference), reference)
    z = stats.norm.isf((1 - conf_level) / 2)
    ratios = {}
    for name in groups:
        if name != reference:
            coefficient, error = fitted.get(name, (math.nan, math.nan))
            ends = (coefficient, coefficient - z * error, coefficient + z * error)
            ratios[name] = Estimate(*map(math.exp, ends), digits=2, conf_level=conf_level)
    return ratios


def _cox(time: np.ndarray, event: np.ndarray, patients: dict, reference) -> dict:
    """Log hazard ratio and its standard error by group; a group is left out if it has none."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    # As its hazard falls to nothing, a group without events drops out of the likelihood.
    used = {name: own for name, own in patients.items() if event[own].any()}
    columns = {f"group {i}": name for i, name in enumerate(used) if name != reference}
    if reference not in used or not columns:
        return {}
    inside = np.logical_or.reduce(list(used.values()))
    frame = pd.DataFrame({column: used[name].astype(float) for column, name in columns.items()})
    frame = frame.assign(time=time, event=event)[inside]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # separation is told by the standard error below
        try:
            fit = CoxPHFitter().fit(frame, "time", "event", fit_options={"precision": 1e-10})
        except (ConvergenceError, np.linalg.LinAlgError):
            return {}
    found = zip(columns.values(), fit.params_, fit.standard_errors_, strict=True)
    # A maximum at infinity shows as a standard error that no data set of finite size gives.
    return {name: (float(b), float(error)) for name, b, error in found if error < 100}
