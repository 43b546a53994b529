"""Ends of counts that arithmetic proves, against enumeration and against drawn sets."""

import itertools

import pytest
from descriptive_data import RAW, VALUES

from case_review.audit import claims
from case_review.reconstruction import counted, known, sampling, specification
from case_review.reconstruction.ensemble import _counts
from case_review.values import DETERMINED, PRINTED, VARIES

SPEC = specification.read(RAW)
ENDS = counted.ends(SPEC)
REVIEW = claims.from_frame(claims.text_table(RAW / "published.csv"))


def ends_of(id):
    spread = ENDS[id].spread
    assert ENDS[id].standing == VARIES and spread.proved
    return spread.least, spread.most


@pytest.mark.parametrize("rest", range(4, 16))
@pytest.mark.parametrize("inside", range(1, 4))
def test_shared_ends_are_those_of_every_way_to_share(rest, inside):
    ways = (w for w in itertools.product(range(1, 5), repeat=4) if sum(w) == rest)
    held = {sum(way[:inside]) for way in ways}
    low, high = counted.shared_ends(rest, inside, 4 - inside, 1, 4)
    assert held == set(range(low, high + 1))


@pytest.mark.parametrize("total", range(6))
def test_capped_ends_are_those_of_every_way_to_place(total):
    room = (3, 1, 2)
    ways = itertools.product(*(range(n + 1) for n in room))
    held = {way[0] for way in ways if sum(way) == total}
    assert (min(held), max(held)) == counted.capped_ends(total, room[0], room[1:])


def test_drugs_follow_from_all_ways_to_share_the_unprinted_combinations():
    # 27 patients had other drugs, 7 of them the most common two; 20 share five combinations of one
    # to six: steroids alone, vincristine alone, propranolol and co-trimoxazole with steroids, and
    # co-trimoxazole alone.
    ways = [w for w in itertools.product(range(1, 7), repeat=5) if sum(w) == 20]
    drugs = {
        "steroids": [7 + s + p + cs for s, v, p, c, cs in ways],
        "vincristine": [7 + v for s, v, p, c, cs in ways],
        "propranolol": [p for s, v, p, c, cs in ways],
        "co_trimoxazole": [c + cs for s, v, p, c, cs in ways],
    }
    for drug, found in drugs.items():
        assert ends_of(f"treatment.cotreatment.{drug}") == (min(found), max(found)), drug


def test_any_event_may_be_what_the_four_doses_were_reduced_for():
    found = {event: ends_of(f"safety.dose_reduced.{event}") for event in SPEC["safety"]["events"]}
    assert found == {
        "mouth_sores": (0, 4), "infections": (0, 3), "headache": (0, 1), "hypertension": (0, 1),
        "hypercholesterolaemia": (0, 4), "liver_enzymes": (0, 3),
    }  # fmt: skip


def test_who_stopped_did_so_for_the_event_that_is_named():
    stopped = ENDS["safety.stopped.mouth_sores"]
    assert (stopped.standing, stopped.value, stopped.half) == (PRINTED, 1, 0)
    headache = ENDS["safety.stopped.headache"]
    assert (headache.standing, headache.value) == (DETERMINED, 0)


def test_terms_share_the_patients_of_their_event():
    # The patient who stopped had mucositis, so that no other term can have all twelve.
    assert ends_of("safety.reported.mucositis") == (1, 12)
    assert ends_of("safety.reported.oral_ulcers") == (0, 11)
    assert ENDS["safety.reported.hypercholesterolaemia"].value == 9
    # The only term of its event: one quantity, of which the print gives the number.
    assert ENDS["safety.reported.hypercholesterolaemia"].standing == PRINTED
    assert ENDS["safety.reported_episodes.bacteraemia"].value == 1


def test_no_drawn_set_lies_outside():
    shared = VALUES["shared"]
    sampler = sampling.Sampler(SPEC, shared["month_days"])
    for index in range(60):
        for id, n in _counts(SPEC, sampler.draw(shared["seed"], index)):
            least, most = ends_of(id)
            assert least <= n <= most, (index, id)


def test_proved_counts_go_before_what_the_sets_tell():
    table = known.standings(None, REVIEW, ENDS).set_index("result_id")
    row = table.loc["safety.dose_reduced.mouth_sores"]
    assert (row["standing"], row["least"], row["most"], row["proved"]) == (VARIES, 0, 4, "yes")
    assert table.loc["safety.stopped.mouth_sores", "standing"] == PRINTED
    # Printed by the review itself, with its number.
    assert table.loc["safety.reported.influenza", "standing"] == PRINTED
    assert table.index.is_unique
