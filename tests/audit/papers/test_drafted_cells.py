"""Tables to claims: ids, groups, forms of cells, percentages and wholes; expected values by hand.

The tables are made up, or facts and figures of published ones set anew: the sources are named.
"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers_made import drafted, shares, values

from case_review.audit import claims, prints
from case_review.audit.papers import cells, counts, labels
from case_review.audit.papers.tables import name

GROUPS = [["", "Sirolimus\n(n=12)".replace("\n", "<break/>"), "Placebo (n = 13)", "Total (N=25)"]]


def test_ids_locations_and_sizes_of_groups():
    draft = drafted(GROUPS, [["Male, n (%)", "3 (25.0)", "4 (30.8)", "7 (28.0)"]], label="Table II")
    assert [row["claim_id"] for row in draft.rows] == [
        "table2.total.sirolimus.n", "table2.total.placebo.n", "table2.total.all.n",
        "table2.male.sirolimus.n", "table2.male.sirolimus.pct", "table2.male.placebo.n",
        "table2.male.placebo.pct", "table2.male.all.n", "table2.male.all.pct",
    ]  # fmt: skip
    assert draft.rows[5]["location"] == "Table II, row Male, n (%), column Placebo (n = 13)"
    assert shares(draft)["male.placebo.pct"] == ("4", "13")
    assert {row["sure"] for row in draft.rows} == {"certain"}
    assert (draft.cells, draft.cells_read, draft.unread) == (3, 3, [])


@pytest.mark.parametrize(("label", "cell", "expected"), [
    ("Age, mean (SD), years", "43·4 (13·24)", {"mean": "43.4", "sd": "13.24"}),
    ("Mean (s.d.) age", "57.4 (8.0)", {"mean": "57.4", "sd": "8.0"}),
    ("Age, mean ± SD", "57.4 ± 8.0", {"mean": "57.4", "sd": "8.0"}),
    ("Weight, mean (SEM)", "10 (1.5)", {"mean": "10", "se": "1.5"}),
    ("Age, median (IQR)", "43 (34–52)", {"median": "43", "q1": "34", "q3": "52"}),
    ("Age, median [Q1, Q3]", "43 [34, 52]", {"median": "43", "q1": "34", "q3": "52"}),
    ("Median (interquartile range)", "43 (34 to 52)", {"median": "43", "q1": "34", "q3": "52"}),
    ("Median age (range)", "43 (18-86)", {"median": "43", "min": "18", "max": "86"}),
    ("Median (min, max)", "43 (18–86)", {"median": "43", "min": "18", "max": "86"}),
    ("Inter-quartile range", "34–52", {"q1": "34", "q3": "52"}),
    ("HR (95% CI)", "0.93 (0.84–1.03)", {"hr": "0.93", "low": "0.84", "high": "1.03"}),
    ("Odds ratio (95% confidence interval)", "0.93 (0.89, 0.98)",
     {"or": "0.93", "low": "0.89", "high": "0.98"}),
    ("Difference (95% CI)", "−2.46 (−3.72 to −1.21)",
     {"value": "-2.46", "low": "-3.72", "high": "-1.21"}),
    ("Slope (95% CI)", "0.46(0.40,0.52)*", {"value": "0.46", "low": "0.40", "high": "0.52"}),
    ("Died, n (%)", "12 (14.3%)", {"n": "12", "pct": "14.3"}),
    ("Died, No. (%)", "1,575 (49.4)", {"n": "1575", "pct": "49.4"}),
    ("Died, % (n)", "14.3 (12)", {"pct": "14.3", "n": "12"}),
    ("Died, n/N (%)", "12/84 (14.3)", {"n": "12", "denominator": "84", "pct": "14.3"}),
    ("Died", "12/84 (14.3%)", {"n": "12", "denominator": "84", "pct": "14.3"}),
    ("Died, n/N, percent", "35/41, 85%", {"n": "35", "denominator": "41", "pct": "85"}),
    ("Failure", "55/926 (5,9%)", {"n": "55", "denominator": "926", "pct": "5.9"}),
    ("Mean correct", "16.33 (3.53)", {"mean": "16.33"}),
    ("Died, n/N", "12/84", {"n": "12", "denominator": "84"}),
    ("P value", "&lt;0.001", {"p": "0.001"}),
    ("Comparison", "p = 0.03", {"p": "0.03"}),
    ("ANOVA F (df)", "8.16*** (4)", {"f": "8.16", "df": "4"}),
    ("Age", "43 (IQR 34–52)", {"median": "43", "q1": "34", "q3": "52"}),
    ("Effect", "0.9 (95% CI 0.8–1.0)", {"value": "0.9", "low": "0.8", "high": "1.0"}),
    ("Ferritin", "36.9†", {"value": "36.9"}),
])  # fmt: skip
def test_forms_of_cells_with_what_the_label_says(label, cell, expected):
    draft = drafted([["", "All"]], [[label, cell]])
    found = {row["claim_id"].split(".")[-1]: row["value"] for row in draft.rows}
    assert found == expected
    claims.from_rows(draft.rows, "made.xml")  # as the audit takes them


def test_things_that_a_person_may_have_several_of_are_no_part_of_the_people():
    draft = drafted([["", "All (n = 84)"]], [["Number of lesions", "312"], ["No. of deaths", "3"]])
    assert values(draft) == {
        "total.all.n": "84", "lesions.all.value": "312", "deaths.all.n": "3",
    }  # fmt: skip


@pytest.mark.parametrize("cell", ["24.4 (3.2)", "43 (34–52)", "34–52", "12 / 9 / 4"])
def test_what_nothing_declares_is_left_unread_with_the_reason(cell):
    draft = drafted([["", "All"]], [["Body mass index", cell]])
    assert draft.rows == [] and draft.cells == 1
    assert draft.unread[0].place == "Table 1, row Body mass index, column All"
    assert "say what the numbers" in draft.unread[0].why


def test_a_number_behind_plus_minus_is_left_out_where_nothing_says_what_it_is():
    draft = drafted([["", "All"]], [["Age, years", "57.4 ± 8.0"]])
    assert values(draft) == {"age_years.all.mean": "57.4"}
    assert "may be a standard deviation" in draft.unread[0].why


@pytest.mark.parametrize(("notes", "cell", "expected"), [
    ("Values are mean ± SD unless said otherwise.", "57.4 ± 8.0", {"mean": "57.4", "sd": "8.0"}),
    ("Data are medians (IQR) or n (%).", "43 (34–52)", {"median": "43", "q1": "34", "q3": "52"}),
    ("Data are medians (IQR) or n (%).", "12 (14.3)", {"n": "12", "pct": "14.3"}),
    ("Values are means ± SE and median (1st quartile—3rd quartile)", "62 ± 12<break/>57 (43–84)",
     {"mean": "62", "se": "12", "median": "57", "q1": "43", "q3": "84"}),
])  # fmt: skip
def test_notes_declare_the_forms_of_cells(notes, cell, expected):
    draft = drafted([["", "All"]], [["Leucine", cell]], notes=notes)
    assert {row["claim_id"].split(".")[-1]: row["value"] for row in draft.rows} == expected


def test_of_two_forms_that_notes_declare_the_signs_and_the_counts_decide():
    rows = [["Age", "57 (8)"], ["Smoker", "12 (14.3)"]]
    heads = [["", "All (n = 84)"]]
    found = drafted(heads, rows, notes="Mean (SD) or n (%).")
    assert values(found) == {"total.all.n": "84", "smoker.all.n": "12", "smoker.all.pct": "14.3"}
    assert found.unread[0].text == "57 (8)" and "several forms" in found.unread[0].why
    found = drafted(heads, rows[1:], notes="Mean ± SD or n (%).")
    assert "smoker.all.pct" in values(found)


def test_columns_that_hold_one_measure_each_go_with_the_group_above_and_the_words_at_the_left():
    # Van der Meulen and colleagues 2008 (doi 10.1186/1472-6831-8-11), Table 1, first row.
    heads = [["", "Mean total score", "SD", "Mean item score", "SD"]]
    draft = drafted(heads, [["Total OHIP-NL", "44.1", "40.2", "0.9", "0.8"]])
    path = "total_ohip_nl"
    assert values(draft) == {
        f"{path}.total_score.all.mean": "44.1", f"{path}.total_score.all.sd": "40.2",
        f"{path}.item_score.all.mean": "0.9", f"{path}.item_score.all.sd": "0.8",
    }  # fmt: skip


def test_groups_with_columns_of_their_own_and_percentages_of_the_count_beside_them():
    # Fafetine and colleagues 2013 (doi 10.1371/journal.pntd.0002065), Table 1.
    heads = [
        [("District", 2, 1), ("Goats", 1, 3), ("Sheep", 1, 3)],
        ["n", "Seroprevalence (%)", "95% C.I."] * 2,
    ]
    rows = [
        ["Maganja da Costa", "92", "39.1<sup>c</sup>", "29.7, 49.5", "11", "54.6b", "25.6, 80.7"],
        ["Mocuba", "59", "0.0", "0.0, 4.9", "181", "13.8", "9.5, 19.7"],
        ["Mopeia", "53", "50.9", "37.6, 64.1", "60", "93.3", "83.4, 97.5"],
        ["Morrumbala", "131", "7.6", "4.1, 13.7", "–", "–", "–"],
    ]
    draft = drafted(heads, rows)
    found = values(draft)
    assert found["mocuba.sheep.n"] == "181"
    assert found["mocuba.seroprevalence.sheep.pct"] == "13.8"
    assert found["mocuba.seroprevalence.sheep.high"] == "19.7"
    assert found["maganja_da_costa.seroprevalence.goats.pct"] == "39.1"
    assert shares(draft)["mopeia.seroprevalence.goats.pct"] == ("", "53")
    assert draft.cells == draft.cells_read == 21


def test_a_count_and_its_percentage_in_two_columns():
    heads = [["", ("All patients (n = 84)", 1, 2)], ["", "n", "%"]]
    draft = drafted(heads, [["Died", "12", "14.3"], ["Relapsed", "9", "10.7"]])
    assert shares(draft) == {"died.all.pct": ("12", "84"), "relapsed.all.pct": ("9", "84")}


def test_two_columns_that_give_a_third_are_its_numerator_and_denominator():
    # Fafetine and colleagues 2013, Table 3.
    heads = [["", "Total sampled", "No. positive", "Seroprevalence (%)"]]
    rows = [
        ["Female", "345", "54", "15.7"], ["Male", "104", "3", "2.9"], ["Lambs", "128", "4", "3.1"],
    ]  # fmt: skip
    draft = drafted(heads, rows)
    assert shares(draft)["male.seroprevalence.all.pct"] == ("3", "104")


def test_p_values_that_compare_groups_belong_to_none_of_them():
    heads = [["", "Drug (n = 40)", "Placebo (n = 44)", "P value"]]
    draft = drafted(heads, [["Age, mean (SD)", "50.1 (9.0)", "51.2 (8.8)", "0.57"]])
    assert values(draft)["age.comparison.p"] == "0.57"
    assert values(draft)["age.drug.mean"] == "50.1"


def test_rows_that_sum_to_their_group_are_its_parts_and_others_are_not():
    rows = [
        ["Sex, n (%)", "", "", ""], ["Male", "3 (25.0)", "4 (30.8)", "7 (28.0)"],
        ["Female", "9 (75.0)", "9 (69.2)", "18 (72.0)"],
        ["Symptoms, n (%)", "", "", ""], ["Fever", "11 (91.7)", "4 (30.8)", "15 (60.0)"],
        ["Cough", "9 (75.0)", "9 (69.2)", "18 (72.0)"],
    ]  # fmt: skip
    kinds = {row["claim_id"]: row["kind"] for row in drafted(GROUPS, rows).rows}
    assert kinds["table1.sex.male.placebo.n"] == kinds["table1.sex.female.all.n"] == "count"
    assert kinds["table1.symptoms.fever.placebo.n"] == "subset"  # 4 + 9 is 13 by chance only


def test_percentages_of_those_with_an_answer_are_held_against_these():
    rows = [
        ["Smoking", "", "", ""], ["Never", "5 (50.0)", "6 (60.0)", "11 (55.0)"],
        ["Ever", "5 (50.0)", "4 (40.0)", "9 (45.0)"], ["Missing", "2", "3", "5"],
    ]  # fmt: skip
    draft = drafted(GROUPS, rows, notes="Values are n (%).")
    assert shares(draft)["smoking.never.sirolimus.pct"] == ("5", "10")
    assert shares(draft)["smoking.ever.all.pct"] == ("9", "20")


@given(
    st.integers(0, 200), st.integers(1, 200), st.integers(0, 1000), st.integers(0, 2),
    st.sampled_from(["", "<", ">", "≤", "≥"]),
)  # fmt: skip
def test_a_count_is_a_percentage_if_the_print_may_have_been_rounded_from_it(
    count, whole, share, digits, relation
):
    printed = prints.read(f"{relation}{Decimal(share).scaleb(-digits)}")
    assert counts.fits(Decimal(count), printed, Decimal(whole)) == (
        Fraction(100 * count, whole) in printed.span
    )


def test_a_wrong_percentage_of_a_complete_block_stays_certain_and_others_not():
    # Lyratzopoulos and colleagues 2013 (doi 10.1093/annonc/mds526), Table 1, column Ovarian.
    heads = [["", "Ovarian"], ["", "n = 2744"]]
    rows = [
        ["Stage I", "524<break/>20%"], ["Stage II", "136<break/>5%"],
        ["Stage III", "1323<break/>48%"], ["Stage IV", "461<break/>17%"],
        ["Unknown", "300<break/>11%"],
    ]  # fmt: skip
    draft = drafted(heads, rows)
    assert shares(draft)["stage_i.ovarian.pct"] == ("524", "2744")
    assert [row["sure"] for row in draft.rows if ".stage_i." in row["claim_id"]] == ["certain"] * 2
    alone = drafted([["", "All (n = 84)"]], [["Smoker", "12 (15.0%)"]])  # of 80 with an answer
    assert {row["sure"] for row in alone.rows if ".smoker." in row["claim_id"]} == {"guess"}


def test_a_column_of_all_is_called_so_only_if_the_others_make_it_up():
    heads = [["", "Total (n = 30)", "Women (n = 20)", "Over 60 years (n = 25)"]]
    draft = drafted(heads, [["Died, n (%)", "3 (10.0)", "2 (10.0)", "3 (12.0)"]])
    assert "died.overall.n" in values(draft)


def test_a_first_row_of_group_sizes_is_their_total():
    rows = [["No. of patients", "302", "151"], ["Age, mean", "43", "44"]]
    draft = drafted([["", "Drug", "Placebo"]], rows)
    assert values(draft)["total.drug.n"] == "302"
    assert "no_of_patients.drug.n" not in values(draft)


def test_rows_of_one_name_get_ids_of_their_own_and_tables_cohorts_of_their_own():
    draft = drafted([["", "n"]], [["Missing", "3"], ["Missing", "4"]])
    assert values(draft) == {"missing.all.n": "3", "missing_2.all.n": "4"}
    assert {row["cohort"] for row in draft.rows} == {"table1"}


def test_two_counts_of_a_heading_are_no_part_and_whole():
    # Tsilidis and colleagues 2010 (doi 10.1038/sj.bjc.6605965), Table 2.
    heads = [["", "Number of cases/non-cases"], ["Other", "No. of events/patients"]]
    draft = drafted(heads[:1], [["Never", "1040/138 359"]])
    assert values(draft) == {"never.cases.all.n": "1040", "never.non_cases.all.n": "138359"}
    assert (draft.cells, draft.cells_read) == (1, 1)
    found = values(drafted([heads[1]], [["Never", "10/138"]]))
    assert found["never.events_patients.denominator"] == "138"


def test_a_row_of_one_letter_is_no_test_and_the_n_of_a_percentage_may_be_its_whole():
    assert values(drafted([["", "Fit"]], [["f", "0.211"]])) == {"f.fit.value": "0.211"}
    draft = drafted([["", "Parasites % (N)"]], [["Placebo", "42 (1430)"]])
    assert shares(draft) == {"placebo.parasites.pct": ("", "1430")}


def test_intervals_and_percentages_beside_a_group_are_the_groups():
    heads = [["", "All (n = 84)", "% of known", "Posters (n = 59)", "% of known"]]
    rows = [["Male, n (%)", "31 (36.9)", "46.3", "19 (32.2)", "44.2"]]
    found = values(drafted(heads, rows))
    assert (found["male.known.all.pct"], found["male.known.posters.pct"]) == ("46.3", "44.2")
    heads = [["", "Patients, n (%) of 60", "95% CI, %", "Episodes"]]
    found = values(drafted(heads, [["Infections", "3 (5.0)", "1.0–13.9", "5"]]))
    assert found["infections.patients.low"] == "1.0" and found["infections.patients.n"] == "3"


def test_rows_of_one_name_do_not_mix():
    heads = [["", "Mean", "SE", "95% CI"]]
    rows = [["AUC", "1.0", "0.1", "0.8 to 1.2"], ["AUC", "2.0", "0.2", "1.6"],
            ["AUC", "3.0", "0.3", "2.4 to 3.6"]]  # fmt: skip
    found = values(drafted(heads, rows))
    assert found["auc_3.all.low"] == "2.4" and "auc_2.all.low" not in found


def test_quantiles_in_headings_are_no_percentages_and_a_p_value_beside_them_is_the_rows():
    # Hallmann and colleagues 2017 (doi 10.1371/journal.pone.0185809), Table 4.
    heads = [["Variable", "mean", "sd", "2.50%", "97.50%", "P"]]
    found = values(drafted(heads, [["log(λ)", "-0.080", "0.007", "-0.094", "-0.067", "0.000"]]))
    assert {name.split(".")[-1] for name in found} == {"mean", "sd", "value", "p"}
    assert found["log_lamda.all.p"] == "0.000"


def test_a_number_with_more_digits_than_results_have_is_left_out():
    draft = drafted([["", "Registry number"]], [["Trial", "12345678901234"]])
    assert draft.rows == [] and draft.unread[0].why == "more digits than a result has"


@pytest.mark.parametrize(("label", "expected"), [
    ("Table 3", "table3"), ("Table IV.", "table4"), ("TABLE S2", "tables2"),
    ("Table 2A", "table2a"),
    ("Supplementary Table 1", "supptable1"), ("eTable 1", "supptable1"), ("", "unlabelled7"),
])  # fmt: skip
def test_places_of_tables(label, expected):
    assert name(label.rstrip("."), 7) == expected


@pytest.mark.parametrize(("label", "measures", "about", "total"), [
    ("Age, mean (SD), years", ("mean", "sd"), "Age, years", ""),
    ("Adjusted odds ratio (95% CI)", ("or", "ci"), "Adjusted", ""),
    ("Sirolimus (n = 12)", (), "Sirolimus", "12"),
    ("n = 98 942", (), "", "98942"),
    ("n (3,189)", ("n",), "", "3189"),
    ("Patients, n (%) of 60", ("n", "pct"), "Patients", "60"),
    ("No", (), "No", ""),
    ("Not reported", (), "Not reported", ""),
    ("WE-SE", (), "WE-SE", ""),
    ("Sex (male or female)", (), "Sex (male or female)", ""),
    ("Mean difference", ("value",), "difference", ""),
    ("95% confidence interval (OR)", ("ci",), "", ""),
    ("p-Value", ("p",), "", ""),
])  # fmt: skip
def test_what_labels_say(label, measures, about, total):
    found = labels.said(label)
    assert (found.measures, found.about, found.total) == (measures, about, total)


def test_pairs_that_notes_declare():
    assert labels.declared("Data are mean (SD) or n (%). IQR: interquartile range.") == [
        (("mean", "sd"), ""), (("n", "pct"), ""),
    ]  # fmt: skip
    assert labels.declared("means ± SE") == [(("mean", "se"), "±")]
    assert labels.declared("SD, standard deviation; p from a t test.") == []


def test_cells_without_a_result():
    assert all(map(cells.is_empty, ("–", "", "n/a", "NS", "*", "Reference")))
    assert not cells.is_empty("0") and not cells.holds_number("Reference")


def test_what_notes_say_of_pairs_says_nothing_of_a_number_alone():
    # Fluge and colleagues 2011 (doi 10.1371/journal.pone.0026358), Table 2.
    heads = [["", "", "Rituximab, n = 15", "Placebo, n = 15"]]
    rows = [
        ["Cognitive score", "", "7,7 (5,0–9,7)", "7,2 (4,0–9,3)"],
        ["RNase L genotype", "462 Q/Q", "5", "6"], ["", "462 Q/R", "10", "7"],
        ["XMRV status", "PCR", "0/15", "0/15"],
    ]  # fmt: skip
    found = values(drafted(heads, rows, notes="Scores are mean (range)."))
    assert found["cognitive_score.rituximab.max"] == "9.7"
    assert found["rnase_l_genotype.462_q_r.rituximab.value"] == "10"
    assert found["xmrv_status.pcr.placebo.denominator"] == "15"


def test_a_count_beside_counts_with_percentages_is_a_count():
    found = values(drafted([["", "A (n = 15)", "B (n = 15)"]], [["Itching", "2 (13%)", "0"]]))
    assert found["itching.b.n"] == "0"


def test_headings_that_begin_anew_in_the_body_take_the_place_of_the_first():
    # Lyratzopoulos and colleagues 2013, Table 3.
    heads = [["", ("Bladder", 1, 2)], ["", "Odds ratio (95% CI)", "P"]]
    rows = [
        ["Women", "1.19 (0.99, 1.43)", "0.065"], ["", ("Renal", 1, 2)],
        ["", "Odds ratio (95% CI)", "P"], ["Women", "0.95 (0.80, 1.13)", "0.561"],
    ]  # fmt: skip
    found = values(drafted(heads, rows))
    assert (found["women.bladder.or"], found["women.renal.or"]) == ("1.19", "0.95")
    assert (found["women.bladder.p"], found["women.renal.high"]) == ("0.065", "1.13")


def test_a_heading_of_percentages_over_numbers_above_100_is_not_believed():
    heads = [["", "Drug (n = 302)", "Percent"]]
    draft = drafted(heads, [["Baseline", "189", "220"], ["3 months", "147", "55"]])
    assert not shares(draft)
    assert {row["value"] for row in draft.rows} == {"302", "189", "220", "147", "55"}


def test_a_cell_that_is_the_letter_n_holds_no_number():
    draft = drafted([["Item", "Percent"]], [["a", "N"], ["b", "12.5"]])
    assert [row["as_printed"] for row in draft.rows] == ["12.5"]
