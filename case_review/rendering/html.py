"""The site: the report's page, the executed notebooks, the data and the data-quality pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from case_review import __version__
from case_review.build.revision import revision
from case_review.project import Project
from case_review.rendering import (
    ast,
    back,
    bylines,
    cards,
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
)
from case_review.rendering.assemble import FORMS
from case_review.rendering.authors import People
from case_review.rendering.cells import Notebooks
from case_review.rendering.code_pages import Module
from case_review.rendering.forms import File, Form
from case_review.rendering.html_exhibits import FORM
from case_review.rendering.manuscript import Manuscript
from case_review.rendering.site import UP, Page, Site

#: The list of what has changed, and its page.
CHANGES, CHANGES_PAGE = "CHANGELOG.md", "changes.html"
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
    """Write `index.html`, which offers the forms of `writers`, and the pages it links to.

    `work` is the folder for what pandoc includes; `prepare` must have filled it. `meanwhile` is
    called while pandoc writes the report.
    """
    # The frames of tables bear their captions, with the citations in them.
    found, tree = citations.settled(project, found, tree, work)
    site = Site(project, found, work, out)
    tree = html_exhibits.anchored(tree, found.used, found.later)
    offered = _offered(found, writers)
    named = {file.name: file.words for file in offered if file.name != FORM.file}
    tree["meta"]["downloads"] = _linked(named)
    if "typst" in writers:
        tree["meta"]["pdf"] = ast.said("yes")
    tree["meta"]["references-as"] = _linked(citing.FILES)
    citation = citing.of(project, tree["meta"], found.header)
    about = _fill(project, found, tree["meta"], citation)
    tree["meta"]["listed"] = contents.meta(found)
    tree["meta"]["cited"] = citing.references(tree["blocks"])
    citation.write(out)
    exhibits = found.exhibits.values()
    kinds = {exhibit.interactive for exhibit in exhibits} - {""}
    kinds |= {"others"} if any(exhibit.others for exhibit in exhibits) else set()
    numbers = {**found.used}
    for exhibit in exhibits:
        numbers |= exhibit.numbers
    data = scripts.waiting("provenance", scripts.packed(cards.cards(project, numbers)))
    data += scripts.linked_data(_described(about, found.header.people, offered))
    opening.set_apart(found, tree)
    tree["blocks"] = fragments.written(tree["blocks"], found)

    def others() -> None:
        _write_linked(project, found, site)
        meanwhile()

    site.write(FORM.file, tree, found, kinds, data, meanwhile=others)
    drawings.write(exhibits, out)


def without(page: str, writers: Sequence[str]) -> str:
    """The report's page as it is where the forms of `writers` are not made."""
    for file in _files(FORMS[name] for name in writers):
        entry = f'<li><a href="{file.name}">{file.words}</a></li>'
        page = page.replace(entry, "").replace(f",{scripts.packed(_encoding(file))}", "")
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
    _write_changes(project, site)


def _write_changes(project: Project, site: Site) -> None:
    """What has changed from release to release, as the project's own list says it."""
    path = project.root / CHANGES
    if not path.is_file():
        return
    text = letters.text_of(path, CHANGES)
    if page := site.kept(CHANGES_PAGE, [text]):
        blocks = [ast.para(*ast.words("What each release brought, the newest release first."))]
        for block in ast.walk(narrative.parse([text])[0], _of_the_web):
            if block["t"] != "Header":
                blocks.append(block)
                continue
            level, (id, *rest), words = block["c"]
            if level > 1:  # the first is the page's own title
                blocks.append({"t": "Header", "c": [level - 1, [f"section-{id}", *rest], words]})
        title, kicker = ast.words("What has changed"), "From release to release"
        site.write(CHANGES_PAGE, pages.document(blocks, title, kicker), page=page)


def _of_the_web(node: dict) -> list | None:
    """Links and pictures that lead to no address of the web as their words."""
    if node["t"] not in ("Link", "Image") or (
        node["t"] == "Link" and node["c"][2][0].startswith(("https://", "http://"))
    ):
        return None
    return ast.walk(node["c"][1], _of_the_web)


def prepare(project: Project, found: Manuscript, foot: list[str], work: Path) -> None:
    """Put into `work` what every page includes: its style, with the fonts used, and its footer."""
    drawn = [exhibit for exhibit in found.exhibits.values() if exhibit.svg]
    shown = [svg for exhibit in drawn for svg in (exhibit.svg, *exhibit.others, *exhibit.narrow)]
    notebooks = Notebooks(project)
    used = {*figures.characters(shown), *outputs.letters(notebooks), *_LETTERS}
    sources = [path for path in project.report.glob("[!.]*.[qb]*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sources]
    texts += [notebooks.content(name).decode("utf-8") for name in notebooks.names()]
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
        about = cards.cards(project, numbers, "../") if numbers else {}
        data = scripts.data("provenance", about) if numbers else ""
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
    parts = [part for module in called.values() for part in (module.path, module.about)]
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
            f"Table {table}",
            title,
        )
        for table in quality_pages.tables(project, suites)
    ]
    site.write_texts(texts)


def _linked(offered: dict[str, str]) -> dict:
    """Files and their words, as the template lists them."""
    entries = [
        {"href": ast.said(name), "words": ast.said(words)} for name, words in offered.items()
    ]
    return {"t": "MetaList", "c": [{"t": "MetaMap", "c": entry} for entry in entries]}


def _fill(project: Project, found: Manuscript, meta: dict, citation: citing.Citation) -> dict:
    """Put what the title block says of the version into `meta`; returns all it says, as texts."""
    version = revision(project)
    commit = f", {version}" if version.commit else ""
    about = {
        "title": ast.meta_text(meta.get("title")),
        "authors": ast.meta_texts(meta.get("author")),
        "keywords": ast.meta_texts(meta.get("keywords")),
        "licence": ast.meta_text(meta.get("licence-link") or meta.get("licence-text")),
        "date": version.day.isoformat(),
        "version": f"{__version__}{commit}",
        "language": found.header.lang,
    }
    meta["day"] = ast.said(f"{version.day:%-d %B %Y}")
    meta["published"] = ast.said(about["date"].replace("-", "/"))
    meta["version"] = ast.said(about["version"])
    if (project.root / CHANGES).is_file():
        meta["changes"] = ast.said(CHANGES_PAGE)
    meta["citation"] = ast.said(citation.sentence())
    about |= {"doi": citation.declared.doi(), **citation.declared.addresses}
    if about["doi"]:
        meta["doi"] = ast.said(about["doi"])
    return about


def _described(about: dict, people: People, files: list[File]) -> dict:
    """The report in the words of schema.org, for search engines and reference managers."""
    code = {"@type": "SoftwareSourceCode", "codeRepository": about.get("code")}
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
        "url": about.get("url"),
        "identifier": about.get("archive"),
        "isBasedOn": code if about.get("code") else None,
        "encoding": [_encoding(file) for file in files],
    }
    return {key: value for key, value in told.items() if value}


def _encoding(file: File) -> dict[str, str]:
    return {"@type": "MediaObject", "contentUrl": file.name, "encodingFormat": file.media}
