"""Exhibits that are one of many: the page has the others, every other form the report's own."""

import re

import pytest
from bs4 import BeautifulSoup
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


def test_the_page_keeps_the_others_where_no_browser_draws_them(page):
    for label in ("fig-one", "tbl-one", "tbl-sorted"):
        exhibit = page.select_one(f"#{label}")
        templates = exhibit.find_all("template", recursive=False)
        assert len(templates) == SETS
        assert exhibit.select_one(".exhibit-sources").find_previous_sibling().name == "template"
    # Selectors of some versions do not look into templates.
    kept = page.select_one("#fig-one").find_all("template", recursive=False)
    drawn = [svg for one in kept for svg in one.find_all("svg", recursive=False)]
    assert [svg["aria-label"].split(",")[1] for svg in drawn] == [
        f" number {number} of {SETS}" for number in range(1, SETS + 1)
    ]
    third = page.select_one("#tbl-one").find_all("template", recursive=False)[2]
    assert [cell.string for cell in third.find_all("td")] == ["3", "97"]
    assert third.find(class_="exhibit-notes").find("p").string == "Of level 3."
    assert not third.find_all(["caption", "a"])


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
