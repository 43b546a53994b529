"""What a manuscript cannot hold is refused with its line before a form is written."""

import re
import shutil

import pytest
from constructs_project import make

from case_review.errors import ReviewError
from case_review.rendering import ast, columns, manuscript, shortcodes

HEAD = "---\ntitle: T\nbibliography: references.bib\n---\n\nText.\n\n"
EMBED = "{{< embed _executed/01_own.ipynb#fig-line >}}"
TABLE = "| a |\n|---|\n| b |\n\n"
#: The manuscript, the words of its refusal, and the line counted from the first of it.
REFUSED = [
    ("![](dir/b.jpg)", "dir/b.jpg has no alternative text", 1),
    ("![Cap](no.png){fig-alt=x}", "no.png does not exist", 1),
    ("![Cap](t.gif){fig-alt=x}", "neither PNG nor JPEG", 1),
    ("![Cap](broken.png){fig-alt=x}", "cannot be read", 1),
    ("![Cap](wrong.png){fig-alt=x}", "is in truth JPEG", 1),
    ("![Cap](https://a.b/c.png){fig-alt=x}", "lies elsewhere", 1),
    ("![Cap](../x.png){fig-alt=x}", "must lie in report/", 1),
    ("![Cap](exhibits/x.png){fig-alt=x}", "must lie in report/", 1),
    ("![Cap](dir/b.jpg){fig-alt=x fig-align=left}", "has fig-align", 1),
    ("![Cap](dir/b.jpg){fig-alt=x width=wide}", "has the width wide", 1),
    ("![Cap](dir/b.jpg 'T'){fig-alt=x}", "has a title", 1),
    ("![Cap](dir/b.jpg){#photo fig-alt=x}", "should begin with fig-", 1),
    ("![Cap^[n]](dir/b.jpg){fig-alt=x}", "caption cannot hold a footnote", 1),
    ("![A](dir/b.jpg){#fig-a fig-alt=x}\n\n![B](dir/b.jpg){#fig-a fig-alt=x}", "twice", 3),
    ("A.\n\n::: {.note}\nText.", "never closed", 3),
    ("A.\n\n:::\n\nB.", "has no beginning", 3),
    ("A.\n\n```\ncode", "code block is never closed", 3),
    ("A.\n\n```{python}\n1\n```", "runs no code", 3),
    ("```{#lst-a}\na\n```", "a code block has #lst-a", 1),
    ("A[^x].", "[^x] is a footnote that nothing defines", 1),
    ("A.\n\n[^x]: Unused.", "not used", 3),
    ("A {{< result a.p\n\nB", "has no end", 1),
    ("A.\n\n{{< pagebreak >}}", "is not supported", 3),
    ("A {{< result\nnone.such >}}.", "no notebook recorded a result none.such", 1),
    (f"- a\n\n  {EMBED}", "from its first column", 3),
    (f"A {EMBED}", "alone on a line", 1),
    ("[x](http://{{< result a.count >}}/)", "in the address", 1),
    (f"::: {{#fig-x layout-ncol=2}}\n\n{EMBED}\n\nCap.\n:::", "may hold pictures", 1),
    ("::: {#fig-x}\n![A](dir/b.jpg){fig-alt=x}\n:::", "should end with a paragraph", 1),
    ("- a\n\n    ![Cap](dir/b.jpg){fig-alt=x}", "a figure cannot stand in a list", 3),
    ("> # Head", "a heading cannot stand in a quotation", 1),
    ("::: {.note}\n# Head\n:::", "a heading cannot stand in .note", 2),
    ("# Head {.appendix}", "a heading has .appendix", 1),
    ("# Head^[x]", "a heading cannot hold a footnote", 1),
    (TABLE + ": Cap {#t-x}", "should begin with tbl-", 5),
    (TABLE + ": Cap {#tbl-x .striped}", "a table has .striped", 5),
    ("|" + "word|" * 40 + "\n|" + "---|" * 40 + "\n|" + "long words|" * 40, "too wide", 1),
    ("::: {.callout-other}\nx\n:::", ".callout-other is not known", 1),
    ("A.\n\nB $\\foo{x}$.", "the formula \\foo{x} is not understood", 3),
    ("A.\n\nB $\\text{x {{< result a.p >}}}$.", "outside of \\text{}", 3),
    ("See @eq-x.", "@eq-x: no equation", 1),
    ("See @lst-x.", "cross-references @lst- are not supported", 1),
    (f"{EMBED}\n\nSee [@fig-line; @smith].", "in separate brackets", 3),
    ("[see @smith](https://x.y)", "the words of a link", 1),
    ("[x]{.mark}", ".mark is not known", 1),
    ("`x`{a=b}", "code has a", 1),
    ("`<b>`{=html}", "raw html", 1),
    ("A {#fig-x}", "belongs to nothing", 1),
    ("# A {#sec-a}\n\n# B {#sec-a}", "Duplicate identifier 'sec-a'", 3),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = make(tmp_path_factory.mktemp("refusals") / "p")
    (project.report / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    (project.report / "t.gif").write_bytes(b"GIF89a")
    shutil.copy(project.report / "dir/b.jpg", project.report / "wrong.png")
    return project


def read(project, text):
    (project.report / "index.qmd").write_text(text, encoding="utf-8")
    return manuscript.read(project)


@pytest.mark.parametrize(("text", "message", "line"), REFUSED)
def test_it_is_refused_with_its_line(project, text, message, line):
    with pytest.raises(ReviewError) as caught:
        read(project, HEAD + text + "\n")
    place = f"report/index.qmd, line {line + HEAD.count(chr(10))}: "
    assert any(x.startswith(place) and message in x for x in str(caught.value).split("\n"))


def test_all_that_is_wrong_is_said_at_once_and_each_place_once(project):
    text = """{{< result none.such >}} and {{< result none.other >}} [@fig-none].

{{< embed _executed/01_own.ipynb#fig-none >}}

See @fig-none, @fig-away, {{< var x >}}.

[x](#nowhere)

### Three

Two<br/>lines.
"""
    with pytest.raises(ReviewError) as caught:
        read(project, HEAD + text)
    said = str(caught.value).split("\n")
    head = HEAD.count("\n")
    lines = [int(re.search(r"line (\d+): ", line)[1]) - head for line in said]
    # In the order of lines; @fig-none of line 5 is told where it is embedded.
    assert lines == [1, 1, 3, 5, 7, 9, 11]
    for line, words in zip(
        said,
        (
            "none.such",
            "none.other",
            "labelled fig-none",
            "{{< var x >}}",
            "#nowhere",
            "skips",
            "raw html",
        ),
        strict=True,
    ):
        assert words in line


def test_a_cell_that_was_refused_is_not_kept_as_checked(project):
    for _ in range(2):
        with pytest.raises(ReviewError, match="a caption cannot hold"):
            captioned(project, "A![x](dir/b.jpg)^[n]")


@pytest.mark.parametrize(
    ("caption", "message"),
    [
        (
            "Of {{< result none.such >}}.",
            "in cell tbl-own of notebook 02_own: no notebook recorded",
        ),
        ("See {{< var x >}}.", "in cell tbl-own of notebook 02_own: {{< var x >}}"),
        ("See @fig-none.", "in cell tbl-own of notebook 02_own: @fig-none: no embedded cell"),
        ("A $\\foo$.", "in cell tbl-own of notebook 02_own: the formula \\foo"),
        ("A![x](dir/b.jpg)^[n]", "in cell tbl-own of notebook 02_own: a caption"),
    ],
)
def test_captions_are_refused_with_cell_and_line(project, caption, message):
    with pytest.raises(ReviewError) as caught:
        captioned(project, caption)
    assert str(caught.value).startswith(f"report/index.qmd, line 8: {message}")


def captioned(project, caption):
    import nbformat

    shown = nbformat.v4.new_output("display_data", data={"text/markdown": TABLE})
    source = f"#| label: tbl-own\n#| tbl-cap: {caption}"
    cell = nbformat.v4.new_code_cell(source, outputs=[shown])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), project.executed / "02_own.ipynb")
    read(project, HEAD + "{{< embed _executed/02_own.ipynb#tbl-own >}}\n")


def test_the_example_of_the_list_is_read(project):
    from conftest import ROOT

    text = (ROOT / "docs/manuscript.md").read_text(encoding="utf-8")
    example = text.split("```markdown\n")[1].split("```\n")[0].replace("patients.all", "a.count")
    for name in ("before", "after"):
        shutil.copy(project.report / "a photo.png", project.report / f"{name}.png")
    found = read(project, HEAD + example)
    assert {label: str(name) for label, name in found.names.items()} == {
        "fig-both": "Figure 1", "fig-before": "Figure 1 (a)", "fig-after": "Figure 1 (b)",
        "tbl-own": "Table 1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\"a *b* 'c'\" [@d] $x^2$ `e`", "“a b ‘c’” [@d] x^2 e"),
        ("a\\\nb [c](d) ![e](f) g^h^[^i]\n\n[^i]: No.", "a b c e gh"),
        ("- a\n- b\n\n1. c\n2. d", "a b c d"),
        ("A\n:   b\n\n| c\n| d\n\n> e", "A b c d e"),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
    ],
)
def test_text_knows_every_element(text, said):
    assert " ".join(ast.text(ast.parse(text)["blocks"]).split()) == said


def test_a_caption_describes_a_picture_that_has_no_other_words(project):
    found = read(project, HEAD + "![Of *all*.](dir/b.jpg)\n")
    (image,) = [ast.first(found.tree["blocks"], ("Image",))]
    assert ast.text(image["c"][1]) == "Of all."


@pytest.mark.parametrize("mark", ["#", "-", "1.", ">", "|", ":", "(@)", "+", "    ", "***"])
def test_a_caption_is_no_block_whatever_it_begins_with(mark):
    assert ast.text(ast.inlines(f"{mark} word")).split() == f"{mark} word".split()


def test_shortcodes_keep_their_lines():
    text = "a\n<!-- {{< x >}}\n\n-->{{< y\nz >}} b\n`{{< c >}}` \\{{< d\n\n{{< e >}}\n"
    calls = []

    def replace(call):
        calls.append((call.name, call.arguments, call.line))
        return "\n\nNEW\n\n"

    found = shortcodes.replaced(text, replace, lambda line, message: ReviewError(message))
    assert calls == [("y", ["z"], 4), ("e", [], 8)]
    lines = found.text.splitlines()
    assert [found.lines[n] for n, line in enumerate(lines) if line == "NEW"] == [5, 8]
    assert found.lines[lines.index("`{{< c >}}` \\{{< d")] == 6
    assert found.prose[1] == "" and "x" not in "".join(found.prose)


def test_columns_of_a_table_with_spans():
    grid = "+---+---+---+\n| long  | c |\n+===+===+===+\n| a | b | c |\n+---+---+---+\n"
    table = ast.parse(grid)["blocks"][0]
    assert len(columns.specs(table)) == 3 and columns.excess(table) == 0
