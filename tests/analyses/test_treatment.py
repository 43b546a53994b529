"""Treatment against the printed numbers, and a dose between the printed groups."""

from descriptive_data import VALUES, disagreements, printed, read, treatment_frame

from case_review.analyses import descriptive, treatment

BLOCKS = VALUES["treatment"]["blocks"]
OF = descriptive.totals(read("reports"))
PATIENTS, FRAME = treatment_frame()


def all_results():
    groups = VALUES["treatment"]["level_groups"]
    for block in BLOCKS:
        yield from descriptive.results("treatment", descriptive.lines(block, FRAME, OF), OF)
    yield from treatment.dose_results(PATIENTS, FRAME, OF["all"])
    yield from treatment.level_results(PATIENTS, FRAME, groups, OF["all"])
    yield from treatment.duration_results(PATIENTS, OF["all"])
    yield from treatment.cotreatment_results(FRAME, OF["all"])


def test_printed_numbers_differ_only_in_three_roundings():
    wrong = disagreements(printed("treatment."), all_results())
    assert wrong == {
        "table2.drug.everolimus.all.pct": ("1.1", "1.2"),
        "table2.level.5_to_15.all.pct": ("30.9", "31.0"),
        "table2.level.not_reported.all.pct": ("67.8", "67.9"),
    }


def test_texts_for_prose():
    texts = {result["id"]: result["text"] for result in all_results()}
    assert texts["treatment.dose_most_common_value"] == "1.6 mg/m²/day"
    assert texts["treatment.dose_most_common.all"] == "16 (66.7%)"
    assert texts["treatment.cotreatment_most_common_name"] == "steroids and vincristine"
    assert texts["treatment.status_not_reported.all"] == "2 (14.3%)"


def test_a_dose_between_the_groups_gets_a_row_of_its_own():
    frame = FRAME.replace({"level": {"dose_lt_1_0_mg_m2": "unclassified"}})
    rows = {line.id: line.counts["all"] for line in descriptive.lines(BLOCKS[1], frame, OF)}
    assert rows["dose_unclassified"] == 1
    assert rows["dose_lt_1_0_mg_m2"] == 0
    assert sum(rows.values()) == 84


def test_a_target_across_two_groups_is_reported_as_such():
    patients = read("patients")
    known = patients.index[patients["level_low_ng_ml"].notna()]
    patients.loc[known[0], ["level_low_ng_ml", "level_high_ng_ml"]] = [3, 8]
    patients.loc[known[1], ["level_low_ng_ml", "level_high_ng_ml"]] = [10, 20]
    values = VALUES["treatment"]
    patients = treatment.grouped(patients, values["dose_groups"], values["level_groups"])
    labels = {"level_group": values["level_groups"]}
    frame = descriptive.tidy(patients, read("posters"), ["level_group"], labels)
    shown = [(x.label, x.counts["all"]) for x in descriptive.lines(BLOCKS[2], frame, OF)]
    assert shown[2:4] == [("Across two of these groups", 1), ("In none of these groups", 1)]
    assert sum(n for _, n in shown) == 84


def test_the_supplement_shows_an_unclassified_dose_with_both_percentages():
    frame = FRAME.replace({"level": {"dose_lt_1_0_mg_m2": "unclassified"}})
    table = descriptive.table(BLOCKS, frame, OF, percent_of_reported=True)
    rows = {row.cells[0]: row.cells[1:] for row in table.rows}
    assert list(rows["In none of these groups"][:2]) == ["1 (1.2)", "4.2"]
    assert rows["Sirolimus starting dosage"][1] == "of 24"
