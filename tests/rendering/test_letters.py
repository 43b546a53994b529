"""Characters that nobody sees are refused; those that no font can show are named."""

import re
from types import SimpleNamespace

import pytest

from case_review.errors import ReviewError
from case_review.rendering import ast, letters, scripts
from case_review.rendering.manuscript import Manuscript

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>{}</text></svg>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\n\nb\x06c\n", r"line 3, column 2: U\+0006 \(a control character\) is not seen"),
        (b"a\n\xff\n", "line 2: is no UTF-8 text"),
        (b"a\rb\n", r"line 1, column 2: U\+000D"),
        (b"a\x0cb\n", r"line 1, column 2: U\+000C"),
        ("a\n1\u202e2\n".encode(), r"line 2, column 2: U\+202E \(right-to-left override\)"),
        ("a\n\u2028b\n".encode(), r"line 2, column 1: U\+2028 \(line separator\)"),
        ("a \ue000\n".encode(), r"line 1, column 3: U\+E000"),
        ("a \ufeffb\n".encode(), r"line 1, column 3: U\+FEFF"),
        ("a \u0085b\n".encode(), r"line 1, column 3: U\+0085"),
    ],
)
def test_hidden_characters_of_a_manuscript_are_refused_with_their_place(tmp_path, content, message):
    path = tmp_path / "index.qmd"
    path.write_bytes(content)
    with pytest.raises(ReviewError, match=f"^report/index.qmd, {message}"):
        letters.text_of(path, "report/index.qmd")


def test_a_mark_at_the_start_and_line_ends_of_other_systems_are_read(tmp_path):
    path = tmp_path / "index.qmd"
    path.write_bytes("\ufeff---\r\ntitle: שלום \u200f x\u0301 日\tn\r\n".encode())
    assert letters.text_of(path, "x") == "---\ntitle: שלום \u200f x\u0301 日\tn\n"


def test_what_fonts_of_the_pdf_lack_is_found_and_nothing_else():
    assert letters.missing(frozenset("日本👍éΩ≥→①नبש𝑥\u200f\u0301\u00a0")) == set("日本👍")


def manuscript(**texts):
    found = Manuscript(ast.parse(""), texts.get("source", "").split("\n"))
    shown = SimpleNamespace(
        label="fig-a", notebook="01_a", caption=texts.get("caption", ""), markdown="",
        svg=SVG.format(texts.get("svg", "")),
    )  # fmt: skip
    found.exhibits["fig-a"] = shown
    result = SimpleNamespace(id="a.b", notebook="01_a", text=texts.get("result", ""))
    found.used["a.b"] = result
    return found


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("source", "report/index.qmd, line 2"),
        ("caption", "cell fig-a of notebook 01_a"),
        ("svg", "cell fig-a of notebook 01_a"),
        ("result", "result a.b of notebook 01_a"),
    ],
)
def test_a_character_without_a_glyph_is_named_with_its_place(capsys, part, place):
    letters.warn(manuscript(**{part: "é\nx 日"}))
    said = capsys.readouterr().err
    code = "日 U+65E5 (cjk unified ideograph-65e5)"
    assert f"warning: {place}: no font of the PDF has {code}; it prints ‹U+65E5›" in said
    assert ("figure fig-a of notebook 01_a: its font lacks 日 U+65E5" in said) == (part == "svg")


def test_nothing_is_said_of_what_can_be_shown(capsys):
    letters.warn(manuscript(source="naïve ≤ µg", caption="β", svg="ά", result="½"))
    assert capsys.readouterr().err == ""


def test_a_page_holds_no_forbidden_character_and_closes_no_void_element():
    with pytest.raises(ReviewError, match=r"page data/x.html would hold U\+0006 .* behind 'a b'"):
        letters.page("data/x.html", "a b\x06")
    text = (
        '<br /><col style="width: 5%" /><img src="a" /><path d="M0" /><p>a / b</p><meta name="x">'
    )
    assert letters.page("x", text) == (
        '<br><col style="width: 5%"><img src="a"><path d="M0" /><p>a / b</p><meta name="x">'
    )


def test_scripts_and_data_of_pages_hold_no_control_characters(tmp_path):
    (tmp_path / "report/styles").mkdir(parents=True)
    (tmp_path / "report/styles/a.js").write_text('x = "PK\x06\x07\x85";\n')
    project = SimpleNamespace(report=tmp_path / "report")
    assert scripts.own(project, "a.js") == 'x = "PK\\x06\\x07\\x85";\n'
    assert not re.search("[\x00-\x08\x7f-\x9f]", scripts.data("a", {"b": "c\x06\x7f\x85"}))
