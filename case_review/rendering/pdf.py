"""The report as PDF/UA-1, set by Typst, which refuses what that standard does not allow."""

from __future__ import annotations

import re
from pathlib import Path

import typst

from case_review import __version__
from case_review.build.revision import build_epoch, revision
from case_review.errors import ReviewError
from case_review.exhibits.style import font_folder
from case_review.files import write_text
from case_review.project import Project
from case_review.registry import Recorded
from case_review.rendering import ast, figures, provenance
from case_review.rendering.cells import Exhibit
from case_review.rendering.citations import convert
from case_review.rendering.forms import Form
from case_review.rendering.manuscript import Manuscript

#: Tagged PDF as ISO 14289-1 wants it: language, title, alternative texts, headings in order.
STANDARD = "ua-1"
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
    _keep_order(tree)
    arguments = ["-f", "json", "-t", "typst-smart", "--standalone", "--syntax-highlighting=none"]
    arguments.append(f"--template={project.report / 'styles' / 'report.typ'}")
    for name, value in _front(project, tree).items():
        arguments.append(f"--variable={name}:{value}")
    text = convert(project, found, tree, arguments, work)
    (work / "report.typ").write_text(text, encoding="utf-8")
    (out / FORM.file).write_bytes(_set(work / "report.typ", build_epoch(project)))


def _set(source: Path, epoch: int) -> bytes:
    """The PDF; a character that no font of the project has is written as its code, U+1F9EA.

    PDF/UA-1 allows no character without a glyph.
    """
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


def _front(project: Project, tree: dict) -> dict[str, str]:
    """What the title page and the PDF's properties need, as Typst source."""
    version = revision(project)
    day = version.day
    state = f"commit {version.commit[:10]}" if version.commit else "no commit"
    if version.commit and not version.clean:
        state += " with local changes"
    language, _, region = (ast.meta_text(tree["meta"].get("lang")) or "en-GB").partition("-")
    return {
        "plain-title": _string(ast.meta_text(tree["meta"].get("title"))),
        "author-list": _strings(tree["meta"].get("author")),
        "keyword-list": _strings(tree["meta"].get("keywords")),
        "language": language,
        "text-region": _string(region) if region else "none",
        "day": f"{day.day} {day:%B %Y}",
        "version": f"Version {__version__}, {state}",
    }


def _strings(entry: dict | None) -> str:
    """The texts of metadata as the inside of a Typst array of strings."""
    return "".join(f"{_string(text)}, " for text in ast.meta_texts(entry))


def _string(text: str) -> str:
    escaped = figures.plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _keep_order(tree: dict) -> None:
    """No figure floats out of the part of the article that has exhibits, nor in the supplement."""
    blocks = tree["blocks"]
    ends = [i for i, b in enumerate(blocks) if b["t"] == "Div" and b["c"][0][0] == "refs"]
    if not ends:
        return
    blocks.insert(ends[0], ast.raw("typst", "#behind-references.update(true)"))
    exhibits = [i for i, b in enumerate(blocks[: ends[0]]) if _opens_exhibit(b)]
    if exhibits:
        later = range(exhibits[-1], ends[0])
        heads = (i for i in later if blocks[i]["t"] == "Header" and blocks[i]["c"][0] == 1)
        blocks.insert(next(heads, ends[0]), ast.raw("typst", "#place.flush()"))


def _opens_exhibit(block: dict) -> bool:
    return block["t"] == "RawBlock" and block["c"][1].startswith("#exhibit(")


def _result(result: Recorded) -> list:
    """A number with a quiet link to its row in the appendix, and its mark."""
    mark = f', mark: "{result.mark}"' if result.mark else ""
    start = f'#number("{provenance.anchor(result)}"{mark})['
    return [_inline(start), *ast.words(result.text), _inline("]")]


def _inline(text: str) -> dict:
    return {"t": "RawInline", "c": ["typst", text]}


def _figure(shown: Exhibit, caption: list, folder: Path) -> list:
    write_text(folder / f"{shown.label}.svg", shown.svg)
    drawn = f'image("{shown.label}.svg", alt: {_string(shown.alt)})'
    return [*_opened(shown, "image", caption), ast.raw("typst", f"][#{drawn}]")]


def _table(shown: Exhibit, caption: list, table: dict, notes: list) -> list:
    table["c"][0] = ast.attr("", ["typst:no-figure"])
    _hang_labels(table)
    if not shown.name:
        return [table, *notes]
    return [
        *_opened(shown, f"table, shared: {_shared(table)}", caption),
        ast.raw("typst", "]["),
        table,
        *([ast.raw("typst", "#exhibit-notes["), *notes, ast.raw("typst", "]")] if notes else []),
        ast.raw("typst", "]"),
    ]


def _hang_labels(table: dict) -> None:
    """Give the labels of rows a hanging indent, one step deeper than their own.

    A table without indented rows has texts in its first column, no labels.
    """
    rows = [row for body in table["c"][4] for row in body[3]]
    cells = [row[1][0][4] for row in rows]
    labels = [blocks[0] for blocks in cells if [block["t"] for block in blocks] == ["Plain"]]
    depths = [len(text) - len(text.lstrip("\u2003")) for text in map(ast.text, labels)]
    if any(depths):
        for label, depth in zip(labels, depths, strict=True):
            label["c"] = [_inline(f"#row-label({depth})["), *label["c"], _inline("]")]


def _opened(shown: Exhibit, how: str, caption: list) -> list:
    """The call of the style's `exhibit` with its options, up to the end of the caption."""
    start = ast.raw("typst", f'#exhibit("{shown.label}", {how})[')
    return [start, ast.plain(ast.numbered(shown.name, caption))]


def _shared(table: dict) -> str:
    """Whether the columns share a given width , as Typst says it."""
    return "true" if any(width["t"] == "ColWidth" for _, width in table["c"][2]) else "false"


def _framed(div: dict) -> list:
    _, classes, _ = div["c"][0]
    names = ", ".join(f'"{name}"' for name in classes)
    return [ast.raw("typst", f"#framed(({names},))["), *div["c"][1], ast.raw("typst", "]")]


FORM = Form(
    file="index.pdf",
    words="PDF",
    media="application/pdf",
    result=_result,
    figure=_figure,
    table=_table,
    framed=_framed,
)
