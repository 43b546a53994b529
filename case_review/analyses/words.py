"""The words that fill places in captions and alt texts, so that these name no review's things."""

from __future__ import annotations

from collections.abc import Mapping

from case_review import formatting

#: What is said of an exhibit that is of one data set, where its rows are reconstructed.
ONE_SET_DRAWN = (
    "Where rows are reconstructed, one of many data sets that agree with the print is drawn; the "
    "site shows others beside it."
)
ONE_SET_LISTED = (
    "Where rows are reconstructed, they are those of one of many data sets that agree with the "
    "print: none describes a real person, and the report numbers stand for no particular "
    "publication. The site shows other sets beside it."
)


def of(
    given: Mapping, groups: Mapping[str, str], outcome: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What captions of any notebook may ask for, by the names of their places.

    Parameters
    ----------
    given
        `shared.words` of `params.yml`; a list becomes `a, b and c`. It may have `arms`, where a
        label of a group does not fit into a sentence.
    groups
        The groups of patients and their labels, which are the `arms`: without any, all patients.
    outcome
        `shared.outcome`, whose `noun` and `past` are words as well.
    """
    arms = [formatting.in_sentence(label) for label in groups.values()] or ["all patients"]
    texts = {
        name: text if isinstance(text, str) else formatting.listed(text)
        for name, text in given.items()
    }
    followed = {name: (outcome or {}).get(name) for name in ("noun", "past")}
    followed = {name: word for name, word in followed.items() if word}
    return {"arms": formatting.listed(arms)} | followed | texts
