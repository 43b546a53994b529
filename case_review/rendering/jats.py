"""The report as JATS XML, the form in which journals and archives exchange articles.

The tag set is that of archiving and interchange: no journal has published the report, and the
publishing set would demand one's name.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from case_review.build.revision import revision
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.registry import Recorded
from case_review.rendering import ast, figures, marks, provenance
from case_review.rendering.cells import Exhibit
from case_review.rendering.citations import convert
from case_review.rendering.forms import Form
from case_review.rendering.manuscript import Manuscript

#: What JATS calls a reference, by the element that it leads to.
_REFERENCE_TYPES = {
    "fig": "fig",
    "table-wrap": "table",
    "ref": "bibr",
    "sec": "sec",
    "app": "app",
}


def write(project: Project, found: Manuscript, tree: dict, work: Path, out: Path) -> None:
    """Write `index.jats.xml`; the same tree gives the same bytes.

    Raises
    ------
    ReviewError
        If a reference points nowhere, or pandoc's output is no XML.
    """
    day = revision(project).day
    arguments = ["-f", "json", "-t", "jats_archiving+element_citations", "--standalone"]
    arguments.append(f"--template={project.report / 'styles' / 'report.jats.xml'}")
    arguments += [f"--variable={key}:{getattr(day, key)}" for key in ("year", "month", "day")]
    arguments.append(f"--variable=iso-date:{day.isoformat()}")
    text = convert(project, found, tree, arguments, work)
    try:
        article = etree.fromstring(text.encode("utf-8"))
    except etree.XMLSyntaxError as error:
        raise ReviewError(f"pandoc's JATS is not well-formed: {error}") from None
    _structure_abstract(article)
    _label(article, found)
    _number_references(article, _cited(tree))
    for notes in list(article.iter("table-wrap-foot")):
        notes.getprevious().append(notes)  # notes of a table belong to its foot
    _place_back_matter(article)
    _type_references(article)
    content = etree.tostring(
        article.getroottree(), encoding="UTF-8", xml_declaration=True, pretty_print=False
    )
    (out / FORM.file).write_bytes(content + b"\n")


def _structure_abstract(article) -> None:
    """An abstract whose paragraphs all open with a bold heading becomes one of titled sections.

    Lists stay with the paragraph before.
    """
    abstract = article.find("front/article-meta/abstract")
    parts = abstract.findall("p") if abstract is not None else []
    heads = [part[0] if len(part) and not (part.text or "").strip() else None for part in parts]
    if not parts or any(head is None or head.tag != "bold" or len(head) for head in heads):
        return
    for part, head in zip(parts, heads, strict=True):
        section, title = etree.Element("sec"), etree.Element("title")
        part.addprevious(section)
        title.text, part.text = (head.text or "").rstrip(".: "), (head.tail or "").lstrip()
        part.remove(head)
        section.extend([title, part])
        while (after := section.getnext()) is not None and after.tag != "p":
            section.append(after)


def _label(article, found: Manuscript) -> None:
    """Give exhibits their numbers, which JATS keeps apart from captions."""
    for table in article.iterfind(".//table-wrap/table[@id]"):
        table.getparent().set("id", table.attrib.pop("id"))  # where a journal's tools look for it
    named = {node.get("id"): node for node in article.iter("fig", "table-wrap")}
    for label, exhibit in found.exhibits.items():
        if exhibit.name:
            node = etree.Element("label")
            node.text, node.tail = exhibit.name, "\n"
            named[label].insert(0, node)


def _cited(tree: dict) -> list[str]:
    """The ids of cited references in the order of their first citation."""
    ids: list[str] = []

    def collect(node: dict) -> None:
        if node["t"] == "Cite":
            ids.extend(f"ref-{citation['citationId']}" for citation in node["c"][0])

    ast.walk(tree["blocks"], collect)
    return list(dict.fromkeys(ids))


def _number_references(article, cited: list[str]) -> None:
    """Put the references in the order of their numbers, and say these."""
    references = {node.get("id"): node for node in article.iter("ref")}
    order = dict.fromkeys([*(id for id in cited if id in references), *references])
    for number, id in enumerate(order, 1):
        reference, node = references[id], etree.Element("label")
        node.text, node.tail = str(number), "\n"
        reference.insert(0, node)
        reference.getparent().append(reference)
        for page in [node for node in reference.iter("fpage", "lpage") if not node.text]:
            page.getparent().remove(page)  # an article number has no last page


def _place_back_matter(article) -> None:
    """The list of references bears its title; what follows it becomes an appendix."""
    body, back = article.find("body"), article.find("back")
    title = article.find("back/ref-list/title")
    if title is None:
        return
    sections = body.findall("sec")
    following = [section for section in sections if section.get("id") == "supplement"]
    if not following:
        return
    group = etree.SubElement(back, "app-group")
    for section in sections[sections.index(following[0]) :]:
        section.tag = "app"
        group.append(section)


def _type_references(article) -> None:
    """Say what kind of thing each reference leads to; every one must lead somewhere."""
    tags = {node.get("id"): node.tag for node in article.iter() if node.get("id")}
    for node in article.iter("xref"):
        rid = node.get("rid")
        if rid not in tags:
            raise ReviewError(f"the JATS file refers to {rid}, which is not in it.")
        if kind := _REFERENCE_TYPES.get(tags[rid]):
            node.set("ref-type", kind)


def _result(result: Recorded) -> list:
    return [ast.link(provenance.cell_address(result), marks.marked(result))]


def _figure(shown: Exhibit, caption: list, folder: Path) -> list:
    image = ast.image(f"exhibits/{shown.label}.svg", figures.plain(shown.alt))
    return [ast.figure(shown.label, caption, image)]


def _table(shown: Exhibit, caption: list, table: dict, notes: list) -> list:
    table["c"][0] = ast.attr(shown.label)
    if caption:
        table["c"][1] = [None, [ast.plain(caption)]]
    if not notes:
        return [table]
    start, end = ast.raw("jats", "<table-wrap-foot>"), ast.raw("jats", "</table-wrap-foot>")
    return [table, start, *notes, end]


def _framed(div: dict) -> list:
    start = f'<boxed-text content-type="{" ".join(div["c"][0][1])}">'
    return [ast.raw("jats", start), *div["c"][1], ast.raw("jats", "</boxed-text>")]


FORM = Form(
    file="index.jats.xml",
    words="JATS XML",
    media="application/xml",
    result=_result,
    figure=_figure,
    table=_table,
    framed=_framed,
    appendix=False,
    by_quarto=False,
)
