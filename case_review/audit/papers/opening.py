"""Files of papers, opened with care: whoever sends one may have made it to do harm or to stall."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lxml import etree, html

from case_review.errors import ReviewError

#: Most bytes of a paper, and most that a Word file may unpack to.
MOST_BYTES, MOST_UNPACKED = 50_000_000, 200_000_000


def content(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    ReviewError
        If it is no file, is empty, may not be read, or is larger than `MOST_BYTES`, which is told
        without reading it.
    """
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist, or is no ordinary file"
            raise ReviewError(f"{path} {what}. Name the file of a paper.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ReviewError(
                f"{path} has {size // 10**6} MB, more than the {MOST_BYTES // 10**6} MB that are "
                "read. Take figures and supplements out, or write its numbers into a CSV."
            )
        found = path.read_bytes()
    except OSError as error:
        raise ReviewError(
            f"{path} cannot be read ({error.strerror}). Give yourself the right to, or copy it "
            "anew."
        ) from None
    if not found.strip():
        raise ReviewError(f"{path} is empty. Name the file of a paper.")
    return found


def xml(found: bytes, path: Path) -> etree._Element:
    """The root of an XML file: no entity is expanded, no definition loaded, nothing fetched.

    Raises
    ------
    ReviewError
        If it is not well-formed, or uses entities of its own, which are left as they are.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(found, parser)
    except etree.XMLSyntaxError as error:
        raise ReviewError(
            f"{path} is no well-formed XML: {error.msg}. Load it anew from where it was published."
        ) from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise ReviewError(
            f"{path} declares entities of its own, which are not expanded. Write what they stand "
            "for in their place, or load the article from PubMed Central."
        )
    return root


def web_page(found: bytes, path: Path) -> etree._Element:
    """The root of an HTML page.

    Raises
    ------
    ReviewError
        If there is nothing in it that a browser would show.
    """
    declared = b"charset" in found[:4096] or found[:3] == b"\xef\xbb\xbf"
    encoding = None if declared else _utf_8(found)
    parser = html.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, encoding=encoding
    )
    try:
        root = html.document_fromstring(found, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReviewError(f"{path} is no web page: {error}. Save the page again.") from None
    return root


def _utf_8(found: bytes) -> str | None:
    try:
        found.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def archive(found: bytes, path: Path) -> None:
    """Refuse a Word file or workbook that is no archive, is locked, or would unpack without end.

    Raises
    ------
    ReviewError
        In these cases.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(found)) as opened:
            parts = opened.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ReviewError(
            f"{path} is damaged, or has the name of another kind of file. Open it in the program "
            "that it belongs to and save it again."
        ) from None
    if any(part.flag_bits & 1 for part in parts):
        raise ReviewError(f"{path} is protected by a password. Save it without one.")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ReviewError(
            f"{path} unpacks to more than {MOST_UNPACKED // 10**6} MB, the most that is read. "
            "Save the text without pictures."
        )
