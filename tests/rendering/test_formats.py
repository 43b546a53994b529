"""The page first, then the other formats side by side; a failure puts the previous report back."""

import os
import signal
import sys
import time

import pytest
from constructs_project import make

from case_review.build import output
from case_review.errors import ReviewError
from case_review.rendering import assemble, embedded, forms, html, render, side_by_side, swap

TEXT = """---
title: Small
author: [Ada Example]
---

Seen in {{< result a.count >}}.

- [PDF](https://example.org/index.pdf)
"""
OTHERS = {"typst": "index.pdf", "docx": "index.docx", "jats": "index.jats.xml"}


def content(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def offered(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    return [name for name in OTHERS.values() if f'href="{name}"' in page]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make(tmp_path_factory.mktemp("formats") / "p", TEXT)


@pytest.fixture
def cheap(monkeypatch):
    """Writers that write the number of their process."""

    def writer(name):
        def write(project, found, tree, work, out):
            (out / name).write_text(str(os.getpid()), encoding="utf-8")

        return write

    writers = {form: writer(name) for form, name in OTHERS.items()}
    monkeypatch.setattr(embedded, "_WRITERS", writers)
    # These writers need nothing of the threads that the tests' process may have.
    monkeypatch.setattr(side_by_side, "_is_safe", lambda: sys.platform == "linux")
    return writers


@pytest.fixture
def blank(monkeypatch):
    """A page that is quickly made."""

    def write(project, found, tree, work, out, writers, meanwhile):
        for name in ("index.html", "notebooks/index.html", "data/SHA256SUMS"):
            (out / name).parent.mkdir(exist_ok=True)
            (out / name).write_text("blank", encoding="utf-8")
        meanwhile()

    monkeypatch.setattr(html, "write", write)
    monkeypatch.setattr(html, "prepare", lambda *given: None)


@pytest.fixture
def plain(monkeypatch):
    """Pages without fonts, which take long to cut."""

    def prepare(project, found, foot, work):
        for name in ("report.css", "footer.html"):
            (work / name).write_text(name, encoding="utf-8")

    monkeypatch.setattr(html, "prepare", prepare)


def test_the_page_is_shown_first_and_offers_only_what_is_there(
    project, plain, cheap, tmp_path, monkeypatch
):
    out, seen = tmp_path / "out", []

    def confirm():
        seen.append(content(out))

    render(project, "embedded", out, confirm)
    render(project, "embedded", tmp_path / "page", formats=("html",))
    before, shown = seen
    assert before == {}
    assert shown == content(tmp_path / "page") and not {*OTHERS.values()} & shown.keys()
    assert offered(out) == list(OTHERS.values())
    made = {name: (out / name).read_text() for name in OTHERS.values()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "page"]
    monkeypatch.setattr(side_by_side, "_is_safe", lambda: False)
    render(project, "embedded", tmp_path / "again")
    again = {name: (tmp_path / "again" / name).read_text() for name in OTHERS.values()}
    assert set(again.values()) == {str(os.getpid())}
    if sys.platform == "linux":
        assert len({*made.values(), str(os.getpid())}) == 4
    for folder in (out, tmp_path / "again"):
        for name in OTHERS.values():
            (folder / name).unlink()
    assert content(out) == content(tmp_path / "again")
    (tmp_path / "once").mkdir()
    embedded.render_into(project, tmp_path / "once")
    assert (tmp_path / "once" / "index.html").read_bytes() == (out / "index.html").read_bytes()


def test_only_chosen_formats_are_made_and_offered(project, plain, cheap, tmp_path):
    out = tmp_path / "out"
    render(project, "embedded", out)
    render(project, "embedded", out, formats=("docx",))
    assert offered(out) == ["index.docx"]
    assert {path.name for path in out.iterdir()} & {"index.html", *OTHERS.values()} == {
        "index.html", "index.docx",
    }  # fmt: skip
    with pytest.raises(ReviewError, match="there is no word; choose some of html, pdf, docx, jats"):
        render(project, "embedded", out, formats=("html", "word"))


@pytest.mark.parametrize("how", ["a format", "a change", "a full disk", "a killed process"])
@pytest.mark.parametrize("previous", [True, False])
def test_what_fails_after_the_page_puts_the_previous_report_back(
    project, cheap, blank, tmp_path, how, previous
):
    out, asked, seen = tmp_path / "out", [], []
    kinds = {"a full disk": OSError}
    if previous:
        (out / "notebooks").mkdir(parents=True)
        (out / "data").mkdir()
        for name in ("index.html", "index.pdf", "notebooks/index.html", "data/SHA256SUMS"):
            (out / name).write_text("previous", encoding="utf-8")
    before = content(out)

    def fail(project, found, tree, work, out):
        if how == "a format":
            raise ReviewError("no PDF today")
        if how == "a full disk":
            raise OSError(28, "No space left on device")
        if how == "a killed process":
            os.kill(os.getpid(), signal.SIGKILL)

    def confirm():
        asked.append(None)
        seen.append(content(out))
        if how == "a change" and len(asked) == 2:
            raise ReviewError("changed meanwhile")

    cheap["typst"] = fail
    told = {"a format": "no PDF today", "a change": "changed", "a full disk": "No space left"}
    with pytest.raises(kinds.get(how, ReviewError), match=told.get(how, "signal 9")) as caught:
        render(project, "embedded", out, confirm)
    assert seen[0] == before
    assert content(out) == before
    assert [path.name for path in tmp_path.iterdir()] == (["out"] if previous else [])
    if how == "a full disk":
        assert caught.value.errno == 28


@pytest.mark.skipif(sys.platform != "linux", reason="formats are made one after the other")
def test_a_kill_after_the_page_leaves_it_whole_and_the_next_render_finishes(
    project, cheap, blank, tmp_path
):
    out, first = tmp_path / "out", os.getpid()
    killed = os.fork()
    if not killed:
        try:

            def wait_for_the_page(*given):
                while not out.is_dir():
                    time.sleep(0.01)
                os.kill(os.getppid(), signal.SIGKILL)

            cheap["docx"] = wait_for_the_page
            render(project, "embedded", out)
        finally:
            if os.getpid() != first:
                os._exit(1)
    assert os.waitpid(killed, 0)[1] == signal.SIGKILL
    assert sorted(content(out)) == ["data/SHA256SUMS", "index.html", "notebooks/index.html"]
    assert len(list(tmp_path.iterdir())) > 1
    render(project, "embedded", out)
    assert {*OTHERS.values()} <= content(out).keys()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("exchanging", [True, False])
def test_a_renewal_adds_the_page_last_and_is_undone_unless_finished(
    tmp_path, monkeypatch, exchanging
):
    if not exchanging:
        monkeypatch.setattr(swap, "_exchange", lambda first, second: False)
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.html").write_text("previous")
    for ends in ("early", "well"):
        with swap.Renewal(out) as site:
            (site.fresh / "index.html").write_text("page")
            later = site.show()
            assert content(out) == {"index.html": b"page"}
            (later / "index.html").write_text("all")
            (later / "index.pdf").write_text("pdf")
            if ends == "well":
                site.finish()
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        wanted = {"index.html": b"all", "index.pdf": b"pdf"}
        assert content(out) == (wanted if ends == "well" else {"index.html": b"previous"})


@pytest.mark.skipif(sys.platform != "linux", reason="calls are made one after the other")
def test_calls_end_with_the_block(monkeypatch):
    """A call that would take an hour does not hold up an error of the block."""
    monkeypatch.setattr(side_by_side, "_is_safe", lambda: True)
    read, write = os.pipe()

    def forever():
        os.write(write, b"%d" % os.getpid())
        signal.pause()

    with pytest.raises(ReviewError, match="of the block"), side_by_side.started([forever]):
        child = int(os.read(read, 20))
        raise ReviewError("of the block")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_every_form_has_a_writer_and_a_file_of_the_report():
    assert tuple(forms.WRITERS) == output.FORMATS
    assert set(forms.WRITERS.values()) == set(assemble.FORMS)
    assert {form.file for form in assemble.FORMS.values()} <= output._REPORT
    assert output.formats(["jats", "pdf"]) == ("html", "pdf", "jats")
