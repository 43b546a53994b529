"""Rendering with Quarto, where it is installed.

Quarto writes beside its sources (`index_files`, `.quarto`, a `.gitignore`), and leaves that behind
when it fails. It is therefore given a copy of `report/`, and only its finished files are taken.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from lxml import etree

from case_review.build.revision import build_epoch, revision
from case_review.errors import ReviewError
from case_review.exhibits.style import font_folder
from case_review.project import Project
from case_review.rendering import (
    ast,
    citations,
    columns,
    docx,
    figures,
    html,
    html_exhibits,
    letters,
    manuscript,
    provenance,
    word,
)
from case_review.rendering.assemble import FORMS
from case_review.rendering.cells import Exhibit
from case_review.rendering.forms import FRAMES
from case_review.rendering.manuscript import Manuscript

#: What is handed to the shortcode and the filter; beside index.qmd, for they know no other place.
HANDED = "_case-review.json"
_LEFT_OUT = ("_site", "_build", "_freeze", ".*", "*.failed.ipynb")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ACTIVE = {"text/html", "application/javascript"}
_SVG = "image/svg+xml"
_OPENED = re.compile(r"<svg\b[^>]*>")
#: Warnings after which Quarto goes on, and with which a report would lack something.
_LACKING = re.compile(
    r"citation \S+ not found|resolve crossref|Could not (?:convert|fetch|find)|replacing image"
)


def render_into(project: Project, out: Path) -> None:
    """Let Quarto render a copy of the manuscript project, and put the report into `out`.

    The manuscript is first read as the embedded renderer does, for its checks name file and line.

    Raises
    ------
    ReviewError
        If Quarto is missing or fails, or warns of something that the report would lack.
    """
    program = shutil.which("quarto")
    if not program:
        raise ReviewError("Quarto is not installed. Use RENDERER=embedded.")
    found = manuscript.read(project)
    letters.warn(found)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(build_epoch(project)), "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory(prefix="case-review-") as folder:
        copy, work = Path(folder) / "report", Path(folder) / "pages"
        shutil.copytree(project.report, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        shutil.copytree(font_folder(), copy / "_fonts")
        _adapt(copy / "_executed")
        with (copy / "styles" / "quarto.css").open("a", encoding="utf-8") as style:
            bibliography = citations.sources(found)["bibliography"]
            style.write(figures.font_css(_letters(copy, bibliography)))
        version = _run([program, "--version"], copy, environment).strip()
        foot = provenance.footer(project, f"Quarto {version}")
        handed = json.dumps(_handed(project, found, foot), sort_keys=True)
        (copy / HANDED).write_text(handed, encoding="utf-8")
        docx.reference(project, found.tree["meta"], copy / "_reference.docx")
        style = ["--reference-doc", str(copy / "_reference.docx")]
        day = ["-M", f"date:{revision(project).day:%Y-%m-%d}"]
        _run([program, "render", *style, *day], copy, environment)
        _take(copy / "_site", found, out)
        work.mkdir()
        html.prepare(project, found, foot, work)
        html.write_linked(project, found, work, out)
    if project.exhibits.is_dir():
        shutil.copytree(project.exhibits, out / "exhibits")


def _adapt(executed: Path) -> None:
    """Fit the copied notebooks for Quarto: without HTML, and with the font of each figure in it.

    The embedded renderer shows no HTML either, at the sight of which Quarto makes a page load
    scripts from elsewhere. Quarto's page shows figures as images, which see no font of the page.
    What else is known of a cell would become attributes, whose order differs from run to run.
    """
    for path in executed.glob("*.ipynb"):
        document = json.loads(path.read_text(encoding="utf-8"))
        for cell in document["cells"]:
            cell["metadata"] = {}
            for node in (cell, *cell.get("outputs", [])):
                if "execution_count" in node:
                    node["execution_count"] = None
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                for kind in _ACTIVE & set(data):
                    del data[kind]
                if _SVG in data:
                    data[_SVG] = _with_font("".join(data[_SVG]))
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _with_font(svg: str) -> str:
    """An SVG document that brings the figure font for what it writes."""
    css = figures.font_css(figures.characters([svg]))
    return _OPENED.sub(lambda match: f"{match[0]}<style>{css}</style>", svg, count=1)


def _letters(copy: Path, bibliography: list[Path]) -> str:
    """The characters of which the page may be made."""
    sources = [copy / "index.qmd", *bibliography, *copy.glob("_executed/*.ipynb")]
    texts = (path.read_text(encoding="utf-8") for path in sources)
    return "".join(sorted(set().union(*texts)))


def _handed(project: Project, found: Manuscript, foot: list[str]) -> dict:
    """What the shortcode and the filter place: tooltips, and parts of the document as trees."""
    end = provenance.ending(found.used, foot)
    shown = found.exhibits.values()
    return {
        "anchors": {id: provenance.anchor(result) for id, result in found.used.items()},
        "tooltips": {id: provenance.tooltip(result) for id, result in found.used.items()},
        "sources": {each.label: _tree(html_exhibits.sources(project, each)) for each in shown},
        "columns": {each.label: _widths(each) for each in shown},
        "numbers": {each.label: _numbers(each) for each in shown if each.numbers},
        "frames": FRAMES,
        "end": _tree(*end),
        "foot": _tree(end[-1]),
    }


def _numbers(shown: Exhibit) -> list[dict]:
    """Where the numbers of a table stand, from 1, and what each leads to."""
    return [
        {
            "row": number.row + 1,
            "column": number.column + 1,
            "key": key,
            "url": provenance.cell_address(number),
            "title": provenance.tooltip(number),
        }
        for key, number in shown.numbers.items()
    ]


def _widths(shown: Exhibit) -> list[float]:
    """The shares of a table's columns as in the embedded renderer; empty where they are free."""
    blocks = ast.parse_many([shown.markdown])[0] if shown.markdown else []
    table = next((block for block in blocks if block["t"] == "Table"), None)
    specs = columns.specs(table) if table else []
    return [width["c"] for _, width in specs if width["t"] == "ColWidth"]


def _tree(*blocks: dict) -> str:
    """Blocks as a document in pandoc's JSON, which a filter reads with `pandoc.read`."""
    return json.dumps(ast.document(list(blocks)))


def _take(site: Path, found: Manuscript, out: Path) -> None:
    """Copy the finished files of Quarto's output folder."""
    files = [form.file for form in FORMS.values() if form.by_quarto]
    missing = [name for name in files if not (site / name).is_file()]
    if missing:
        raise ReviewError(f"Quarto wrote no {', '.join(missing)}.")
    for name in files:
        shutil.copy(site / name, out)
    content = _unframed((site / docx.FORM.file).read_bytes(), found)
    (out / docx.FORM.file).write_bytes(word.finish(content))


def _unframed(content: bytes, found: Manuscript) -> bytes:
    """A Word file with its exhibits in the text, which Quarto puts into tables of one cell."""
    parts = word.parts_of(content)
    document = etree.fromstring(parts["word/document.xml"])
    shown = {each.label: each for each in found.exhibits.values()}
    cell = f"{word.tag('tr')}/{word.tag('tc')}"
    for frame in list(document.iter(word.tag("tbl"))):
        for mark in frame.iterfind(f"{cell}/{word.tag('bookmarkStart')}"):
            if exhibit := shown.get(mark.get(word.tag("name"))):
                _unframe(frame, frame.find(cell), exhibit)
    parts["word/document.xml"] = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    return word.packed(parts)


def _unframe(frame, cell, shown: Exhibit) -> None:
    """Put the content of Quarto's cell in the place of its table, in the styles of the project."""
    for node in cell.iterfind(f".//{word.tag('tbl')}//{word.tag('pPr')}"):
        # The last alignment is the one of Quarto's cell.
        for alignment in node.findall(word.tag("jc"))[-1:]:
            node.remove(alignment)
    for drawn in cell.iter("{*}docPr"):
        drawn.set("descr", figures.plain(shown.alt))
    for paragraph in cell.findall(word.tag("p")):
        properties = paragraph.findall(word.tag("pPr"))
        # Quarto gives a caption its properties a second time, and ends a cell with a paragraph.
        if len(properties) > 1:
            style = "ImageCaption" if shown.svg else "TableCaption"
        elif paragraph.find(f".//{word.tag('drawing')}") is not None:
            style = "CaptionedFigure"
        elif paragraph.find(f".//{word.tag('t')}") is not None:
            style = "ExhibitNotes"
        else:
            cell.remove(paragraph)
            continue
        for old in properties:
            paragraph.remove(old)
        paragraph.insert(0, etree.Element(word.tag("pPr")))
        etree.SubElement(paragraph[0], word.tag("pStyle"), {word.tag("val"): style})
    for node in cell.findall(word.tag("tcPr")):
        cell.remove(node)
    # Notes follow their table at once.
    for end in cell.findall(word.tag("bookmarkEnd")):
        cell.find(word.tag("p")).addnext(end)
    for node in list(cell):
        frame.addprevious(node)
    frame.getparent().remove(frame)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    lines = _COLOUR.sub("", done.stderr + "\n" + done.stdout).strip().splitlines()
    lacking = [line for line in lines if _LACKING.search(line)]
    if done.returncode or lacking:
        raise ReviewError("\n".join(["Quarto could not render the manuscript:", *_why(lines)]))
    return done.stdout


def _why(lines: list[str]) -> list[str]:
    """The lines of Quarto's output that tell the cause, without settings and stack traces."""
    marked = [n for n, line in enumerate(lines) if "ERROR" in line or _LACKING.search(line)]
    kept = lines[marked[0] :] if marked else lines
    return [line for line in kept if not line.startswith("    ")][:15]
