"""The table of characteristics against the printed one, and what it refuses."""

import pandas as pd
import pytest
from descriptive_data import VALUES, characteristics_frame, disagreements, printed, read

from case_review import characteristics, descriptive
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


def test_a_second_percentage_is_of_those_with_data():
    table = descriptive.table(BLOCKS, FRAME, OF, percent_of_reported=True)
    male = next(row for row in table.rows if row.cells[0] == "Male")
    assert male.cells[1] == "31 (36.9; 46.3)"


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
