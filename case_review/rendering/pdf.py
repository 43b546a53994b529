"""The report as PDF/UA-1, set by Typst, which refuses what that standard does not allow."""

from __future__ import annotations

import re
from pathlib import Path

from case_review import __version__
from case_review.build import made
from case_review.build.revision import build_epoch, revision
from case_review.errors import ReviewError
from case_review.exhibits.look import font_folder
from case_review.files import write_text
from case_review.project import Project
from case_review.registry import Recorded
from case_review.rendering import (
    ast,
    citations,
    columns,
    figures,
    formulas,
    pictures,
    provenance,
    supplement,
    typst_tables,
)
from case_review.rendering.cells import Exhibit
from case_review.rendering.forms import File, Form, Panel
from case_review.rendering.manuscript import Manuscript
from case_review.rendering.typst_tables import inline

#: Tagged PDF as ISO 14289-1 wants it: language, title, alternative texts, headings in order.
STANDARD = "ua-1"
#: Characters that fit on a line of a table over the full width.
LINE = 126
#: Typst names one missing character at a time.
_MOST_CODES = 50
_NO_GLYPH = re.compile(r"the text `\"(.*?)\"` could not be displayed")


def write(project: Project, found: Manuscript, tree: dict, work: Path, out: Path) -> None:
    """Write `index.pdf`; the same tree gives the same bytes.

    Raises
    ------
    ReviewError
        If Typst cannot set the text, or would break PDF/UA-1 (such as for a missing alt text).
    """
    if supplement.place(tree["blocks"]):
        # Numbers of articles are those of the whole.
        found, tree = citations.settled(project, found, tree, work)
    tree = ast.walk(tree, _anchored)
    pictures.copy(found.pictures, work)
    made = supplement.parts(tree, FORM.file, FORM.supplement.name)
    for part in made:
        own = {**tree, "meta": escaped(part.meta), "blocks": escaped(_listed(part.blocks))}
        front = _front(project, part.meta, part.heading) | supplement.beside(found, part, made)
        arguments = ["-f", "json", "-t", "typst-smart-citations", "--standalone"]
        arguments.append("--syntax-highlighting=none")
        arguments.append(f"--template={project.report / 'styles' / 'report.typ'}")
        arguments += [f"--variable={name}:{value}" for name, value in front.items()]
        text = ast.as_text(citations.converted(project, found, own, arguments, work))
        source = work / Path(part.file).with_suffix(".typ")
        source.write_text(typst_tables.with_groups(text), encoding="utf-8")
        (out / part.file).write_bytes(_set(source, build_epoch(project)))


def _anchored(node: dict) -> list | None:
    """Places of the text by a name that other documents can lead to as well."""
    if node["t"] != "Span" or not node["c"][0][0]:
        return None
    (name, classes, pairs), words = node["c"]
    named = [inline(f'#anchor("{name}")')]
    return [*named, {"t": "Span", "c": [["", classes, pairs], ast.walk(words, _anchored)]}]


def _listed(blocks: list) -> list:
    """`blocks` whose list of references is handed to the style, entry by entry."""
    made: list = []
    for block in blocks:
        if supplement.is_list(block):
            entries = block["c"][1]
            made.append(ast.raw("typst", "#references("))
            for entry in entries:
                made += [ast.raw("typst", "["), entry, ast.raw("typst", "],")]
            made.append(ast.raw("typst", ")"))
        else:
            made.append(block)
    return made


def _set(source: Path, epoch: int) -> bytes:
    """The PDF of the folder that `source` lies in."""
    parts: list[made.Part] = [made.version("typst"), STANDARD, str(epoch), source.name]
    text = source.read_text(encoding="utf-8")
    for folder in (source.parent, font_folder()):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            if path == source or folder != source.parent or f'"{name}"' in text:
                parts += [name, path]
    return made.recall("pdf", parts, lambda: _compiled(source, epoch))


def _compiled(source: Path, epoch: int) -> bytes:
    """The same, made anew; a character that no font has is written as its code, U+1F9EA.

    PDF/UA-1 allows no character without a glyph.
    """
    import typst  # only where something is set: it is large

    for _ in range(_MOST_CODES):
        try:
            return typst.compile(
                str(source),
                root=str(source.parent),
                format="pdf",
                font_paths=[str(font_folder())],
                ignore_system_fonts=True,
                timestamp=epoch,
                pdf_standards=STANDARD,
            )
        except typst.TypstError as error:
            missing = _NO_GLYPH.search(str(error))
            if not missing:
                raise ReviewError(f"Typst could not set the PDF: {error}") from None
        for path in [source, *sorted(source.parent.glob("*.svg"))]:
            text = path.read_text(encoding="utf-8")
            for letter in _unescaped(missing[1]):
                text = text.replace(letter, f"‹U+{ord(letter):04X}›")
            write_text(path, text)
    raise ReviewError(
        f"The PDF needs more than {_MOST_CODES} characters that no font has, the last {missing[1]}."
    )


def _unescaped(quoted: str) -> str:
    """What Typst quotes, with its escapes undone."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), quoted)


def _front(project: Project, meta: dict, heading: str) -> dict[str, str]:
    """What the title page and the PDF's properties need, as Typst source.

    `heading` is what a supplement is called.
    """
    version = revision(project)
    day = version.day
    state = f"commit {version.commit[:10]}" if version.commit else "no commit"
    if version.commit and not version.clean:
        state += " with local changes"
    language, _, region = (ast.meta_text(meta.get("lang")) or "en-GB").partition("-")
    title = ast.meta_text(meta.get("title"))
    named = {"supplement": _words(heading)} if heading else {}
    return named | {
        "plain-title": _string(f"{heading}: {title}" if heading else title),
        "author-list": _strings(meta.get("author")),
        "keyword-list": _strings(meta.get("keywords")),
        "language": language,
        "text-region": _string(region) if region else "none",
        "day": f"{day.day} {day:%B %Y}",
        "version": f"Version {__version__}, {state}",
    }


def _words(text: str) -> str:
    """A plain text as Typst source."""
    return f"#{_string(text)}"


def _strings(entry: dict | None) -> str:
    """The texts of metadata as the inside of a Typst array of strings."""
    return "".join(f"{_string(text)}, " for text in ast.meta_texts(entry))


def _string(text: str) -> str:
    escaped = figures.plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


#: What begins a heading, a list or a term at the beginning of a line, also within brackets, or ends
#: a call of Typst.
_MARK = re.compile(r"[-+=/]+|\d+\.|;")
#: What Typst takes for a dash, an ellipsis or a hyphen that may be left out.
_SHORT = re.compile(r"-{2,}|\.{3,}|-\?")


def escaped(node):
    """A tree in which no words are taken for marks of Typst; pandoc sees to paragraphs only."""
    if isinstance(node, list):
        made: list = []
        for item in node:
            if type(item) is not dict or item.get("t") != "Str":
                made.append(escaped(item) if type(item) in (dict, list) else item)
                continue
            text = item["c"]
            whole = _MARK.fullmatch(text) and _begins(made)
            if whole or _SHORT.search(text):
                made += _literal(text, _MARK if whole else _SHORT)
            else:
                made.append(item)
        return made
    return {
        key: escaped(value) if type(value) in (dict, list) else value for key, value in node.items()
    }


def _literal(text: str, marks: re.Pattern) -> list:
    """A word whose marks are escaped."""
    made, place = [], 0
    for mark in marks.finditer(text):
        if before := text[place : mark.start()]:
            made.append({"t": "Str", "c": before})
        made.append(inline(re.sub(r"\D", r"\\\g<0>", mark[0])))
        place = mark.end()
    return [*made, *([{"t": "Str", "c": text[place:]}] if text[place:] else [])]


def _begins(before: list) -> bool:
    """Whether what follows stands at the beginning of a line of Typst's source."""
    last = before[-1] if before else {}
    return not last or last["t"] in ("LineBreak", "SoftBreak", "RawInline")


def _result(result: Recorded) -> list:
    """A number with a quiet link to its row in the appendix, and its mark."""
    mark = f', mark: "{result.mark}"' if result.mark else ""
    start = f'#number("{provenance.anchor(result)}"{mark})['
    return [inline(start), *ast.words(result.text), inline("]")]


def _figure(shown: Exhibit, caption: list, folder: Path) -> list:
    write_text(folder / f"{shown.label}.svg", shown.svg)
    drawn = f'image("{shown.label}.svg", alt: {_string(shown.alt)})'
    return [*_opened(shown, "image", caption), ast.raw("typst", f"][#{drawn}]")]


def _drawn(image: dict) -> str:
    """The call that shows a picture file."""
    (_, _, pairs), words, (name, _) = image["c"]
    width = dict(pairs).get("width", "")
    if pixels := re.fullmatch(r"([\d.]+)px", width):
        width = f"{float(pixels[1]) * 0.75:g}pt"
    sized = f", width: {width}" if width else ""
    return f"image({_string(name)}, alt: {_string(ast.text(words))}{sized})"


def _picture(shown: Exhibit, caption: list, image: dict, file: Path) -> list:
    return [*_opened(shown, "image", caption), ast.raw("typst", f"][#{_drawn(image)}]")]


def _panels(shown: Exhibit, caption: list, panels: list[Panel], columns: int) -> list:
    made = [*_opened(shown, "image", caption), ast.raw("typst", f"][#panels({columns}")]
    for panel in panels:
        label = f'"{panel.label}"' if panel.label else "none"
        made.append(ast.raw("typst", f", panel({label}, {_drawn(panel.image)})["))
        made += [ast.plain(panel.caption), ast.raw("typst", "]")]
    return [*made, ast.raw("typst", ")]")]


def _image(image: dict, file: Path) -> list:
    return [inline(f"#box({_drawn(image)})")]


def _formula(math: dict, label: str, number: str, results: list[Recorded]) -> list:
    """A formula, which PDF/UA-1 wants read out."""
    named = f', label: "{label}", number: "{number}"' if label else ""
    return [inline(f"#formula({_string(formulas.said(math))}{named})["), math, inline("]")]


def _table(shown: Exhibit, caption: list, table: dict, notes: list) -> list:
    table["c"][0] = ast.attr("", ["typst:no-figure"])
    noted = ast.first([table], ("Note",)) is not None
    typst_tables.hang_labels(table)
    typst_tables.mark_groups(table)
    table["c"][2] = columns.spread(table, LINE)
    if not shown.name and not caption:
        return [ast.raw("typst", "#unnamed["), table, ast.raw("typst", "]"), *notes]
    return [
        *_opened(shown, "table, noted: true" if noted else "table", caption),
        ast.raw("typst", "]["),
        table,
        *(
            [ast.raw("typst", "#exhibit-notes["), *_run_in(notes), ast.raw("typst", "]")]
            if notes
            else []
        ),
        ast.raw("typst", "]"),
    ]


def _run_in(notes: list) -> list:
    """Notes below a table one after the other, as they are short; what is no paragraph stays."""
    made: list = []
    for block in notes:
        if block["t"] == "Para" and made and made[-1]["t"] == "Para":
            made[-1] = ast.para(*made[-1]["c"], {"t": "Space"}, *block["c"])
        else:
            made.append(block)
    return made


def _opened(shown: Exhibit, how: str, caption: list) -> list:
    """The call of the style's `exhibit` with its options, up to the end of the caption."""
    start = ast.raw("typst", f'#exhibit("{shown.label}", {how})[')
    return [start, ast.plain(ast.numbered(shown.name, caption))]


def _framed(div: dict) -> list:
    _, classes, _ = div["c"][0]
    names = ", ".join(f'"{name}"' for name in classes)
    return [
        ast.raw("typst", f"#framed(({names},))["),
        *div["c"][1],
        ast.raw("typst", supplement.END),
    ]


FORM = Form(
    file="index.pdf",
    supplement=File("supplement.pdf", "Supplement (PDF)", "application/pdf"),
    words="PDF",
    media="application/pdf",
    result=_result,
    figure=_figure,
    table=_table,
    picture=_picture,
    panels=_panels,
    image=_image,
    formula=_formula,
    framed=_framed,
)
