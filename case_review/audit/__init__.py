"""The audit of a paper's printed numbers: by themselves, and against the data.

The command line, rendering and reconstruction import it; it imports `analyses`, `parameters` and
what is below. Printed numbers (`published.csv`, or any file of that form), recorded results and the
ids of numbers that rows were made from come in; findings, verdicts and their tables go out.
"""

from __future__ import annotations

from pathlib import Path
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
    # Only here, for a report is rendered without the checks.
    from case_review.audit.checks import declared, run
    from case_review.audit.findings import Finding

    found = [outcome for _, outcome in run(published) if isinstance(outcome, Finding)]
    if checks is not None:
        made = declared.declared(published, checks, checks_source)
        found += [outcome for outcome in made if isinstance(outcome, Finding)]
    places = {claim.place: number for number, claim in reversed(list(enumerate(published)))}
    position = {claim.claim_id: (places[claim.place], claim.line) for claim in published}
    return sorted(found, key=lambda finding: position[finding.claim_id])


def main(path: str | Path) -> int:
    """Audit a file and print the findings: `python -m case_review audit FILE`.

    Checks declared in `<name>_checks.csv` beside the file are made as well.

    Returns
    -------
    int
        1 if there are findings, else 0.

    Raises
    ------
    ReviewError
        If the file is not in the format of `published.csv`; the command then exits with 2.
    """
    from case_review.audit import claims
    from case_review.formatting import with_unit

    path = Path(path)
    published = claims.read(path)
    beside = path.with_name(f"{path.stem}_checks.csv")
    checks = claims.text_table(beside) if beside.is_file() else None
    found = audit_printed(published, checks, str(beside))
    for number, finding in enumerate(found, start=1):
        print(f"{number:>3}. {finding.line()}")
    percentages = [claim for claim in published if claim.kind == "percent"]
    unchecked = sum(not claim.checkable for claim in percentages)
    if unchecked:
        print(
            "Not recomputed for want of numerator and denominator: "
            f"{unchecked} of {len(percentages)} percentages."
        )
    numbers = with_unit(str(len(published)), "printed numbers")
    print(f"{path}: {numbers}, {with_unit(str(len(found) or 'no'), 'findings')}.")
    return 1 if found else 0


__all__ = ["audit_printed", "main"]
