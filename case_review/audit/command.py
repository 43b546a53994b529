"""The command `audit`: one file in, a report out as text, CSV, JSON or a page.

`audit draft FILE` writes what was read of a paper instead, for a person to correct.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from case_review.errors import ReviewError

#: What `--format` takes; `reports` writes them.
FORMATS = ("text", "csv", "json", "html")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `audit`."""
    help = "a paper (.xml, .html, .docx, .pdf) or a table with the columns of published.csv; "
    help += "`draft PAPER` writes such a table from a paper"
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=help)
    help = "how the report is written; by default what --output ends in, else text"
    parser.add_argument("--format", choices=FORMATS, default="", help=help)
    help = "write the report to this file instead of the terminal"
    parser.add_argument("--output", type=Path, help=help)
    help = "many papers, or folders of them: a page for each goes to this folder, and a summary"
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=help)
    help = "how many papers are read at a time; by default as many as there are processors"
    parser.add_argument("--jobs", type=int, help=help)


def main(options: argparse.Namespace) -> int:
    """Audit a file and write the report.

    Returns
    -------
    int
        1 if there are findings that are more than notes and not acknowledged, else 0.

    Raises
    ------
    ReviewError
        If the file cannot be audited; the command then exits with 2.
    """
    from case_review.audit import report
    from case_review.audit.reports import FORMATS as WRITTEN
    from case_review.files import write_text

    first = options.files[0]
    if first == Path("draft") and (len(options.files) > 1 or not first.exists()):
        return _draft(options)
    made = report.audit_file(_one(options.files))
    written = WRITTEN[_format(options)](made)
    if options.output:
        write_text(options.output, written)
        print(f"{options.output}: {made.summary}")
    else:
        print(written, end="")
    return 1 if made.failed else 0


def _draft(options: argparse.Namespace) -> int:
    """Write the draft of a paper as CSV beside it, or where `--output` says, and tell how it is."""
    from case_review.audit import papers

    if len(options.files) == 1:
        raise ReviewError("Name one paper: `audit draft PAPER`.")
    path = _one(options.files[1:])
    made = papers.draft(path)
    out = options.output or path.with_name(f"{path.stem}.draft.csv")
    papers.write_csv(made, out)
    print(f"{out}: {papers.told(made)}")
    for one in made.missed:
        print(f"{made.reader}: {one}")
    for one in made.unread:
        print(f"not read: {one.place}: {one.text}: {one.why}")
    return 0


def _one(files: list[Path]) -> Path:
    if len(files) > 1:
        raise ReviewError(
            f"{len(files)} files are named. Add --out FOLDER, for a page of each and a summary."
        )
    return files[0]


def _format(options: argparse.Namespace) -> str:
    """The format that is asked for, else that of the file's ending."""
    ending = options.output.suffix.removeprefix(".") if options.output else ""
    return options.format or (ending if ending in FORMATS else FORMATS[0])
