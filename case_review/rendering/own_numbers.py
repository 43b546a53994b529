"""The report's own numbers: its JATS is audited as any paper's before it is published."""

from __future__ import annotations

from pathlib import Path

from case_review.errors import ReviewError
from case_review.project import Project

#: What was looked at and stands for a reason, in `report/`.
ACKNOWLEDGED = "acknowledged.csv"
#: The check of labels. Those of groups are made from cut-points, which the parameters hold apart;
#: as printed, 2–13 and 13–18 years share an end, and a table of other studies may leave a gap.
_LABELS = "categories"
#: As many findings are told in full.
_TOLD = 20


def refuse(project: Project, jats: Path) -> None:
    """Refuse a report whose numbers contradict one another, unless that is acknowledged.

    Parameters
    ----------
    jats
        The report as JATS.

    Raises
    ------
    ReviewError
        With every finding that is no note and that `report/acknowledged.csv` does not name.
    """
    from case_review.audit import report  # in the process that looks

    audited = report.audit_file(jats, project.report / ACKNOWLEDGED)
    found = [finding for finding in audited.findings if finding.check != _LABELS]
    if not found:
        return
    lines = [f"  {finding.kind}: {finding.line()}" for finding in found[:_TOLD]]
    lines += [f"  and {len(found) - _TOLD} more"] if len(found) > _TOLD else []
    raise ReviewError(
        "The report's own numbers contradict one another, says the audit of its JATS:\n"
        + "\n".join(lines)
        + "\nCorrect them where they are computed. If one stands for a reason, write its id, its "
        f"kind and the reason into report/{ACKNOWLEDGED} (columns claim_id, kind, reason)."
    )
