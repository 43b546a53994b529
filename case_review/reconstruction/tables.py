"""The reconstructed tables of `data/raw/`, and writing them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from case_review.data import cleaning, reading, schema
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import Project
from case_review.reconstruction import rows, sampling, specification


def reconstruct(raw: Path, seed: int, month_days: float) -> dict[str, pd.DataFrame]:
    """The four reconstructed tables, by name; the seed decides which consistent set they are.

    Parameters
    ----------
    raw
        Folder of `published.csv` and `reconstruction.yml`.
    seed
        Any whole number; the set is the first one of this seed.
    month_days
        Length of a month in days, for the printed times that are given in months.
    """
    sampler = sampling.Sampler(specification.read(raw), month_days)
    return tables(sampler, seed, 0, month_days)


def tables(
    sampler: sampling.Sampler, seed: int, index: int, month_days: float
) -> dict[str, pd.DataFrame]:
    """The four tables of the data set with this seed and number."""
    spec, data = sampler.spec, sampler.draw(seed, index)
    ids = rows.report_ids(data, spec.number(spec["reports"]["publications"]))
    # Of its own, so that the set is the same whether or not its rows are written.
    rng = np.random.default_rng([seed, index, 1])
    patients = rows.patients(spec, data, ids, month_days, rng)
    return {
        "reports": rows.reports(data, ids),
        "patients": patients,
        "posters": rows.posters(data, ids),
        "adverse_events": rows.adverse_events(spec, data, patients, ids, rng),
    }


def other_patients(
    raw: Path, seed: int, number: int, dictionaries: Mapping, month_days: float
) -> pd.DataFrame:
    """The clean patients of the sets 1 to `number` of a seed, with the column `set` before them.

    Without sets there are none.

    Parameters
    ----------
    raw
        Folder of `published.csv` and `reconstruction.yml`.
    dictionaries
        `diagnoses` and `events` of the section `cleaning` of `params.yml`.
    """
    columns = schema.of(dictionaries)
    if not number:
        return pd.DataFrame(columns=["set", *columns.clean["patients"].columns])
    sampler = sampling.Sampler(specification.read(raw), month_days)
    frames = {}
    for index in range(1, number + 1):
        found = tables(sampler, seed, index, month_days)
        text = {name: table.astype(str) for name, table in found.items()}
        frames[index] = cleaning.Cleaning(
            reading.Raw(text, columns=columns),
            dictionaries["diagnoses"],
            dictionaries["events"],
            month_days,
        ).patients()
    return pd.concat(frames, names=["set"]).reset_index("set").reset_index(drop=True)


def contradictions(raw: Path) -> pd.DataFrame:
    """What the printed numbers do not let hold together: sub-totals that lose or gain patients."""
    spec = specification.read(raw)
    sums = []
    for variable, entry in spec["in_total"].items():
        named = [claim for claim in entry["levels"].values() if claim]
        if len(named) == len(entry["levels"]) - 1 and "mode" not in entry:
            parts = sum(spec.number(claim) for claim in named)
            kept = f"of {variable} in a value of its own"
            sums.append((entry["reported"], parts, " + ".join(named), kept))
    follow = spec["follow_up"]
    parts, named = (
        spec.number(follow["ongoing"]) + 1,
        f"{follow['ongoing']} + the patient who stopped",
    )
    sums.append((follow["reported"], parts, named, "without a status of treatment"))
    found = [
        (claim, printed, parts, named, f"{printed - parts} {kept}")
        for claim, parts, named, kept in sums
        if parts != (printed := spec.number(claim))
    ]
    return pd.DataFrame(found, columns=["claim_id", "printed", "parts", "parts_claims", "kept"])


def save(found: dict[str, pd.DataFrame], project: Project) -> Path:
    """Write the tables and the list of contradictions to `data/raw/`; returns the folder.

    Raises
    ------
    ReviewError
        If a file holds rows that were not reconstructed: a real extraction is never overwritten.
    """
    for name in found:
        path = project.raw / f"{name}.csv"
        if path.is_file():
            present = pd.read_csv(path, dtype=str, keep_default_na=False).get("provenance")
            if present is None or (present != rows.PROVENANCE).any():
                raise ReviewError(
                    f"data/raw/{name}.csv holds rows that are not reconstructed, so "
                    "`make reconstruct` leaves it alone. Move the file away to reconstruct."
                )
    written = {**found, "contradictions": contradictions(project.raw)}
    for name, table in written.items():
        write_text(project.raw / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return project.raw


def main(project: Project, seed: int | None = None) -> int:
    """`make reconstruct SEED=n`: find the rows for a seed and write them."""
    from case_review.parameters import loading

    shared = loading.load(project).values["shared"]
    found = reconstruct(project.raw, shared["seed"] if seed is None else seed, shared["month_days"])
    save(found, project)
    print(f"data/raw: {', '.join(f'{name} {len(table)} rows' for name, table in found.items())}")
    return 0
