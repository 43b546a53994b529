"""The trees that Quarto gets: every construct, with nothing in it that Quarto reads otherwise."""

import json
import re

import constructs_project
import pytest

from case_review.rendering import ast, handed, manuscript


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("handed") / "report"


@pytest.fixture(scope="module")
def trees(folder, tmp_path_factory):
    project = constructs_project.make(tmp_path_factory.mktemp("constructs") / "project")
    found = manuscript.read(project)
    folder.mkdir()
    return handed.trees(project, found, ["Rendered by Quarto 1.2.3."], folder)


@pytest.fixture(scope="module")
def page(trees):
    return written(trees, "html")


def written(trees, form):
    return ast.pandoc(["-f", "json", "-t", form], json.dumps(trees[form]))[0]


def each(tree, kind):
    """All elements of a kind."""
    found = []
    ast.walk(tree, lambda node: found.append(node) if node["t"] == kind else None)
    return found


@pytest.mark.parametrize("form", ["html", "typst", "docx"])
def test_nothing_is_left_that_quarto_reads_otherwise(trees, form):
    tree = trees[form]
    assert not re.search(r"cr-(embed|result|panels|equation)", json.dumps(tree))
    classes = [name for div in each(tree, "Div") for name in div["c"][0][1]]
    assert not any(name.startswith("callout") for name in classes)
    cited = [one["citationId"] for cite in each(tree, "Cite") for one in cite["c"][0]]
    assert cited and not any(re.match(r"(fig|tbl|sec|eq)-", id) for id in cited)
    for code in (*each(tree, "Code"), *each(tree, "CodeBlock")):
        assert "{{<" not in code["c"][1] or "{{{<" in code["c"][1]


def test_exhibits_are_what_quarto_numbers(trees):
    for form in ("html", "typst"):
        labels = [div["c"][0][0] for div in each(trees[form], "Div")]
        assert {"tbl-own", "tbl-none", "tbl-div", "tbl-cells", "fig-panels"} <= set(labels)
        drawn = {figure["c"][0][0] for figure in each(trees[form], "Figure")}
        assert {"fig-photo", "fig-left", "fig-right", "fig-line"} <= drawn
        (panels,) = (d for d in each(trees[form], "Div") if d["c"][0][0] == "fig-panels")
        assert ["layout-ncol", "2"] in panels["c"][0][2]
        assert not any(table["c"][1][1] for table in each(trees[form], "Table"))


def test_word_has_no_label_that_quarto_would_number(trees):
    text = json.dumps(trees["docx"])
    assert not re.search(r'"#?(fig|tbl)-[\w-]+"', text) and '"#at-fig-left"' in text
    assert not each(trees["docx"], "Figure")
    assert not any(table["c"][1][1] for table in each(trees["docx"], "Table"))


def test_numbers_lead_where_the_embedded_renderer_leads(trees, page):
    assert 'href="notebooks/01_own.html#tbl-cells"' in page and 'data-result="a.count"' in page
    # Quarto would take the element for an embedded notebook.
    assert "data-notebook" not in page
    assert page.count('id="number-a-count"') == 1
    assert '#number("number-a-count"' in written(trees, "typst")


def test_references_are_links_with_their_words(page):
    assert re.search(r'see <a\s+href="#fig-line"[^>]*>Figure\s3</a>, panel B', page)
    assert re.search(r'href="#fig-left"[^>]*>Figure\s2 \(a\)</a>', page)
    assert re.search(r'href="#eq-one"[^>]*>Equation\s1</a>', page) and 'id="eq-one"' in page


def test_pictures_and_drawings_are_there_with_their_descriptions(trees, folder):
    for form in ("html", "typst"):
        for figure in each(trees[form], "Figure"):
            for image in each(figure["c"][2], "Image"):
                assert (folder / image["c"][2][0]).is_file()
                assert dict(image["c"][0][2])["fig-alt"].strip()
    assert "<style>@font-face" in (folder / handed.DRAWINGS / "fig-line.svg").read_text("utf-8")
    assert "width=8px" not in written(trees, "typst") and "6pt" in written(trees, "typst")


def test_print_has_frames_appendix_and_a_picture_without_a_number(trees, page):
    print = written(trees, "typst")
    assert "#framed[" in print and "#unnumbered[" in print
    assert print.index("Beware") < print.index("Where the numbers come from")
    assert "Where the numbers come from" not in page and "report-footer" in page
    assert page.index("exhibit-sources") < page.index("Rendered by Quarto 1.2.3.")


def test_the_title_and_the_abstract_are_handed_over(trees):
    for tree in trees.values():
        assert set(tree["meta"]) == {"title", "abstract"}
        assert "P" in ast.text(tree["meta"]["abstract"]["c"]) and each(tree["meta"], "Cite")
