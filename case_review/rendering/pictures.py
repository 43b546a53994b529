"""Pictures that the manuscript shows from files of its own folder."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from case_review.project import Project

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

#: The formats that all forms of the report can show, by the ending of a name.
_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
#: Folders beside the manuscript that the build writes.
_GENERATED = frozenset(("exhibits", "results", "index_files", "site_libs"))
_LENGTH = re.compile(r"\d+(\.\d+)?(%|cm|mm|in|pt|px|em)")
#: What an image may say about itself.
_KNOWN = ("fig-alt", "alt", "width")


def check(project: Project, found: Manuscript, attr: list, source: str) -> Path:
    """The file of a picture, whose alternative text is checked elsewhere.

    Raises
    ------
    ReviewError
        Naming the line, for a file that is missing, lies elsewhere or is no PNG or JPEG, and for
        an attribute that not all forms obey.
    """

    def refuse(message: str):
        return found.refuse(source, f"the picture {source} {message}")

    if re.match(r"[A-Za-z][A-Za-z+.-]*:", source) or source.startswith("//"):
        raise refuse("lies elsewhere. Put a copy beside the manuscript, in report/.")
    path = (project.report / unquote(source)).resolve()
    inside = path.is_relative_to(project.report.resolve())
    top = path.relative_to(project.report.resolve()).parts[0] if inside else ""
    if not inside or top in _GENERATED or top.startswith(("_", ".")):
        raise refuse(
            "must lie in report/, in no folder that the build writes. Put a copy there; a figure "
            "of a notebook is embedded with {{< embed _executed/NOTEBOOK.ipynb#LABEL >}}."
        )
    if path.suffix.lower() not in _FORMATS:
        raise refuse("is neither PNG nor JPEG. Save it as one of these.")
    if not path.is_file():
        raise refuse(f"does not exist. Put it at report/{unquote(source)}, or correct its name.")
    from PIL import Image, UnidentifiedImageError  # long to import

    try:
        with Image.open(path) as opened:
            kind = opened.format
            opened.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise refuse(f"cannot be read: {error}. Save it again.") from None
    if kind != _FORMATS[path.suffix.lower()]:
        raise refuse(f"is in truth {kind}. Give it the ending of that format.")
    for name, value in attr[2]:
        if name not in _KNOWN:
            raise refuse(f"has {name}, which not all forms obey. Known are {', '.join(_KNOWN)}.")
        if name == "width" and not _LENGTH.fullmatch(value):
            raise refuse(f"has the width {value}. Write a number with %, cm, mm, in, pt or px.")
    return path


def copy(pictures: dict[str, Path], folder: Path) -> None:
    """Put the pictures into `folder`, at the addresses that the tree has for them."""
    for name, path in pictures.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)


def inlined(path: Path) -> str:
    """A picture as an address that holds it, for a page that loads nothing."""
    kind = _FORMATS[path.suffix.lower()].lower()
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
