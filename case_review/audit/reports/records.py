"""The report for programs: JSON in a fixed form, and a CSV of the findings."""

from __future__ import annotations

import json as json_format
from typing import Any

import pandas as pd

from case_review.audit.findings import KINDS, REASONS, Finding
from case_review.audit.report import Report
from case_review.exhibits import spreadsheet_safe

#: Changes whenever a program that reads the JSON would have to.
FORM = "case-review-audit/1"


def json(report: Report) -> str:
    """The report as JSON, in the form of `docs/audit.schema.json`."""
    return json_format.dumps(record(report), ensure_ascii=False, indent=1) + "\n"


def record(report: Report) -> dict[str, Any]:
    """The report as values of JSON."""
    reasons = {id(one.finding): one.reason for one in report.acknowledged}
    up, even = report.halves
    return {
        "form": FORM,
        "source": report.source,
        "title": report.title,
        "summary": {
            "printed": len(report.claims),
            "held": len(report.examined.checked),
            "not_held": len(report.examined.unchecked),
            "findings": len(report.findings),
            "severities": report.severities,
            "notes": len(report.notes),
            "acknowledged": len(report.acknowledged),
            "unread": len(report.unread),
            "halves_up": up,
            "halves_even": even,
        },
        "findings": [
            finding_record(one) | {"acknowledged": reasons.get(id(one))}
            for one in report.examined.findings
        ],
        "held": sorted(report.examined.checked, key=lambda id: report.claims[id].line),
        "not_held": [
            {
                "claim_id": claim_id,
                "location": report.claims[claim_id].location,
                "printed": report.claims[claim_id].as_printed,
                "reason": reason,
                "words": REASONS[reason],
            }
            for claim_id, reason in report.examined.unchecked.items()
        ],
        "unread": [[one.place, one.text, one.why] for one in report.unread],
        "remarks": list(report.remarks),
    }


def finding_record(finding: Finding) -> dict[str, Any]:
    """A finding as values of JSON."""
    return {
        "claim_id": finding.claim_id,
        "location": finding.location,
        "severity": finding.severity,
        "kind": finding.kind,
        "words": KINDS[finding.kind],
        "check": finding.check,
        "printed": finding.printed,
        "expected": finding.expected,
        "difference": finding.difference,
        "explanation": finding.explanation,
        "others": list(finding.others),
    }


def csv(report: Report) -> str:
    """The findings as CSV, acknowledged ones with their reason."""
    rows = record(report)["findings"]
    columns = [*rows[0]] if rows else [*_EMPTY, "acknowledged"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["others"] = ["; ".join(others) for others in frame["others"]]
    frame["acknowledged"] = frame["acknowledged"].fillna("")
    return spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n")


_EMPTY = tuple(finding_record(Finding("", "", "", "", "", "sum", "")))
