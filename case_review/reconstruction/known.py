"""What an ensemble tells of every result: the tables that the other notebooks read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from case_review import registry
from case_review.analyses.response import HOURS_PER_WEEK
from case_review.analyses.sensitivity import outermost
from case_review.analyses.verdicts import HOLDS
from case_review.audit import claims
from case_review.data.schema import OVERALL
from case_review.reconstruction.ensemble import Ensemble
from case_review.reconstruction.outcomes import VERDICTS
from case_review.values import DETERMINED, PRINTED, VARIES, Count

#: Bimodality coefficient above which a middle says nothing.
_TWO_HUMPS = 0.9


def standings(
    ensemble: Ensemble | None,
    published: claims.Claims,
    counted: Mapping[str, registry.Known] | None = None,
    chosen: bool = False,
) -> pd.DataFrame:
    """What is known of each result before it is recorded; see `registry.read_known`.

    A result that a printed number belongs to is printed. One that is the same in all sets is
    determined, any other outcome varies. `counted` are the numbers of patients whose ends are
    proved, see `counted.ends`; they go before what the sets tell. Where patients or responses are
    `chosen` from reconstructed rows, who they are follows from how rows were drawn: all varies.
    """
    printed = {claim.result_id: claim for claim in published if claim.result_id}
    held = {
        claim.result_id: claim
        for claim in published
        if claim.result_id and claim.measure in ("n", "p") and claim.number is not None
    }
    rows = [{"result_id": id, "standing": PRINTED, **_held(held.get(id))} for id in sorted(printed)]
    names = [] if ensemble is None else ensemble.drawn.columns
    ids = dict.fromkeys(name.partition(":")[0] for name in names if not name.startswith("verdict:"))
    counted = counted or {}
    rows += [_varying(ensemble, id) for id in sorted(ids) if id not in {*printed, *counted}]
    rows += [_counted(ensemble, id, counted[id]) for id in sorted(counted) if id not in printed]
    rows += [{"result_id": registry.ANY, "standing": VARIES}] if chosen else []
    return pd.DataFrame(rows, columns=list(registry.STANDING_COLUMNS))


def _held(claim) -> dict:
    """The printed count that the result must be, to be called printed, or round to if a p-value."""
    if claim is None:
        return {}
    half = 0.0 if claim.measure == "n" else 0.5 * 10.0**-claim.digits
    return {"value": float(claim.number), "half": half}


def _counted(ensemble: Ensemble | None, id: str, one: registry.Known) -> dict:
    """A count with proved ends; its middle is that of the sets, if there are any."""
    row = {"result_id": id, "standing": one.standing}
    if one.spread is None:
        return row | {"value": one.value, "half": one.half}
    drawn = ensemble is not None and id in ensemble.drawn
    middle = ensemble.share(id, 0.5) if drawn else math.nan
    spread = {"least": one.spread.least, "middle": middle, "most": one.spread.most}
    return row | spread | {"proved": "yes"}


def _varying(ensemble: Ensemble, id: str) -> dict:
    names = [name for name in (id, f"{id}:lower", f"{id}:upper") if name in ensemble.drawn]
    constant = all(_constant(ensemble.found(name)) for name in names)
    row = {"result_id": id, "standing": DETERMINED if constant else VARIES}
    if constant:
        return row
    row["proved"] = "yes" if id in ensemble.proved else "no"
    limits = [outermost(ensemble.found(f"{id}:{end}"), end) for end in ("lower", "upper")
              if f"{id}:{end}" in ensemble.drawn]  # fmt: skip
    if id not in ensemble.drawn:  # a range over repetitions, whose ends are all there is
        return row | {"least": limits[0], "most": limits[1]}
    row["least"], row["most"] = ensemble.ends(id)
    row["middle"] = middle(ensemble, id)
    return row | dict(zip(("lower", "upper"), limits, strict=False))


def middle(ensemble: Ensemble, id: str) -> float:
    """The median over the sets drawn; NaN where these lie on both sides of it, and few near it.

    So do hazard ratios where the print fixes the size of a difference and leaves open which group
    is faster. The measure is the bimodality coefficient, (skewness² + 1) / kurtosis, which is 0.56
    for a uniform or exponential distribution and 1 for two points (Pfister et al., Front Psychol
    2013;4:700).
    """
    values = ensemble.drawn[id].dropna().to_numpy()
    if _constant(values):
        return float(values[0]) if len(values) else math.nan
    from scipy import stats  # takes a second to import

    skewness, kurtosis = stats.skew(values), stats.kurtosis(values, fisher=False)
    two_humps = (skewness**2 + 1) / kurtosis > _TWO_HUMPS
    return math.nan if two_humps else float(np.median(values))


def _constant(values: np.ndarray) -> bool:
    return bool(np.isnan(values).all() or np.ptp(values) <= 1e-9) if len(values) else True


def verdict_counts(ensemble: Ensemble | None) -> pd.DataFrame:
    """In how many of the drawn sets each conclusion holds, by analysis.

    Returns
    -------
    DataFrame
        `analysis`, `conclusion`, `fails`, `reserved`, `holds` and `sets`, those in which the
        analysis says something; `beyond`, whether sets that a search found say otherwise where all
        drawn sets hold or none does (a `Tally` of `verdicts` says it in words).
    """
    rows = []
    for name in () if ensemble is None else ensemble.drawn:
        if name.startswith("verdict:"):
            analysis, _, conclusion = name.removeprefix("verdict:").rpartition(".")
            told = [in_sets(ensemble, name, partial(np.equal, n)) for n in range(len(VERDICTS))]
            counts = [count.n for count, _ in told]
            _, beyond = told[VERDICTS.index(HOLDS)]
            rows.append((analysis, conclusion, *counts, told[0][0].of, beyond))
    columns = ["analysis", "conclusion", "fails", "reserved", "holds", "sets", "beyond"]
    return pd.DataFrame(rows, columns=columns)


def in_sets(ensemble: Ensemble, name: str, holds: Callable) -> tuple[Count, bool]:
    """In how many of the sets drawn an outcome is as `holds` says of an array of its values.

    Sets that say nothing of it are left out.

    Returns
    -------
    tuple
        The count, and whether it is otherwise beyond the sets drawn: so in all of them or in none,
        and not in every set that a search found.
    """
    given = (ensemble.drawn[name].to_numpy(), ensemble.found(name))
    drawn, found = (holds(values[~np.isnan(values)]) for values in given)
    n = Count(int(drawn.sum()), of=len(drawn), unit="sets")
    return n, n.n in (0, n.of) and bool((found != (n.n > 0)).any())


def of_sets(count: Count, beyond: bool = False) -> str:
    """`934 of 1,000`, `all 1,000`, `none of 1,000`.

    If it is otherwise `beyond` the sets drawn, `all 1,000 (yet not in all possible ones)`.
    """
    if count.n == count.of:
        return f"all {count.of:,}" + (" (yet not in all possible ones)" if beyond else "")
    if count.n:
        return f"{count.n:,} of {count.of:,}"
    return f"none of {count.of:,}" + (" (yet in some possible ones)" if beyond else "")


def curves(ensemble: Ensemble | None, groups: Sequence[str], month_days: float) -> pd.DataFrame:
    """Proportion responding over time in all sets, by group and in all patients.

    Returns
    -------
    DataFrame
        `group`, `weeks`, and over the sets the `least` and `most`, and over those drawn the
        quantiles `q05`, `q25`, `middle`, `q75` and `q95`.
    """
    columns = ["group", "weeks", "least", "q05", "q25", "middle", "q75", "q95", "most"]
    if ensemble is None:
        return pd.DataFrame(columns=columns)
    frames = []
    every = np.vstack([ensemble.hours, ensemble.searched_hours])
    whose = np.vstack([ensemble.second, ensemble.searched_second])
    at = np.concatenate([[0], np.unique(every)])
    for key, own in {OVERALL: None, groups[0]: False, groups[1]: True}.items():
        heights = step_heights(every, whose, own, at)
        drawn = heights[: len(ensemble)]
        low, *quantiles, high = (
            heights.min(axis=0),
            *np.quantile(drawn, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0),
            heights.max(axis=0),
        )
        stacked = dict(zip(columns[2:], [low, *quantiles, high], strict=True))
        frames.append(pd.DataFrame({"group": key, "weeks": at / HOURS_PER_WEEK, **stacked}))
    return pd.concat(frames, ignore_index=True)


def step_heights(
    hours: np.ndarray, second: np.ndarray, of_second: bool | None, at: Sequence[float]
) -> np.ndarray:
    """Proportion of a group (None: of all) responding by each time of `at`; (sets, times)."""
    own = hours if of_second is None else hours[second == of_second].reshape(len(hours), -1)
    return np.stack([(own <= moment).mean(axis=1) for moment in at], axis=1)
