"""What is kept of earlier renders changes no byte of the site and never outlives its causes."""

import shutil
import subprocess

import nbformat
import pytest
from others_project import make

import case_review
from case_review.build import made
from case_review.build.revision import revision
from case_review.rendering import (
    ast,
    citations,
    converter,
    fragments,
    framing,
    html,
    manuscript,
    provenance,
)
from case_review.rendering.assemble import assemble

PAGE = "notebooks/01_small.html"
TEXT = "See [the data](../data/raw/a.csv), [nothing](../gone.csv) and ![a square](square.png)."
SQUARE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~"
    b"\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    project = make(tmp_path_factory.mktemp("memo"))
    (project.notebooks / "square.png").write_bytes(SQUARE)
    path = project.executed / "01_small.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells.insert(0, nbformat.v4.new_markdown_cell(TEXT, id="text"))
    nbformat.write(book, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASE_REVIEW_KEPT", str(project.root / "kept"))
        project.pages = rendered(project)
    return project


@pytest.fixture
def project(original, tmp_path, monkeypatch):
    """A project of which everything is kept already."""
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "project" / "kept"))
    shutil.copytree(original.root, tmp_path / "project")
    return type(original)(tmp_path / "project")


def rendered(project, foot=("A foot.",)):
    """The pages of a site by path, as they are made now."""
    work, out = project.build / "work", project.build / "out"
    for folder in (work, out):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    ast._known.clear()
    with made.keeping(project):
        found = manuscript.read(project)
        html.prepare(project, found, foot, work)
        html.write(project, found, assemble(project, found, "html", work, []), work, out, ["html"])
    return {
        path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
        for path in out.rglob("*.html")
    }


def alone(project, monkeypatch):
    """The same with nothing kept but the fonts."""
    with monkeypatch.context() as patch:
        patch.setenv("CASE_REVIEW_KEPT", str(project.root / "empty"))
        shutil.rmtree(project.root / "empty", ignore_errors=True)
        (project.root / "empty" / "made").mkdir(parents=True)
        # To cut the fonts takes as long as all the rest.
        for path in (project.root / "kept" / "made").glob("font-*"):
            shutil.copy(path, project.root / "empty" / "made")
        return rendered(project)


def test_what_is_kept_gives_the_same_bytes_without_pandoc(project, monkeypatch, started, capsys):
    kept = rendered(project)
    assert not started
    told = capsys.readouterr().err
    assert "gone.csv: there is no such file" in told
    assert kept == alone(project, monkeypatch)
    assert len(started) > 5
    assert capsys.readouterr().err == told
    assert {"index.html", PAGE, "notebooks/index.html", "data/index.html"} == set(kept)


def test_nothing_that_pandoc_reads_is_written_while_it_reads(project, monkeypatch):
    start, there, written = converter._start, [], []

    def started(arguments, text, folder, epoch, meanwhile):
        def watched():
            before = {path: path.stat().st_mtime_ns for path in folder.iterdir()} if folder else {}
            meanwhile()
            there.extend(before)
            written.extend(p for p, time in before.items() if p.stat().st_mtime_ns != time)

        return start(arguments, text, folder, epoch, meanwhile and watched)

    monkeypatch.setattr(converter, "_start", started)
    alone(project, monkeypatch)
    assert "shared-report.css" in {path.name for path in there}
    assert not written


def test_one_sentence_makes_nothing_but_the_report(project, started):
    path = project.report / "index.qmd"
    path.write_text(path.read_text().replace("A note.", "Another note."))
    before = dict(rendered(project))
    assert "Another note." in before["index.html"]
    # The manuscript is read, and the report written.
    assert [(call[1], call[3]) for call in started] == [("markdown", "json"), ("json", "html5")]


def test_another_commit_stands_on_every_page_and_makes_only_the_report(project, started):
    def git(*command):
        who = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *command], cwd=project.root, check=True, capture_output=True)

    (project.root / ".gitignore").write_text("kept/\nreport/_build/\n")
    git("init", "--quiet")
    git("add", ".")
    commits = []
    for message in ("One", "Two", ""):
        if message:
            git("commit", "--allow-empty", "--message", message)
        else:
            (project.root / "params.yml").write_text("a: 1\n")
        started.clear()
        version = revision(project)
        pages = rendered(project, provenance.footer(project, "a renderer"))
        assert all(str(version) in text for text in pages.values())
        commits.append(str(version))
        # The footer, which every page includes, and the report, which says how to cite it. The
        # entry for reference managers bears the day alone.
        calls = [(call[1], call[3]) for call in started if "-f" in call[0] and "bibtex" not in call]
        assert calls == [("markdown", "html"), ("json", "html5")]
    assert len(set(commits)) == 3


def test_a_line_more_leaves_the_citations_behind_it_as_they_are(project, tmp_path, started):
    path, said = project.report / "index.qmd", []
    (project.report / "a.bib").write_text("@book{a, title={One}, author={B}, year={2001}}")
    cited = "It was {{< result small.count >}} [@a].\n\n::: {#refs}\n:::\n"
    text = path.read_text().replace("title: Small", "title: Small\nbibliography: a.bib") + cited
    for more in ("", "\n\nA line more."):
        path.write_text(text.replace("A note.", f"A note.{more}"))
        started.clear()
        found = citations.resolved(project, manuscript.read(project), tmp_path)
        said.append(ast.text(found.tree["blocks"][-2:]))
    assert "2001" in said[0]
    assert said[0] == said[1]
    assert [(call[1], call[3]) for call in started] == [("markdown", "json")]


def test_a_kept_exhibit_bears_the_anchors_of_what_the_page_shows_first_in_it(project, monkeypatch):
    path, book = project.report / "index.qmd", project.executed / "01_small.ipynb"
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("Rows.", "Rows, {{< result small.count >}}."), encoding="utf-8")
    anchor, places = 'id="number-small-count"', []
    for first in ("A sentence.", "Another sentence.", "At first {{< result small.count >}}."):
        given = path.read_text(encoding="utf-8").split("# Results")[0]
        path.write_text(
            f"{given}# Results\n\n{first}\n\n{{{{< embed _executed/01_small.ipynb#tbl-one >}}}}\n",
            encoding="utf-8",
        )
        found = rendered(project)
        assert found == alone(project, monkeypatch)
        page = found["index.html"]
        assert page.count(anchor) == 1
        places.append(page.index(anchor) > page.index('id="tbl-one"'))
    assert places == [True, True, False]


def test_no_damage_of_what_is_kept_enters_the_site(project, monkeypatch):
    whole = alone(project, monkeypatch)
    entries = sorted((project.root / "kept").rglob("*.made"))
    assert len(entries) > 10
    for entry in entries:
        content = bytearray(entry.read_bytes())
        content[-len(content) // 3] ^= 32
        entry.write_bytes(content)
    assert rendered(project) == whole
    for entry in entries[::2]:
        entry.write_bytes(entry.read_bytes()[:-1])
    assert rendered(project) == whole


def change_picture(project):
    (project.notebooks / "square.png").write_bytes(SQUARE + b"more")


def add_target(project):
    (project.root / "gone.csv").write_text("a\n1\n")


def change_narrative(project):
    path = project.executed / "01_small.ipynb"
    path.write_text(path.read_text().replace("a square", "a circle"))


def change_result(project):
    path = project.results / "01_small.json"
    path.write_text(path.read_text().replace('"25 patients"', '"26 patients"'))


def change_caption(project):
    path = project.executed / "01_small.ipynb"
    path.write_text(path.read_text().replace("A line.", "A level line."))


def change_text_around(project):
    """The page says where the report places what the notebook made."""
    path = project.report / "index.qmd"
    path.write_text(path.read_text().replace("{{< result small.count >}}", "so many"))


def change_template(project):
    path = project.report / "styles" / "report.html"
    path.write_text(path.read_text().replace("Skip to the content", "To the content"))


def change_script(project):
    path = project.report / "styles" / "report.js"
    path.write_text(path.read_text() + "// more\n")


def change_style(project):
    path = project.report / "styles" / "report.css"
    path.write_text(path.read_text() + "b{}\n")


def change_language(project):
    path = project.report / "index.qmd"
    path.write_text(path.read_text().replace("title: Small", "title: Small\nlang: en-US"))


@pytest.mark.parametrize(
    "change",
    [
        change_picture, add_target, change_narrative, change_result, change_caption,
        change_text_around, change_template, change_script, change_style,
        change_language,
    ],
)  # fmt: skip
def test_no_page_outlives_what_it_was_made_of(original, project, monkeypatch, change):
    change(project)
    after = rendered(project)
    assert after[PAGE] != original.pages[PAGE]
    assert after == alone(project, monkeypatch)


def test_a_title_in_a_cell_follows_its_result(project, monkeypatch):
    path = project.executed / "01_small.ipynb"
    book = nbformat.read(path, as_version=4)
    shown = next(cell for cell in book.cells if "tbl-one" in cell.source).outputs[0].data
    title = "{{< result small.count >}}"
    shown["text/markdown"] += f'\n\n::: {{.callout-note title="{title}"}}\nA callout.\n:::\n'
    nbformat.write(book, path)
    assert "<strong>25 patients</strong>" in rendered(project)["index.html"]
    change_result(project)
    after = rendered(project)
    assert "<strong>26 patients</strong>" in after["index.html"]
    assert after == alone(project, monkeypatch)


def test_a_picture_saved_while_its_page_is_made_does_not_stay_in_it(project, monkeypatch):
    change_narrative(project)
    read = html.pages.page

    def late(*arguments):
        tree = read(*arguments)
        change_picture(project)
        return tree

    with monkeypatch.context() as patch:
        patch.setattr(html.pages, "page", late)
        rendered(project)
    assert rendered(project) == alone(project, monkeypatch)


def test_no_page_is_kept_by_code_that_is_older_than_its_file(project, monkeypatch, started):
    monkeypatch.setattr(made, "IMPORTED", 0.0)
    assert made.code() is None
    whole = rendered(project)
    assert started == []  # what pandoc made does not follow from this code
    monkeypatch.undo()
    assert case_review.IMPORTED > 0
    assert made.code()
    assert whole[PAGE]


def test_frames_without_a_name_are_numbered_over_the_page(original):
    table = ast.parse("| a |\n|---|\n| 1 |\n")["blocks"]
    cited = ast.parse("| a |\n|---|\n| 1^[A note.] |\n")["blocks"]
    made_of = [ast.div([*table, *table], "tbl-a", ["exhibit"]), *cited]
    made_of += [ast.div(table, "tbl-b", ["exhibit"]), ast.div(cited, "tbl-c", ["exhibit"])]
    found = fragments.written(made_of)
    assert [block["t"] for block in found] == ["RawBlock", "Table", "RawBlock", "Div"]
    tree = converter.json.dumps(ast.document(framing.framed(found)))
    text, _ = ast.pandoc(["-f", "json", "-t", "html"], tree)
    names = [part.split('"')[0] for part in text.split('aria-label="')[1:]]
    assert sorted(names) == ["Table", "Table 2", "Table 3", "Table 4", "Table 5"]


@pytest.mark.parametrize(("captions", "starts"), [(("One.", "Two."), 1), (("One.", "One."), 2)])
def test_exhibits_are_written_together_as_each_is_alone(
    original, tmp_path, monkeypatch, started, captions, starts
):
    blocks = [
        ast.div(ast.parse(f"| a |\n|---|\n| {n} |\n\n: {caption}\n")["blocks"], label, ["exhibit"])
        for n, (label, caption) in enumerate(zip(("tbl-a", "tbl-b"), captions, strict=True))
    ]
    alone = [block for each in blocks for block in fragments.written([each])]
    monkeypatch.setenv("CASE_REVIEW_KEPT", str(tmp_path / "kept"))
    started.clear()
    together = fragments.written(blocks)
    assert together == alone
    assert f'aria-label="{captions[1]}"' in together[1]["c"][1]
    assert len(started) == starts
