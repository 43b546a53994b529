"""The figure of doses and target levels: every patient is in it, for any number of groups."""

import pytest
from descriptive_data import VALUES, read
from matplotlib.collections import LineCollection, PathCollection

from case_review.analyses import blocks, dose_figure
from case_review.exhibits import style

PATIENTS, GROUPS = read("patients"), VALUES["shared"]["groups"]
TYPES = {name: name for name in PATIENTS["type"].unique()}


def points(patients=PATIENTS, by="anomaly", groups=GROUPS):
    return dose_figure.dose_points(patients, by, groups)


def draw(found, groups=GROUPS):
    values = VALUES["treatment"]
    return dose_figure.draw_doses(
        found, values["dose_groups"], values["level_groups"], groups,
        dose_title="Dose, {unit}", level_title="Targets", level_label="ng/ml",
    )  # fmt: skip


def marks(axes):
    return sum(len(collection.get_offsets()) for collection in axes.collections)


def bars(axes):
    drawn = [c for c in axes.collections if isinstance(c, LineCollection)]
    return sum(len(collection.get_segments()) for collection in drawn)


def columns(axes):
    return [tick.get_text() for tick in axes.get_xticklabels()]


def test_a_point_per_known_dose_and_an_interval_per_known_target():
    found = points()
    assert found["panel"].value_counts().to_dict() == {
        "level": 20,
        "mg/m2/day": 19,
        "mg/kg/day": 4,
    }
    assert set(found["group"]) == {"tumour", "malformation"}
    doses = found[found["panel"] != "level"]
    assert (doses["low"] == doses["high"]).all()
    figure = draw(found)
    assert [marks(axes) for axes in figure.axes[:2]] == [4, 19]
    assert bars(figure.axes[2]) == 20
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Dose, mg/kg/day", "Dose, mg/m²/day", "Targets"
    ]  # fmt: skip


def test_patients_with_one_dose_stand_side_by_side_around_their_group():
    found = points()
    placed = [tuple(x) for c in draw(found).axes[1].collections for x in c.get_offsets()]
    for column, group in enumerate(("tumour", "malformation")):
        same = sorted(x for x, dose in placed if dose == 1.6 and abs(x - column) < 0.5)
        doses = found[(found["panel"] != "level") & (found["low"] == 1.6)]
        assert len(same) == len(set(same)) == (doses["group"] == group).sum() > 1
        assert sum(same) / len(same) == pytest.approx(column)


def test_no_patient_is_missing_from_the_figure():
    groups = {"tumour": "Vascular tumours"}
    patients = PATIENTS.copy()
    dosed = patients.index[patients["dose_value"].notna()]
    patients.loc[dosed[0], "dose_unit"] = "mg/day"  # a scale without groups
    aimed = patients.index[patients["level_low_ng_ml"].notna()]
    patients.loc[aimed[0], "level_high_ng_ml"] = None
    patients.loc[aimed[1], "level_low_ng_ml"] = None
    *doses, levels = draw(points(patients, groups=groups), groups).axes
    assert [axes.get_title(loc="left") for axes in doses] == [
        "Dose, mg/kg/day", "Dose, mg/m²/day", "Dose, mg/day"
    ]  # fmt: skip
    assert sum(map(marks, doses)) == len(dosed) == 23
    assert columns(doses[0]) == ["Vascular\ntumours", "In no group"]
    assert bars(levels) == 20
    # an arrow for either limit that is not known
    arrows = [c for c in levels.collections if isinstance(c, PathCollection)]
    assert [len(arrow.get_offsets()) for arrow in arrows] == [1, 1]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 6])
def test_any_number_of_groups_has_a_column_each(number):
    groups = dict(list(TYPES.items())[:number])
    *doses, levels = draw(points(by="type", groups=groups), groups).axes
    rest = ["In no group" if groups else "All patients"] * (len(TYPES) > number)
    assert [text.replace("\n", " ") for text in columns(doses[0])] == [*groups, *rest]
    assert sum(map(marks, doses)) == 23
    headings = [text.get_text() for text in levels.texts if text.get_weight() == "semibold"]
    assert headings == [*groups, *rest]


def test_one_group_of_all_patients_has_no_others():
    patients = PATIENTS.assign(kind="case")
    figure = draw(points(patients, "kind", {"case": "Cases"}), {"case": "Cases"})
    assert columns(figure.axes[0]) == ["Cases"]


def test_a_figure_without_doses_or_levels_is_drawn():
    nothing = ["dose_value", "level_low_ng_ml", "level_high_ng_ml"]
    found = points(PATIENTS.assign(**dict.fromkeys(nothing)))
    assert found.empty
    assert len(draw(found).axes) == 3


def test_a_group_keeps_its_colour_whoever_else_is_there():
    own = blocks.own_group(PATIENTS["anomaly"], {"malformation": "M"})
    assert set(own.dropna()) == {"malformation"}
    named = blocks.blocks(own, {"tumour": "T", "malformation": "M"})
    colours = [colour for colour, _ in style.GROUP_STYLES]
    assert named == {
        "tumour": ("T", colours[0]), "malformation": ("M", colours[1]),
        blocks.NO_GROUP: ("In no group", style.GREY),
    }  # fmt: skip
    with pytest.raises(ValueError, match="7 groups cannot be told apart"):
        blocks.blocks(own, dict.fromkeys("abcdefg", "a name"))
