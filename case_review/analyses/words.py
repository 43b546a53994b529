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
#: What ranges in a table say, where rows are reconstructed.
RANGES = (
    "Ranges in square brackets run over all data sets found that agree with the print: they say "
    "how far the print leaves a number open, not how precise it is. A range stands without a "
    "middle where the sets drawn lie on both sides of a gap, in which a middle would say nothing."
)
#: The same, of a summary whose last column counts data sets.
RANGES_SHOWN = (
    "What varies between data sets that agree with the print is shown by its range over all sets "
    "found, limits by the outermost ones, and the last column counts the data sets drawn."
)
OUTERMOST = "Limits and p-values that vary are the outermost over all sets found."
IN_ONE_SET = "Where rows are reconstructed, it is so in one of the data sets at least."
#: What is said of numbers whose range over the data sets is not known.
OF_ONE_SET = "Where rows are reconstructed, other data sets that agree with the print give others."

#: From what on times run, unless `shared.words` says otherwise.
ORIGIN = "start of treatment"


def of_outcome(outcome: Mapping[str, str]) -> dict[str, str]:
    """The words of `shared.outcome`: `noun` (response), `nouns`, `past` (responded), `unit`."""
    noun = outcome["noun"]
    nouns = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
    return {name: outcome[name] for name in ("noun", "past", "unit")} | {"nouns": nouns}


def of_ratio(past: str, direction_known: bool) -> str:
    """What a hazard ratio above one means, and whether the print says which group it is of."""
    unknown = "" if direction_known else "; the print does not say which did"
    return f"A hazard ratio above one means that a group {past} sooner{unknown}."


def of_axis(unit: str, time_axis: str) -> str:
    """What is said of an axis of time that does not run as clocks do; empty of one that does."""
    if time_axis == "linear":
        return ""
    return f"The axis of time has square roots of {unit}, so that early times can be told apart."


def of(
    given: Mapping, groups: Mapping[str, str], outcome: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What captions of any notebook may ask for, by the names of their places.

    Parameters
    ----------
    given
        `shared.words` of `params.yml`; a list becomes `a, b and c`. It may have `arms`, where a
        label of a group does not fit into a sentence, and `origin`, where times do not run from
        the start of treatment.
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
    return {"arms": formatting.listed(arms), "origin": ORIGIN} | followed | texts
