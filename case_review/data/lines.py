"""Lines of cells, as every kind of raw file gives them, and the bytes that they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

#: Most bytes of a raw file; a sheet of 200,000 patients has about as many.
MOST_BYTES = 50_000_000


class FileProblem(Exception):
    """A file that cannot be read as lines of cells; `row` is None where all of it is meant."""

    def __init__(self, message: str, row: int | None = None):
        self.message, self.row = message, row
        super().__init__(message)


@dataclass(frozen=True)
class WrongCell:
    """A cell whose value cannot be told from the file.

    Parameters
    ----------
    line, position
        The number of its line, the first being 1, and of its column, the first being 0.
    value, message
        What stands there, and what to do.
    """

    line: int
    position: int
    value: str
    message: str


@dataclass
class Lines:
    """The lines of a file that hold anything, each with its number, the first being 1.

    Parameters
    ----------
    remarks
        What was repaired or chosen, as (before, after, reason).
    wrong
        Cells that cannot be used; in `lines` they hold what is quoted of them.
    sheet
        Title of the sheet that they stand in; empty for a CSV.
    """

    lines: list[tuple[int, list[str]]] = field(default_factory=list)
    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[WrongCell] = field(default_factory=list)
    sheet: str = ""


def content_of(path: Path) -> bytes:
    """The bytes of a raw file.

    Raises
    ------
    FileProblem
        If it is no file, may not be read, or is larger than `MOST_BYTES`.
    """
    if path.is_dir():
        raise FileProblem("this is a folder. Put the file of this name in its place.")
    if not path.exists():
        if path.is_symlink():
            raise FileProblem("this is a link to a file that is not there. Put the file here.")
        raise FileProblem("the file does not exist. Correct its name.")
    if not path.is_file():
        # A pipe would be waited for and a device may never end.
        raise FileProblem("this is a pipe or a device, not a file. Put the file in its place.")
    try:
        if path.stat().st_size <= MOST_BYTES:
            return path.read_bytes()
    except PermissionError:
        raise FileProblem("the file may not be read. Give yourself the right to.") from None
    except OSError as error:
        raise FileProblem(f"the file cannot be read ({error.strerror}). Copy it anew.") from None
    raise FileProblem(
        f"the file is larger than {MOST_BYTES // 10**6} MB, the most that is read. Leave only the "
        "table in it."
    )
