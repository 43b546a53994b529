"""What a manuscript may be made of; all else is refused with its line before a form is written.

The tree that comes out holds, beside pandoc's plain elements: pictures with their alternative text
and an address in `Manuscript.pictures`, equations as Spans of class `cr-equation`, panels as Divs
of class `cr-panels`, and callouts as frames with a bold title.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, checked, columns, formulas, pictures, shortcodes
from case_review.rendering.forms import FRAMES

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: Quarto's callouts, with what stands above one without a title.
CALLOUTS = {
    f"callout-{name}": name.capitalize()
    for name in ("note", "tip", "important", "caution", "warning")
}
#: Elements in which no table, figure, heading or frame can stand in every form.
_NARROW = {
    "BlockQuote": "a quotation",
    "OrderedList": "a list",
    "BulletList": "a list",
    "DefinitionList": "a list",
    "Note": "a footnote",
    "Table": "a table",
}
#: Words that pandoc leaves where something was meant to be more than words; not those of data.
_LEFT = (
    (re.compile(r"^:::+"), "has no beginning or no end: write ::: and a class, and close it"),
    (re.compile(r"\[\^[^\]\s]+\]"), "is a footnote that nothing defines"),
    (re.compile(r"^\{[#.][\w-]+"), "belongs to nothing: put it right behind what it describes"),
)


def check(project: Project, found: Manuscript) -> None:
    """Check the tree, the captions and the cells of a manuscript, and bring them into one shape.

    Raises
    ------
    ReviewError
        Naming the line of what not all forms can show.
    """
    checker = _Checker(project, found)
    found.tree["blocks"] = checker.walk(found.tree["blocks"])
    found.tree["meta"] = checker.walk(found.tree["meta"])
    checked.check(found, checker.walk, checker.formulas)
    formulas.refuse_unreadable(found, checker.own)


class _Checker:
    """One pass over a tree; `change` is what `ast.walk` asks at every element."""

    def __init__(self, project: Project, found: Manuscript):
        self.project, self.found = project, found
        #: The formulas of the embedded cell that is read, and those of the text.
        self.formulas: list[str] = []
        self.own: list[str] = []

    def change(self, node: dict) -> list | None:
        kind, content = node["t"], node.get("c")
        if kind in _NARROW:
            self._refuse_wide(node)
        handler = getattr(self, f"_{kind.lower()}", None)
        return handler(node, content) if handler else None

    def refuse(self, node, message: str, needle: str = "") -> ReviewError:
        """An error at the line where an element's words stand."""
        words = ast.text([node]).split()[:6]
        if needle or self.found.inside:
            return self.found.refuse(needle, message)
        for length in range(len(words), 0, -1):
            joined = r"[^\w\n]+".join(re.escape(word) for word in words[:length])
            pattern = re.compile(rf"(?<!\w){joined}(?!\w)")
            for number, line in enumerate(self.found.prose, 1):
                if pattern.search(line):
                    return self.found.refuse_at(number, message)
        return self.found.refuse(" ".join(words[:1]), message)

    def walk(self, nodes: list) -> list:
        """Elements that were checked, without those that are refused."""
        return ast.walk(nodes, self.found.problems.walking(self.change))

    def _refuse_wide(self, node: dict) -> None:
        place = _NARROW[node["t"]]
        inside = node["c"][4] if node["t"] == "Table" else node["c"]

        def look(item: dict) -> None:
            kind, content = item["t"], item.get("c")
            div = kind == "Div" and (content[0][0] != "refs")
            if kind in ("Figure", "Header", "Table") or div:
                if kind == "Table" and place != "a table" and not _captioned(item):
                    return
                what = {"Header": "a heading", "Div": "a fenced div or an embedded cell"}.get(kind)
                label = content[0][0] if kind in ("Figure", "Table") else ""
                message = f"{what or f'a {kind.lower()}'} cannot stand in {place}."
                raise self.refuse(item, f"{message} Put it before or after.", label)

        ast.walk(inside, look)

    def _rawblock(self, node: dict, content: list) -> list:
        format, text = content
        if text.lstrip().startswith("<!--"):
            return []
        text = text.strip()
        raise self.found.refuse(text.split("\n")[0], f"raw {format} ({text[:40]}) is refused.")

    _rawinline = _rawblock

    def _str(self, node: dict, content: str) -> None:
        for pattern, message in () if self.found.inside else _LEFT:
            if match := pattern.search(content):
                raise self.found.refuse(match[0], f"{match[0]} {message}.")

    def _code(self, node: dict, content: list) -> None:
        _, classes, pairs = content[0]
        if pairs and "cr-result" not in classes:
            name = pairs[0][0]
            raise self.found.refuse(f"{name}=", f"code has {name}, which not all forms obey.")

    def _codeblock(self, node: dict, content: list) -> list:
        (id, classes, pairs), text = content
        if id or pairs:
            shown = f"#{id}" if id else pairs[0][0]
            raise self.found.refuse(shown, f"a code block has {shown}, which not all forms obey.")
        return [{"t": "CodeBlock", "c": [["", classes, []], shortcodes.restored(text)]}]

    def _math(self, node: dict, content: list) -> None:
        (self.formulas if self.found.inside else self.own).append(content[1])

    def _para(self, node: dict, content: list) -> list:
        inlines = self.walk(formulas.with_labels(content))
        return [{**node, "c": inlines}] if inlines else []

    def _header(self, node: dict, content: list) -> None:
        _, (_, classes, pairs), title = content
        unknown = [name for name in classes if name not in ("unnumbered", "unlisted")]
        if unknown or pairs:
            shown = f".{unknown[0]}" if unknown else pairs[0][0]
            raise self.refuse(node, f"a heading has {shown}, which not all forms obey.")
        if ast.first(title, ("Note", "Image")):
            raise self.refuse(node, "a heading cannot hold a footnote or a picture.")

    def _link(self, node: dict, content: list) -> None:
        (_, _, pairs), words, _ = content
        unknown = [name for name, _ in pairs if name not in ("target", "rel")]
        if unknown:
            raise self.refuse(node, f"a link has {unknown[0]}, which not all forms obey.")
        if ast.first(words, ("Cite", "Link", "Note")):
            raise self.refuse(
                node, "the words of a link cannot hold a citation, a footnote or another link."
            )

    def _span(self, node: dict, content: list) -> None:
        id, classes, pairs = content[0]
        unknown = [f".{name}" for name in classes if name != "cr-equation"]
        unknown += [name for name, _ in pairs if name not in ("lang", "number")]
        if unknown or not (id or pairs or classes):
            raise self.refuse(
                node,
                f"text in brackets with {' '.join(unknown) or 'nothing'} is not known. Known are "
                ".smallcaps, .underline, lang and an #id.",
            )

    def _image(self, node: dict, content: list) -> list:
        """A picture within a line: what stands in its brackets is read out."""
        attr, words, (source, title) = content
        self._refuse_title(source, title)
        given = dict(attr[2])
        alt = given.get("fig-alt") or given.get("alt") or ast.text(words)
        return [self._picture(attr, alt, source)]

    def _refuse_title(self, source: str, title: str) -> None:
        if title:
            raise self.found.refuse(
                source, f"the picture {source} has a title, {title}. Say it in the caption."
            )

    def _picture(self, attr: list, alt: str, source: str) -> dict:
        """An image with its words and width only, at an address that every form can have."""
        path = pictures.check(self.project, self.found, attr, source)
        alt = shortcodes.unmarked(alt, lambda id: self.found.used[id].text)
        if not alt.strip():
            raise self.found.refuse(
                source,
                f"the picture {source} has no alternative text. Say in words what it shows: "
                f'![caption]({source}){{fig-alt="..."}}.',
            )
        name = re.sub(r"[^\w./-]", "_", path.relative_to(self.project.report.resolve()).as_posix())
        while self.found.pictures.setdefault(name, path) != path:
            name = f"_{name}"
        kept = {key: value for key, value in attr[2] if key == "width"}
        return {"t": "Image", "c": [ast.attr(**kept), ast.words(alt), [name, ""]]}

    def _figure(self, node: dict, content: list) -> list:
        """A picture with a caption, which describes it if no other words do."""
        attr, (_, caption), blocks = content
        image = ast.first(blocks, ("Image",))
        if not image:
            raise self.refuse(node, "a figure holds a picture file: ![caption](FILE.png).")
        own, _, (source, title) = image["c"]
        self._refuse_title(source, title)
        label = attr[0] or own[0]
        if label and not label.startswith("fig-"):
            raise self.found.refuse(f"#{label}", f"the label {label} should begin with fig-.")
        if attr[1] or own[1]:
            shown = (attr[1] or own[1])[0]
            raise self.found.refuse(source, f"a picture has .{shown}, which not all forms obey.")
        given = dict([*attr[2], *own[2]])
        said = caption[0]["c"] if caption else []
        self._refuse_notes(node, said)
        alt = given.get("fig-alt") or given.get("alt") or self.found.in_words(said)
        picture = self._picture(own, alt, source)
        shown = ast.plain([picture])
        return [ast.figure(label, self.walk(said), shown)]

    def _refuse_notes(self, node: dict, caption: list) -> None:
        if ast.first(caption, ("Note",)):
            raise self.refuse(node, "a caption cannot hold a footnote. Say it in the text.")

    def _table(self, node: dict, content: list) -> None:
        (id, classes, pairs), (_, caption), *_ = content
        if id and not id.startswith("tbl-"):
            raise self.found.refuse(f"#{id}", f"the label {id} should begin with tbl-.")
        if classes or pairs:
            shown = f".{classes[0]}" if classes else pairs[0][0]
            raise self.found.refuse(
                shown, f"a table has {shown}, which not all forms obey. Leave it out."
            )
        if id and not caption:
            raise self.found.refuse(f"#{id}", f"the table {id} has no caption. Write one.")
        self._refuse_notes(node, caption)
        if over := columns.excess(node):
            raise self.refuse(
                node,
                f"the table is too wide for a page, by {over} letters if no word is broken. Leave "
                "out columns, turn it round, or make two of it.",
                id,
            )

    def _div(self, node: dict, content: list) -> list | None:
        (id, classes, pairs), blocks = content
        if "cr-embed" in classes or (id == "refs" and not classes):
            return None
        if not classes and id.startswith(("fig-", "tbl-")):
            return self._labelled(node, id, dict(pairs), blocks)
        callout = next((name for name in classes if name in CALLOUTS), "")
        if callout and len(classes) == 1:
            return [self._callout(callout, dict(pairs), blocks)]
        unknown = [name for name in classes if name not in FRAMES]
        if unknown or not classes:
            shown = "".join(f".{name}" for name in unknown) or f"#{id}"
            raise self.found.refuse(
                (unknown or [id])[0],
                f"the fenced div {shown} is not known. Known are "
                f"{', '.join(f'.{name}' for name in sorted(FRAMES) if name != 'callout')}, "
                f"{', '.join(f'.{name}' for name in CALLOUTS)}, #fig-, #tbl- and #refs.",
            )
        return [ast.div(self._framed(blocks, f".{classes[0]}"), id, classes)]

    def _framed(self, blocks: list, name: str) -> list:
        for block in blocks:
            if block["t"] == "Header":
                raise self.refuse(
                    block, f"a heading cannot stand in {name}. Begin with bold words instead."
                )
        return self.walk(blocks)

    def _callout(self, kind: str, given: dict, blocks: list) -> dict:
        """A frame with a title: that of the attribute, the first heading, or what it is."""
        title = ast.words(shortcodes.unmarked(given.get("title", ""), self._said))
        if not title and blocks and blocks[0]["t"] == "Header":
            title, blocks = blocks[0]["c"][2], blocks[1:]
        title = title or ast.words(CALLOUTS[kind])
        head = ast.para({"t": "Strong", "c": self.walk(title)})
        return ast.div([head, *self._framed(blocks, f".{kind}")], classes=["callout", kind])

    def _said(self, id: str) -> str:
        return self.found.used[id].text

    def _labelled(self, node: dict, id: str, given: dict, blocks: list) -> list:
        """A figure of one or several pictures, or a table, with its caption as last paragraph."""
        known = {"layout-ncol"} if id.startswith("fig-") else set()
        if unknown := [name for name in given if name not in known]:
            raise self.found.refuse(
                f"#{id}", f"#{id} has {unknown[0]}, which not all forms obey. Known: layout-ncol."
            )
        *parts, caption = blocks or [None]
        if not parts or caption["t"] != "Para":
            raise self.found.refuse(f"#{id}", f"#{id} should end with a paragraph, its caption.")
        self._refuse_notes(caption, caption["c"])
        if id.startswith("tbl-"):
            if [part["t"] for part in parts] != ["Table"] or parts[0]["c"][1][1]:
                raise self.found.refuse(
                    f"#{id}", f"#{id} should hold one table without a caption of its own."
                )
            table = parts[0]["c"]
            labelled = [ast.attr(id), [None, [ast.plain(caption["c"])]], *table[2:]]
            return self.walk([{"t": "Table", "c": labelled}])
        panels = [panel for part in parts for panel in self._panels(id, part)]
        if len(panels) == 1 and not panels[0]["c"][0][0] and not _caption(panels[0]):
            panels[0]["c"][0][0], panels[0]["c"][1][1] = id, [ast.plain(self.walk(caption["c"]))]
            return panels
        wide = given.get("layout-ncol", "1")
        if not re.fullmatch(r"[1-6]", wide):
            raise self.found.refuse(f"#{id}", f"#{id} has layout-ncol={wide}; 1 to 6 are known.")
        said = self.walk(caption["c"])
        return [ast.div([*panels, ast.plain(said)], id, ["cr-panels"], columns=wide)]

    def _panels(self, id: str, part: dict) -> list:
        """The pictures of a part of a figure, each with its caption."""
        if part["t"] == "Figure":
            return self._figure(part, part["c"])
        images = part["c"] if part["t"] == "Para" else [part]
        images = [each for each in images if each["t"] not in ("Space", "SoftBreak")]
        if not all(each["t"] == "Image" for each in images):
            raise self.found.refuse(
                f"#{id}",
                f"#{id} may hold pictures, ![caption](FILE.png), and as last paragraph its caption "
                "only. Panels of a notebook are drawn as one figure in one cell.",
            )
        figures = [ast.figure(i["c"][0][0], i["c"][1], ast.plain([i])) for i in images]
        for figure in figures:
            figure["c"][1][1] = figure["c"][1][1] if figure["c"][1][1][0]["c"] else []
        return [made for figure in figures for made in self._figure(figure, figure["c"])]


def _caption(figure: dict) -> list:
    """The inlines of a figure's caption."""
    blocks = figure["c"][1][1]
    return blocks[0]["c"] if blocks else []


def _captioned(table: dict) -> bool:
    return bool(table["c"][0][0] or table["c"][1][1])
