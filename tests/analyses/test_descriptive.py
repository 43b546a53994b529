"""The table of characteristics against the printed one, and what it refuses."""

import pandas as pd
import pytest
from descriptive_data import VALUES, characteristics_frame, disagreements, printed, read

from case_review.analyses import characteristics, descriptive
from case_review.errors import ReviewError

BLOCKS = VALUES["characteristics"]["blocks"]
OF = descriptive.totals(read("reports"))
FRAME = characteristics_frame()


def test_every_printed_number_is_reproduced():
    results = [*characteristics.report_results(read("reports"), read("screening"))]
    results += characteristics.subset_results(BLOCKS, FRAME, OF["all"])
    for block in BLOCKS:
        found = descriptive.lines(block, FRAME, OF)
        results += descriptive.results("characteristics", found, OF)
    claims = [
        claim
        for prefix in ("patients.", "reports.", "screening.", "characteristics.")
        for claim in printed(prefix)
    ]
    assert len(claims) > 120
    assert disagreements(claims, results) == {}


def test_the_table_looks_like_the_printed_one():
    table = descriptive.table(BLOCKS, FRAME, OF)
    text = table.markdown()
    assert list(table.columns)[1:] == [
        "Total (n = 84)", "Publications (n = 25)", "Posters (n = 59)"
    ]  # fmt: skip
    assert "| &emsp;&emsp;Haemangioma^a^ | 3 (3.6) | 2 (8.0) | 1 (1.7) |" in text
    assert "^c^ Including 2 patients with Gorham" in text
    assert [row.cells[0] for row in table.rows if row.heading] == [
        "Sex", "Age at start of treatment", "Vascular anomalies", "Type"
    ]  # fmt: skip


def rows_of(table):
    return {row.cells[0]: list(row.cells[1:]) for row in table.rows}


def test_percentages_of_those_with_data_stand_beside_those_of_all():
    table = descriptive.table(BLOCKS, FRAME, OF, percent_of_reported=True)
    rows = rows_of(table)
    assert list(table.columns)[1:3] == ["Total (n\u00a0=\u00a084)", "% of known"]
    # 31 of 84, and of the 67 whose sex is known.
    assert rows["Sex"][:2] == ["", "of 67"]
    assert rows["Male"][:2] == ["31 (36.9)", "46.3"]
    assert rows["> 18 years"] == ["0"] * 6
    # Of the posters' 59 patients, 9 have an age.
    assert rows["2–13 years"][4:] == ["2 (3.4)", "22.2"]


def test_no_second_percentage_where_nothing_is_missing():
    table = descriptive.table(BLOCKS, FRAME, OF, percent_of_reported=True)
    rows = rows_of(table)
    assert rows["Type"] == [""] * 6
    assert rows["Tumours"] == ["30 (35.7)", "", "15 (60.0)", "", "15 (25.4)", ""]
    missing = [row.cells for row in table.rows if row.cells[0] == "Not reported"]
    assert [cells[2] for cells in missing] == [""] * 4


def test_exact_limits_on_request():
    # R: binom.test(31, 84) gives 26.6 to 48.1 %, binom.test(31, 67) 34.0 to 58.9 %.
    table = descriptive.table(BLOCKS, FRAME, OF, percent_of_reported=True, limits=0.95)
    rows = rows_of(table)
    assert rows["Male"][:2] == ["31 (36.9; 26.6–48.1)", "46.3 (34.0–58.9)"]
    assert rows["> 18 years"][2] == "0 (0.0; 0.0–13.7)"
    numbers = table.data.set_index(["row", "population"]).loc[("male", "all")]
    assert numbers["low"] == pytest.approx(0.2663, abs=5e-5)
    assert numbers["high_of_reported"] == pytest.approx(0.5888, abs=5e-4)
    assert "exact 95% confidence limits" in table.notes[-1][1]


def test_a_population_of_nobody_has_no_percentages():
    frame = FRAME[FRAME["population"] == "publications"]
    of = {"all": 25, "publications": 25, "posters": 0}
    table = descriptive.table(BLOCKS, frame, of, percent_of_reported=True, limits=0.95)
    assert rows_of(table)["Male"][4:] == ["0", ""]


def test_numbers_that_do_not_add_up_are_refused():
    with pytest.raises(ReviewError, match="sex, all: the rows of block sex add up to 84, expected"):
        descriptive.lines(BLOCKS[0], FRAME, OF | {"all": 85})


def test_a_level_without_row_is_refused():
    other = FRAME.replace({"level": {"male": "intersex"}})
    with pytest.raises(ReviewError, match="sex = 'intersex', which has no row"):
        descriptive.lines(BLOCKS[0], other, OF)


def test_a_label_that_no_group_has_is_refused():
    posters = pd.DataFrame(
        [("P01", "posters", "age_group", "old", 2)],
        columns=["report_id", "population", "variable", "level", "n"],
    )
    patients = pd.DataFrame(
        {"report_id": ["R"], "population": ["publications"], "age_group": [None]}
    )
    labels = {"age_group": VALUES["characteristics"]["age_groups"]}
    with pytest.raises(ReviewError, match="row 2, level of age_group: found 'old'"):
        descriptive.tidy(patients, posters, ["age_group"], labels)
