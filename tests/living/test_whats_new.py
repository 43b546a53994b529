"""What readers are told of a previous version: just what differs, and never of other results."""

import csv
import json
import re

import pytest
from bs4 import BeautifulSoup
from building import make, note_made, parsed, site
from test_comparing import edit, exhibit_cells, git, plant, recorded, review  # noqa: F401

from case_review import registry
from case_review.errors import ReviewError
from case_review.living.comparing import differences, previous
from case_review.living.comparing.report import Compared
from case_review.living.comparing.states import State
from case_review.project import PARAMS_VARIABLE, Project
from case_review.registry import Result
from case_review.rendering import ast, whats_new
from case_review.rendering.manuscript import Manuscript

LINK = whats_new.PAGE


def rows(page, id):
    table = page.select_one(f"#{id}").find_next("table")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
            for row in table.select("tbody tr")]  # fmt: skip


@pytest.mark.pipeline
def test_the_page_lists_exactly_what_a_planted_change_has_changed(review):  # noqa: F811
    git(review, "tag", "v1.0")
    make(review, "report", "FORMATS=html")
    assert not any("new/" in name for name in site(review))
    assert whats_new.PAGE.encode() not in b"".join(site(review).values())
    before, cells = recorded(review), exhibit_cells(review)
    plant(review)
    make(review, "notebooks")
    said = make(review, "previous", "BASE=v1.0")
    assert "report/previous.json tells readers what is new since v1.0" in said
    file = review / "report/previous.json"
    first = file.read_bytes()
    make(review, "previous", "BASE=v1.0")
    assert file.read_bytes() == first and str(review).encode() not in first
    make(review, "report", "FORMATS=html")
    after, now = recorded(review), exhibit_cells(review)
    differ = [
        id for id in after
        if any(before[id].get(k) != after[id].get(k) for k in (*differences.NUMBERS, "text"))
    ]  # fmt: skip
    page = parsed(review / "report/_site/new/index.html")
    told = rows(page, "numbers")
    assert 0 < len(told) == len(differ) < len(after)
    for id in differ:
        old, new = before[id]["text"], after[id]["text"]
        assert any(row[1:3] == [old, new] for row in told), id
    low = next(row for row in told if row[1] == before["doses.low"]["text"])
    assert low[3].startswith("−1 (−") and low[4] == "data (data/raw/patients.csv)"
    for link in page.select("main table a"):
        path, _, anchor = link["href"].partition("#")
        assert parsed(review / "report/_site/new" / path).find(id=anchor)
    # The cells of tables, and of figures their number.
    changed = [place for place in cells if cells[place] != now[place]]
    heads = next(csv.reader((review / "report/exhibits/tbl-doses.csv").open(encoding="utf-8")))
    texts = [cells[place] for place in changed if place[0] == "tbl-doses"
             and heads[place[2]] == "shown"]  # fmt: skip
    shown = page.select_one("#tbl-doses").find_next("table").select("tbody tr")
    assert [row.find_all("td")[1].get_text() for row in shown] == texts and len(texts) == 1
    assert sum(place[0] == "fig-doses" for place in changed) == 1
    assert "Figure 1: 1 cell of its data." in page.main.get_text()
    # The report leads there, and releases of it need nothing more.
    report = parsed(review / "report/_site/index.html")
    assert [a["href"] for a in report.select("header a") if "What is new" in a.get_text()] == [
        LINK, LINK]  # fmt: skip
    assert "What is new since v1.0" in report.header.get_text()


@pytest.mark.pipeline
def test_what_was_noted_of_other_results_stops_the_build(review):  # noqa: F811
    plant(review)
    make(review, "notebooks")
    make(review, "previous", "BASE=HEAD")
    commit = git(review, "rev-parse", "HEAD")[:10]
    make(review, "report", "FORMATS=html")
    published = site(review)
    # Other words are no other results.
    edit(review / "report/index.qmd", "A dose was reported of", "We know a dose of")
    make(review, "report", "FORMATS=html")
    assert site(review)["report/_site/new/index.html"] == (
        published["report/_site/new/index.html"])  # fmt: skip
    published = site(review)
    edit(review / "params.yml", "low: 0.1 ", "low: 0.4 ")
    said = make(review, "report", "FORMATS=html", expect=2)
    assert f"what is new since commit {commit}, but was made from other results" in said
    assert f"Type `make previous BASE={commit}`, or remove the file" in said
    assert site(review) == published
    make(review, "previous", f"BASE={commit}")
    make(review, "report", "FORMATS=html")
    (review / "report/previous.json").unlink()
    assert "report/previous.json is gone" in make(review, "status")
    make(review, "report", "FORMATS=html")
    assert not any("new/" in name for name in site(review))
    other = make(review, "previous", f"BASE={commit}", "PARAMS=mine.yml", expect=2)
    assert "make previous is for params.yml" in other


# -- by hand ---------------------------------------------------------------------------------------


@pytest.fixture
def noted(small_report, tmp_path):
    """A project that has the small review's results, and what could be noted of a version."""
    project = Project(tmp_path)
    for name in ("results", "exhibits"):
        (tmp_path / "report").mkdir(exist_ok=True)
        (tmp_path / "report" / name).symlink_to(small_report.root / "report" / name)
    change = {"id": "doses.low", "label": "", "cause": "data (a_b.csv)"}
    told = {"before": "<b>1</b> | *x*", "after": "2"}
    value = {"name": "value", "before": "1", "after": "2", "difference": "+1", "relative": "+100%"}
    content = {
        "name": "v1.0_<i>", "base": "v1.0_<i>", "commit": "", "day": "2026-01-31",
        "results": whats_new.digest(project), "conclusions": [change | told],
        "numbers": [change | told | {"values": [value, value | {"name": "n"}]}],
        "curves": [], "new": [], "gone": [change | {"id": "a.gone", "says": "_7_"}],
        "exhibits": [{"label": "tbl-x", "count": 3, "cells": [
            {"row": "<i>r", "column": "c", "before": "</details>", "after": "$x$"}]}],
    }  # fmt: skip

    def write(**others):
        text = json.dumps(content | others)
        (project.report / whats_new.FILE).write_text(text, encoding="utf-8")
        return project

    return write


def shown(project):
    name, text, title, _ = whats_new.page(project, Manuscript({}, []))
    assert (name, title) == (whats_new.PAGE, "What is new since v1.0_<i>")
    made, _ = ast.pandoc(["-f", "markdown", "-t", "html5"], text)
    return BeautifulSoup(made, "html.parser")


def test_names_and_values_are_shown_as_they_are(noted):
    page = shown(noted())
    text = re.sub(r"\s+", " ", page.get_text(" "))
    assert not page.select("b, i, em, .math")
    for said in ("v1.0_<i> (31 January 2026)", "<b>1</b> | *x*", "a_b.csv", "_7_", "</details>"):
        assert said in text
    assert "$x$" in text and "2 more cells differ" in text
    assert text.count("+1 (+100%)") == 1  # once, though it is value and count
    assert page.select_one("td a")["href"].startswith("../notebooks/02_doses.html#")


def test_what_is_compared_and_shown_is_in_the_digest_and_wording_is_not(tmp_path):
    project, sums = Project(tmp_path), []
    numbers = {"value": 1, "low": 2, "high": 3, "least": 4, "most": 5, "n": 6, "of": 7}
    assert numbers.keys() == whats_new.NUMBERS.keys()
    first = numbers | {"text": "1"}
    others = [first | {name: first[name] + 1} for name in numbers] + [first | {"text": "one"}]
    for fields in (first, *others, first | {"label": "A word", "cell": "elsewhere"}):
        registry.write(project.results / "05_x.json", "05_x", {}, [Result("a.x", **fields)])
        sums.append(whats_new.digest(project))
    assert len(set(sums)) == len(others) + 1 and sums[0] == sums[-1]
    project.notebooks.mkdir()
    (project.notebooks / "05_x.ipynb").write_text("{}", encoding="utf-8")
    project.exhibits.mkdir()
    (project.exhibits / "tbl-x.csv").write_text("a,b\n", encoding="utf-8")
    note_made(project, "05_x")
    assert whats_new.digest(project) not in sums


def test_curves_are_noted_where_they_differ_and_drawn_over_one_another(noted, tmp_path):
    states = []
    for name, share in (("before", "0.5"), ("after", "0.75")):
        project = Project(tmp_path / name)
        project.exhibits.mkdir(parents=True)
        text = f"group,label,time_weeks,proportion\na,A <b>,0,0\na,A <b>,2,{share}\n"
        (project.exhibits / "fig-km.csv").write_text(text, encoding="utf-8")
        states.append(State(name, project, "v1.0"))
    found = previous.noted(Compared(*states, [], differences.cells(*_projects(states)), {}))
    same = previous.noted(Compared(states[0], states[0], [], [], {}))
    assert same["curves"] == [] and found["exhibits"] == [
        {"label": "fig-km", "count": 1, "cells": []}]  # fmt: skip
    page = shown(noted(curves=found["curves"]))
    drawn = page.select(".drawing > svg")
    assert [svg["class"] for svg in drawn] == [["wide"], ["narrow"]]
    assert "A <b>" in drawn[0].get_text() and not page.select("b")
    with pytest.raises(ReviewError, match="active content"):
        shown(noted(curves=[found["curves"][0].replace("</svg>", "<script>1</script></svg>")]))


def _projects(states):
    return [state.project for state in states]


def test_a_report_with_other_parameters_has_no_such_page(noted, monkeypatch):
    assert whats_new.is_there(noted())
    monkeypatch.setenv(PARAMS_VARIABLE, "mine.yml")
    assert not whats_new.is_there(noted())


def test_without_differences_that_is_said(noted):
    none = {part: [] for part in ("conclusions", "numbers", "gone", "exhibits")}
    page = shown(noted(**none))
    assert page.get_text(" ", strip=True).startswith("No number and no table differs from v1.0_<i>")
    assert not page.find_all(["h1", "table"])


def test_a_broken_file_is_named_with_what_to_do(noted):
    project = noted(results="0" * 64)
    with pytest.raises(ReviewError, match="was made from other results"):
        whats_new.read(project)
    for others, place in (
        ({"numbers": [{"id": "a.b"}]}, "numbers, entry 1"),
        ({"gone": "none"}, "gone"),
        ({"more": 1}, "the whole"),
    ):
        with pytest.raises(ReviewError, match=f"report/previous.json: {place} is not as `make pre"):
            whats_new.read(noted(**others))
    (project.report / whats_new.FILE).write_text('{"name": "v1",\n}', encoding="utf-8")
    with pytest.raises(ReviewError, match=r"report/previous\.json, line 2, column 1: this is no"):
        whats_new.read(project)
