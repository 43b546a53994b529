"""The audit of a paper's printed numbers: by themselves, and against the data.

The command line, rendering and reconstruction import it; it imports `analyses`, `parameters` and
what is below. Printed numbers (`published.csv`, or any file of that form), recorded results and the
ids of numbers that rows were made from come in; findings, verdicts and their tables go out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from case_review.audit.claims import Claims
    from case_review.audit.findings import Finding


def audit_printed(
    published: Claims, checks: pd.DataFrame | None = None, checks_source: str = "checks"
) -> list[Finding]:
    """Everything that the printed numbers contradict in one another; no patient data are needed.

    Parameters
    ----------
    published
        The paper's claims.
    checks
        Declared checks (see `declared.declared`), or None.
    checks_source
        How messages name the file of the checks.

    Returns
    -------
    list of Finding
        Place by place, as the file first names them, and within each in the order of the file.
    """
    # Only here, for a review is rendered without the checks.
    from case_review.audit.report import examine

    return list(examine(published, checks, checks_source).findings)


__all__ = ["audit_printed"]
