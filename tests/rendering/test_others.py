"""Exhibits that are one of many: the page has the others, every other form the report's own."""

import hashlib
import json
import re

import pytest
from bs4 import BeautifulSoup
from building import waiting
from docx import Document
from others_project import SETS, make
from pypdf import PdfReader

from case_review.errors import ReviewError
from case_review.exhibits.drawn import read_others, write_others
from case_review.rendering import render
from case_review.rendering.cells import Notebooks


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = make(tmp_path_factory.mktemp("others"))
    render(made, "embedded", made.site)
    return made


@pytest.fixture(scope="module")
def page(project):
    return BeautifulSoup((project.site / "index.html").read_text(encoding="utf-8"), "html.parser")


def test_others_are_read_in_the_order_in_which_they_were_written(tmp_path):
    write_others(tmp_path, "fig-a", [f"{number}" for number in range(1, 12)], "svg")
    (tmp_path / "fig-a.others" / ".hidden.svg").write_text("no")
    assert read_others(tmp_path, "fig-a") == [f"{number}" for number in range(1, 12)]
    assert read_others(tmp_path, "fig-b") == []


def test_the_others_wait_beside_the_page(project, page):
    path = project.site / "index.html"
    assert page.select("template") == [] and "number 3 of" not in path.read_text(encoding="utf-8")
    for label in ("fig-one", "tbl-one", "tbl-sorted"):
        assert page.select_one(f"#{label}")["data-others"] == str(SETS)
        assert len(waiting(path, f"{label}-others")) == SETS
    drawn = [BeautifulSoup(one, "html.parser") for one in waiting(path, "fig-one-others")]
    assert [one.svg["aria-label"].split(",")[1] for one in drawn] == [
        f" number {number} of {SETS}" for number in range(1, SETS + 1)
    ]
    ids = [node["id"] for one in [page, *drawn] for node in one.select("[id]")]
    assert len(ids) == len(set(ids))
    third = BeautifulSoup(waiting(path, "tbl-one-others")[2], "html.parser")
    assert [cell.string for cell in third.find_all("td")] == ["3", "97"]
    assert third.find(class_="exhibit-notes").find("p").string == "Of level 3."
    assert not third.find_all(["caption", "a"])


def test_files_beside_the_page_are_named_by_what_they_hold(project, page):
    addresses = json.loads(page.select_one("#beside").string)
    assert sorted(addresses.values()) == sorted(
        f"scripts/{path.name}" for path in (project.site / "scripts").iterdir()
    )
    for address in addresses.values():
        digest = hashlib.sha256((project.site / address).read_bytes()).hexdigest()
        assert re.fullmatch(rf"scripts/[\w-]+-{digest[:10]}\.js", address)


def test_no_two_elements_share_an_id(page):
    ids = [node["id"] for node in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_numbers_of_exhibits_do_not_count_the_others(page):
    captions = [node.get_text(" ", strip=True) for node in page.select("caption, figcaption")]
    assert captions == ["Figure 1: A line.", "Table 1: Rows.", "Table 2: Sorted."]


def test_only_a_page_with_others_has_their_script(project, page):
    def has(html):
        return "One of many data sets" in html

    assert has("".join(script.string or "" for script in page.select("script")))
    assert not has((project.site / "notebooks/01_small.html").read_text(encoding="utf-8"))


def test_print_and_word_show_the_report_s_own(project):
    pdf = "".join(each.extract_text() for each in PdfReader(project.site / "index.pdf").pages)
    assert "Of level 0." in pdf and not re.search(r"Of level [1-9]", pdf)
    document = Document(project.site / "index.docx")
    assert len(document.inline_shapes) == 1 and len(document.tables) == 3
    assert "Of level 3." not in [paragraph.text for paragraph in document.paragraphs]


def test_the_others_are_published_beside_their_exhibit(project):
    assert (project.site / "exhibits/fig-one.others/10.svg").is_file()


def test_active_content_of_another_is_refused(tmp_path):
    project = make(tmp_path / "p")
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    write_others(project.exhibits, "fig-one", [svg], "svg")
    with pytest.raises(ReviewError, match="fig-one-other-1 holds active content"):
        render(project, "embedded", project.site)


def test_a_figure_that_is_drawn_by_a_script_has_no_others(tmp_path):
    project = make(tmp_path / "p")
    path = project.executed / "01_small.ipynb"
    text = path.read_text(encoding="utf-8")
    line = '\\n#| interactive: survival"'
    path.write_text(text.replace('#| fig-alt: \\"A level line.\\""', f"#| fig-alt: x{line}"))
    assert "survival" in path.read_text(encoding="utf-8")
    with pytest.raises(ReviewError, match="cell fig-one of notebook 01_small has `others`"):
        Notebooks(project).exhibit("01_small", "fig-one")
