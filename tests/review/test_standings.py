"""Over the finished report: what a number rests on is told truly, and alike wherever it stands."""

import json

import pandas as pd
import pytest
from building import parsed, report_pages

from case_review import registry
from case_review.exhibits.tables import RECONSTRUCTED_NOTE, RECONSTRUCTED_SHORT
from case_review.rendering import labels
from case_review.values import DETERMINED, METHOD, PRINTED, VARIES

pytestmark = pytest.mark.pipeline

#: Figures that draw rows, or numbers that vary between data sets; the others need none.
OF_ROWS = {
    "fig-km", "fig-dose-level", "fig-swimmer", "fig-ensemble", "fig-sens-interval-censored",
    "fig-sens-leave-one-out",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(built_report):
    return registry.load(built_report.results)


@pytest.fixture(scope="module")
def tables(built_report):
    """The numbers of each table that the registry holds, by the label of its cell."""
    found = {}
    for path in sorted(built_report.results.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        found |= {label: one["cells"] for label, one in document.get("tables", {}).items()}
    return found


def test_one_quantity_has_one_standing_wherever_it_stands(results, tables, built_report):
    by_name = {}
    known = labels.read(built_report)
    numbers = [
        (id, vars(result) | {"label": labels.of(known, id, result.label)})
        for id, result in results.items()
    ]
    numbers += [(cell["result"], cell) for cells in tables.values() for cell in cells]
    for id, number in numbers:
        fields = [number[name] for name in ("value", "low", "high", "unit", "n", "of")]
        # Limits of a count, where they stand alone, are computed from it.
        fields = (*fields, number["of"] and number.get("part") == "limits")
        for name in filter(None, (id, number["label"])):
            by_name.setdefault((name, *fields), set()).add(number["standing"])
    assert {name: found for name, found in by_name.items() if len(found) > 1} == {}
    assert len(by_name) > 700


def test_the_median_of_all_patients_is_printed_in_every_table(results, built_report):
    main = ("response.median_weeks", "sensitivity.intervals.log.overall",
            "sensitivity.months.median_30_4375")  # fmt: skip
    assert {results[id].standing for id in main} == {PRINTED}
    shown = {}
    for label in ("response", "sensitivity", "sens-intervals", "sens-bootstrap"):
        table = pd.read_csv(built_report.exhibits / f"tbl-{label}.csv")
        is_median = table["shown"].isin(["2", "2 (1–10)", "2 weeks"])
        of_all = ~table["column"].str.contains("Vascular")
        is_main = ~table["row"].str.contains("month|Turnbull")
        shown[label] = table[is_median & of_all & is_main]["standing"].tolist()
    assert {label: set(found) for label, found in shown.items()} == {
        label: {PRINTED} for label in shown
    }
    assert [len(found) for found in shown.values()] == [1, 6, 4, 1]


def test_what_is_said_to_vary_varies(results, tables):
    """In its ends, or at least in its limits, which its words then tell."""
    for id, one in results.items():
        if one.standing == VARIES and one.least is not None and one.least == one.most:
            assert "limits within" in one.text, id
    alike = [
        cell["label"] for cells in tables.values() for cell in cells
        if cell["standing"] == VARIES and cell["least"] is not None
        and cell["least"] == cell["most"] and (cell["low"], cell["high"]) == (None, None)
    ]  # fmt: skip
    assert alike == []


def test_ends_are_called_proved_alike_in_words_and_in_files(results, built_report):
    table = pd.read_csv(built_report.exhibits / "tbl-ensemble.csv")
    proved = table[table["column"] == "Middle and ends"].set_index("row")["proved"]
    page = parsed(built_report.site / "supplement.html")
    rows = [row.select("th, td") for row in page.select("#tbl-ensemble tbody tr")]
    said = {row[0].get_text(" ", strip=True): row[-1].get_text(strip=True) for row in rows}
    words = proved.map({True: "proved", False: "found"})
    assert list(words) == list(said.values()) and set(words) == {"proved", "found"}
    assert proved.iloc[0] == results["response.hazard_ratio.tumour"].proved


def test_counts_over_the_sets_and_choices_claim_to_follow_from_nothing(results, built_report):
    chosen = [
        "sensitivity.rmst.horizon",
        "sensitivity.bootstrap.resamples",
        "cleaning.expectations",
    ]
    chosen += [f"sensitivity.publication.{name}" for name in ("odds", "mark_high", "mark_low")]
    chosen += [id for id in results if id.startswith(("ensemble.", "certainty.", "reporting."))]
    assert {id: results[id].standing for id in chosen} == dict.fromkeys(chosen, METHOD)
    counted = [id for id, one in results.items() if "sets drawn" in one.text]
    assert {results[id].standing for id in counted} == {METHOD} and len(counted) > 9
    pages = [parsed(path) for path in report_pages(built_report.site)]
    numbers = [link for page in pages for link in page.select("a.result")]
    links = [link for link in numbers if link.get("data-result") in chosen]
    assert len(links) > 20 and not any(link.select("sup.standing") for link in links)
    assert results["sensitivity.permutation.splits"].standing == DETERMINED
    for page in pages:
        assert "without a mark" in " ".join(page.select_one(".standing-key").get_text().split())


def test_exhibits_say_that_rows_are_reconstructed_where_they_rest_on_them(built_report, tables):
    pages = [parsed(path) for path in report_pages(built_report.site)]
    said, expected = {}, {}
    for figure in (each for page in pages for each in page.select("[id^=tbl-]")):
        if figure["id"] in tables:
            said[figure["id"]] = RECONSTRUCTED_NOTE[:40] in " ".join(figure.get_text().split())
            standings = {cell["standing"] for cell in tables[figure["id"]]}
            expected[figure["id"]] = VARIES in standings
    for path in sorted(built_report.exhibits.glob("fig-*.svg")):
        said[path.stem] = RECONSTRUCTED_SHORT in path.read_text(encoding="utf-8")
        expected[path.stem] = path.stem in OF_ROWS
    assert said == expected and set(said.values()) == {True, False}
    fixed = {"tbl-characteristics", "tbl-treatment", "fig-prisma", "fig-sens-later"}
    of_rows = {"tbl-patients", "tbl-ensemble", "tbl-response", "tbl-ledger"}
    assert not any(said[label] for label in fixed) and all(said[label] for label in of_rows)
