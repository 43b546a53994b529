"""A made-up review of 40 patients whose printed numbers agree, to plant errors in."""

import pandas as pd

from case_review.audit.claims import COLUMNS, Claims, from_frame
from case_review.formatting import percent

#: path: (row label, n of all, publications, posters); the totals are 40, 16 and 24.
ROWS = {
    "total": ("heading", 40, 16, 24),
    "sex.male": ("row Male", 19, 7, 12),
    "sex.female": ("row Female", 21, 9, 12),
    "age.young": ("row < 2 years", 7, 3, 4),
    "age.middle": ("row 2–13 years", 22, 9, 13),
    "age.old": ("row > 13 years", 11, 4, 7),
    "type.a": ("row Kind A", 29, 11, 18),
    "type.a.solid": ("row Solid", 12, 4, 8),
    "type.a.cystic": ("row Cystic", 17, 7, 10),
    "type.b": ("row Kind B", 11, 5, 6),
}
POPULATIONS = {"all": 40, "publications": 16, "posters": 24}


def rows() -> list[dict[str, str]]:
    """The rows of the correct table; change one to plant an error."""
    made = []
    for path, (label, *counts) in ROWS.items():
        for (population, total), n in zip(POPULATIONS.items(), counts, strict=True):
            where = f"Table I, {label}, column {population}"
            base = f"table1.{path}.{population}"
            made.append(row(f"{base}.n", n, where, "count", unit="patients"))
            if path != "total":
                value = percent(n, total)
                made.append(row(f"{base}.pct", value, where, "percent", "%", n, total))
    text = "Results, sentence 1"
    made += [
        row("results.known.all.n", 15, text, "subset", unit="patients"),
        row("results.ongoing.all.n", 11, text, "subset", unit="patients"),
        row("results.stopped.all.n", 4, text, "subset", unit="patients"),
        row("results.time.all.median", 2, text, "median", unit="weeks"),
        row("results.time.all.min", "24", text, "range", unit="hours"),
        row("results.time.all.max", 6, text, "range", unit="months"),
        row("results.type.a.all.n", 29, text, "count", unit="patients"),
    ]
    return made


def row(claim_id, value, location, kind, unit="", numerator="", denominator="", as_printed=None):
    """One row of a published.csv as text."""
    cells = {
        "claim_id": claim_id, "location": location, "statement": "A number", "kind": kind,
        "population": claim_id.split(".")[-2], "as_printed": as_printed or value, "value": value,
        "unit": unit, "numerator": numerator, "denominator": denominator, "result_id": "",
    }  # fmt: skip
    return {name: str(cells[name]) for name in COLUMNS}


def table(changes: dict[str, dict] | None = None, drop=(), extra=()) -> pd.DataFrame:
    """The table with cells changed by claim id, rows dropped, and rows added."""
    made = [made for made in rows() if made["claim_id"] not in drop]
    for one in made:
        one.update({k: str(v) for k, v in (changes or {}).get(one["claim_id"], {}).items()})
    return pd.DataFrame([*made, *extra])


def claims(*args, **options) -> Claims:
    """The same as claims."""
    return from_frame(table(*args, **options))


def printed(value) -> dict:
    """A changed number, in print and in value."""
    return {"as_printed": value, "value": value}
