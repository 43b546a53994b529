"""Starting pandoc; what it made of the same things before is taken from `made`.

A call is kept only if everything that it rests on is known: its options must be among those below,
and the files that they name, and those of pictures for Word, count by their content.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

from case_review.build import made, products
from case_review.errors import ReviewError

#: How pandoc's own program takes memory: room for all that is short-lived, and for so much that
#: lasts, which it then need not tidy up, instead of as much as its heap has grown to.
_MEMORY = ("+RTS", "-H1m", "-A32m", "-O256m", "-RTS")
#: Options whose effect is told by their words alone.
_WORDS = frozenset((
    "--citeproc", "--mathjax", "--mathml", "--metadata", "--print-default-data-file",
    "--print-default-template", "--sandbox", "--shift-heading-level-by", "--standalone",
    "--syntax-highlighting", "--toc", "--toc-depth", "--variable", "--version", "--wrap",
))  # fmt: skip
#: Options that name a file, which counts by its content and the ending of its name.
_FILES = frozenset((
    "--bibliography", "--csl", "--include-after-body", "--include-in-header", "--reference-doc",
    "--template",
))  # fmt: skip
#: Formats that read no further file, and Word's, which reads pictures.
_READERS = frozenset(("json", "markdown", "html", "html5", "biblatex", "bibtex", "csljson"))
_WRITERS = frozenset(("json", "html", "html5", "jats", "jats_archiving", "typst", "plain"))
_WITH_PICTURES = "docx"
#: Pictures that pandoc puts into a Word file as they are.
_RASTER = (".png", ".jpg", ".jpeg", ".gif")
#: Metadata of a document that name files for its citations.
_NAMING = re.compile(r'"(bibliography|csl|citation-abbreviations)":')
#: Another template within one.
_PARTIAL = re.compile(rb"\$\{?[^$\n{}]*\(\)")


@cache
def pandoc_path() -> str:
    """The pandoc program of the lock's package, not of the machine."""
    if inside := _inside():
        return str(inside)
    import pypandoc  # only where it has no pandoc of its own, for it imports much

    return pypandoc.get_pandoc_path()


def _inside() -> Path | None:
    package = find_spec("pypandoc")
    found = Path(package.origin or "").parent / "files" / "pandoc" if package else None
    return found if found and found.is_file() else None


@cache
def _memory() -> tuple[str, ...]:
    """Another pandoc than the package's for Linux may refuse to be told."""
    return _MEMORY if sys.platform == "linux" and _inside() else ()


def run(
    arguments: Iterable[str],
    text: str,
    folder: Path | None = None,
    epoch: int | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> tuple[bytes, str]:
    """Run pandoc on `text`; returns its output and its warnings.

    Parameters
    ----------
    folder
        Where files that the arguments or the text name lie.
    epoch
        The time that files bear. A file, such as Word's, is asked for by `-o -`.
    meanwhile
        What this process does until pandoc is done; what it raises ends pandoc.

    Raises
    ------
    ReviewError
        With pandoc's own words if it fails.
    """
    arguments = list(arguments)
    entry = made.Entry("pandoc", _parts(arguments, text, folder or Path.cwd(), epoch))
    kept = entry.read()
    if kept is not None:
        if meanwhile:
            meanwhile()
        warnings, _, content = kept.partition(b"\n")
        return content, json.loads(warnings)
    content, warnings = _start(arguments, text, folder, epoch, meanwhile)
    entry.keep(json.dumps(warnings).encode("ascii") + b"\n" + content)
    return content, warnings


def _start(
    arguments: list[str],
    text: str,
    folder: Path | None,
    epoch: int | None,
    meanwhile: Callable[[], None] | None,
) -> tuple[bytes, str]:
    # Templates and filters that a user keeps for pandoc have no part in the report.
    own = f"--data-dir={Path(pandoc_path()).parent}"
    command = [pandoc_path(), *_memory(), own, "--wrap=none", *arguments]
    env = os.environ if epoch is None else {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    # Files, for pipes would fill up, and hold pandoc back, while nobody reads them.
    opened = tempfile.TemporaryFile
    with opened() as given, opened() as out, opened() as told:
        given.write(text.encode("utf-8"))
        given.seek(0)
        process = subprocess.Popen(
            command, stdin=given, stdout=out, stderr=told, cwd=folder, env=env
        )
        try:
            if meanwhile:
                meanwhile()
            process.wait()
        finally:
            process.kill()
            process.wait()
        content, warnings = _whole(out), _whole(told).decode("utf-8", "replace")
    if process.returncode:
        raise ReviewError(f"pandoc could not convert the manuscript: {warnings.strip()}")
    return content, warnings


def _whole(file) -> bytes:
    file.seek(0)
    return file.read()


@cache
def _version() -> str:
    """Which pandoc it is, without starting it."""
    facts, version = Path(pandoc_path()).stat(), made.version("pypandoc_binary")
    if version == products.MISSING:
        version = f"{pandoc_path()}, {facts.st_mtime_ns}"
    return f"{version}, {facts.st_size}"


def _parts(arguments: list[str], text: str, folder: Path, epoch: int | None) -> list[made.Part]:
    """Everything that the output rests on; a part is None if that is not known."""
    parts: list[made.Part] = [_version(), text]
    left = iter(arguments)
    formats = {"-f": "markdown", "-t": "html"}
    citing: set[str] = set()
    for argument in left:
        name, _, value = argument.partition("=")
        if argument in ("-f", "-t", "-o"):
            value = next(left, "")
            formats[argument] = value
            parts += [argument, value]
        elif name in _FILES and value:
            file = folder / value
            if name == "--template" and (not file.is_file() or _has_partial(file)):
                return [None]
            parts += [name, file.suffix, file]
            citing.add(name)
        elif name in _WORDS and not (name.startswith("--syntax") and (folder / value).exists()):
            parts.append(argument)
        else:
            return [None]
    source, target = (re.split(r"[+-]", formats[each])[0] for each in ("-f", "-t"))
    if source not in _READERS and "--sandbox" not in arguments:
        return [None]
    if formats.get("-o", "-") != "-" or (target != _WITH_PICTURES and target not in _WRITERS):
        return [None]
    if "--citeproc" in arguments and not _is_told(text, citing):
        return [None]
    if target == _WITH_PICTURES:
        pictures = _pictures(json.loads(text), folder) if source == "json" else None
        if pictures is None:
            return [None]
        date = epoch if epoch is not None else os.environ.get("SOURCE_DATE_EPOCH")
        # Without a date the file bears the time of day.
        return [None] if date is None else [*parts, f"date {date}", *pictures]
    return parts


def _has_partial(template: Path) -> bool:
    return bool(_PARTIAL.search(template.read_bytes()))


def _is_told(text: str, named: set[str]) -> bool:
    """Whether all files for citations stand in the arguments, which go before the document's."""
    keys = {key.removeprefix("--") for key in named}
    return all(match[1] in keys for match in _NAMING.finditer(text))


def _pictures(tree, folder: Path) -> list[made.Part] | None:
    """The pictures of a document; None if one lies elsewhere or needs another program."""
    found: list[made.Part] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and node.get("t") == "Image":
            source = unquote(node["c"][2][0])
            if ":" in source or Path(source).suffix.lower() not in _RASTER:
                return None
            found.append(folder / source)
        if isinstance(node, dict | list):
            waiting += node.values() if isinstance(node, dict) else node
    return found
