"""The site: the report's page, the executed notebooks, the data and the data-quality pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from case_review import __version__
from case_review.build.revision import revision
from case_review.exhibits import escape
from case_review.project import Project
from case_review.rendering import (
    ast,
    bylines,
    citations,
    data_page,
    figures,
    fragments,
    highlighting,
    html_exhibits,
    letters,
    narrative,
    outputs,
    pages,
    provenance,
    quality_pages,
    scripts,
    supplement,
)
from case_review.rendering.assemble import FORMS
from case_review.rendering.authors import People
from case_review.rendering.cells import Notebooks
from case_review.rendering.forms import File, Form
from case_review.rendering.html_exhibits import FORM
from case_review.rendering.manuscript import Manuscript
from case_review.rendering.site import PARTS, Page, Site

#: Letters of the pages' own words: Latin, Greek, and the signs that clinical prose uses.
_RANGES = ((0x20, 0x7F), (0xA0, 0x180), (0x391, 0x3CA), (0x2010, 0x2027))
_LETTERS = "".join(chr(code) for start, end in _RANGES for code in range(start, end))


def write(
    project: Project,
    found: Manuscript,
    tree: dict,
    work: Path,
    out: Path,
    writers: Sequence[str],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Write `index.html`, which offers the forms of `writers`, and the pages it links to.

    `work` is the folder for what pandoc includes; `prepare` must have filled it. `meanwhile` is
    called while pandoc writes the report.
    """
    # The frames of tables bear their captions, with the citations in them.
    found, tree = citations.settled(project, found, tree, work)
    site = Site(project, found, work, out)
    tree = html_exhibits.anchored(tree, found.used, found.later)
    offered = _offered(found, writers)
    tree["meta"]["downloads"] = _downloads(offered)
    about = _fill(project, found, tree["meta"])
    exhibits = found.exhibits.values()
    kinds = {exhibit.interactive for exhibit in exhibits} - {""}
    kinds |= {"others"} if any(exhibit.others for exhibit in exhibits) else set()
    numbers = {**found.used}
    for exhibit in exhibits:
        numbers |= exhibit.numbers
    data = scripts.data("provenance", provenance.cards(numbers))
    data += scripts.linked_data(_described(about, found.header.people, offered))
    tree["blocks"] = fragments.written(tree["blocks"], found)

    def others() -> None:
        write_linked(project, found, work, out)
        meanwhile()

    site.write(FORM.file, tree, found, kinds, data, meanwhile=others)


def without(page: str, writers: Sequence[str]) -> str:
    """The report's page as it is where the forms of `writers` are not made."""
    for file in _files(FORMS[name] for name in writers):
        entry = f'<li><a href="{file.name}">{file.words}</a></li>'
        page = page.replace(entry, "").replace(f",{scripts.packed(_encoding(file))}", "")
    return page


def _files(forms: Iterable[Form], supplement: bool = True) -> list[File]:
    """The files of forms, the supplement's after that of the paper."""
    return [
        file
        for form in forms
        for file in (File(form.file, form.words, form.media), form.supplement)
        if file and (supplement or file is not form.supplement)
    ]


def _offered(found: Manuscript, writers: Sequence[str]) -> list[File]:
    """The files of the report in the forms of `writers`, the page first."""
    has_one = bool(supplement.place(found.tree["blocks"]))
    return _files((FORMS[name] for name in writers), has_one)


def write_linked(project: Project, found: Manuscript, work: Path, out: Path) -> None:
    """Write what every renderer's report links to: notebooks, data, expectations."""
    site = Site(project, found, work, out)
    data_page.write_files(project, out)
    _write_notebooks(project, found, site)
    _write_quality(project, site)
    site.write_texts([("data/index.html", data_page.markdown(project), "Data", "Sources")])


def prepare(project: Project, found: Manuscript, foot: list[str], work: Path) -> None:
    """Put into `work` what every page includes: its style, with the fonts used, and its footer."""
    drawn = [exhibit for exhibit in found.exhibits.values() if exhibit.svg]
    shown = [svg for exhibit in drawn for svg in (exhibit.svg, *exhibit.others)]
    used = {*figures.characters(shown), *outputs.letters(Notebooks(project)), *_LETTERS}
    fonts = figures.font_css("".join(sorted(used)))
    css = scripts.style(project.report / "styles" / "report.css") + fonts
    (work / "report.css").write_text(css, encoding="utf-8")
    said, _ = ast.pandoc(["-f", "markdown", "-t", "html"], "\n\n".join(map(escape, foot)))
    (work / "footer.html").write_text(letters.page("footer", said), encoding="utf-8")


def _write_notebooks(project: Project, found: Manuscript, site: Site) -> None:
    notebooks = Notebooks(project)
    names, back = notebooks.names(), pages.places(found)

    def on_site(path: str) -> str:
        """Where a file of the project lies on the site; empty if it does not."""
        if path.startswith("report/exhibits/") and (project.root / path).is_file():
            return path.removeprefix("report/")
        return path if (site.out / path).is_file() else ""

    def answer(path: str) -> str:
        """What a file is that a page leads to or shows, and where it lies on the site."""
        return f"{narrative.state(project, path)} {on_site(path)}"

    made: list[tuple[Page, dict, str]] = []
    for name in names:
        shown = {each.label: each for each in found.exhibits.values() if each.notebook == name}
        own = {cell: links for (notebook, cell), links in back.items() if notebook == name}
        aside = [[e.label, e.name, e.caption, e.aside] for e in shown.values()]
        parts = [notebooks.content(name), project.results / f"{name}.json"]
        parts.append(json.dumps([names, list(own.items()), aside]))
        page = site.kept(f"notebooks/{name}.html", parts, answer)
        if page is None:
            continue
        tables = provenance.table_numbers(project, name)
        numbers = {key: number for table in tables.values() for key, number in table.items()}
        data = scripts.data("provenance", provenance.cards(numbers)) if numbers else ""
        notebooks.asked, notebooks.said = {}, page.said
        tree = pages.page(notebooks, name, found.exhibits, tables, back, on_site)
        page.asked = {path: answer(path) for path in notebooks.asked}
        if any(narrative.state(project, path) != was for path, was in notebooks.asked.items()):
            page.entry = None  # a picture was saved while the page was made
        made.append((page, tree, data))
    highlighting.ahead([tree for _, tree, _ in made])
    for page, tree, data in made:
        site.write(page.name, tree, data=data, page=page)
    index = "notebooks/index.html"
    if page := site.kept(
        index, [part for name in names for part in (name, notebooks.content(name))]
    ):
        site.write(index, pages.index(notebooks), page=page)


def _write_quality(project: Project, site: Site) -> None:
    """The page of suites and one per suite, which exhibits link to."""
    suites = quality_pages.suites(project)
    if not suites:
        return
    title, kicker = quality_pages.TITLE, "Checks before and after cleaning"
    texts = [("quality/index.html", quality_pages.overview(suites), title, kicker)]
    for suite in suites:
        own = (quality_pages.page(suite), f"Expectations: {suite.name}", title)
        texts.append((f"quality/{suite.name}.html", *own))
    site.write_texts(texts)


def _downloads(files: list[File]) -> dict:
    """The other forms of the report, and its parts, for the title block."""
    offered = {file.name: file.words for file in files if file.name != FORM.file} | PARTS
    entries = [
        {"href": ast.said(name), "words": ast.said(words)} for name, words in offered.items()
    ]
    return {"t": "MetaList", "c": [{"t": "MetaMap", "c": entry} for entry in entries]}


def _fill(project: Project, found: Manuscript, meta: dict) -> dict:
    """Put what the title block says of the version into `meta`; returns all it says, as texts."""
    version = revision(project)
    changed = "" if version.clean else ", with local changes"
    commit = f", commit {version.commit[:10]}{changed}" if version.commit else ""
    about = {
        "title": ast.meta_text(meta.get("title")),
        "authors": ast.meta_texts(meta.get("author")),
        "keywords": ast.meta_texts(meta.get("keywords")),
        "licence": ast.meta_text(meta.get("licence-link") or meta.get("licence-text")),
        "date": version.day.isoformat(),
        "version": f"{__version__}{commit}",
        "language": found.header.lang,
    }
    day = f"{version.day:%-d %B %Y}"
    named = [", ".join(about["authors"]), about["title"], f"Version {__version__}", day]
    meta["day"], meta["published"] = ast.said(day), ast.said(about["date"].replace("-", "/"))
    meta["version"] = ast.said(about["version"])
    meta["citation"] = ast.said(". ".join(part for part in named if part) + ".")
    return about


def _described(about: dict, people: People, files: list[File]) -> dict:
    """The report in the words of schema.org, for search engines and reference managers."""
    told = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": about["title"],
        "author": bylines.described(people),
        "datePublished": about["date"],
        "version": about["version"],
        "inLanguage": about["language"],
        "keywords": about["keywords"],
        "license": about["licence"],
        "encoding": [_encoding(file) for file in files],
    }
    return {key: value for key, value in told.items() if value}


def _encoding(file: File) -> dict[str, str]:
    return {"@type": "MediaObject", "contentUrl": file.name, "encodingFormat": file.media}
