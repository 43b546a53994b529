"""The command `audit`: one file, or many papers at once."""

from __future__ import annotations

import argparse
import sys

from case_review.audit import command
from case_review.build import explaining
from case_review.errors import ReviewError

add_options = command.add_options


def main(options: argparse.Namespace) -> int:
    """Audit what is named; it needs no project.

    Returns
    -------
    int
        0 without findings, 1 with some, 2 for a file that cannot be audited.
    """
    try:
        if options.out:
            from case_review.living import many_papers

            return many_papers.main(options.files, options.out, options.jobs)
        return command.main(options)
    except ReviewError as error:
        print(error, file=sys.stderr)
    except Exception as error:
        explaining.unexpected(None, error)  # which must not pass for a finding
    return 2
