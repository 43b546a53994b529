"""Standards and appraisal: complete, in words that are allowed, with places that exist."""

import re
from collections import Counter

import pandas as pd
import pytest
from conftest import ROOT
from notebook_cells import run_cells

from case_review.analyses import reporting_checklist
from case_review.data import reading
from case_review.data.problems import DataError
from case_review.rendering import ast


def read(name):
    return pd.read_csv(ROOT / f"data/raw/{name}.csv", dtype=str, keep_default_na=False)


ITEMS, QUESTIONS = read("reporting_items"), read("appraisal_items")
PARTS = {10: "ab", 13: "abcdef", 16: "ab", 20: "abcd", 23: "abcd", 24: "abc"}
PRISMA = [f"{number}{letter}" for number in range(1, 28) for letter in PARTS.get(number, [""])]


def numbers(last):
    return [str(number) for number in range(1, last + 1)]


@pytest.fixture(scope="module")
def ran():
    return run_cells("08_background")


def anchors():
    """The anchors that pandoc gives to the headings of the manuscript."""
    text = (ROOT / "report/index.qmd").read_text(encoding="utf-8")
    found = set()
    ast.walk(
        ast.parse(re.sub(r"\{\{<.*?>\}\}", "", text)),
        lambda node: found.add(node["c"][1][0]) if node["t"] == "Header" else None,
    )
    return found


def test_every_standard_and_tool_is_there_once_and_whole():
    assert len(PRISMA) == 42
    expected = {
        "prisma": PRISMA,
        "abstract": numbers(12),
        "sampl": numbers(15),
        "kmunicate": numbers(7),
    }
    assert ITEMS.groupby("standard", sort=False)["item"].agg(list).to_dict() == expected
    expected = {"jbi": numbers(10), "murad": numbers(8)}
    assert QUESTIONS.groupby("tool", sort=False)["item"].agg(list).to_dict() == expected
    assert QUESTIONS.loc[QUESTIONS["tool"] == "murad", "domain"].nunique() == 4


def test_every_place_is_a_section_of_the_manuscript(ran):
    text = "".join(ran.tables[f"tbl-items-{key}"].markdown() for key in ran.names["standards"])
    found = set(re.findall(r"\]\(#([a-z0-9-]+)\)", text))
    assert len(found) > 15
    assert found <= anchors()


@pytest.mark.parametrize(
    ("tables", "frame", "column", "place"),
    [("standards", ITEMS, "topic", 1), ("tools", QUESTIONS, "question", 2)],
)
def test_no_item_is_lost_between_file_and_page(ran, tables, frame, column, place):
    shown = [row for key in ran.names[tables] for row in ran.tables[f"tbl-items-{key}"].rows]
    assert [row.cells[place] for row in shown if not row.heading] == frame[column].tolist()


def test_the_counts_are_those_of_the_files(ran):
    for standard, subject, word in (
        ("prisma", "here", "reported"),
        ("prisma", "here", "partly"),
        ("prisma", "review", "not reported"),
        ("abstract", "review", "reported"),
        ("kmunicate", "review", "unclear"),
    ):
        part = ITEMS[ITEMS["standard"] == standard]
        result = ran.results[f"reporting.{standard}.{subject}.{word.replace(' ', '_')}"]
        assert result.value == Counter(part[subject])[word] > 0
    answers = Counter(QUESTIONS.loc[QUESTIONS["tool"] == "murad", "answer"])
    assert ran.results["appraisal.murad.no"].value == answers["no"]


def test_the_summary_adds_up_to_the_items(ran):
    rows = [row.cells for row in ran.tables["tbl-reporting"].rows if not row.heading]
    assert [items.n for _, items, *_ in rows] == [42, 42, 12, 12, 15, 15, 7, 7, 10, 8]
    for _, items, *counts in rows:
        assert sum(count.n for count in counts) == items.n
    assert ran.results["reporting.prisma.items"].text == "42"
    assert ran.results["appraisal.jbi.items"].text == "10"


def test_what_the_review_is_known_to_lack_is_said():
    """Read by hand in the review: no risk of bias, certainty, sensitivity, exclusions, registry."""
    review = ITEMS[ITEMS["standard"] == "prisma"].set_index("item")["review"]
    for item in ("11", "13f", "15", "16b", "18", "19", "20d", "22", "24a", "24b", "27"):
        assert review[item] == "not reported", item
    for item in ("3", "4", "5", "6", "8", "9", "13d", "23b", "23d"):
        assert review[item] == "reported", item
    assert set(QUESTIONS["answer"]) == {"partly", "no", "unclear"}


def test_a_judgement_links_its_places_and_ends_with_its_note():
    (seven,) = ITEMS[(ITEMS["standard"] == "prisma") & (ITEMS["item"] == "7")].to_dict("records")
    here = reporting_checklist.judgement(seven, "here")
    assert here.startswith("**Partly:** [The review and its eligibility criteria](#the-review-and")
    assert here.endswith(" – Sources, day and limits; how the terms were combined is not in print")
    there = reporting_checklist.judgement(seven, "review")
    assert there == "**Partly:** Search strategy – Terms without the way they were combined"
    silent = seven | {"review": "not reported", "review_place": "", "review_note": ""}
    assert reporting_checklist.judgement(silent, "review") == "**Not reported**"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"where": "Methods"}, "row 5, column where: found 'Methods'; expected places such as"),
        ({"here": "met"}, "row 5, column here: found 'met'; expected one of reported, partly"),
        ({"review": ""}, "row 5, column review: the cell is empty. Fill it in: Whether the rev"),
        ({"where": "", "note": ""}, "row 5, column note: 'reported' has neither a place in where"),
        ({"review_place": "", "review_note": ""}, "row 5, column review_note: 'reported' has"),
    ],
)
def test_an_unusable_cell_is_refused_with_file_row_and_column(change, message):
    items = ITEMS.copy()
    items.loc[3, list(change)] = list(change.values())
    with pytest.raises(DataError) as error:
        reporting_checklist.checked(items, "reporting_items")
    assert str(error.value).splitlines()[1].startswith(f"data/raw/reporting_items.csv, {message}")


def test_an_item_that_stands_twice_is_refused(tmp_path):
    pd.concat([ITEMS, ITEMS.iloc[[3]]]).to_csv(tmp_path / "reporting_items.csv", index=False)
    with pytest.raises(DataError, match=r"row 78, column standard / item: found 'prisma / 4'"):
        reading.read_table(tmp_path, "reporting_items")


def test_an_answer_without_a_reason_is_refused():
    questions = QUESTIONS.assign(place="", reason="")
    said = r"appraisal_items.csv, column reason, rows 2, .*: 'partly'"
    with pytest.raises(DataError, match=said):
        reporting_checklist.checked(questions, "appraisal_items")


def test_a_word_that_no_column_counts_is_refused():
    items = pd.DataFrame({"here": ["reported", "met"]})
    assert reporting_checklist.counts(items[:1], "here", ("reported", "partly"))["partly"].n == 0
    with pytest.raises(ValueError, match="here: met is counted nowhere"):
        reporting_checklist.counts(items, "here", ("reported", "partly"))


def test_a_note_cannot_smuggle_in_a_link():
    item = ITEMS.iloc[0].to_dict() | {"note": "see [here](javascript:alert)"}
    assert "[here]" not in reporting_checklist.judgement(item, "here")
