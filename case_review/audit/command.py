"""The command `audit`: one file in, a report out as text, CSV, JSON or a page."""

from __future__ import annotations

import argparse
from pathlib import Path

#: What `--format` takes; `reports` writes them.
FORMATS = ("text", "csv", "json", "html")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `audit`."""
    parser.add_argument("file", type=Path, help="a table with the columns of published.csv")
    help = "how the report is written; by default what --output ends in, else text"
    parser.add_argument("--format", choices=FORMATS, default="", help=help)
    help = "write the report to this file instead of the terminal"
    parser.add_argument("--output", type=Path, help=help)


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

    made = report.audit_file(options.file)
    written = WRITTEN[_format(options)](made)
    if options.output:
        write_text(options.output, written)
        print(f"{options.output}: {made.summary}")
    else:
        print(written, end="")
    return 1 if made.failed else 0


def _format(options: argparse.Namespace) -> str:
    """The format that is asked for, else that of the file's ending."""
    ending = options.output.suffix.removeprefix(".") if options.output else ""
    return options.format or (ending if ending in FORMATS else FORMATS[0])
