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
from collections.abc import Callable, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from case_review.build import published
from case_review.build.normalising import TERMINAL
from case_review.build.revision import build_epoch, revision
from case_review.errors import ReviewError
from case_review.exhibits.look import font_folder
from case_review.project import Project
from case_review.rendering import (
    citations,
    data_page,
    docx,
    figures,
    handed,
    html,
    letters,
    manuscript,
    provenance,
    word,
)
from case_review.rendering.assemble import FORMS

#: What is handed to the filter; beside index.qmd, for it knows no other place.
HANDED = "_case-review.json"
_LEFT_OUT = ("_site", "_build", "_executed", "_freeze", ".*")
#: Lines of Quarto's output that only its makers understand.
_TRACE = re.compile(r"\s+at |\s*stack traceback:|\s*\[C\]:|\t|Stack trace:", re.IGNORECASE)
#: So many lines of Quarto's output are passed on.
_MOST = 15
#: Warnings after which Quarto goes on, and with which a report would lack something.
_LACKING = re.compile(
    r"citation \S+ not found|resolve crossref|Could not (?:convert|fetch|find)|replacing image"
)


def render_into(
    project: Project,
    out: Path,
    writers: Sequence[str] = tuple(FORMS),
    show: Callable[[], Path] | None = None,
) -> None:
    """Let Quarto render a copy of the manuscript project, and put the report into `out`.

    The manuscript is first read as the embedded renderer does, for its checks name file and line.
    Quarto makes those of the forms `writers` that it knows, all in one step: nothing is to `show`
    before the end.

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
        version = _run([program, "--version"], copy, environment).strip()
        foot = provenance.footer(project, f"Quarto {version}")
        trees = handed.trees(project, found, foot, copy)
        texts = {form: json.dumps(tree, ensure_ascii=False) for form, tree in trees.items()}
        (copy / HANDED).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        header = _header(found.source)
        (copy / "index.qmd").write_text(header, encoding="utf-8")
        with (copy / "styles" / "quarto.css").open("a", encoding="utf-8") as style:
            bibliography = citations.sources(found)["bibliography"]
            style.write(figures.font_css(_letters([texts["html"], header], bibliography)))
        _choose(copy / "_quarto.yml", writers)
        docx.reference(project, found.tree["meta"], copy / "_reference.docx")
        style = ["--reference-doc", str(copy / "_reference.docx")]
        day = ["-M", f"date:{revision(project).day:%Y-%m-%d}"]
        _run([program, "render", *style, *day], copy, environment)
        _take(copy / "_site", out, writers)
        work.mkdir()
        html.prepare(project, found, foot, work)
        html.write_linked(project, found, work, out)
    data_page.copy(published.made(project, project.exhibits), project.report, out)


def _header(source: list[str]) -> str:
    """The header of a manuscript, which Quarto reads itself; the text is handed over as a tree."""
    if not source or source[0].strip() != "---":
        return ""
    ends = (n for n, line in enumerate(source[1:], 1) if line.strip() in ("---", "..."))
    return "\n".join([*source[: next(ends, 0)], "---", ""])


def _letters(texts: list[str], bibliography: list[Path]) -> str:
    """The characters of which the page may be made."""
    read = (path.read_text(encoding="utf-8") for path in bibliography)
    return "".join(sorted(set().union(*texts, *read)))


def _choose(settings: Path, writers: Sequence[str]) -> None:
    """Leave out of the settings that Quarto gets what it is not to make, and the links to it."""
    left = [form for name, form in FORMS.items() if name not in writers and form.by_quarto]
    if not left or not settings.is_file():
        return
    editor = YAML()
    content = editor.load(settings.read_text(encoding="utf-8"))
    formats = content.get("format") if isinstance(content, dict) else None
    if not isinstance(formats, dict):
        return
    for name in FORMS:
        if name not in writers:
            formats.pop(name, None)
    page = formats.get("html")
    links = page.get("format-links") if isinstance(page, dict) else None
    if isinstance(links, list):
        files = {form.file for form in left}
        page["format-links"] = [
            link for link in links if not (isinstance(link, dict) and link.get("href") in files)
        ]
    with settings.open("w", encoding="utf-8") as stream:
        editor.dump(content, stream)


def _take(site: Path, out: Path, writers: Sequence[str]) -> None:
    """Copy the finished files of Quarto's output folder."""
    files = [FORMS[name].file for name in writers if FORMS[name].by_quarto]
    missing = [name for name in files if not (site / name).is_file()]
    if missing:
        raise ReviewError(f"Quarto wrote no {', '.join(missing)}.")
    for name in files:
        shutil.copy(site / name, out)
    if docx.FORM.file in files:
        content = (site / docx.FORM.file).read_bytes()
        (out / docx.FORM.file).write_bytes(word.finish(content))


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What Quarto prints.

    Raises
    ------
    ReviewError
        With Quarto's own words, file and line, if it cannot be started, fails or warns.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise ReviewError(
            f"{command[0]} cannot be started: {error.strerror}. Install Quarto anew, or use "
            "RENDERER=embedded."
        ) from None
    said = TERMINAL.sub("", done.stderr + "\n" + done.stdout).replace(
        f"{folder}{os.sep}", "report/"
    )
    lines = said.strip().splitlines()
    lacking = [line for line in lines if _LACKING.search(line)]
    if done.returncode or lacking:
        told = _why(lines) or [f"It said nothing, and ended with code {done.returncode}."]
        ends = "The manuscript passed its own checks; RENDERER=embedded renders it without Quarto."
        raise ReviewError("\n".join(["Quarto could not render the manuscript:", *told, ends]))
    return done.stdout


def _why(lines: list[str]) -> list[str]:
    """The lines of Quarto's output that tell the cause, without settings and stack traces."""
    marked = [n for n, line in enumerate(lines) if "ERROR" in line or _LACKING.search(line)]
    kept = lines[marked[0] :] if marked else lines[-_MOST:]
    return [line for line in kept if line.strip() and not _TRACE.match(line)][:_MOST]
