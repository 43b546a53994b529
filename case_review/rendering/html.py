"""The site: the report's page, the executed notebooks, the data and the data-quality pages."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path

from case_review import __version__
from case_review.build.normalising import printable
from case_review.build.revision import revision
from case_review.exhibits import escape
from case_review.project import Project
from case_review.rendering import (
    ast,
    bylines,
    columns,
    data_page,
    figures,
    highlighting,
    html_exhibits,
    letters,
    outputs,
    pages,
    provenance,
    quality_pages,
    scripts,
)
from case_review.rendering.assemble import FORMS
from case_review.rendering.authors import People
from case_review.rendering.cells import Notebooks
from case_review.rendering.citations import convert
from case_review.rendering.forms import Form
from case_review.rendering.html_exhibits import FORM
from case_review.rendering.manuscript import Manuscript

#: Letters of the pages' own words: Latin, Greek, and the signs that clinical prose uses.
_RANGES = ((0x20, 0x7F), (0xA0, 0x180), (0x391, 0x3CA), (0x2010, 0x2027))
_LETTERS = "".join(chr(code) for start, end in _RANGES for code in range(start, end))
#: The parts of every site beside the report.
_PARTS = {"notebooks/index.html": "Notebooks", "data/index.html": "Data"}


def write(
    project: Project, found: Manuscript, tree: dict, work: Path, out: Path, writers: Sequence[str]
) -> None:
    """Write `index.html`, which offers the forms of `writers`, and the pages it links to.

    `work` is the folder for what pandoc includes; `prepare` must have filled it.
    """
    site = _Site(project, found, work, out)
    tree = html_exhibits.anchored(tree, found.used)
    tree["meta"]["downloads"] = _downloads(writers)
    about = _fill(project, found, tree["meta"])
    exhibits = found.exhibits.values()
    kinds = {exhibit.interactive for exhibit in exhibits} - {""}
    kinds |= {"others"} if any(exhibit.others for exhibit in exhibits) else set()
    numbers = {**found.used}
    for exhibit in exhibits:
        numbers |= exhibit.numbers
    data = scripts.data("provenance", provenance.cards(numbers))
    data += scripts.linked_data(_described(about, found.header.people, writers))
    site.write(FORM.file, tree, found, kinds, data)
    write_linked(project, found, work, out)


def without(page: str, writers: Sequence[str]) -> str:
    """The report's page as it is where the forms of `writers` are not made."""
    for form in (FORMS[name] for name in writers):
        entry = f'<li><a href="{form.file}">{form.words}</a></li>'
        page = page.replace(entry, "").replace(f",{scripts.packed(_encoding(form))}", "")
    return page


def write_linked(project: Project, found: Manuscript, work: Path, out: Path) -> None:
    """Write what every renderer's report links to: notebooks, data, expectations."""
    site = _Site(project, found, work, out)
    data_page.write_files(project, out)
    _write_notebooks(project, found, site)
    _write_quality(project, site)
    site.write_text("data/index.html", data_page.markdown(project), "Data", "Sources")


def prepare(project: Project, found: Manuscript, foot: list[str], work: Path) -> None:
    """Put into `work` what every page includes: its style, with the fonts used, and its footer."""
    drawn = [exhibit for exhibit in found.exhibits.values() if exhibit.svg]
    shown = [svg for exhibit in drawn for svg in (exhibit.svg, *exhibit.others)]
    letters = figures.characters([*shown, *outputs.drawings(Notebooks(project))])
    css = scripts.style(project.report / "styles" / "report.css") + figures.font_css(
        letters + _LETTERS
    )
    (work / "report.css").write_text(css, encoding="utf-8")
    said, _ = ast.pandoc(["-f", "markdown", "-t", "html"], "\n\n".join(map(escape, foot)))
    (work / "footer.html").write_text(said, encoding="utf-8")


class _Site:
    """The pages of one site: what they share, and how one is written."""

    def __init__(self, project: Project, found: Manuscript, work: Path, out: Path):
        self.project, self.work, self.out = project, work, out
        self.lang = found.header.lang
        self.parts = {FORM.file: FORM.words, **_PARTS}
        if quality_pages.suites(project):
            self.parts["quality/index.html"] = quality_pages.TITLE

    def write(
        self,
        name: str,
        tree: dict,
        found: Manuscript | None = None,
        kinds: frozenset[str] | set[str] = frozenset(),
        data: str = "",
    ) -> None:
        """Write a page.

        Parameters
        ----------
        name
            Its path in the site.
        found
            The manuscript, for its citations, if the page is the report.
        kinds
            Kinds of interactive exhibits on it.
        data
            Blocks of data for its scripts.
        """
        tree["meta"]["description"] = ast.said(_description(tree))
        tree["meta"]["lang"] = ast.said(self.lang)
        tree["blocks"] = columns.fitted(tree["blocks"])
        used = scripts.chosen(self.project, set(kinds))
        arguments = [*self._options(name), highlighting.option(tree)]
        arguments.append(f"--variable=policy:{scripts.policy(used)}")
        if found:
            text = convert(self.project, found, tree, arguments, self.work)
        else:
            text, _ = ast.pandoc(arguments, json.dumps(tree), self.work)
        head, end, tail = letters.page(name, text).rpartition("</body>")
        path = self.out / name
        path.parent.mkdir(exist_ok=True)
        head, tail = printable(head + data), printable(end + tail)
        path.write_text(head + scripts.elements(used) + tail, encoding="utf-8")

    def write_text(self, name: str, text: str, title: str, kicker: str) -> None:
        """Write a page of pandoc's Markdown; `kicker` stands above its title."""
        self.write(name, pages.document(ast.parse(text)["blocks"], ast.words(title), kicker))

    def _options(self, name: str) -> list[str]:
        """Pandoc's options for a page."""
        # A notebook's sections have the second level already.
        shift = not name.startswith("notebooks/") or name == "notebooks/index.html"
        return [
            *("-f", "json", "-t", "html5", "--standalone", "--mathml", "--toc", "--toc-depth=3"),
            f"--template={self.project.report / 'styles' / 'report.html'}",
            f"--lua-filter={self.project.report / 'styles' / 'tables.lua'}",
            f"--include-in-header={self.work / 'report.css'}",
            f"--include-after-body={self.work / 'footer.html'}",
            f"--variable=site-links:{self._links(name)}",
            *(["--shift-heading-level-by=1"] if shift else []),
        ]

    def _links(self, name: str) -> str:
        """The links between the parts of the site, as list items."""
        up = "../" * name.count("/")
        items = []
        for target, words in self.parts.items():
            part = "/" in target and name.startswith(target.split("/")[0] + "/")
            here = "page" if target == name else "true" if part else ""
            current = f' aria-current="{here}"' if here else ""
            items.append(f'<li><a href="{up}{target}"{current}>{html.escape(words)}</a></li>')
        return "".join(items)


def _write_notebooks(project: Project, found: Manuscript, site: _Site) -> None:
    notebooks = Notebooks(project)
    back = pages.places(found)

    def on_site(path: str) -> str:
        """Where a file of the project lies on the site; empty if it does not."""
        if path.startswith("report/exhibits/") and (project.root / path).is_file():
            return path.removeprefix("report/")
        return path if (site.out / path).is_file() else ""

    trees: dict[str, tuple[dict, str]] = {}
    for name in notebooks.names():
        tables = provenance.table_numbers(project, name)
        numbers = {key: number for table in tables.values() for key, number in table.items()}
        data = scripts.data("provenance", provenance.cards(numbers)) if numbers else ""
        trees[name] = pages.page(notebooks, name, found.exhibits, tables, back, on_site), data
    highlighting.ahead([tree for tree, _ in trees.values()])
    for name, (tree, data) in trees.items():
        site.write(f"notebooks/{name}.html", tree, data=data)
    site.write("notebooks/index.html", pages.index(notebooks))


def _write_quality(project: Project, site: _Site) -> None:
    """The page of suites and one per suite, which exhibits link to."""
    suites = quality_pages.suites(project)
    if not suites:
        return
    title, kicker = quality_pages.TITLE, "Checks before and after cleaning"
    site.write_text("quality/index.html", quality_pages.overview(suites), title, kicker)
    for suite in suites:
        own = f"Expectations: {suite.name}"
        site.write_text(f"quality/{suite.name}.html", quality_pages.page(suite), own, title)


def _downloads(writers: Sequence[str]) -> dict:
    """The other forms of the report, and its parts, for the title block."""
    forms = [FORMS[name] for name in writers if FORMS[name] is not FORM]
    offered = {form.file: form.words for form in forms} | _PARTS
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


def _described(about: dict, people: People, writers: Sequence[str]) -> dict:
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
        "encoding": [_encoding(FORMS[name]) for name in writers],
    }
    return {key: value for key, value in told.items() if value}


def _encoding(form: Form) -> dict[str, str]:
    return {"@type": "MediaObject", "contentUrl": form.file, "encodingFormat": form.media}


def _description(tree: dict) -> str:
    """What a page is about in one paragraph: the first of its abstract or of its text."""
    abstract = tree["meta"].get("abstract", {"t": ""})
    blocks = abstract["c"] if abstract["t"] == "MetaBlocks" else tree["blocks"]
    first = next((block for block in blocks if block["t"] == "Para"), None)
    return ast.text(first["c"]) if first else ast.meta_text(tree["meta"].get("title"))
