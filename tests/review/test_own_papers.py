"""The report's own Tables 1 and 2, drafted from each of its forms as from any paper."""

import csv

import pytest

from case_review.audit import papers

pytestmark = pytest.mark.pipeline
#: What the notebooks showed in the two tables, by the place of each in ids.
SHOWN = {"table1": "tbl-characteristics", "table2": "tbl-treatment"}
FORMS = ("index.jats.xml", "index.html", "index.docx", "index.pdf")


@pytest.fixture(scope="module")
def cells(built_report):
    """Place, block, row, column, count and of how many, of each cell as it was recorded."""
    found = []
    for place, name in SHOWN.items():
        path = built_report.site / "exhibits" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            found += [{"place": place, **row} for row in csv.DictReader(stream)]
    return found


def drafted(built_report, form):
    """The rows of the two tables by place, label, column and measure."""
    draft = papers.draft(built_report.site / form)
    rows = [row for row in draft.rows if row["claim_id"].split(".")[0] in SHOWN]
    assert not [one for one in draft.unread if one.place.startswith(("Table 1,", "Table 2,"))]
    return [row for row in rows if row["claim_id"].split(".")[1] != "total"]


@pytest.mark.parametrize("form", FORMS)
def test_all_102_cells_are_drafted_as_the_notebooks_recorded_them(built_report, cells, form):
    rows = drafted(built_report, form)
    assert len(cells) == 102
    by_place = {}
    for row in rows:
        place, *_, measure = row["claim_id"].split(".")
        by_place.setdefault((place, row["statement"]), {})[measure] = row
    assert len(by_place) == 102
    for cell in cells:
        begins, ends = f"{cell['block']}, ", f", {cell['row'].strip()}: {cell['column']}"
        (found,) = (
            by_place[place, said]
            for place, said in by_place
            if place == cell["place"] and said.startswith(begins) and said.endswith(ends)
        )
        assert found["n"]["value"] == cell["n"]
        assert cell["shown"] in (
            found["n"]["as_printed"],
            f"{found['n']['as_printed']} ({found.get('pct', found['n'])['as_printed']})",
        )
        if "pct" in found:
            assert (found["pct"]["numerator"], found["pct"]["denominator"]) == (
                cell["n"], cell["of"],
            )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_all_blocks_of_both_tables_are_parts_of_their_columns(built_report, form):
    counts = [row for row in drafted(built_report, form) if row["claim_id"].endswith(".n")]
    assert {row["kind"] for row in counts} == {"count"}
    sums = {}
    for row in counts:
        place, block, *_, population, _ = row["claim_id"].split(".")
        if len(row["claim_id"].split(".")) == 5:
            sums[place, block, population] = sums.get((place, block, population), 0) + int(
                row["value"]
            )
    sizes = {"all": 84, "publications": 25, "posters": 59}
    assert {total == sizes[population] for (*_, population), total in sums.items()} == {True}
