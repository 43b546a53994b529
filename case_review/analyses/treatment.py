"""How patients were treated: doses, and other drugs given along."""

from __future__ import annotations

import pandas as pd

from case_review.data.names import NONE


def cotreatments(frame: pd.DataFrame) -> pd.Series:
    """Patients by combination of other drugs, most frequent first; nothing given is left out.

    `frame` is the long form of `descriptive.long_form`.
    """
    rows = frame[(frame["variable"] == "cotreatments") & frame["level"].notna()]
    sizes = rows[rows["level"] != NONE].groupby("level")["n"].sum()
    return sizes.sort_index().sort_values(ascending=False, kind="stable")


def patients_by_drug(combinations: pd.Series) -> pd.Series:
    """Patients by drug, given alone or with others, from those by combination; by name."""
    drugs = combinations.rename_axis("drug").reset_index(name="n")
    drugs["drug"] = [sorted(set(drug.split(";"))) for drug in drugs["drug"]]
    return drugs.explode("drug").groupby("drug")["n"].sum()
