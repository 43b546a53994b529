"""Many data sets that agree with the print, each analysed: how far every result varies.

Sets are drawn from the distribution that `sampling` states, so that one may say in how many of them
something holds. Draws seldom reach the ends of a range; those come from `extremes` as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from case_review import registry
from case_review.analyses import sensitivity
from case_review.audit import claims
from case_review.build import workers
from case_review.reconstruction import (
    extreme_sets,
    outcomes,
    sampling,
    specification,
    times,
)
from case_review.reconstruction.outcomes import Choices

#: Sets per chunk of work: some seconds, so that a lost worker loses little.
_CHUNK = 25


@dataclass(frozen=True)
class Ensemble:
    """Data sets that agree with the print, and what each analysis gives in each.

    Parameters
    ----------
    drawn
        A row per set that was drawn, a column per outcome; see `outcomes`.
    hours, second
        Sorted times of the patients with individual data, and whether each is in the second group;
        shape (sets, patients).
    searched
        The same outcomes, as far as they need no reports, of the sets that a search for the ends
        of ranges found; may have no rows.
    searched_hours, searched_second
        Of those.
    proved
        Outcomes neither of whose ends any other set can pass.
    """

    drawn: pd.DataFrame
    hours: np.ndarray
    second: np.ndarray
    searched: pd.DataFrame
    searched_hours: np.ndarray
    searched_second: np.ndarray
    proved: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.drawn)

    def found(self, name: str) -> np.ndarray:
        """An outcome in all sets, drawn or searched for."""
        other = self.searched.get(name, [])
        return np.concatenate([self.drawn[name], np.asarray(other, dtype=float)])

    def ends(self, name: str) -> tuple[float, float]:
        """The smallest and the largest value of an outcome over all sets."""
        values = self.found(name)
        return float(np.nanmin(values)), float(np.nanmax(values))

    def share(self, name: str, fraction: float) -> float:
        """A quantile of an outcome over the sets that were drawn."""
        return float(np.nanquantile(self.drawn[name], fraction))


def draw(
    raw: Path,
    choices: Choices,
    number: int,
    keep: Path | None = None,
    begin: int = 1,
    processes: int | None = None,
) -> Ensemble:
    """Draw sets and analyse each, on all processors or a cluster; see `build.workers.spread`.

    Parameters
    ----------
    raw
        Folder of `published.csv` and `reconstruction.yml`.
    choices
        Of the analyses; `choices.seed` decides the draws.
    number
        How many sets. The first of them has the number `begin`; number 0 is the one in `data/raw/`.
    keep
        A folder for finished chunks.
    processes
        How many processes share the work; the sets do not depend on it.
    """
    given = {
        "published": claims.text_table(raw / "published.csv").to_dict("records"),
        "content": specification.read(raw).content,
        "choices": asdict(choices),
    }
    end = begin + number
    chunks = [
        given | {"begin": start, "end": min(start + _CHUNK, end)}
        for start in range(begin, end, _CHUNK)
    ]
    parts = workers.spread(analyse, chunks, keep=keep, workers=processes)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    hours, second = joined.pop("hours"), joined.pop("second")
    nothing = np.empty((0, hours.shape[1]))
    return Ensemble(
        pd.DataFrame(joined), hours, second, pd.DataFrame(), nothing.astype(int), nothing > 0
    )


def analyse(published: list, content: dict, choices: dict, begin: int, end: int) -> dict:
    """The sets with the numbers from `begin` to before `end`, and their outcomes.

    Parameters
    ----------
    published
        Rows of `published.csv`, as text.
    content
        What `reconstruction.yml` holds.
    choices
        Fields of `Choices`.

    Returns
    -------
    dict of arrays
        `hours` and `second`, and an array per outcome.
    """
    spec = specification.Specification(content, claims.from_frame(pd.DataFrame(published)))
    chosen = Choices(**choices)
    sampler = sampling.Sampler(spec, chosen.month_days)
    sets = [sampler.draw(chosen.seed, index) for index in range(begin, end)]
    rows = [outcomes.of_set(data, chosen) | dict(_counts(spec, data)) for data in sets]
    order = [np.argsort(data.hours, kind="stable") for data in sets]
    return {
        "hours": np.array([d.hours[o] for d, o in zip(sets, order, strict=True)]),
        "second": np.array([d.second[o] for d, o in zip(sets, order, strict=True)]),
        **{name: np.array([row[name] for row in rows]) for name in rows[0]},
    }


def analyse_times(hours: list, second: list, choices: dict) -> dict:
    """The outcomes of sets of times alone, an array for each; see `outcomes.of_times`.

    Parameters
    ----------
    hours, second
        Of each set: sorted times of the patients, and whether each is in the second group.
    choices
        Fields of `Choices`.
    """
    chosen, pairs = Choices(**choices), zip(hours, second, strict=True)
    rows = [outcomes.of_times(*map(np.array, pair), chosen) for pair in pairs]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _counts(spec, data: sampling.DataSet) -> Iterable[tuple[str, float]]:
    """Numbers of patients that the print leaves open: with each other drug, and reduced for each.

    The names are those of results of `03_treatment` and `04_safety`.
    """
    levels = data.levels["cotreatments"]
    for drug in spec.parts("cotreatments"):
        n = sum(drug in level.split(";") for level in levels)
        yield f"treatment.cotreatment.{registry.identifier(drug)}", float(n)
    put_down = list(data.reduced.values())
    for event in spec["safety"]["events"]:
        yield f"safety.dose_reduced.{event}", float(put_down.count(event))


def with_searched(
    ensemble: Ensemble, raw: Path, choices: Choices, keep: Path | None = None
) -> Ensemble:
    """The ensemble with the sets that a search for the ends of ranges found; see `extreme_sets`.

    They hold for the length of a month that they were searched with; with another one no set is
    added, and ranges are those of the drawn sets. A proof counts for its horizon alone. `keep` is
    a folder for their outcomes; the sets themselves are checked each time.

    Raises
    ------
    ReviewError
        If a set does not agree with the print; see `extreme_sets.read`.
    """
    spec = specification.read(raw)
    if not extreme_sets.searched_with(raw, choices.month_days):
        return ensemble
    printed = times.read_printed(spec.claims, spec["response"]["ids"], choices.month_days)
    found = extreme_sets.read(raw, printed, choices.groups)
    hours, second = found.sets.times, found.sets.second
    chunk = {"hours": hours.tolist(), "second": second.tolist(), "choices": asdict(choices)}
    (rows,) = workers.spread(analyse_times, [chunk], keep=keep)
    horizon = found.table["horizon_weeks"].fillna(choices.rmst_horizon)
    proof = found.table["proved"] & horizon.eq(choices.rmst_horizon)
    proved = proof.groupby(found.table["statistic"]).all()
    names = {same for name in proved[proved].index for same in _names(name, choices)}
    return replace(
        ensemble,
        searched=pd.DataFrame(rows),
        searched_hours=hours,
        searched_second=second,
        proved=ensemble.proved | names,
    )


def _names(outcome: str, choices: Choices) -> list[str]:
    """All names of an outcome: that of the search, and those with limits of another kind."""
    start, _, group = outcome.rpartition(".")
    others = {
        "response.hazard_ratio": ["response.hazard_ratio"] * (group == choices.groups[0]),
        "response.median_weeks": [
            f"sensitivity.intervals.{registry.identifier(kind)}.{group}"
            for kind in [*choices.conf_types, sensitivity.SIGN_TEST]
        ],
        "sensitivity.rmst": [
            f"sensitivity.{name}" for name in ("rmst.normal", "rmst.welch", "bootstrap.difference")
        ] * (group == "difference"),
    }  # fmt: skip
    return [outcome, *others.get(start, [])]
