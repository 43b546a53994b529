"""The reporting checklist: complete, and every link leads to a section of the manuscript."""

import re
from unittest import mock

import pandas as pd
import pytest
from conftest import ROOT
from notebook_cells import run_cells

from case_review.analyses import reporting_checklist
from case_review.errors import ReviewError
from case_review.notebook import Notebook

ITEMS = pd.read_csv(ROOT / "data/raw/prisma_2020.csv", dtype=str, keep_default_na=False)
SUBITEMS = {10: "ab", 13: "abcdef", 16: "ab", 20: "abcd", 23: "abcd", 24: "abc"}


def headings():
    """The anchors that pandoc gives to the headings of the manuscript."""
    text = (ROOT / "report/index.qmd").read_text(encoding="utf-8")
    found = []
    for heading in re.findall(r"^#+ (.+)$", text.partition("\n---\n")[2], re.MULTILINE):
        given = re.search(r"\{#([\w-]+)", heading)
        plain = re.sub(r"\s*\{.*\}$", "", heading).lower()
        anchor = given[1] if given else re.sub(r"[^\w.-]", "", plain.replace(" ", "-"))
        found.append(f"{anchor}-{found.count(anchor)}" if anchor in found else anchor)
    return set(found)


def checklist(items):
    """The table of the notebook, from other items."""
    cells = ("setup", "prisma-checklist")
    with mock.patch.object(Notebook, "read_raw", lambda *_: items):
        return run_cells("08_background", only=cells).tables["tbl-prisma-checklist"]


def test_all_items_of_the_statement_are_there_in_order():
    expected = [
        f"{number}{letter}" for number in range(1, 28) for letter in SUBITEMS.get(number, [""])
    ]
    assert len(expected) == 42
    assert ITEMS["item"].tolist() == expected


def test_every_link_leads_to_a_section_of_the_manuscript():
    links = [reporting_checklist.where_reported(item) for item in ITEMS.itertuples()]
    found = set(re.findall(r"\]\(#([a-z0-9-]+)\)", " ".join(links)))
    assert len(found) > 10
    assert found <= set(headings())


def test_links_are_markdown_and_notes_follow_them():
    table = checklist(ITEMS)
    text = table.markdown()
    assert "[Statistical analysis](#statistical-analysis)" in text
    eight = next(row for row in table.rows if row.cells[0] == "8")
    assert eight.cells[2].endswith("). Automation tools are not mentioned")
    assert table.data["reported"].value_counts().to_dict() == {"yes": 29, "no": 13}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"where": "Methods"}, "item 4, where: found 'Methods'"),
        ({"where": "", "note": ""}, "item 4: it has neither a place nor a note"),
        ({"item": "3"}, "item 3: it stands twice"),
    ],
)
def test_an_unusable_row_is_refused(change, message):
    items = ITEMS.copy()
    items.loc[items["item"] == "4", list(change)] = list(change.values())
    with pytest.raises(ReviewError, match=message):
        checklist(items)


def test_a_note_cannot_smuggle_in_a_link():
    items = ITEMS.copy()
    items.loc[0, "note"] = "see [here](javascript:alert)"
    assert "[here]" not in checklist(items).markdown()
