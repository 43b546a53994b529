"""Numbers of patients that the print leaves open, with ends that arithmetic proves.

A search is not needed where a count is bound by sums alone. Every end given here is one that no
data set that agrees with the print can pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from case_review import registry
from case_review.reconstruction.specification import Specification
from case_review.values import DETERMINED, PRINTED, VARIES, Spread


def ends(spec: Specification) -> dict[str, registry.Known]:
    """What is known of each such count of `03_treatment` and `04_safety`, by result id.

    A count whose ends are equal is determined; the others vary, with proved ends.
    """
    return dict([*_drugs(spec), *_reduced(spec), *_stopped(spec), *_terms(spec)])


def shared_ends(rest: int, inside: int, outside: int, least: int, most: int) -> tuple[int, int]:
    """The fewest and the most of `rest` patients that some of their levels can hold together.

    Parameters
    ----------
    rest
        Patients who are spread over all the levels.
    inside, outside
        How many levels are counted, and how many others there are.
    least, most
        Of each level. Every sum between the ends is reached, for a patient can move from a level to
        another until one of them is at its end.
    """
    low = max(inside * least, rest - outside * most)
    return low, min(inside * most, rest - outside * least)


def capped_ends(total: int, own: int, others: Sequence[int]) -> tuple[int, int]:
    """The fewest and the most of `total` that one place can hold, if each holds up to a limit.

    Parameters
    ----------
    own, others
        What the place can hold, and each of the other places.
    """
    return max(0, total - sum(min(total, other) for other in others)), min(total, own)


def _count(id: str, low: int, high: int, standing: str = DETERMINED) -> tuple[str, registry.Known]:
    if low == high:
        return id, registry.Known(standing, float(low), 0.0)
    return id, registry.Known(VARIES, spread=Spread(low, high, proved=True))


def _drugs(spec: Specification) -> Iterator[tuple[str, registry.Known]]:
    """Patients with each other drug: the numbers of most combinations are not printed."""
    totals = spec.totals("cotreatments")
    least, most = (0, totals.rest) if totals.mode is None else (1, totals.mode - 1)
    for drug in spec.parts("cotreatments"):
        fixed = sum(n for level, n in totals.counts.items() if drug in level.split(";"))
        inside = sum(drug in level.split(";") for level in totals.free)
        outside = len(totals.free) - inside
        low, high = shared_ends(totals.rest, inside, outside, least, most)
        id = f"treatment.cotreatment.{registry.identifier(drug)}"
        yield _count(id, fixed + low, fixed + high)


def _events(spec: Specification) -> dict[str, int]:
    """Patients with each event."""
    return {event: spec.number(own["claim"]) for event, own in spec["safety"]["events"].items()}


def _reduced(spec: Specification) -> Iterator[tuple[str, registry.Known]]:
    """Reduced doses by event: the print says how many there were, and not for what.

    Each is put down to one event that the patient had. The patient who stopped is not one of them.
    """
    total = spec.number(spec["safety"]["dose_reduced"])
    room = {event: n - (event == spec["stopped"]["event"]) for event, n in _events(spec).items()}
    for event, own in room.items():
        others = [n for other, n in room.items() if other != event]
        yield _count(f"safety.dose_reduced.{event}", *capped_ends(total, own, others))


def _stopped(spec: Specification) -> Iterator[tuple[str, registry.Known]]:
    """Who stopped did so for the event that the text names."""
    for event in _events(spec):
        n = int(event == spec["stopped"]["event"])
        yield _count(f"safety.stopped.{event}", n, n, PRINTED if n else DETERMINED)


def _terms(spec: Specification) -> Iterator[tuple[str, registry.Known]]:
    """Patients, and episodes, under each term that reports use for an event.

    A patient is counted under one of them; the patient who stopped under the term that the text
    gives. An event's only term has its number, which is printed.
    """
    safety, stop = spec["safety"], spec["stopped"]
    for event, patients in _events(spec).items():
        terms = safety["events"][event]["terms"]
        standing = PRINTED if len(terms) == 1 else DETERMINED
        for term in terms:
            told = event == stop["event"] and stop["term"] in terms
            low = patients if len(terms) == 1 else int(told and term == stop["term"])
            high = patients - int(told and term != stop["term"])
            yield _count(f"safety.reported.{registry.identifier(term)}", low, high, standing)
    described = safety["told"]["patients"]
    for term in {term: None for patient in described for term in patient}:
        episodes = [patient[term] for patient in described if term in patient]
        name = registry.identifier(term)
        yield _count(f"safety.reported.{name}", len(episodes), len(episodes))
        yield _count(f"safety.reported_episodes.{name}", sum(episodes), sum(episodes))
