"""The groups of patients as figures show them one by one: name and colour of each block."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from case_review.exhibits import look

#: The key of the patients who belong to none of the groups.
NO_GROUP = ""


def own_group(values: pd.Series, groups: Mapping[str, str]) -> pd.Series:
    """Each patient's group if it is one of `groups`, else missing."""
    return values.where(values.isin(list(groups)))


def blocks(own: pd.Series, groups: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Name and colour of each block, by group; the last holds those in no group, if there are any.

    Parameters
    ----------
    own
        Each patient's group, as `own_group` gives it.
    groups
        Groups and their names in printing order. Without any there is one block of all patients.

    Raises
    ------
    ValueError
        If there are more groups than can be told apart; see `look.looks`.
    """
    looks = look.looks(groups, NO_GROUP)
    found = {key: (name, looks[key][0]) for key, name in groups.items()}
    if not groups:
        found[NO_GROUP] = ("All patients", look.OVERALL_STYLE[0])
    elif own.isna().any():
        found[NO_GROUP] = ("In no group", look.GREY)
    return found
