"""Calls of pandoc: what they rest on, and what this process does meanwhile."""

import subprocess

import pytest

from case_review.errors import ReviewError
from case_review.rendering import ast, converter

SQUARE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~"
    b"\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
OPTIONS = ["-f", "markdown", "-t", "html"]


@pytest.mark.parametrize(
    "more",
    [
        ["--embed-resources"],
        ["--extract-media=."],
        ["-o", "page.html"],
        ["--lua-filter=reads.lua"],
        ["--template=parts.html"],
        ["-t", "docx", "-o", "-"],
        ["--citeproc", "--metadata=title:x"],
    ],
)
def test_a_call_that_may_rest_on_other_files_is_not_kept(tmp_path, monkeypatch, started, more):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    (tmp_path / "reads.lua").write_text("local x = io.open('a.txt')")
    (tmp_path / "parts.html").write_text("$styles.html()$$body$")
    (tmp_path / "a.bib").write_text("@book{a, title={One}}")
    # A document of pandoc's own, whose metadata name a file.
    tree = ast.document([ast.para(*ast.words("A."))], bibliography=ast.said("a.bib"))
    arguments = ["-f", "json", "-t", "html", *more]
    started.clear()
    for _ in range(2):
        converter.run(arguments, converter.json.dumps(tree), tmp_path)
    assert len(started) == 2


@pytest.mark.parametrize("option", ["--template", "--include-in-header", "--csl"])
def test_files_that_options_name_count_by_their_content(tmp_path, monkeypatch, started, option):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    file = tmp_path / "file.txt"
    file.write_text("-- one")
    (tmp_path / "csl").mkdir()
    more = ["--standalone", "--metadata=title:x", f"{option}=file.txt"]
    if option == "--csl":
        more = ["--template=file.txt"]  # a style is a larger file; the way is the same
    first = converter.run([*OPTIONS, *more], "A.", tmp_path)
    assert converter.run([*OPTIONS, *more], "A.", tmp_path) == first
    assert len(started) == 1
    file.write_text("-- two")
    second = converter.run([*OPTIONS, *more], "A.", tmp_path)
    assert len(started) == 2
    assert second != first


def test_pictures_in_word_count_by_their_content(tmp_path, monkeypatch, started):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    (tmp_path / "a.png").write_bytes(SQUARE)
    tree = converter.json.dumps(ast.document([ast.image("a.png", "A")]))
    started.clear()
    arguments = ["-f", "json", "-t", "docx", "-o", "-"]
    first = [converter.run(arguments, tree, tmp_path, 1_000_000_000)[0] for _ in range(2)]
    assert len(started) == 1
    assert first[0] == first[1]
    assert first[0].startswith(b"PK")
    (tmp_path / "a.png").write_bytes(SQUARE + b"more")
    assert converter.run(arguments, tree, tmp_path, 1_000_000_000)[0] != first[0]


def test_what_pandoc_refuses_is_refused_again(tmp_path, monkeypatch):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    for _ in range(2):
        with pytest.raises(ReviewError, match="pandoc could not convert"):
            converter.run(["-f", "json", "-t", "html"], "no tree")


def test_warnings_are_kept_with_what_they_warn_of(tmp_path, monkeypatch, started):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    found = [ast.pandoc(["-f", "markdown", "-t", "json"], "::: {.a}\nText") for _ in range(2)]
    assert len(started) == 1
    assert found[0] == found[1]
    assert "Div" in found[1][1]


def test_pandoc_works_while_something_else_is_done(tmp_path, monkeypatch, started):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    done = []
    # More than a pipe takes, so that pandoc would wait for a reader.
    text = "A word.\n\n" * 20_000
    for _ in range(2):
        content, _ = converter.run(OPTIONS, text, meanwhile=lambda: done.append(len(started)))
        assert content == b"<p>A word.</p>\n" * 20_000
    assert done == [1, 1]  # also where what it made is kept


def test_an_error_meanwhile_ends_pandoc(monkeypatch):
    begun, start = [], subprocess.Popen

    def noted(*arguments, **options):
        begun.append(start(*arguments, **options))
        return begun[-1]

    def fail():
        raise ReviewError("something else")

    monkeypatch.setattr(subprocess, "Popen", noted)
    with pytest.raises(ReviewError, match="something else"):
        converter.run(OPTIONS, "A word.\n\n" * 200_000, meanwhile=fail)
    assert [process.poll() for process in begun] == [-9]


@pytest.mark.parametrize(
    ("reader", "text"),
    [("biblatex", "@book{a, title={One}}"), ("csljson", '[{"id": "a", "type": "book"}]')],
)
def test_references_are_read_once(tmp_path, monkeypatch, started, reader, text):
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    first = [converter.run(["-f", reader, "-t", "json"], text) for _ in range(2)]
    assert first[0] == first[1]
    assert b'"references"' in first[0][0]
    assert len(started) == 1
