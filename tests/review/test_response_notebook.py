"""Time to response over the data sets that agree with the print, and of extracted rows."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from descriptive_data import (
    OTHERS,
    SETS,
    VALUES,
    an_ensemble,
    drawn,
    known_tables,
    nothing_known,
    printed,
)
from descriptive_data import read as clean
from notebook_cells import run_cells

from case_review import values
from case_review.analyses import ensemble_figure
from case_review.exhibits import style
from case_review.exhibits.drawn import FigureOutput, as_svg
from case_review.project import Project
from case_review.rendering import interactive
from case_review.rendering.cells import Exhibit
from case_review.statistics import cox, survival

NAME = "05_response"
GROUPS = VALUES["shared"]["groups"]
KEYS = ["overall", *GROUPS]
TICKS = VALUES["response"]["ticks"]
WEEK = 168


#: The cells up to the comparison.
ONLY = ("parameters", "setup", "patients", "estimates", "comparison")


@pytest.fixture(scope="module")
def ran():
    return run_cells(NAME)


@pytest.fixture(scope="module")
def extracted():
    return run_cells(NAME, given=as_extracted(clean("patients")))


def as_extracted(patients):
    return nothing_known() | {"patients": patients.assign(provenance="extracted")}


def rows_of(ran, label="tbl-response"):
    """The cells of the table by their first, without escapes."""
    lines = [line for line in ran.shown[label].splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    plain = [[cell.replace("\\", "").replace("&emsp;", "") for cell in row] for row in cells]
    return {row[0]: row[1:] for row in plain}


def times(group=None):
    """Sorted hours of the patients of each set of the small ensemble, a row per set."""
    found = an_ensemble()
    if group is None:
        return found.hours
    own = found.second == (group == [*GROUPS][1])
    return np.array([row[mask] for row, mask in zip(found.hours, own, strict=True)])


def written(ran):
    """What stands in the figure, and where."""
    axes = ran.figures["fig-km"].axes
    return [(text.get_text(), text.get_position()) for one in axes for text in one.texts]


# -- what a number rests on ------------------------------------------------------------------------


def test_every_number_is_printed_or_determined_or_has_its_range(ran):
    for id, result in ran.results.items():
        assert result.standing in (values.PRINTED, values.DETERMINED, values.VARIES), id
        if result.standing == values.VARIES:
            assert result.least < result.most and " to " in result.text, id
    in_print = {id for id, result in ran.results.items() if result.standing == values.PRINTED}
    assert in_print == {
        "response.responders",
        "response.n.overall",
        "response.time_min",
        "response.time_max",
        "response.time_range",
        "response.median_weeks",
        "response.logrank_p",
    }
    fixed = {id for id, result in ran.results.items() if result.standing == values.DETERMINED}
    sized = {f"response.{name}.{group}" for name in ("n", "responders") for group in GROUPS}
    shares = {f"response.proportion.{key}" for key in KEYS}
    assert fixed == sized | shares | {"response.left_out"}


def test_every_claim_that_names_a_result_still_finds_it(ran):
    named = {claim["result_id"] for claim in printed("response.")}
    assert len(named) == 6 and named <= set(ran.results)
    assert ran.results["response.median_weeks"].text == "2 weeks (95% CI 1–10 weeks)"


def test_every_outcome_of_a_set_is_a_result_of_the_notebook_and_the_other_way_round(ran):
    outcomes = {name.partition(":")[0] for name in an_ensemble().drawn}
    outcomes = {name for name in outcomes if name.startswith("response.")}
    vary = {id for id, result in ran.results.items() if result.standing == values.VARIES}
    assert outcomes == vary | {"response.median_weeks", "response.logrank_p"}


@pytest.mark.parametrize("index", [1, 7])
def test_another_data_set_gives_the_same_numbers_and_the_same_table(ran, index):
    patients = drawn(index)["patients"]
    assert not patients["time_hours"].equals(clean("patients")["time_hours"])
    other = run_cells(NAME, given={"patients": patients})
    for id, result in ran.results.items():
        same = other.results[id]
        numbers = result.text, result.value, result.low, result.high, result.standing
        assert numbers == (same.text, same.value, same.low, same.high, same.standing), id
    cells = [each.names["nb"]._tables["tbl-response"]["cells"] for each in (ran, other)]
    assert cells[0] == cells[1]
    assert other.shown == ran.shown
    assert other.data["fig-km"].equals(ran.data["fig-km"])
    assert written(other) == written(ran)


# -- the ranges ------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_the_range_of_a_median_is_that_of_the_middle_patients(ran, group):
    medians = np.median(times(group), axis=1) / WEEK
    result = ran.results[f"response.median_weeks.{group}"]
    assert (result.least, result.most) == pytest.approx((medians.min(), medians.max()))
    assert result.value == pytest.approx(np.median(medians))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("week", VALUES["response"]["landmarks"])
def test_the_range_of_a_landmark_is_counted(ran, key, week):
    shares = (times(None if key == "overall" else key) <= WEEK * week).mean(axis=1)
    result = ran.results[f"response.at_{week}_weeks.{key}"]
    assert (result.least, result.most) == pytest.approx((shares.min(), shares.max()))


def test_the_ratio_and_its_check_range_over_the_sets(ran):
    found, (first, second) = an_ensemble(), GROUPS
    ratios, tests = [], []
    for hours, mask in zip(found.hours, found.second, strict=True):
        columns = hours, np.ones(len(hours)), np.where(mask, second, first)
        ratios.append(cox.hazard_ratios(*columns, second)[first])
        tests.append(cox.proportional_hazards(*columns, second))
    ratio = ran.results["response.hazard_ratio"]
    assert ratio.least == pytest.approx(min(r.estimate for r in ratios))
    assert ratio.most == pytest.approx(max(r.estimate for r in ratios))
    assert ratio.low == pytest.approx(min(r.lower for r in ratios))
    assert ratio.high == pytest.approx(max(r.upper for r in ratios))
    assert ratio.least < 1 < ratio.most
    check = ran.results["response.proportional_hazards_p"]
    assert (check.least, check.most) == pytest.approx(
        (min(t.p for t in tests), max(t.p for t in tests))
    )
    statistic = ran.results["response.proportional_hazards_chisq"]
    assert statistic.most == pytest.approx(max(t.chisq for t in tests))
    assert re.fullmatch(r"χ² = \d+\.\d\d to \d+\.\d\d \(1 df\)", statistic.text)


def test_chi_square_varies_as_much_as_the_printed_p_value_is_rounded(ran):
    result = ran.results["response.logrank_chisq"]
    assert result.text == "χ² = 1.37 to 1.38 (1 df)"
    # p lies between 0.2405 and 0.2415; upper tail of chi-square with one degree of freedom
    for end, p in ((result.least, 0.2415), (result.most, 0.2405)):
        assert abs(math.erfc(math.sqrt(end / 2)) - p) < 0.001


# -- the table -------------------------------------------------------------------------------------


def test_the_printed_p_value_heads_the_comparison_and_the_ratio_has_its_range(ran):
    rows = rows_of(ran)
    names = list(rows)
    block = names[names.index("**Comparison of the groups**") + 1 :]
    assert block == [
        "Log-rank test, p",
        "Log-rank statistic",
        "Hazard ratio (95% CI) or [range]",
        "Proportional hazards, p",
        "Proportional hazards, statistic",
    ]
    # what compares the groups is no number of all patients: it has a column of its own
    assert rows[""] == ["All patients", *GROUPS.values(), "Comparison"]
    alone = [rows[name][:-1] for name in block if not name.startswith("Hazard")]
    assert alone == [[""] * 3] * 4 and not any(
        rows[name][-1] for name in ("Patients, n", "4 weeks")
    )
    assert rows["Log-rank test, p"][-1] == "0.241^p^"
    assert re.fullmatch(r"χ² = 1\.37 \[1\.37–1\.38\] \(1 df\)\^v\^", rows["Log-rank statistic"][-1])
    ratio = rows["Hazard ratio (95% CI) or [range]"]
    # no middle: the sets leave open which group is faster, so ratios lie on both sides of 1
    assert ran.results["response.hazard_ratio.tumour"].value is None
    assert re.fullmatch(r"\[0\.\d\d–[1-9]\.\d\d\]\^v\^", ratio[1])
    assert ratio[2] == "1 (reference)"


def test_percentages_of_few_patients_have_no_decimals(ran):
    rows = rows_of(ran)
    assert rows["Responded, n (%)"] == ["25 (100.0)^p^", "15 (100)^d^", "10 (100)^d^", ""]
    whole, *groups, _ = rows["4 weeks"]
    assert re.fullmatch(r"\d+\.\d \[\d+\.\d–\d+\.\d\]\^v\^", whole)
    assert all(re.fullmatch(r"\d+ \[\d+–\d+\]\^v\^", cell) for cell in groups)
    as_before = run_cells(NAME, percent_decimals_from=0)
    assert rows_of(as_before)["Responded, n (%)"][1] == "15 (100.0)^d^"
    # what lies behind is unrounded: the middle of an even number of sets may be between two shares
    numbers = ran.tables["tbl-response"].numbers().query("row == '4 weeks'")
    assert numbers["value"].iloc[1] == pytest.approx(
        ran.results["response.at_4_weeks.tumour"].value
    )


# -- the figure ------------------------------------------------------------------------------------


def test_patients_at_risk_are_counted_as_the_sets_have_them():
    bands, sizes = known_tables()["ensemble_curves"], {"overall": 25, "tumour": 15}
    found = ensemble_figure.at_risk(bands, sizes, TICKS).set_index(["group", "weeks"])
    for key in sizes:
        hours = times(None if key == "overall" else key)
        for tick in TICKS:
            counts = (hours >= tick * WEEK).sum(axis=1)  # who responds at the tick is still there
            assert tuple(found.loc[(key, tick)]) == (counts.min(), counts.max()), (key, tick)


def test_single_curves_rise_by_one_patient_at_a_time():
    patients = pd.DataFrame(
        {
            "set": [1, 1, 1, 2, 2],
            "time_hours": [168, 168, 336, 504, math.nan],
            "anomaly": ["a", "b", "a", "b", "a"],
        }
    )
    found = ensemble_figure.single_curves(patients, "anomaly", {"a": "A", "b": "B"})
    curves = dict(list(found.groupby(["set", "group"])))
    assert set(curves) == {(1, "overall"), (1, "a"), (1, "b"), (2, "overall"), (2, "b")}
    assert curves[1, "overall"]["weeks"].tolist() == [0, 1, 2]
    assert curves[1, "overall"]["proportion"].tolist() == pytest.approx([0, 2 / 3, 1])
    assert curves[1, "a"]["proportion"].tolist() == [0, 0.5, 1]
    assert curves[2, "b"]["weeks"].tolist() == [0, 3]
    assert ensemble_figure.single_curves(patients.iloc[:0], "anomaly", {"a": "A"}).empty


def test_the_figure_shows_bands_and_single_sets_but_no_curve_of_the_rows_alone(ran):
    figure = ran.figures["fig-km"]
    for axes, label in zip(figure.axes, GROUPS.values(), strict=False):
        assert axes.get_title() == label
        assert len(axes.collections) == 2  # all sets found, nine in ten
        steps = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
        black = [line for line in steps if line.get_color() == "#1a1a1a"]
        drawn = [line for line in steps if line not in black and line.get_lw() > 0]
        assert len(black) == 3 and len(drawn) == OTHERS
        (dot,) = (line for line in axes.lines if line.get_marker() == "o")
        assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (2, 0.5)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", FigureOutput(figure).svg)
    ratio = ran.results["response.hazard_ratio"].text
    # A range over data sets, which nobody may take for a confidence interval.
    heading = f"p = 0.241 · Hazard ratio {ratio} over all data sets ·"
    assert any(heading in text for text in texts)
    assert "2 (1–10)" in texts and "Patients at risk at week" in texts
    assert any(re.fullmatch(r"\d+–\d+", text) for text in texts)


def test_every_figure_of_the_notebook_has_a_drawing_for_narrow_screens(ran, extracted):
    for each in (ran, extracted):
        (narrow,) = each.narrow["fig-km"]
        assert narrow.get_figwidth() == style.NARROW_WIDTH
        assert len(narrow.axes) == len(each.figures["fig-km"].axes)
    panels = ran.narrow["fig-km"][0].axes[: len(GROUPS)]
    assert all(axes.get_ylabel() for axes in panels)


def test_the_axis_of_time_is_a_choice(extracted):
    given = as_extracted(clean("patients"))
    linear = run_cells(NAME, given=given, time_axis="linear").figures["fig-km"].axes[0]
    assert linear.transScale.transform((9, 0))[0] == 9
    chosen = extracted.figures["fig-km"].axes[0]
    assert chosen.transScale.transform((9, 0))[0] == 3


def test_all_single_sets_lie_within_the_pale_band(ran):
    data = ran.data["fig-km"]
    bands = data[data["set"].isna()]
    assert (bands["least"] <= bands["q05"]).all() and (bands["q95"] <= bands["most"]).all()
    assert data["set"].dropna().nunique() == OTHERS < SETS
    for (_, group), curve in data.dropna(subset="set").groupby(["set", "group"]):
        band = bands[bands["group"] == group].set_index("time_weeks")
        at = curve.set_index("time_weeks")["proportion"]
        least = band["least"].reindex(at.index, method="ffill")
        most = band["most"].reindex(at.index, method="ffill")
        assert ((least <= at + 1e-9) & (at <= most + 1e-9)).all()


def test_the_interactive_figure_has_the_bands_of_the_printed_one(ran, tmp_path):
    project = Project(tmp_path)
    project.exhibits.mkdir(parents=True)
    ran.data["fig-km"].to_csv(project.exhibits / "fig-km.csv", index=False)
    svg = as_svg(ran.figures["fig-km"])
    shown = Exhibit(NAME, "fig-km", svg=svg)
    found = interactive.survival(project, shown)
    assert found["titles"]["x"] == "Weeks since start of treatment"
    assert found["scale"] == "square-root" and found["ticks"] == TICKS
    assert [group["label"] for group in found["groups"]] == ["All patients", *GROUPS.values()]
    assert found["words"]["bands"] == "Bands of"
    bands = known_tables()["ensemble_curves"]
    assert len(found["rows"]) == len(bands)
    row, band = found["rows"][30], bands.iloc[30]
    assert row["time"] == pytest.approx(band["weeks"], abs=1e-6)
    for name, column in {
        "proportion": "middle",
        "lower": "least",
        "inner_lower": "q05",
        "inner_upper": "q95",
        "upper": "most",
    }.items():
        assert row[name] == pytest.approx(band[column], abs=1e-6)


# -- extracted rows, and other groups --------------------------------------------------------------


def test_extracted_rows_give_estimates_with_intervals(extracted):
    patients, rows = clean("patients"), rows_of(extracted)
    assert {result.standing for result in extracted.results.values()} == {values.EXTRACTED}
    assert not any("^" in cell or "[" in cell for row in rows.values() for cell in row)
    how = {"per": WEEK, "unit": "weeks"}
    for column, key in enumerate(KEYS):
        own = patients if key == "overall" else patients[patients["anomaly"] == key]
        curve = survival.kaplan_meier(own["time_hours"], own["event"], **how)
        assert rows["Median time, weeks (95% CI)"][column] == curve.median().cell
        share = curve.with_event(4)
        least = VALUES["shared"]["percent_decimals_from"]
        assert rows["4 weeks"][column] == share.coarse(least).cell
        assert extracted.results[f"response.at_4_weeks.{key}"].text == share.prose
    columns = patients["time_hours"], patients["event"], patients["anomaly"]
    ratio = cox.hazard_ratios(*columns, [*GROUPS][-1])[next(iter(GROUPS))]
    assert rows["Hazard ratio (95% CI)"] == ["", ratio.cell, "1 (reference)", ""]
    check = cox.proportional_hazards(*columns)
    assert rows["Proportional hazards, statistic"][-1] == check.statistic.prose
    assert rows["Proportional hazards, p"][-1] == check.p_value.cell


def test_extracted_rows_give_the_usual_figure(extracted):
    figure = extracted.figures["fig-km"]
    assert len(figure.axes) == 3
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", FigureOutput(figure).svg)
    assert texts.count("At risk") == 3 and "median 2 weeks (95% CI 1–10 weeks)" in texts
    assert "set" not in extracted.data["fig-km"] and "lower" in extracted.data["fig-km"]


@pytest.mark.parametrize("number", [0, 1, 3, 6])
def test_any_number_of_groups(number):
    patients = clean("patients")
    labels = {f"g{i}": f"Group {i}" for i in range(number)}
    if number:
        patients["anomaly"] = [f"g{i % number}" for i in range(len(patients))]
    ran = run_cells(NAME, given=as_extracted(patients), groups=labels)
    rows = rows_of(ran)
    assert len(rows["Patients, n"]) == number + 1 + (number > 1)
    if number < 2:
        assert not any("Log-rank" in name or "azard" in name for name in rows)
        for name in ("hazard_ratio", "logrank_p"):
            assert ran.results[f"response.{name}"].text == "no comparison"
        assert ran.results["response.proportional_hazards_p"].text == "not applicable"
    else:
        assert f"({number - 1} df)" in rows["Log-rank statistic"][-1]
        assert len([id for id in ran.results if "hazard_ratio.g" in id]) == number - 1


def test_groups_that_nothing_is_known_of_are_marked_but_have_no_range():
    """A comparison other than that of the print: the numbers are those of the rows at hand."""
    patients = clean("patients")
    patients["half"] = np.where(np.arange(len(patients)) % 2, "x", "y")
    known = nothing_known() | {"standing": known_tables()["standing"].iloc[:0]}
    groups = {"x": "Odd", "y": "Even"}
    ran = run_cells(NAME, given=known | {"patients": patients}, group_by="half", groups=groups)
    ratio = ran.results["response.hazard_ratio.x"]
    assert ratio.standing == values.VARIES and ratio.least is None and "95% CI" in ratio.text
    assert len(ran.figures["fig-km"].axes) == 3


def test_a_p_value_that_does_not_round_to_the_printed_one_is_not_called_printed():
    patients = clean("patients")
    patients["time_hours"] = patients["time_hours"].where(patients["anomaly"] == "tumour", 24)
    ran = run_cells(NAME, given={"patients": patients}, only=ONLY)
    found = ran.results["response.logrank_p"]
    assert found.value < 0.1 and found.standing == values.VARIES
