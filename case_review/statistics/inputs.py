"""What every statistic takes: times, events, groups, one entry per patient, or a clear refusal."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import special

#: Interval types that R's `survfit` knows by these names.
CONF_TYPES = ("log", "log-log", "plain")

#: R's `.Machine$double.eps^.5`: times this close to one another, or this close relative to the mean
#: time, are one time.
SAME_TIME = math.sqrt(np.finfo(float).eps)


def checked(time, event, **beside) -> tuple[np.ndarray, np.ndarray]:
    """`time` as numbers and `event` as booleans, or a ValueError that says what is wrong.

    Refused: no patients, different lengths, missing, masked, negative or infinite times, times that
    are dates or durations (they would count nanoseconds), and events other than 0/1 or False/True.
    A time of zero is accepted. Times that differ by rounding alone become one; see `merged`.

    Parameters
    ----------
    time, event
        One entry per patient. Columns of pandas must share one index, so that nobody is given the
        event of another patient; everything else is taken by position.
    beside
        Other columns of the same patients by name, such as `group`: only whether they belong to the
        same rows, and have nothing masked, is looked at.
    """
    aligned(time=time, event=event, **beside)
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
    if event.dtype.kind not in "biuf":
        flags = pd.to_numeric(pd.Series(event), errors="coerce").to_numpy(dtype=float)
    else:
        flags = event.astype(float)
    refuse((flags != 0) & (flags != 1), event, "event is neither 0 (censored) nor 1")
    return merged(time), flags == 1.0


def aligned(**columns) -> None:
    """Refuse columns that are not of the same rows, or hide some of their values.

    Raises
    ------
    ValueError
        If two columns of pandas have different indexes (pandas would match their rows by label,
        numpy by position), or an entry of a masked array is masked.
    """
    first, index = "", None
    for name, column in columns.items():
        if isinstance(column, np.ma.MaskedArray):
            mask = np.ma.getmaskarray(column)
            refuse(mask.ravel(), mask.ravel(), f"{name} is masked, that is, missing,", shown=False)
        own = getattr(column, "index", None)
        if not isinstance(own, pd.Index):
            continue
        if index is None:
            first, index = name, own
        elif own is not index and not index.equals(own):
            raise ValueError(
                f"{first} and {name} are columns with different indexes, so their rows need not be "
                "the same patients; take both from one table, or pass them without an index "
                "(`.to_numpy()`) where their order is the same"
            )


def merged(time: np.ndarray) -> np.ndarray:
    """Times with those made equal that differ by rounding alone, as R's `timefix` does.

    Neighbouring times count as one if they differ by at most `SAME_TIME`, or by at most that much
    of the mean of all distinct times (R's `aeqSurv`); the smallest of them stands for all, so that
    0.1 + 0.2 and 0.3 are both 0.3. Whole numbers stay as they are.
    """
    if (time == np.floor(time)).all():
        return time
    distinct = np.unique(time)
    steps = np.diff(distinct)
    apart = (steps > SAME_TIME) & (steps > SAME_TIME * np.abs(distinct).mean())
    if apart.all():
        return time
    kept = distinct[np.concatenate([[True], apart])]
    return kept[np.searchsorted(kept, time, side="right") - 1]


def _numbers(time) -> np.ndarray:
    values = np.asarray(time)
    if values.dtype.kind in "mM":
        raise ValueError("time must be numbers in one unit, such as hours, not dates or durations")
    try:
        return np.asarray(time, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"time must be numbers: {error}") from None


def refuse(wrong: np.ndarray, values: np.ndarray, what: str, shown: bool = True) -> None:
    """A ValueError that says how many patients are wrong, and which is the first."""
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        value = values[first]
        value = value.item() if isinstance(value, np.generic) else value
        raise ValueError(
            f"{what} in {int(wrong.sum())} of {len(wrong)} patients, "
            f"first at position {first}{f' ({value!r})' if shown else ''}"
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


def normal_quantile(conf_level: float) -> float:
    """The distance from 0, in standard errors, of normal limits at this level: 1.96 at 0.95."""
    return -float(special.ndtri((1 - conf_level) / 2))


def check_horizon(horizon: float) -> None:
    """Refuse a horizon that is not a positive, finite time with a ValueError."""
    if not 0 < horizon < math.inf:
        raise ValueError(f"the horizon must be finite and greater than 0, not {horizon}")


def check_draws(number: int, name: str) -> None:
    """Refuse a number of random samples that is not whole, or below 1, with a ValueError."""
    if not (1 <= number < math.inf and number == int(number)):
        raise ValueError(f"{name} must be a whole number of at least 1, not {number}")


def check_weights(weights, patients: int) -> np.ndarray:
    """Weights (patients, or samples x patients) as numbers; a ValueError if one is no weight."""
    aligned(weights=weights)
    weights = np.asarray(weights, dtype=float)
    if weights.ndim not in (1, 2) or weights.shape[-1] != patients:
        raise ValueError(f"weights of shape {weights.shape} do not fit {patients} patients")
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        raise ValueError(
            f"a weight says how often a patient counts and is a finite number of at least 0; "
            f"{int(wrong.sum())} of {wrong.size} are not, the first is {weights[wrong][0]}"
        )
    return weights


def grouping(group, patients: int) -> tuple[tuple, np.ndarray, tuple]:
    """The groups in order, each patient's position among them, and groups without patients.

    Categories that have an order (an ordered `pandas.Categorical`) keep it, all other values are
    sorted. Without a group the position is -1. Groups without patients are categories nobody has.

    Raises
    ------
    ValueError
        If `group` has not one entry per patient.
    """
    aligned(group=group)
    kind = getattr(group, "dtype", None)
    if isinstance(kind, pd.CategoricalDtype):
        categories, codes = list(kind.categories), np.asarray(getattr(group, "cat", group).codes)
        if not kind.ordered:
            codes, categories = _sorted(codes, categories)
    else:
        values = np.asarray(group, dtype=object)
        if values.ndim != 1:
            raise ValueError(f"group must be one column, not of shape {values.shape}")
        codes, categories = _sorted(*pd.factorize(values))
    if len(codes) != patients:
        raise ValueError(f"group has {len(codes)} entries for {patients} patients")
    used = np.bincount(codes[codes >= 0], minlength=len(categories)) > 0
    place = np.concatenate([np.cumsum(used) - 1, [-1]])  # the last is for patients without a group
    groups = tuple(name for name, has in zip(categories, used, strict=True) if has)
    empty = tuple(name for name, has in zip(categories, used, strict=True) if not has)
    return groups, place[codes], empty


def _sorted(codes: np.ndarray, categories) -> tuple[np.ndarray, list]:
    """Codes and categories in the order of the categories; of their names where kinds differ."""
    names = list(categories)
    try:
        order = sorted(range(len(names)), key=names.__getitem__)
    except TypeError:
        order = sorted(range(len(names)), key=lambda i: (type(names[i]).__name__, str(names[i])))
    place = np.empty(len(names) + 1, dtype=int)
    place[order], place[-1] = np.arange(len(names)), -1
    return place[codes], [names[i] for i in order]


def group_index(group, patients: int, least: int = 2) -> tuple[tuple, np.ndarray]:
    """The groups in order (see `grouping`) and each patient's position among them.

    Raises
    ------
    ValueError
        If a value is missing, the length is not `patients`, or there are fewer groups than `least`.
    """
    groups, index, _ = grouping(group, patients)
    refuse(index < 0, np.asarray(group, dtype=object), "group is missing")
    if len(groups) < least:
        raise ValueError(f"a comparison needs two groups; there is only {groups[0]!r}")
    return groups, index


def position(groups: tuple, reference) -> int:
    """Where `reference` stands among the groups; a ValueError if it is none of them."""
    if reference not in groups:
        found = ", ".join(map(str, groups))
        raise ValueError(f"the reference {reference!r} is none of the groups: {found}")
    return groups.index(reference)


def members(group, patients: int, reference=None) -> dict[object, np.ndarray]:
    """Which patients belong to each group, by group, in order; those without a group to none.

    Raises
    ------
    ValueError
        If `group` has not one entry per patient, or `reference` is given and none of the groups.
    """
    groups, index, _ = grouping(group, patients)
    if groups and reference is not None:
        position(groups, reference)
    return {name: index == i for i, name in enumerate(groups)}
