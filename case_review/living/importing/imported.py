"""What an import makes of a sheet: tables, a ledger of what changed, and what was not read."""

from __future__ import annotations

from dataclasses import dataclass, field

#: The tables that an import writes.
WRITTEN = ("reports", "patients", "posters", "adverse_events")
LEDGER = ("sheet", "cell", "patient", "column", "before", "after", "rule")
UNREAD = ("sheet", "cell", "patient", "column", "value", "why")
Row = dict[str, str]


@dataclass
class Imported:
    """The tables that come of a sheet, what was changed on the way, and what was not read."""

    sheet: str
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in WRITTEN})
    ledger: list[Row] = field(default_factory=list)
    unread: list[Row] = field(default_factory=list)

    def tell(self, place: str, patient: str, column: str, before: str, after: str, rule: str):
        """Note a conversion with its cell."""
        entry = (self.sheet, place, patient, column, before, after, rule)
        self.ledger.append(dict(zip(LEDGER, entry, strict=True)))

    def leave(self, place: str, patient: str, column: str, value: str, why: str) -> None:
        """Note a cell that was not read, and why."""
        entry = (self.sheet, place, patient, column, value, why)
        self.unread.append(dict(zip(UNREAD, entry, strict=True)))
