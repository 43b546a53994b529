"""The table of characteristics against the printed one, and what it refuses."""

import re

import pandas as pd
import pytest
from descriptive_data import (
    ROOT,
    VALUES,
    disagreements,
    lines_of,
    printed,
    project_of,
    run_notebook,
)

from case_review.analyses import descriptive
from case_review.analyses.descriptive import Block, Line
from case_review.errors import ReviewError
from case_review.exhibits import Table
from case_review.units import intervals
from case_review.values import DETERMINED, PRINTED, VARIES, Count, Varying, ends

NAME = "02_characteristics"
SHOWN = "characteristics-table"


def unmarked(output):
    """The rows of a table without the marks of what the numbers rest on."""
    rows = lines_of(output)
    return {name: [re.sub(r"\^[pdv]\^", "", cell) for cell in row] for name, row in rows.items()}


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """The notebook as it stands: the notebook, what its cells showed."""
    with pytest.MonkeyPatch.context() as patch:
        project = project_of(tmp_path_factory.mktemp("characteristics"))
        patch.chdir(project.root)
        return run_notebook(project, NAME)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the notebook with other parameters, or with other cells."""

    def run(params=None, change=None):
        project = project_of(tmp_path, params)
        monkeypatch.chdir(tmp_path)
        return run_notebook(project, NAME, change)

    return run


def test_every_printed_number_is_reproduced(notebook):
    claims = [
        claim
        for prefix in ("patients.", "reports.", "screening.", "characteristics.")
        for claim in printed(prefix)
    ]
    assert len(claims) > 120
    assert disagreements(claims, notebook[0].recorded) == {}


def test_the_table_looks_like_the_printed_one(notebook):
    text = notebook[1][SHOWN].text
    heads = [cell.strip().replace("\\", "") for cell in text.splitlines()[0].strip("|").split("|")]
    assert heads[1:] == ["Total (n = 84)", "Publications (n = 25)", "Posters (n = 59)"]
    assert "| &emsp;&emsp;Haemangioma^a^ | 3 (3.6) | 2 (8.0) | 1 (1.7) |" in text
    assert "^c^ Including 2 patients with Gorham" in text
    opening = [line.split("**")[1] for line in text.splitlines() if line.startswith("| **")]
    assert opening == ["Sex", "Age at start of treatment", "Vascular anomalies", "Type"]
    assert [x for x in lines_of(notebook[1][SHOWN]) if "month" in x or "years" in x] == [
        "< 2 months", "2 months–2 years", "2–13 years", "13–18 years", "> 18 years"
    ]  # fmt: skip


def test_percentages_of_those_with_data_stand_beside_those_of_all(notebook):
    shown = notebook[1]
    rows = unmarked(shown["characteristics-reported"])
    # 31 of 84, and of the 67 whose sex is known.
    assert rows["**Sex**"][:2] == ["", "of 67"]
    assert rows["Male"][:2] == ["31 (36.9)", "46.3"]
    assert rows["> 18 years"] == ["0"] * 6
    # Of the posters' 59 patients, 9 have an age.
    assert rows["2–13 years"][4:] == ["2 (3.4)", "22.2"]
    assert "Total (n\u00a0=\u00a084) | % of known" in shown[
        "characteristics-reported"
    ].text.replace("\\", "")


def test_no_second_percentage_where_nothing_is_missing(notebook):
    rows = unmarked(notebook[1]["characteristics-reported"])
    assert "".join(rows["**Type**"]) == ""
    assert rows["Tumours"] == ["30 (35.7)", "", "15 (60.0)", "", "15 (25.4)", ""]
    assert rows["Not reported"][1::2] == ["", "", ""]


def test_exact_limits_on_request(run):
    # R: binom.test(31, 84) gives 26.6 to 48.1 %, binom.test(31, 67) 34.0 to 58.9 %.
    params = (ROOT / "params.yml").read_text(encoding="utf-8")
    nb, shown = run(params.replace("exact_limits: false", "exact_limits: true"))
    rows = unmarked(shown["characteristics-reported"])
    assert rows["Male"][:2] == ["31 (36.9; 26.6–48.1)", "46.3 (34.0–58.9)"]
    assert rows["> 18 years"][2] == "0 (0.0; 0.0–13.7)"
    assert "exact 95% confidence limits" in shown["characteristics-reported"].text
    male = next(result for result in nb.recorded if result.id == "characteristics.male.all")
    assert male.low == pytest.approx(84 * 0.2663, abs=5e-3) and male.text == "31 (36.9%)"


OF = {"all": 4, "publications": 3, "posters": 1}
ROWS = [
    {"id": "male", "label": "Male", "level": "male"},
    {"id": "missing", "label": "Not reported"},
]
LAYOUT = [{"id": "sex", "heading": "Sex", "variable": "sex", "rows": ROWS}]


def frame(*rows):
    return pd.DataFrame(rows, columns=["population", "variable", "level", "n"])


FRAME = frame(("publications", "sex", "male", 3), ("posters", "sex", None, 1))


def test_the_unrounded_numbers_follow_from_the_cells():
    known = {"sex": {"all": 3, "publications": 3, "posters": 0}}
    (block,) = descriptive.blocks(LAYOUT, {}, FRAME, OF)
    counts = {p: descriptive.share(3 if p != "posters" else 0, n, 0.95) for p, n in OF.items()}
    missing = {"posters": Count(1, 1), "publications": Count(0, 3), "all": Count(1, 4)}
    made = descriptive.rows([block], {"male": counts, "missing": missing}, OF, known, 0.95)
    row = made[1]
    table = Table(descriptive.columns(OF, True), made[:2])
    numbers = table.numbers().set_index("row")
    assert numbers.loc["Sex", "shown"].tolist() == ["of 3", "of 0"]
    assert (numbers.loc["Male", "n"] == [3, 3, 3, 0]).all()
    assert (numbers.loc["Male", "of"] == [4, 3, 3, 1]).all()
    # R: binom.test(3, 3) has the lower limit 29.2 %.
    assert numbers.loc["Male", "low"].iloc[1] == pytest.approx(3 * 0.2924, abs=1e-3)
    assert [cell if isinstance(cell, str) else cell.cell for cell in row.cells] == [
        "Male", "3 (75.0; 19.4–99.4)", "100.0 (29.2–100.0)", "3 (100.0; 29.2–100.0)", "",
        "0 (0.0; 0.0–97.5)", "",
    ]  # fmt: skip


def test_a_percentage_of_the_known_rests_on_the_count_and_on_the_missing():
    of, known = {"all": 4}, {"sex": {"all": 3}}
    (block,) = descriptive.blocks(LAYOUT, {}, FRAME, of)

    def standing(male, missing):
        counts = {"male": {"all": male}, "missing": {"all": missing}}
        heading, row, _ = descriptive.rows([block], counts, of, known)
        return [ends(cell)["standing"] for cell in (heading.cells[2], row.cells[2])]

    male, missing = Count(3, 4).stands(PRINTED), Count(1, 4).stands(PRINTED)
    assert standing(male, missing) == [DETERMINED, DETERMINED]
    assert standing(Varying(Count(3, 4)), missing) == [DETERMINED, VARIES]
    assert standing(male, Varying(Count(1, 4))) == [VARIES, VARIES]


def test_a_population_of_nobody_has_no_percentages():
    of = {"all": 3, "publications": 3, "posters": 0}
    known = {"sex": of}
    counts = {p: descriptive.share(n, n, 0.95) for p, n in of.items()}
    line = Line("male", "Male", "sex", "male")
    row = descriptive.row(line, counts, dict.fromkeys(of, ()), known, 0.95)
    assert [row.cells[5].cell, row.cells[6]] == ["0", ""]


def test_numbers_that_do_not_add_up_are_refused():
    with pytest.raises(ReviewError, match="sex, all: the rows of block sex add up to 4, expected"):
        descriptive.blocks(LAYOUT, {}, FRAME, OF | {"all": 5})


def test_a_level_without_row_is_refused():
    other = FRAME.replace({"level": {"male": "intersex"}})
    with pytest.raises(ReviewError, match="sex = 'intersex', which has no row"):
        descriptive.blocks(LAYOUT, {}, other, OF)


def test_a_row_of_one_s_own_is_one_line(run):
    """It is counted, recorded, shown in both tables and leads to what it shows."""
    line = 'blocks[-1].lines.append(descriptive.Line("own", "Lymphatic", "lymphatic", "yes"))'
    nb, shown = run(
        change=lambda source: f"{source}\n{line}" if "descriptive.blocks(" in source else source
    )
    own = next(result for result in nb.recorded if result.id == "characteristics.own.all")
    assert own.of == 84
    rows, beside = unmarked(shown[SHOWN]), unmarked(shown["characteristics-reported"])
    assert rows["Lymphatic"][0] == beside["Lymphatic"][0] == own.text.replace("%", "")


def test_a_note_has_a_mark_of_its_own_and_letters_are_for_subsets():
    including = [{"id": "x", "label": "X", "diagnosis": "x"}]
    lines = [
        Line("a", "A", "v", "a", includes=including),
        Line("b", "B", "v", note="A remark."),
        Line("c", "C", "v", "c"),
        Line("d", "D", "v", "d", includes=including, note="More."),
    ]
    marks, notes = descriptive.footnotes([Block("v", "V", lines)], {"x": descriptive.share(1, 9)})
    assert marks == {"a": "a", "b": "†", "d": "b"}
    assert notes == [
        ("a", "Including 1 patient with X."),
        ("†", "A remark."),
        ("b", "Including 1 patient with X. More."),
    ]


def tidied(level):
    posters = pd.DataFrame(
        [("P01", "posters", "age_group", level, 2), ("P02", "posters", "age_group", None, 1)],
        columns=["report_id", "population", "variable", "level", "n"],
    )
    patients = pd.DataFrame(
        {"report_id": ["R"], "population": ["publications"], "age_group": [None]}
    )
    ages = intervals.by_id(VALUES["characteristics"]["age_groups"])
    return descriptive.long_form(patients, posters, ["age_group"], {"age_group": ages})


def test_a_poster_s_own_group_counts_where_it_lies_within():
    assert list(tidied("< 1 month")["level"].dropna()) == ["age_1"]
    assert list(tidied("1–3 years")["level"].dropna()) == ["across groups"]


def test_a_label_that_names_no_interval_is_refused():
    with pytest.raises(ReviewError, match="row 2, level of age_group: found 'old', expected an in"):
        tidied("old")
