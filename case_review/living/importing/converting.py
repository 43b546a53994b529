"""From the rows of a sheet, by its mapping, to raw tables, with a line for all that changed.

What cannot be read in one way is left empty and told with its cell; nothing is made up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from case_review.data.schema import TABLES
from case_review.living.importing import cells, values
from case_review.living.importing.facts import DATES, LEVEL, PAIRS, WORDS, Facts
from case_review.living.importing.imported import Imported, Row
from case_review.living.importing.mapping import NOT_REPORTED, Mapping, parts, texts
from case_review.living.importing.sheet import Cell, Sheet

#: Columns that a table has only where a follow-up is not in months.
_FOLLOW_UP = ("follow_up_value", "follow_up_unit")
_EXTRACTED = "extracted"


def convert(sheet: Sheet, mapping: Mapping, facts: Facts) -> Imported:
    """The raw tables of a sheet whose mapping has no open questions."""
    return _Conversion(sheet, mapping, facts).run()


@dataclass
class _Patient:
    """What the rows of one patient say: by target, each text with its place."""

    report: str
    name: str
    said: dict[str, list[tuple[str, cells.Value]]] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)


class _Conversion:
    def __init__(self, sheet: Sheet, mapping: Mapping, facts: Facts):
        self.sheet, self.facts, self.mapping = sheet, facts, mapping
        self.settings, self.fixed = mapping["settings"], mapping["fixed"]
        self.columns = {
            letter: entry for letter, entry in mapping["columns"].items() if entry["to"] != "ignore"
        }
        self.letter = {entry["to"]: letter for letter, entry in self.columns.items()}
        self.events = {name.casefold(): name for name in facts.events}
        self.reader = cells.Reader(self.settings, facts)
        self.commas = {
            letter for letter in self.columns if any(map(values.has_comma, texts(sheet, letter)))
        }
        self.known: dict[tuple[str, str, str], cells.Value | values.Unread | None] = {}
        self.patients: dict[tuple[str, str], _Patient] = {}
        self.names: set[str] = set()
        self.sizes: dict[str, tuple[str, str]] = {}
        self.told: dict[str, bool] = {}
        self.of_report: Counter[str] = Counter()
        self.above = ""
        self.made = Imported(sheet.name)

    def run(self) -> Imported:
        for place, text in self.sheet.notes.items():
            self.made.leave(place, "", "", text, "a note below the table")
        merged = set(self.sheet.merged)
        for number, row in self.sheet.rows.items():
            if self.settings.get("merged") == "first":
                row = {key: c for key, c in row.items() if f"{key}{number}" not in merged}
            elif merged:
                self._tell_merged(number, row, merged)
            if self._is_meant(number, row):
                self._row(number, row)
        for patient in self.patients.values():
            self._write(patient)
        self._reports()
        return self.made

    # -- rows --------------------------------------------------------------------------------------

    def _tell_merged(self, number: int, row: dict[str, Cell], merged: set[str]) -> None:
        for letter in row:
            if f"{letter}{number}" in merged:
                place, text = f"{letter}{number}", row[letter].text
                self.made.tell(place, "", "", "", text, "merged with the cell above")

    def _is_meant(self, number: int, row: dict[str, Cell]) -> bool:
        """Whether a row is to be read; one is not that another value keeps out."""
        for letter, entry in self.columns.items():
            text = row[letter].text if letter in row else ""
            if entry["to"] == "only" and text != entry["value"]:
                why = f"the row is not of '{entry['value']}'"
                self.made.leave(f"{letter}{number}", "", "", text, why)
                return False
        return True

    def _row(self, number: int, row: dict[str, Cell]) -> None:
        if len(row) == 1 and len(self.sheet.columns) > 2:
            ((letter, cell),) = row.items()
            why = "a heading or a note between rows"
            self.made.leave(f"{letter}{number}", "", "", cell.text, why)
            return
        report = self._name("report", row) or self.fixed.get("report", "")
        if not report and self.settings.get("blank_reports") == "as above" and self.above:
            report, (first, cell) = self.above, next(iter(row.items()))
            why = "no report in the row: as above"
            self.made.tell(f"{first}{number}", "", "report_id", "", report, why)
        self.above = report
        if not report:
            first = next(iter(row))
            self.made.leave(f"{first}{number}", "", "report_id", row[first].text,
                         "the row has no report")  # fmt: skip
            return
        counts = [key for key, e in self.columns.items() if e["to"] == "count" and key in row]
        if counts:
            self._count(number, row, report, counts)
            return
        given = self._name("patient", row)
        if not given:
            self.of_report[report] += 1
            given = str(self.of_report[report])
            while (report, given) in self.patients:
                given += "+"
        if (patient := self.patients.get((report, given))) is None:
            name = given if given.startswith(f"{report}-") else f"{report}-{given}"
            name = f"{report}-{given}" if name in self.names else name
            patient = self.patients[report, given] = _Patient(report, name)
            self.names.add(name)
        for letter, cell in row.items():
            if letter in self.columns:
                self._cell(f"{letter}{number}", letter, cell, patient, row)

    def _name(self, target: str, row: dict[str, Cell]) -> str:
        cell = row.get(self.letter.get(target, ""))
        if cell is None or cell.problem or self.facts.is_missing(cell.text):
            return ""
        return " ".join(cell.text.split())

    def _cell(self, place: str, letter: str, cell: Cell, patient: _Patient, row) -> None:
        entry = self.columns[letter]
        target = entry["to"]
        if target == "n_patients":
            self.sizes[patient.report] = (place, cell.text)
        if target in ("report", "patient", "only", "n_patients") or target.endswith("_unit"):
            return
        column = entry.get("name") or self.facts.column(target)
        if cell.problem and not (target in DATES and cell.text.endswith("00:00:00")):
            self.made.leave(place, patient.name, column, cell.text, cell.problem)
            return
        try:
            if target == "adverse_events":
                self._events(place, entry, cell.text, patient)
                return
            beside = row.get(self.letter.get(f"{target}_unit", ""))
            found = self._value(letter, entry, cell.text, beside.text if beside else "")
        except values.Unread as why:
            self.made.leave(place, patient.name, column, cell.text, str(why))
            return
        if found is not None:
            key = f"own {column}" if target == "own" else target
            patient.said.setdefault(key, []).append((place, found))
            if found.rule:
                after = " ".join(found.texts)
                self.made.tell(place, patient.name, column, cell.text, after, found.rule)

    def _value(self, letter: str, entry, text: str, unit: str) -> cells.Value | None:
        """The value of a cell, with the unit beside it; each different one is read once."""
        if (key := (letter, text, unit)) not in self.known:
            entry = entry | {"unit": unit} if unit else entry
            try:
                self.known[key] = self.reader.read(entry, text, letter in self.commas)
            except values.Unread as why:
                self.known[key] = why
        found = self.known[key]
        if isinstance(found, values.Unread):
            raise found
        return found

    # -- adverse events ----------------------------------------------------------------------------

    def _events(self, place: str, entry, text: str, patient: _Patient) -> None:
        if self.facts.is_missing(text):
            return
        codes = entry.get("codes", {})
        for part in parts(text):
            word = " ".join(part.split())
            code = codes.get(word.casefold(), word)
            if code.casefold() == NOT_REPORTED or self.facts.is_missing(word):
                continue
            self.told[patient.report] = True
            if code.casefold() == "none":
                continue
            event = word if code in self.facts.categories else code
            event = self.events.get(event.casefold(), event)
            if code not in self.facts.categories and event not in self.facts.events:
                why = "the mapping has no code for it"
                self.made.leave(place, patient.name, "event", word, why)
                continue
            if event != word:
                self.made.tell(place, patient.name, "event", word, event, "code of the mapping")
            category = code if code in self.facts.categories else self.facts.events[event]
            if (event, category) not in patient.events:
                patient.events.append((event, category))

    # -- posters -----------------------------------------------------------------------------------

    def _count(self, number: int, row: dict[str, Cell], report: str, counts: list[str]) -> None:
        """Counts of a report without single patients; of the others it is not reported."""
        size_at = self.letter.get("n_patients", "")
        size = self._whole(f"{size_at}{number}", row.get(size_at))
        read = {letter: self._whole(f"{letter}{number}", row[letter]) for letter in counts}
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for letter, n in read.items():
            if n:
                entry = self.columns[letter]
                found[entry["variable"]][entry["level"]] = n
        most = max((sum(levels.values()) for levels in found.values()), default=0)
        again = any(row["report_id"] == report for row in self.made.tables["reports"])
        if again or not size or most > size or None in read.values():
            for letter in counts:
                self.made.leave(f"{letter}{number}", "", "n", row[letter].text, (
                    "counts need one row for a report, and its number of patients, the most"
                ))  # fmt: skip
            return
        self.made.tables["reports"].append(_report(
            report, "poster", size, "yes" if "adverse_events" in found else "no"
        ))  # fmt: skip
        variables = dict.fromkeys(
            entry["variable"] for entry in self.columns.values() if entry["to"] == "count"
        )
        for variable in variables:
            levels = dict(found[variable])
            if rest := size - sum(levels.values()):
                level = "none" if variable == "adverse_events" and levels else ""
                levels[level] = rest
                place = f"{size_at}{number}"
                said = f"{variable}: {level or NOT_REPORTED}"
                self.made.tell(place, "", said, str(size), str(rest), "rest of the patients")
            for level, n in levels.items():
                self.made.tables["posters"].append({
                    "report_id": report, "variable": variable, "level": level, "n": str(n),
                    "provenance": _EXTRACTED,
                })  # fmt: skip

    def _whole(self, place: str, cell: Cell | None) -> int | None:
        if cell is None or self.facts.is_missing(cell.text):
            return 0
        if cell.text.isascii() and cell.text.isdigit() and not cell.problem:
            return int(cell.text)
        why = cell.problem or "a whole number was expected"
        self.made.leave(place, "", "n", cell.text, why)
        return None

    # -- tables ------------------------------------------------------------------------------------

    def _write(self, patient: _Patient) -> None:
        name = patient.name
        row = dict.fromkeys(self._patient_columns(), "")
        row |= {"patient_id": name, "report_id": patient.report, "provenance": _EXTRACTED}
        chosen = {t: self._one(patient, t, said) for t, said in patient.said.items()}
        self._between(patient, chosen)
        for target, value in self.fixed.items():
            if target in WORDS:
                row[target] = value
        action = chosen.pop("event_action", None)
        for target, (_, found) in ((t, one) for t, one in chosen.items() if one):
            row |= dict(zip(_columns_of(target, len(found.texts)), found.texts, strict=False))
        row = {self.facts.column(column): text for column, text in row.items()}
        self.made.tables["patients"].append(row)
        for event, category in patient.events:
            self.made.tables["adverse_events"].append({
                "report_id": patient.report, "patient_id": name, "event": event,
                "category": category, "n_patients": "1", "n_episodes": "",
                "action": action[1].texts[0] if action else self.settings.get("event_action", ""),
                "provenance": _EXTRACTED,
            })  # fmt: skip

    def _patient_columns(self) -> list[str]:
        own = [e["name"] for e in self.columns.values() if e["to"] == "own"]
        ours = [name for name in TABLES["patients"].columns if name not in _FOLLOW_UP]
        return list(dict.fromkeys([*ours, *own]))

    def _one(self, patient: _Patient, target: str, said):
        """What several rows say of a patient, if it is the same; else as the mapping has it."""
        different = {found.texts for _, found in said}
        if len(different) == 1:
            return said[0]
        which, column = self.settings.get("conflicts", "unread"), target.removeprefix("own ")
        shown = "; ".join(f"{place}: {' '.join(found.texts)}" for place, found in said)
        if which in ("first", "last"):
            kept = said[0 if which == "first" else -1]
            rule = f"rows differ ({shown}); the {which} one counts"
            self.made.tell(kept[0], patient.name, column, shown, " ".join(kept[1].texts), rule)
            return kept
        places = ", ".join(place for place, _ in said)
        self.made.leave(places, patient.name, column, shown, "rows of this patient differ")
        return None

    def _between(self, patient: _Patient, chosen) -> None:
        """Times from two dates, where no column gives the time itself."""
        start = chosen.pop("start_date", None)
        for target, end in (("response_time", "response_date"), ("follow_up", "follow_up_date")):
            last = chosen.pop(end, None)
            if not (start and last) or chosen.get(target):
                continue
            places, ends = f"{start[0]}, {last[0]}", (start[1].texts[0], last[1].texts[0])
            try:
                found = self.reader.between(target, *ends)
            except values.Unread as why:
                self.made.leave(places, patient.name, target, " to ".join(ends), str(why))
                continue
            chosen[target] = (places, found)
            after = " ".join(found.texts)
            self.made.tell(places, patient.name, target, " to ".join(ends), after, found.rule)

    def _reports(self) -> None:
        of = Counter(patient.report for patient in self.patients.values())
        for report, (place, text) in self.sizes.items():
            if not self.facts.is_missing(text) and text != str(of[report]):
                why = f"the sheet lists {of[report]} patients of this report"
                self.made.leave(place, "", "n_patients", text, why)
        says = self.settings.get("adverse_events_reported")
        self.made.tables["reports"] = [
            _report(report, "publication", n,
                    says or ("yes" if self.told.get(report) else "no"))
            for report, n in of.items()
        ] + self.made.tables["reports"]  # fmt: skip


def _report(report: str, kind: str, n: int, told: str) -> Row:
    return {
        "report_id": report, "kind": kind, "n_patients": str(n), "adverse_events_reported": told,
        "provenance": _EXTRACTED,
    }  # fmt: skip


def _columns_of(target: str, texts: int) -> tuple[str, ...]:
    if target in PAIRS:
        return PAIRS[target]
    if target == LEVEL:
        return ("level_low_ng_ml", "level_high_ng_ml")
    if target == "follow_up":
        return ("follow_up_months",) if texts == 1 else _FOLLOW_UP
    return (target.removeprefix("own "),)
