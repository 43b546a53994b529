"""The columns of the raw tables, and how each is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class TableSchema:
    """The shape of one raw table.

    Parameters
    ----------
    columns
        All columns, in order.
    key
        Columns that together name a row; empty where rows have no key.
    numbers
        Columns that hold non-negative numbers, empty for not reported.
    whole
        Those of `numbers` that hold whole numbers.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TABLES: dict[str, TableSchema] = {
    "reports": TableSchema(
        _columns("report_id kind n_patients adverse_events_reported provenance"),
        key=("report_id",),
        numbers=("n_patients",),
        whole=("n_patients",),
    ),
    "patients": TableSchema(
        _columns(
            "patient_id report_id sex age_value age_unit onset diagnosis symptoms drug dose_value "
            "dose_unit level_low_ng_ml level_high_ng_ml level_time_days cotreatments response "
            "response_criterion response_time_value response_time_unit follow_up_months "
            "treatment_status provenance"
        ),
        key=("patient_id",),
        numbers=_columns(
            "age_value dose_value level_low_ng_ml level_high_ng_ml level_time_days "
            "response_time_value follow_up_months"
        ),
    ),
    "posters": TableSchema(
        _columns("report_id variable level n provenance"),
        key=_columns("report_id variable level"),
        numbers=("n",),
        whole=("n",),
    ),
    "adverse_events": TableSchema(
        _columns("report_id patient_id event category n_patients n_episodes action provenance"),
        key=_columns("report_id patient_id event action"),
        numbers=_columns("n_patients n_episodes"),
        whole=_columns("n_patients n_episodes"),
    ),
    "screening": TableSchema(
        _columns("step n_reports note"), key=("step",), numbers=("n_reports",), whole=("n_reports",)
    ),
    "published": TableSchema(
        _columns(
            "claim_id location statement kind population as_printed value unit numerator "
            "denominator result_id"
        ),
        key=("claim_id",),
        numbers=_columns("numerator denominator"),
    ),
    "later_evidence": TableSchema(
        _columns(
            "study year design population n_evaluable n_response response_definition source note"
        ),
        key=("study",),
        numbers=_columns("year n_evaluable n_response"),
        whole=_columns("year n_evaluable n_response"),
    ),
}

#: What posters are counted by; a review may do without some of them.
POSTER_VARIABLES = _columns(
    "sex age_group onset diagnosis symptoms drug dose_group level_group cotreatments adverse_events"
)

#: Tables that only the audit reads, as they stand; cleaning makes nothing of them.
AUDITED: dict[str, TableSchema] = {
    "published_checks": TableSchema(
        _columns("check_id claim_id kind left relation right expected explanation"),
        key=("check_id",),
    ),
    "audit_questions": TableSchema(
        _columns("role id topic question population together at_least"), key=("role", "id")
    ),
}

#: Tables that a notebook shows as they stand; a review that does not show them needs no such file.
SHOWN: dict[str, TableSchema] = {
    "pathway": TableSchema(
        _columns("id text x_mm y_mm width_mm kind from to effect"),
        numbers=_columns("x_mm y_mm width_mm"),
    ),
    "prisma_2020": TableSchema(_columns("section item topic where note"), key=("item",)),
}

#: Stands for all patients beside the keys of groups, so that no group may be called so.
OVERALL = "overall"
#: What cleaning derives from a diagnosis, so that no later step needs the dictionary.
DERIVED = ("anomaly", "type", "lymphatic")
#: The columns of the clean patients.
CLEAN_PATIENTS = _columns(
    "patient_id report_id population sex age_hours age_value age_unit onset diagnosis anomaly type "
    "lymphatic symptoms drug dose_value dose_unit level_low_ng_ml level_high_ng_ml level_time_days "
    "cotreatments response response_criterion response_time_value response_time_unit time_hours "
    "event follow_up_months treatment_status provenance"
)
#: The numbers among the columns that cleaning adds, by table.
ADDED_NUMBERS = {"patients": ("age_hours", "time_hours", "event")}


def text_columns(table: str, columns: Iterable[str]) -> list[str]:
    """Those of the columns of a clean table that hold text, whatever it looks like."""
    if table not in TABLES:
        return []
    numbers = {*TABLES[table].numbers, *ADDED_NUMBERS.get(table, ())}
    return [name for name in columns if name not in numbers]
