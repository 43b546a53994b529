"""JATS, in which PubMed Central and many journals keep articles (https://jats.nlm.nih.gov).

Tables are `table-wrap`; text is the abstract and the body, without what is no sentence of the
paper's own: references, formulas, figures, code.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from case_review.audit.papers import cals, markup
from case_review.audit.papers.document import Paper, Passage, Table

_LEFT_OUT = frozenset({
    "table-wrap", "table-wrap-group", "fig", "fig-group", "disp-formula", "inline-formula",
    "disp-formula-group", "ref-list", "code", "preformat", "supplementary-material",
    "media", "disp-quote", "verse-group", "fn",
})  # fmt: skip


def read(root: etree._Element) -> Paper:
    """Tables and text of an `article`."""
    title = next((markup.text(e) for e in root.iter("{*}article-title")), "")
    return Paper(
        "JATS",
        title,
        [table for wrap in root.iter("{*}table-wrap") for table in _tables(wrap)],
        [*_abstracts(root), *(p for body in root.findall("{*}body") for p in _passages(body, ""))],
    )


def _tables(wrap: etree._Element) -> Iterator[Table]:
    """The tables in a `table-wrap`: several where its parts are kept as tables of their own."""
    label = markup.text(wrap.find("{*}label")).rstrip(". ")
    caption = " ".join(markup.text(c) for c in wrap.findall("{*}caption"))
    notes = "\n".join(markup.lines(foot)[0] for foot in wrap.findall("{*}table-wrap-foot"))
    for table in wrap.iter("{*}table"):
        is_cals = table.find("{*}tgroup") is not None
        rows, heads = cals.table_rows(table) if is_cals else markup.table_rows(table)
        if rows:
            yield Table(label, caption, notes, rows, heads)


def _abstracts(root: etree._Element) -> Iterator[Passage]:
    for abstract in root.iter("{*}abstract"):
        if abstract.get("abstract-type") in (None, "structured", "summary"):
            yield from _passages(abstract, "Abstract")


def _passages(part: etree._Element, section: str) -> Iterator[Passage]:
    """Paragraphs of a part, with the title of the innermost section that each stands in."""
    for child in part:
        tag = markup.name(child)
        if tag in _LEFT_OUT or tag in ("title", "label"):
            continue
        if tag == "sec":
            title = markup.text(child.find("{*}title"))
            yield from _passages(child, ", ".join(filter(None, (section, title))))
        elif tag == "p":
            if words := markup.text(child, _LEFT_OUT):
                yield Passage(section or "Text", words)
        elif tag:
            yield from _passages(child, section)
