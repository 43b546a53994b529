"""The site: the report's page, the executed notebooks and the data-quality pages."""

from __future__ import annotations

import json
from pathlib import Path

from case_review import quality
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, figures, pages
from case_review.rendering.cells import Notebooks
from case_review.rendering.citations import convert
from case_review.rendering.manuscript import Manuscript


def write(project: Project, found: Manuscript, tree: dict, work: Path, out: Path) -> None:
    """Write `index.html` and the pages it links to.

    `work` is the folder for what pandoc includes; `prepare` must have filled it.
    """
    text = convert(project, found, tree, options(project, work), work)
    (out / "index.html").write_text(text, encoding="utf-8")
    _write_notebooks(project, work, out)
    if text := quality.markdown(project):
        _write_quality(project, text, work, out)


def prepare(project: Project, found: Manuscript, foot: list[str], work: Path) -> None:
    """Put into `work` what every page includes: its style, with the fonts used, and its footer."""
    shown = [exhibit.svg for exhibit in found.exhibits.values() if exhibit.svg]
    letters = figures.characters([*shown, *_drawn(Notebooks(project))])
    css = _style(project, "report.css") + figures.font_css(letters)
    (work / "report.css").write_text(css, encoding="utf-8")
    (work / "footer.html").write_text(_footer_html(foot), encoding="utf-8")


def options(project: Project, work: Path) -> list[str]:
    """Pandoc's options for every page of the site."""
    return [
        *("-f", "json", "-t", "html5", "--standalone", "--mathml", "--toc", "--toc-depth=3"),
        f"--template={project.report / 'styles' / 'report.html'}",
        f"--include-in-header={work / 'report.css'}",
        f"--include-after-body={work / 'footer.html'}",
        "--metadata=lang:en-GB",
        "--syntax-highlighting=none",
        "--shift-heading-level-by=1",
    ]


def _write_notebooks(project: Project, work: Path, out: Path) -> None:
    notebooks = Notebooks(project)
    (out / "notebooks").mkdir()
    for notebook in notebooks.names():
        tree = pages.page(notebooks, notebook)
        text, _ = ast.pandoc(options(project, work), json.dumps(tree), work)
        (out / "notebooks" / f"{notebook}.html").write_text(text, encoding="utf-8")


def _write_quality(project: Project, text: str, work: Path, out: Path) -> None:
    """The page of expectations, which exhibits and notebooks link to."""
    tree = ast.parse(text)
    tree["meta"]["title"] = {"t": "MetaInlines", "c": ast.words(quality.TITLE)}
    back = ast.para(ast.link("../index.html", ast.words("Back to the report")))
    tree["blocks"].insert(0, back)
    page, _ = ast.pandoc(options(project, work), json.dumps(tree), work)
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
