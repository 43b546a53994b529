"""From raw tables to clean ones: recodes, conversions and classifications, each in the ledger."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import pandas as pd

from case_review.data import names
from case_review.data.reading import Change, DataError, Problem, Raw
from case_review.data.schema import CLEAN, DERIVED, TABLES
from case_review.units import to_hours

LEDGER_COLUMNS = ("table", "row", "key", "column", "kind", "before", "after", "reason")
_POPULATIONS = {"publication": "publications", "poster": "posters"}


class Cleaning:
    """One pass over the raw tables.

    Parameters
    ----------
    raw
        Tables as text, from `raw.read`.
    diagnoses
        Diagnosis as reported to its `anomaly`, `type` and `lymphatic` (a bool).
    events
        Adverse event as reported to the term it is counted under.
    month_days
        Length of a month in days.
    """

    def __init__(self, raw: Raw, diagnoses: Mapping, events: Mapping, month_days: float):
        self.raw, self.month_days = raw, month_days
        self.diagnoses = {
            name: {**entry, "lymphatic": "yes" if entry["lymphatic"] else "no"}
            for name, entry in diagnoses.items()
        }
        self.events = dict(events)
        self.changes = list(raw.changes)
        self.lists, problems = names.lists(raw)
        self.problems = [*unknown_terms(raw, diagnoses, events), *problems]
        self._keys = {
            name: (table.iloc[:, 0] + " / " + table.iloc[:, 1]).to_dict()
            for name, table in raw.tables.items()
        }

    def run(self) -> dict[str, pd.DataFrame]:
        """The clean tables by name, the ledger among them.

        Raises
        ------
        DataError
            With every value that no dictionary or unit covers.
        """
        reports = self._reports()
        population = reports.set_index("report_id")["population"]
        tables = {
            "reports": reports,
            "patients": self._patients(population),
            "posters": self._posters(population),
            "adverse_events": self._adverse_events(population),
            "screening": self._typed("screening"),
            "later_evidence": self._typed("later_evidence"),
        }
        if self.problems:
            raise DataError(self.problems)
        tables = {name: table[list(CLEAN[name].columns)] for name, table in tables.items()}
        tables["ledger"] = pd.DataFrame(
            [vars(change) for change in self.changes], columns=list(LEDGER_COLUMNS)
        )
        return tables

    # -- tables ----------------------------------------------------------------------------------

    def _reports(self) -> pd.DataFrame:
        frame = self._typed("reports")
        frame["population"] = frame["kind"].map(_POPULATIONS).fillna("")
        return frame

    def _patients(self, population: pd.Series) -> pd.DataFrame:
        frame = self._typed("patients")
        text = self.raw.tables["patients"]
        frame["population"] = frame["report_id"].map(population)
        frame["age_hours"] = self._hours(text, "age_value", "age_unit")
        response = self._hours(text, "response_time_value", "response_time_unit")
        months = text["follow_up_months"]
        follow_up = self._hours(text.assign(unit=months.map(lambda m: "months" if m else "")),
                                "follow_up_months", "unit", note=False)  # fmt: skip
        frame["event"] = (frame["response"] == "yes").astype(int)
        # Time runs to the response; without one the patient is censored at last follow-up.
        frame["time_hours"] = response.where(frame["event"] == 1, follow_up)
        self._classify(frame, "diagnosis")
        frame["cotreatments"] = self._listed("patients", frame["cotreatments"])
        return frame

    def _posters(self, population: pd.Series) -> pd.DataFrame:
        frame = self._typed("posters")
        frame["population"] = frame["report_id"].map(population)
        diagnoses = frame[frame["variable"] == "diagnosis"].copy()
        entries = [self._diagnosis("posters", row, "level", value)
                   for row, value in diagnoses["level"].items()]  # fmt: skip
        combined = frame["variable"] == "cotreatments"
        frame.loc[combined, "level"] = self._listed("posters", frame.loc[combined, "level"])
        derived = [
            diagnoses.assign(variable=name, level=[entry[name] for entry in entries])
            for name in DERIVED
        ]
        columns = ["report_id", "population", "variable", "level", "provenance"]
        summed = (
            pd.concat(derived).groupby(columns, sort=False, dropna=False)["n"].sum().reset_index()
        )
        return pd.concat([frame, summed], ignore_index=True)

    def _adverse_events(self, population: pd.Series) -> pd.DataFrame:
        frame = self._typed("adverse_events")
        frame["population"] = frame["report_id"].map(population)
        frame["event_reported"] = frame["event"]
        frame["event"] = [self._event(row, term) for row, term in frame["event"].items()]
        return frame

    def _typed(self, name: str) -> pd.DataFrame:
        """A copy with numbers as numbers; whole ones stay whole, empty cells are missing."""
        frame = self.raw.tables[name].copy()
        for column in TABLES[name].numbers:
            numbers = pd.to_numeric(frame[column].replace("", None))
            whole = (numbers.dropna() % 1 == 0).all()
            frame[column] = numbers.astype("Int64" if whole else "Float64")
        return frame

    # -- values ----------------------------------------------------------------------------------

    def _hours(self, text: pd.DataFrame, value: str, unit: str, note: bool = True) -> pd.Series:
        known: dict[tuple[str, str], int] = {}
        hours = {}
        for row, number, name in text[[value, unit]].itertuples():
            hours[row] = known.get((number, name), pd.NA)
            if hours[row] is pd.NA and number and name:
                try:
                    hours[row] = known[number, name] = to_hours(number, name, self.month_days)
                except ValueError as error:
                    file = "data/raw/patients.csv"
                    self.problems.append(Problem(file, row, unit, name, f"{error}."))
            if note and hours[row] is not pd.NA:
                before, after = f"{number} {name}", f"{hours[row]} hours"
                self._note("patients", row, value, "conversion", before, after, "one unit of time")
        return pd.Series(hours, dtype="Int64")

    def _classify(self, frame: pd.DataFrame, column: str) -> None:
        found = {
            row: self._diagnosis("patients", row, column, value)
            for row, value in frame[column].items()
        }
        for name in DERIVED:
            frame[name] = pd.Series({row: entry[name] for row, entry in found.items()}, dtype=str)

    def _diagnosis(self, table: str, row: int, column: str, value: str) -> Mapping[str, str]:
        entry = self.diagnoses.get(value, dict.fromkeys(DERIVED, ""))
        after = ", ".join(f"{name} {entry[name]}" for name in DERIVED)
        self._note(table, row, column, "classification", value, after, "dictionary of diagnoses")
        return entry

    def _event(self, row: int, term: str) -> str:
        event = self.events.get(term, "")
        if event != term:
            reason = "dictionary of adverse events"
            self._note("adverse_events", row, "event", "recode", term, event, reason)
        return event

    def _listed(self, table: str, values: pd.Series) -> pd.Series:
        """Lists of names, each in one spelling, in order."""
        tidy = self.lists[table]
        for row in values.index[values != tidy]:
            reason = "names in one spelling, each once, in order"
            self._note(table, row, values.name, "recode", values[row], tidy[row], reason)
        return tidy

    def _note(self, table, row, column, kind, before, after, reason) -> None:
        self.changes.append(
            Change(table, row, self._keys[table][row], column, kind, before, str(after), reason)
        )


def unknown_terms(raw: Raw, diagnoses: Mapping, events: Mapping) -> list[Problem]:
    """Every reported diagnosis and adverse event that no dictionary has, each with its place."""
    posters = raw.tables["posters"]
    counted = posters.loc[posters["variable"] == "diagnosis", "level"]
    places = (
        ("patients", raw.tables["patients"]["diagnosis"], diagnoses, "diagnoses"),
        ("posters", counted, diagnoses, "diagnoses"),
        ("adverse_events", raw.tables["adverse_events"]["event"], events, "events"),
    )
    return [
        Problem(f"data/raw/{table}.csv", row, terms.name, term, _unknown(term, known, section))
        for table, terms, known, section in places
        for row, term in terms[~terms.isin(list(known))].items()
    ]


def wrong_categories(raw: Raw, events: Mapping, effects: Iterable[Mapping]) -> list[Problem]:
    """Every adverse event whose category is not that of the effect which it counts as."""
    categories = {effect["id"]: effect["category"] for effect in effects}
    wanted = {term: categories[id] for term, id in events.items() if id in categories}
    found = raw.tables["adverse_events"]
    return [
        Problem(
            "data/raw/adverse_events.csv", row, "category", category,
            f"expected {wanted[term]}: {term} counts as {events[term]}, which params.yml "
            "(safety.effects) lists so. Correct whichever is wrong.",
        )
        for row, term, category in found[["event", "category"]].itertuples()
        if wanted.get(term, category) != category
    ]  # fmt: skip


def _unknown(value: str, known: Mapping, section: str) -> str:
    near = difflib.get_close_matches(value, known, 1)
    hint = f" Is '{near[0]}' meant?" if near else ""
    return f"not among the {section} of params.yml (section cleaning).{hint}"
