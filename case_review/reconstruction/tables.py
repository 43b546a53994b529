"""The reconstructed tables of `data/raw/`, and writing them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import STAGE_VARIABLE, Project
from case_review.reconstruction import model, rows, specification
from case_review.reconstruction import times as curves


def reconstruct(raw: Path, seed: int, month_days: float) -> dict[str, pd.DataFrame]:
    """The four reconstructed tables, by name; the seed decides which consistent set they are.

    Parameters
    ----------
    raw
        Folder of `published.csv` and `reconstruction.yml`.
    seed
        Any whole number.
    month_days
        Length of a month in days, for the printed times that are given in months.
    """
    spec = specification.read(raw)
    response = spec["response"]
    printed = curves.read_printed(spec.claims, response["ids"], month_days)
    grid = curves.grid(response["grid"], month_days)
    drawn = curves.consistent_sets(printed, grid, 1, seed, workers=1)
    first, second = response["groups"]
    order = np.random.default_rng([seed, 1]).permutation(printed.n)
    hours = drawn.times[0][order].tolist()
    groups = np.where(drawn.second[0], second, first)[order].tolist()
    solution = model.solve(spec, groups, seed)
    ids = rows.report_ids(solution, spec.number(spec["reports"]["publications"]))
    rng = np.random.default_rng([seed, 2])
    patients = rows.patients(spec, solution, ids, hours, month_days, rng)
    return {
        "reports": rows.reports(solution, ids),
        "patients": patients,
        "posters": rows.posters(solution, ids),
        "adverse_events": rows.adverse_events(spec, solution, patients, ids, rng),
    }


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
    """Write the tables and the list of contradictions; returns the folder.

    Under the runner that is the staging folder, from which they are promoted to `data/raw/`.

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
    stage = os.environ.get(STAGE_VARIABLE)
    target = Path(stage) / "raw" if stage else project.raw
    written = {**found, "contradictions": contradictions(project.raw)}
    for name, table in written.items():
        write_text(target / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return target


def main(project: Project, seed: int | None = None) -> int:
    """`make reconstruct SEED=n`: find the rows for a seed and write them."""
    from case_review.parameters import loading

    shared = loading.load(project).values["shared"]
    found = reconstruct(project.raw, shared["seed"] if seed is None else seed, shared["month_days"])
    save(found, project)
    print(f"data/raw: {', '.join(f'{name} {len(table)} rows' for name, table in found.items())}")
    return 0
