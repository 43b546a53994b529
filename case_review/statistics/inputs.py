"""What every statistic takes: times, events, groups, one entry per patient, or a clear refusal."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Interval types that R's `survfit` knows by these names.
CONF_TYPES = ("log", "log-log", "plain")


def checked(time, event) -> tuple[np.ndarray, np.ndarray]:
    """`time` as numbers and `event` as booleans, or a ValueError that says what is wrong.

    Refused: no patients, different lengths, missing or negative or infinite times, times that are
    dates or durations (they would count nanoseconds), and events other than 0/1 or False/True. A
    time of zero is accepted.
    """
    time, event = _numbers(time), np.asarray(event)
    if time.ndim != 1 or event.ndim != 1 or len(time) != len(event):
        raise ValueError(
            f"time and event must be two columns of one length, not {time.shape} and {event.shape}"
        )
    if len(time) == 0:
        raise ValueError("there are no patients: at least one time is needed")
    refuse(np.isnan(time), time, "time is missing")
    refuse(np.isinf(time), time, "time is not finite")
    refuse(time < 0, time, "time is negative")
    flags = pd.to_numeric(pd.Series(event), errors="coerce").to_numpy(dtype=float)
    refuse(~np.isin(flags, (0.0, 1.0)), event, "event is neither 0 (censored) nor 1")
    return time, flags == 1.0


def _numbers(time) -> np.ndarray:
    values = np.asarray(time)
    if values.dtype.kind in "mM":
        raise ValueError("time must be numbers in one unit, such as hours, not dates or durations")
    try:
        return np.asarray(time, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"time must be numbers: {error}") from None


def refuse(wrong: np.ndarray, values: np.ndarray, what: str) -> None:
    """A ValueError that says how many patients are wrong, and which is the first."""
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        value = values[first]
        shown = value.item() if isinstance(value, np.generic) else value
        raise ValueError(
            f"{what} in {int(wrong.sum())} of {len(wrong)} patients, "
            f"first at position {first} ({shown!r})"
        )


def check_conf(conf_type: str, conf_level: float) -> None:
    """Refuse an unknown interval type or a level outside (0, 1) with a ValueError."""
    if conf_type not in CONF_TYPES:
        raise ValueError(f"conf_type must be one of {', '.join(CONF_TYPES)}, not {conf_type!r}")
    check_level(conf_level)


def check_level(conf_level: float) -> None:
    """Refuse a confidence level outside (0, 1), such as 95, with a ValueError."""
    if not 0 < conf_level < 1:
        raise ValueError(f"the confidence level must lie between 0 and 1, not {conf_level}")


def group_index(group, patients: int, least: int = 2) -> tuple[tuple, np.ndarray]:
    """Sorted distinct values of `group` and each patient's position among them.

    Raises
    ------
    ValueError
        If a value is missing, the length is not `patients`, or there are fewer groups than `least`.
    """
    values = np.asarray(group, dtype=object)
    if values.ndim != 1:
        raise ValueError(f"group must be one column, not of shape {values.shape}")
    values = pd.Series(values)
    if len(values) != patients:
        raise ValueError(f"group has {len(values)} entries for {patients} patients")
    refuse(values.isna().to_numpy(), values.to_numpy(), "group is missing")
    index, groups = pd.factorize(values, sort=True)
    if len(groups) < least:
        raise ValueError(f"a comparison needs two groups; there is only {groups[0]!r}")
    return tuple(groups), index


def members(group, patients: int, reference=None) -> dict[object, np.ndarray]:
    """Which patients belong to each group, by group, sorted; those without a group to none.

    Raises
    ------
    ValueError
        If `group` has not one entry per patient, or `reference` is given and none of the groups.
    """
    group = np.asarray(group, dtype=object)
    if len(group) != patients:
        raise ValueError(f"group has {len(group)} entries for {patients} patients")
    groups = sorted(pd.Series(group).dropna().unique())
    if groups and reference is not None and reference not in groups:
        found = ", ".join(map(str, groups))
        raise ValueError(f"the reference {reference!r} is none of the groups: {found}")
    return {name: group == name for name in groups}
