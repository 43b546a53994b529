"""The site: the report's page, the executed notebooks, the data and the data-quality pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from case_review.project import Project
from case_review.rendering import (
    about,
    ast,
    back,
    cards,
    changes,
    citations,
    citing,
    code_pages,
    contents,
    data_page,
    drawings,
    figures,
    fragments,
    highlighting,
    html_exhibits,
    letters,
    narrative,
    opening,
    origins,
    outputs,
    pages,
    provenance,
    quality_pages,
    recorded_pages,
    scripts,
    supplement,
    whats_new,
)
from case_review.rendering.assemble import FORMS
from case_review.rendering.cells import Notebooks
from case_review.rendering.code_pages import Module
from case_review.rendering.forms import File, Form
from case_review.rendering.html_exhibits import FORM
from case_review.rendering.manuscript import Manuscript
from case_review.rendering.site import UP, Page, Site

#: Letters of the pages' own words, and those that the page's font has besides: of these it gets
#: what the texts use. Latin, Greek, and the signs that clinical prose uses.
_LETTERS = {chr(code) for code in range(0x20, 0x7F)} | set("\u00a0–—·×±≤≥↑↓↕…’“”")
_RANGES = ((0xA0, 0x180), (0x391, 0x3CA), (0x2010, 0x2027), (0x2190, 0x22FF))

#: The list of other forms where none is left.
_NONE_OFFERED = re.compile(r'<ul class="downloads"[^>]*></ul>')


def write(
    project: Project,
    found: Manuscript,
    tree: dict,
    work: Path,
    out: Path,
    writers: Sequence[str],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Write the report's pages, which offer the forms of `writers`, and those they link to.

    What follows the heading named `supplement` is a page of its own.

    `work` is the folder for what pandoc includes; `prepare` must have filled it. `meanwhile` is
    called while pandoc writes the report.
    """
    # The frames of tables bear their captions, with the citations in them.
    found, tree = citations.settled(project, found, tree, work)
    tree = html_exhibits.anchored(tree, found.used, found.later)
    offered = _offered(found, writers)
    named = {file.name: file.words for file in offered if file.media != FORM.media}
    tree["meta"]["downloads"] = about.listed(named)
    if "typst" in writers:
        tree["meta"]["pdf"] = ast.said("yes")
    tree["meta"]["references-as"] = about.listed(citing.FILES)
    citation = citing.of(project, tree["meta"], found.header)
    told = about.fill(project, found, tree["meta"], citation)
    tree["meta"]["cited"] = citing.references(tree["blocks"])
    citation.write(out)
    described = scripts.linked_data(about.described(told, found.header.people, offered))
    frames = opening.set_apart(found, tree)
    tree["blocks"] = fragments.written(tree["blocks"], found)
    parts = supplement.pages(tree, frames, FORM.file, FORM.supplement.name)
    site = Site(project, found, parts, work, out)
    lists = contents.lists(found)
    waiting = scripts.waiting("provenance", scripts.packed(_cards(project, found)))

    def each(left: Sequence[supplement.Part]) -> None:
        """Write a page and, while pandoc is at it, the next ones."""
        if not left:
            _write_linked(project, found, site)
            meanwhile()
            return
        part, *rest = left
        meta = part.meta | {"listed": contents.meta(lists, part, parts)}
        meta |= {key: ast.said(v) for key, v in supplement.beside(found, part, parts).items()}
        page = {**tree, "meta": meta, "blocks": part.blocks}
        data = waiting + (described if part.file == FORM.file else "")
        kinds = _kinds(found, part.names)
        site.write(part.file, page, found, kinds, data, meanwhile=lambda: each(rest))

    each(parts)
    drawings.write(found.exhibits.values(), out)


def _cards(project: Project, found: Manuscript) -> dict:
    """Where the numbers of the report come from: one file for all of its pages."""
    numbers = {**found.used}
    for exhibit in found.exhibits.values():
        numbers |= exhibit.numbers
    return cards.cards(project, numbers)


def _kinds(found: Manuscript, labels: set[str]) -> set[str]:
    """The kinds of interactive exhibits among those of `labels`."""
    shown = [exhibit for label, exhibit in found.exhibits.items() if label in labels]
    kinds = {exhibit.interactive for exhibit in shown} - {""}
    return kinds | ({"others"} if any(exhibit.others for exhibit in shown) else set())


def without(page: str, writers: Sequence[str]) -> str:
    """The report's page as it is where the forms of `writers` are not made."""
    for file in _files(FORMS[name] for name in writers):
        entry = f'<li><a href="{file.name}">{file.words}</a></li>'
        page = page.replace(entry, "").replace(f",{scripts.packed(about.encoding(file))}", "")
    return _NONE_OFFERED.sub("", page)


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


def _write_linked(project: Project, found: Manuscript, site: Site) -> None:
    """Write what the report links to: notebooks, code, data, expectations, what has changed."""
    data_page.write_files(project, site.out)
    called = _write_notebooks(project, found, site)
    if code_pages.is_there(project):
        _write_code(site, called)
    suites = quality_pages.suites(project)
    _write_quality(project, site, suites)
    text = data_page.markdown(project, quality_pages.tables(project, suites))
    site.write_texts([("data/index.html", text, "Data", "Sources")])
    changes.write(project.root, site)
    if whats_new.is_there(project):
        site.write_texts([whats_new.page(project, found)])


def prepare(project: Project, found: Manuscript, foot: list[str], work: Path) -> None:
    """Put into `work` what every page includes: its style, with the fonts used, and its footer."""
    drawn = [exhibit for exhibit in found.exhibits.values() if exhibit.svg]
    shown = [svg for exhibit in drawn for svg in (exhibit.svg, *exhibit.others, *exhibit.narrow)]
    notebooks = Notebooks(project)
    used = {*figures.characters(shown), *outputs.letters(notebooks), *_LETTERS}
    sources = [path for path in project.report.glob("[!.]*.[qb]*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sources]
    texts += [notebooks.content(name).decode("utf-8") for name in notebooks.names()]
    if whats_new.is_there(project):  # one that is stale stops everything here
        texts.append(json.dumps(whats_new.read(project), ensure_ascii=False))
    used.update(letter for letter in set().union(*texts) if _is_of_font(letter))
    fonts = figures.font_css("".join(sorted(used)))
    css = scripts.style(project.report / "styles" / "report.css") + fonts
    (work / "report.css").write_text(css, encoding="utf-8")
    said, _ = ast.pandoc(["-f", "markdown", "-t", "html"], provenance.said_at_foot(foot, UP))
    (work / "footer.html").write_text(letters.page("footer", said), encoding="utf-8")


def _is_of_font(letter: str) -> bool:
    return any(start <= ord(letter) < end for start, end in _RANGES)


def _write_notebooks(project: Project, found: Manuscript, site: Site) -> dict[str, Module]:
    """Write the notebooks' pages; returns the modules that they call, by path."""
    notebooks = Notebooks(project)
    names, places = notebooks.names(), back.places(found)
    known = {name: origins.of(project, name) for name in names}
    called = code_pages.modules(project, code_pages.called(project))

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
        recorded = recorded_pages.Recorded(project, name, places, known[name], called)
        aside = [[e.label, e.name, e.caption, e.aside, e.narrow[:1]] for e in shown.values()]
        parts = [notebooks.content(name), project.results / f"{name}.json", *recorded.parts()]
        # Cards say how many checks were met.
        parts.append(quality_pages.outcomes_file(project))
        parts.append(json.dumps([names, places.of_notebook(name), aside]))
        page = site.kept(f"notebooks/{name}.html", parts, answer)
        if page is None:
            continue
        tables = provenance.table_numbers(project, name)
        numbers = {key: number for table in tables.values() for key, number in table.items()}
        behind = cards.cards(project, numbers, "../") if numbers else {}
        data = scripts.data("provenance", behind) if numbers else ""
        notebooks.asked, notebooks.said = {}, page.said
        tree = pages.page(notebooks, name, found.exhibits, tables, recorded, on_site)
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
    return called


def _write_code(site: Site, called: dict[str, Module]) -> None:
    """The pages of the modules that notebooks call, and the one that lists them."""
    for module in called.values():
        if page := site.kept(module.name, [module.path, module.text]):
            tree = pages.document(code_pages.page(module), ast.words(module.path), code_pages.TITLE)
            site.write(module.name, tree, page=page)
    parts = [part for module in called.values() for part in (module.path, module.text)]
    if page := site.kept("code/index.html", parts):
        title = ast.words(code_pages.TITLE)
        tree = pages.document(code_pages.index(called), title, "What the notebooks call")
        site.write("code/index.html", tree, page=page)


def _write_quality(project: Project, site: Site, suites: list[quality_pages.Suite]) -> None:
    """The page that lists the tables with their checks, and one per table."""
    title, kicker = quality_pages.TITLE, "What the data hold, and what was checked"
    if suites:
        text = quality_pages.overview(project, suites)
        site.write_texts([("quality/index.html", text, title, kicker)])
    texts = [
        (
            quality_pages.address(table),
            quality_pages.page(project, table, suites),
            f"Table: {quality_pages.called(table)}",
            title,
        )
        for table in quality_pages.tables(project, suites)
    ]
    site.write_texts(texts)
