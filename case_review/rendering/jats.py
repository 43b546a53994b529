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
from case_review.rendering import ast, figures, marks, own_numbers, provenance
from case_review.rendering.cells import Exhibit
from case_review.rendering.citations import converted
from case_review.rendering.forms import Form, Panel, plain_formula
from case_review.rendering.manuscript import Manuscript

#: What JATS calls a reference, by the element that it leads to.
_REFERENCE_TYPES = {
    "fig": "fig",
    "fig-group": "fig",
    "disp-formula": "disp-formula",
    "table-wrap": "table",
    "ref": "bibr",
    "sec": "sec",
    "app": "app",
}


def write(project: Project, found: Manuscript, tree: dict, work: Path, out: Path) -> None:
    """Write `index.jats.xml`, and audit its numbers; the same tree gives the same bytes.

    Raises
    ------
    ReviewError
        If a reference points nowhere, pandoc's output is no XML, or its numbers contradict one
        another (`own_numbers`).
    """
    day = revision(project).day
    arguments = ["-f", "json", "-t", "jats_archiving+element_citations", "--standalone"]
    arguments.append(f"--template={project.report / 'styles' / 'report.jats.xml'}")
    arguments += [f"--variable={key}:{getattr(day, key)}" for key in ("year", "month", "day")]
    arguments.append(f"--variable=iso-date:{day.isoformat()}")
    alts = _set_aside(tree)
    tree["blocks"] = ast.walk(tree["blocks"], _verse)
    text = ast.as_text(converted(project, found, tree, arguments, work))
    try:
        article = etree.fromstring(text.encode("utf-8"))
    except etree.XMLSyntaxError as error:
        raise ReviewError(f"pandoc's JATS is not well-formed: {error}") from None
    for node in article.iter("alt-text"):
        node.text = alts[node.text.strip()]
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
    path = out / FORM.file
    path.write_bytes(content + b"\n")
    own_numbers.refuse(project, path)


def _set_aside(tree: dict) -> dict[str, str]:
    """Put a name in place of each alternative text, which pandoc would not escape."""
    alts: dict[str, str] = {}

    def change(node: dict):
        if node["t"] != "Image":
            return None
        attr, words, target = node["c"]
        name = f"alt-{len(alts) + 1}"
        alts[name] = ast.text(words)
        return [{"t": "Image", "c": [attr, ast.words(name), target]}]

    tree["blocks"], tree["meta"] = ast.walk(tree["blocks"], change), ast.walk(tree["meta"], change)
    return alts


def _verse(node: dict) -> list | None:
    """Lines that stay apart, which pandoc would join."""
    if node["t"] != "LineBlock":
        return None
    inlines = [_raw("<verse-group>")]
    for line in node["c"]:
        inlines += [_raw("<verse-line>"), *line, _raw("</verse-line>")]
    return [ast.para(*inlines, _raw("</verse-group>"))]


def _raw(text: str) -> dict:
    return {"t": "RawInline", "c": ["jats", text]}


def _structure_abstract(article) -> None:
    """An abstract whose paragraphs all open with a bold heading becomes one of titled sections.

    Lists stay with the paragraph before.
    """
    abstract = article.find("front/article-meta/abstract")
    children = list(abstract) if abstract is not None else []
    parts = [child for child in children if child.tag == "p"]
    heads = [part[0] if len(part) and not (part.text or "").strip() else None for part in parts]
    if not parts or any(head is None or head.tag != "bold" or len(head) for head in heads):
        return
    if children[0] is not parts[0]:
        return
    section = abstract
    for child in children:
        if child.tag != "p":  # such as a list, which goes on with what is said before it
            section.append(child)
            continue
        section, title, head = etree.Element("sec"), etree.Element("title"), child[0]
        child.addprevious(section)
        title.text, child.text = (head.text or "").rstrip(".: "), (head.tail or "").lstrip()
        child.remove(head)
        section.extend([title, child])


def _label(article, found: Manuscript) -> None:
    """Give exhibits and equations their numbers, which JATS keeps apart from captions."""
    for table in article.iterfind(".//table-wrap/table[@id]"):
        table.getparent().set("id", table.attrib.pop("id"))  # where a journal's tools look for it
    named = {node.get("id"): node for node in article.iter() if node.get("id")}
    for label, name in found.names.items():
        if not name.exhibit and name.kind != "Equation":
            continue
        node, shown = named[label], etree.Element("label")
        shown.text, shown.tail = str(name) if name.exhibit else f"({name.number})", "\n"
        if not name.exhibit:  # the formula stands in what bears the label
            node = _unwrapped(node)
            node.set("id", label)
        node.insert(0, shown)


def _unwrapped(node):
    """The one element in `node`, put in its place."""
    inner = node[0]
    inner.tail = node.tail
    node.getparent().replace(node, inner)
    return inner


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
    return [ast.link(provenance.address(result), marks.marked(result))]


def _figure(shown: Exhibit, caption: list, folder: Path) -> list:
    image = ast.image(f"exhibits/{shown.label}.svg", figures.plain(shown.alt))
    return [ast.figure(shown.label, caption, image)]


def _table(shown: Exhibit, caption: list, table: dict, notes: list) -> list:
    table["c"][0] = ast.attr(shown.label if shown.name else "")
    if caption:
        table["c"][1] = [None, [ast.plain(caption)]]
    if not notes:
        return [table]
    start, end = ast.raw("jats", "<table-wrap-foot>"), ast.raw("jats", "</table-wrap-foot>")
    return [table, start, *notes, end]


def _picture(shown: Exhibit, caption: list, image: dict, file: Path) -> list:
    return [ast.figure(shown.label if shown.name else "", caption, ast.plain([_sized(image)]))]


def _panels(shown: Exhibit, caption: list, panels: list[Panel], columns: int) -> list:
    made = [ast.figure(p.label, p.caption, ast.plain([_sized(p.image)])) for p in panels]
    start, end = ast.raw("jats", f'<fig-group id="{shown.label}"><caption>'), "</caption>"
    return [start, ast.para(*caption), ast.raw("jats", end), *made, ast.raw("jats", "</fig-group>")]


def _sized(image: dict) -> dict:
    """An image without its width, which JATS leaves to whoever sets it."""
    return {"t": "Image", "c": [ast.attr(), *image["c"][1:]]}


def _formula(math: dict, label: str, number: str, results: list[Recorded]) -> list:
    shown = plain_formula(math, label, "", results)
    return [ast.link(provenance.address(results[0]), shown)] if results else shown


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
    picture=_picture,
    panels=_panels,
    image=lambda image, file: [_sized(image)],
    formula=_formula,
    framed=_framed,
    appendix=False,
)
