"""The embedded renderer: pandoc and Typst from the lock, no network, the same bytes every time."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import typst

from case_review import quality
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, figures, manuscript, pages, provenance
from case_review.rendering.assemble import assemble
from case_review.rendering.cells import Notebooks
from case_review.revision import revision
from case_review.style import font_folder

#: The style that pandoc makes for exhibits' notes, which it gives no size.
_SMALL = re.compile(rb'(w:styleId="ExhibitNotes"(?:(?!</w:style>).)*)(</w:style>)', re.DOTALL)
_MISSING = re.compile(r"Citeproc: citation (\S+) not found")


def name() -> str:
    """The renderer and its versions, as the footer says them."""
    return f"the embedded renderer (pandoc {ast.version()}, Typst {typst.__version__})"


def render_into(project: Project, out: Path) -> None:
    """Write the page, the PDF, the Word file, the notebooks' pages and the exhibits into `out`."""
    found = manuscript.read(project)
    foot = provenance.footer(project, name())
    shown = [exhibit.svg for exhibit in found.exhibits.values() if exhibit.svg]
    notebooks = Notebooks(project)
    with tempfile.TemporaryDirectory(prefix="case-review-") as folder:
        work = Path(folder)
        forms = {form: assemble(project, found, form, work, foot) for form in _WRITERS}
        css = _style(project, "report.css") + figures.font_css(
            figures.characters([*shown, *_drawn(notebooks)])
        )
        (work / "report.css").write_text(css, encoding="utf-8")
        (work / "footer.html").write_text(_footer_html(foot), encoding="utf-8")
        for form, write in _WRITERS.items():
            write(project, found, forms[form], work, out)
        (out / "notebooks").mkdir()
        for notebook in notebooks.names():
            tree = pages.page(notebooks, notebook)
            text, _ = ast.pandoc(_html(project, work), json.dumps(tree), work)
            (out / "notebooks" / f"{notebook}.html").write_text(text, encoding="utf-8")
        if text := quality.markdown(project):
            _write_quality(project, text, work, out)
    if project.exhibits.is_dir():
        shutil.copytree(project.exhibits, out / "exhibits")


def _write_quality(project: Project, text: str, work: Path, out: Path) -> None:
    """The page of expectations, which exhibits and notebooks link to."""
    tree = ast.parse(text)
    tree["meta"]["title"] = {"t": "MetaInlines", "c": ast.words(quality.TITLE)}
    back = ast.para(ast.link("../index.html", ast.words("Back to the report")))
    tree["blocks"].insert(0, back)
    page, _ = ast.pandoc(_html(project, work), json.dumps(tree), work)
    (out / "quality").mkdir()
    (out / "quality" / "index.html").write_text(page, encoding="utf-8")


def _drawn(notebooks: Notebooks) -> list[str]:
    cells = (cell for name in notebooks.names() for cell in notebooks.notebook(name).cells)
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    data = (output.get("data", {}).get("image/svg+xml") for output in outputs)
    return [svg for svg in data if svg]


def _style(project: Project, file: str) -> str:
    path = project.report / "styles" / file
    if not path.is_file():
        raise ReviewError(f"report/styles/{file} is missing. Restore it from the repository.")
    return path.read_text(encoding="utf-8")


def _footer_html(foot: list[str]) -> str:
    tree = ast.parse("x")
    tree["blocks"] = [ast.para(*ast.words(sentence)) for sentence in foot]
    return ast.pandoc(["-f", "json", "-t", "html"], json.dumps(tree))[0]


def _html(project: Project, work: Path) -> list[str]:
    return [
        *("-f", "json", "-t", "html5", "--standalone", "--mathml", "--toc", "--toc-depth=3"),
        f"--template={project.report / 'styles' / 'report.html'}",
        f"--include-in-header={work / 'report.css'}",
        f"--include-after-body={work / 'footer.html'}",
        "--metadata=lang:en-GB",
        "--syntax-highlighting=none",
        "--shift-heading-level-by=1",
    ]


def _citations(project: Project, found: manuscript.Manuscript, work: Path) -> list[str]:
    """Pandoc's options for citations; the files are copied, for Word files record their paths."""
    bibliography = project.report / "references.bib"
    style = project.report / "vancouver.csl"
    if not bibliography.is_file():
        if '"t": "Cite"' in json.dumps(found.tree):
            raise ReviewError("report/index.qmd cites, but report/references.bib does not exist.")
        return []
    shutil.copy(bibliography, work)
    arguments = ["--citeproc", f"--bibliography={bibliography.name}", "--metadata=link-citations"]
    if style.is_file():
        shutil.copy(style, work)
        arguments.append(f"--csl={style.name}")
    return arguments


def _convert(project, found, tree: dict, arguments: list[str], work: Path) -> str:
    cited = _citations(project, found, work)
    for key in ("bibliography", "csl", "citeproc"):
        tree["meta"].pop(key, None)
    text, warnings = ast.pandoc([*arguments, *cited], json.dumps(tree), work)
    if missing := _MISSING.search(warnings):
        key = missing[1]
        raise found.refuse(f"@{key}", f"report/references.bib has no entry {key}.")
    return text


def _write_html(project, found, tree, work: Path, out: Path) -> None:
    text = _convert(project, found, tree, _html(project, work), work)
    (out / "index.html").write_text(text, encoding="utf-8")


def _write_pdf(project, found, tree, work: Path, out: Path) -> None:
    arguments = ["-f", "json", "-t", "typst-smart", "--standalone", "--syntax-highlighting=none"]
    arguments.append(f"--template={project.report / 'styles' / 'report.typ'}")
    arguments.append(f"--variable=author-line:{_authors(tree)}")
    arguments.append(f"--variable=day:{revision(project).day.isoformat()}")
    text = _convert(project, found, tree, arguments, work)
    (work / "report.typ").write_text(text, encoding="utf-8")
    try:
        content = typst.compile(
            str(work / "report.typ"),
            root=str(work),
            format="pdf",
            font_paths=[str(font_folder())],
            ignore_system_fonts=True,
            timestamp=_epoch(project),
        )
    except typst.TypstError as error:
        raise ReviewError(f"Typst could not set the PDF: {error}") from None
    (out / "index.pdf").write_bytes(content)


def _authors(tree: dict) -> str:
    """The authors as the inside of a Typst string, for the PDF's properties."""
    listed = tree["meta"].get("author", {"c": []})["c"]
    names = (ast.text(author["c"]) for author in listed)
    return ", ".join(names).replace("\\", "\\\\").replace('"', '\\"')


def _write_docx(project, found, tree, work: Path, out: Path) -> None:
    target = work / "index.docx"
    arguments = ["-f", "json", "-t", "docx", "--syntax-highlighting=none", "-o", str(target)]
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(_epoch(project))
    try:
        _convert(project, found, tree, [*arguments, "--metadata=lang:en-GB"], work)
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
    (out / "index.docx").write_bytes(normalised_zip(target.read_bytes()))


def normalised_zip(content: bytes) -> bytes:
    """A zip archive with sorted entries and fixed times, so that equal content is equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        # Word wants the list of content types first.
        for entry in sorted(old.namelist(), key=lambda name: (name[0] != "[", name)):
            info = zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            content = old.read(entry)
            if entry == "word/styles.xml":
                content = _SMALL.sub(rb'\1<w:rPr><w:sz w:val="17"/></w:rPr>\2', content)
            new.writestr(info, content)
    return stream.getvalue()


def _epoch(project: Project) -> int:
    return int(os.environ.get("SOURCE_DATE_EPOCH") or revision(project).epoch)


_WRITERS = {"html": _write_html, "typst": _write_pdf, "docx": _write_docx}
