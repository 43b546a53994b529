"""The pages of a site: what they share, how one is written, and which need not be made again."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from case_review.build import made
from case_review.build.normalising import printable
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import Project
from case_review.rendering import (
    ast,
    code_pages,
    columns,
    framing,
    highlighting,
    letters,
    narrative,
    pages,
    quality_pages,
    scripts,
    supplement,
    whats_new,
)
from case_review.rendering.citations import converted
from case_review.rendering.html_exhibits import FORM
from case_review.rendering.manuscript import Manuscript

#: The parts of every site beside the report.
PARTS = {"notebooks/index.html": "Notebooks", "data/index.html": "Data"}
#: Files that all pages include, and what stands for them until a page is written: with the
#: commit and the sums of the data in them, no page could be kept when one of these changes.
_SHARED = {"report.css": "/*case-review-style*/", "footer.html": "<!--case-review-footer-->"}
#: Stands for what leads from a page to the site's own folder.
UP = "case-review-up/"
#: What stands for a large piece of HTML while pandoc writes the page, and what is large.
_ASIDE = re.compile(r"<!--case-review-aside-(\d+)-->")
_LARGE = 200
#: What leads from another page to a place in the report.
_LEADS_TO_REPORT = re.compile(rf'( href="\.\./){FORM.file}#([^"]+)'.encode("ascii"))
#: Packages that a page is made with.
_PACKAGES = ("pypandoc_binary", "lxml")


@dataclass
class Page:
    """A page that is not the report's own.

    Parameters
    ----------
    name
        Its path in the site.
    entry
        Its place among what is kept; None if it must be made.
    asked
        The files that its notebook leads to or shows, each with what they were found to be.
    said
        What was told the user of it.
    """

    name: str
    entry: made.Entry | None = None
    asked: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


class Site:
    """The pages of one site; `work` holds what all of them include.

    There is one for a site: it puts into `work` what pandoc may be reading while others are made.
    """

    def __init__(
        self,
        project: Project,
        found: Manuscript,
        report: Sequence[supplement.Part],
        work: Path,
        out: Path,
    ):
        self.project, self.work, self.out = project, work, out
        self.lang = found.header.lang
        self.parts = {part.file: part.heading or FORM.words for part in report} | PARTS
        #: By name, the page of the report on which something is that can be led to.
        self._pages = {name: part.file for part in reversed(report) for name in part.names}
        if quality_pages.suites(project):
            self.parts["quality/index.html"] = quality_pages.TITLE
        if code_pages.is_there(project):
            self.parts["code/index.html"] = code_pages.TITLE
        if whats_new.is_there(project):
            self.parts[whats_new.PAGE] = whats_new.TITLE
        self._styles = project.report / "styles"
        self._code = made.code()
        self._shared = {}
        for name, stands_for in _SHARED.items():
            # Pandoc includes a text without the end of its last line.
            self._shared[stands_for.encode("ascii")] = (work / name).read_bytes().rstrip(b"\n")
            (work / f"shared-{name}").write_text(stands_for, encoding="utf-8")

    def write(
        self,
        name: str,
        tree: dict,
        found: Manuscript | None = None,
        kinds: frozenset[str] | set[str] = frozenset(),
        data: str = "",
        page: Page | None = None,
        meanwhile: Callable[[], None] | None = None,
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
        page
            Where the page is kept, if `kept` did not know it.
        meanwhile
            Called while pandoc writes the page.
        """
        tree["meta"]["description"] = ast.said(_description(tree))
        tree["meta"]["lang"] = ast.said(self.lang)
        tree["blocks"], aside = _without_raw(framing.framed(columns.fitted(tree["blocks"])))
        used = scripts.chosen(self.project, set(kinds))
        arguments = [*self._options(name), highlighting.option(tree)]
        arguments.append(f"--variable=policy:{scripts.policy(used)}")
        if found:
            text = ast.as_text(
                converted(self.project, found, tree, arguments, self.work, meanwhile)
            )
        else:
            text, _ = ast.pandoc(arguments, json.dumps(tree), self.work, meanwhile=meanwhile)
        head, end, tail = letters.page(name, text).rpartition("</body>")
        head, tail = printable(head + data), printable(end + tail)
        head = _ASIDE.sub(lambda match: printable(letters.page(name, aside[int(match[1])])), head)
        head, files = scripts.put_aside(head, set(kinds))
        for address, held in files.items():
            path = self.out / address
            path.parent.mkdir(exist_ok=True)
            write_text(path, held)
        content = (head + scripts.elements(used) + tail).encode("utf-8")
        if page and page.entry and not files:
            told = json.dumps({"asked": page.asked, "said": page.said})
            page.entry.keep(told.encode("ascii") + b"\n" + content)
        self._put(name, content)

    def kept(
        self, name: str, parts: Iterable[made.Part], answer: Callable[[str], str] = str
    ) -> Page | None:
        """Write a page as it was made of the same parts before; else, what to `write` it with.

        Parameters
        ----------
        parts
            Everything that this page follows from, beside what all pages share.
        answer
            What a file is that a kept page asked for; if it is something else now, the page must
            be made again.
        """
        entry = made.Entry("page", [*self._common(name), *parts])
        first, _, content = (entry.read() or b"").partition(b"\n")
        told = json.loads(first) if first else None
        if told is None or any(answer(path) != was for path, was in told["asked"].items()):
            return Page(name, entry)
        for line in told["said"]:
            narrative.tell(line)
        self._put(name, content)
        return None

    def write_texts(self, texts: Iterable[tuple[str, str, str, str]]) -> None:
        """Write pages, each given by its name, pandoc's Markdown, title, and what stands above."""
        due = [(page, each) for each in texts if (page := self.kept(each[0], each[1:]))]
        ast.parse_ahead([text for _, (_, text, _, _) in due], "markdown")
        for page, (name, text, title, kicker) in due:
            tree = pages.document(ast.parse(text)["blocks"], ast.words(title), kicker)
            self.write(name, tree, page=page)

    def _common(self, name: str) -> list[made.Part]:
        """What a page follows from beside its own content."""
        styles = [self._styles / each for each in ("report.html", "beside.js", "report.js")]
        return [
            self._code,
            *map(made.version, _PACKAGES),
            *styles,
            self.lang,
            name,
            self._links(name),
        ]

    def _put(self, name: str, content: bytes) -> None:
        for stands_for, shared in self._shared.items():
            shared = shared.replace(UP.encode("ascii"), b"../" * name.count("/"))
            before, found, after = content.partition(stands_for)
            if not found or stands_for in after:
                raise ReviewError(f"report/styles/report.html must include each file once ({name})")
            content = b"".join((before, shared, after))
        # Other pages need not know on which of the report's something stands.
        content = _LEADS_TO_REPORT.sub(self._address, content)
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def _address(self, link: re.Match) -> bytes:
        name = unquote(html.unescape(link[2].decode("utf-8")))
        return link[1] + self._pages.get(name, FORM.file).encode("utf-8") + b"#" + link[2]

    def _options(self, name: str) -> list[str]:
        """Pandoc's options for a page."""
        # A notebook's sections have the second level already.
        shift = not name.startswith("notebooks/") or name == "notebooks/index.html"
        return [
            *("-f", "json", "-t", "html5", "--standalone", "--mathml", "--toc", "--toc-depth=3"),
            f"--template={self._styles / 'report.html'}",
            "--include-in-header=shared-report.css",
            "--include-after-body=shared-footer.html",
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


def _without_raw(blocks: list) -> tuple[list, list[str]]:
    """Blocks of a page in which large pieces of HTML wait aside, for pandoc only copies them."""
    found, aside = [], []
    for block in blocks:
        if block["t"] == "RawBlock" and block["c"][0] == "html" and len(block["c"][1]) > _LARGE:
            aside.append(block["c"][1])
            block = ast.raw("html", f"<!--case-review-aside-{len(aside) - 1}-->")
        found.append(block)
    return found, aside


def _description(tree: dict) -> str:
    """What a page is about in one paragraph: the first of its abstract or of its text."""
    abstract = tree["meta"].get("abstract", {"t": ""})
    blocks = abstract["c"] if abstract["t"] == "MetaBlocks" else tree["blocks"]
    first = next((block for block in blocks if block["t"] == "Para"), None)
    return ast.text(first["c"]) if first else ast.meta_text(tree["meta"].get("title"))
