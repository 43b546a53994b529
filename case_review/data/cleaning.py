"""From raw tables to clean ones: recodes, conversions and classifications, each in the ledger."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import pandas as pd

from case_review.data import names
from case_review.data.reading import DataError, Problem, Raw
from case_review.units import hours_in, to_hours

LEDGER_COLUMNS = ("table", "row", "key", "column", "kind", "before", "after", "reason")
#: The population of each kind of report.
POPULATIONS = {"publication": "publications", "poster": "posters"}


class Cleaning:
    """One pass over the raw tables.

    Parameters
    ----------
    raw
        Tables as text, from `raw.read`.
    diagnoses
        Diagnosis as reported to what it stands for, by name: texts, or true and false.
    events
        Adverse event as reported to the term it is counted under.
    month_days
        Length of a month in days.
    """

    def __init__(self, raw: Raw, diagnoses: Mapping, events: Mapping, month_days: float):
        self.raw, self.month_days, self.columns = raw, month_days, raw.columns
        self.diagnoses = {
            name: {fact: _said(entry.get(fact, "")) for fact in self.columns.facts}
            for name, entry in diagnoses.items()
        }
        self.events = dict(events)
        #: The lines of the ledger, each column on its own.
        self.ledger = {name: [getattr(x, name) for x in raw.changes] for name in LEDGER_COLUMNS}
        self.lists, problems = names.lists(raw)
        self.problems = [*unknown_terms(raw, diagnoses, events), *problems]
        self._wrong: dict[str, ValueError] = {}

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
        clean = self.columns.clean
        # Rows that were drawn lack columns which a file may leave out.
        tables = {
            name: table.reindex(columns=list(clean[name].columns), fill_value="")
            for name, table in tables.items()
        }
        tables["ledger"] = pd.DataFrame(self.ledger)
        return tables

    def patients(self) -> pd.DataFrame:
        """The clean patients alone, for whom the tables of reports, posters and events suffice.

        Raises
        ------
        DataError
            As `run`, but for values that only another table has.
        """
        population = self._reports().set_index("report_id")["population"]
        patients = self._patients(population)
        if self.problems:
            raise DataError(self.problems)
        return patients[list(self.columns.clean["patients"].columns)]

    # -- tables ----------------------------------------------------------------------------------

    def _reports(self) -> pd.DataFrame:
        frame = self._typed("reports")
        frame["population"] = frame["kind"].map(POPULATIONS).fillna("")
        return frame

    def _patients(self, population: pd.Series) -> pd.DataFrame:
        frame = self._typed("patients")
        text = self.raw.tables["patients"]
        frame["population"] = frame["report_id"].map(population)
        frame["age_hours"] = self._hours(text, "age_value", "age_unit")
        outcome = self.columns.outcome
        unit = self.columns.tables["patients"].columns[outcome.time].unit
        time, follow_up = self._hours(text, outcome.time, unit), self._follow_up(frame, text)
        frame["event"] = frame[outcome.event].map({"yes": 1, "no": 0}).astype("Int64")
        # Time runs to the event; without one the patient is censored at last follow-up.
        has_event, has_none = ((frame["event"] == x).fillna(False).astype(bool) for x in (1, 0))
        frame["time_hours"] = time.where(has_event, follow_up.where(has_none))
        self._left_out(frame, frame[outcome.event])
        self._classify(frame, "diagnosis")
        frame["cotreatments"] = self._listed("patients", frame["cotreatments"])
        return frame

    def _follow_up(self, frame: pd.DataFrame, text: pd.DataFrame) -> pd.Series:
        """Last follow-up in hours; what is given in another unit than months has these as well."""
        months = text["follow_up_months"]
        hours = self._hours(text.assign(unit=months.map(lambda m: "months" if m else "")),
                            "follow_up_months", "unit", note=False)  # fmt: skip
        if "follow_up_value" not in text:
            return hours
        other = self._hours(text, "follow_up_value", "follow_up_unit")
        if other.notna().any():
            converted = (other / float(hours_in("months", self.month_days))).round(2)
            months = frame["follow_up_months"].astype("Float64")
            frame["follow_up_months"] = months.fillna(converted.astype("Float64"))
        return hours.fillna(other)

    def _left_out(self, frame: pd.DataFrame, said: pd.Series) -> None:
        """Tell the ledger of patients whose time cannot be analysed, and why."""
        noun = self.columns.outcome.noun
        unknown = frame["event"].isna()
        untimed = ~unknown & frame["time_hours"].isna()
        has_event = untimed & (frame["event"] == 1).fillna(False)
        for chosen, what in (
            (unknown, f"whether there was a {noun} is not known"),
            (has_event, f"the time to {noun} is not known"),
            (untimed & ~has_event, f"without {noun}, and without a follow-up"),
        ):
            before = said[chosen.astype(bool)]
            after = pd.Series("", index=before.index, dtype=object)
            reason = f"{what}: in no analysis of the time to {noun}"
            self._note("patients", said.name, "left out", before, after, reason)

    def _posters(self, population: pd.Series) -> pd.DataFrame:
        frame = self._typed("posters")
        frame["population"] = frame["report_id"].map(population)
        diagnoses = frame[frame["variable"] == "diagnosis"].copy()
        entries = self._diagnoses("posters", diagnoses["level"])
        combined = frame["variable"] == "cotreatments"
        frame.loc[combined, "level"] = self._listed("posters", frame.loc[combined, "level"])
        facts = self.columns.facts
        derived = [diagnoses.assign(variable=name, level=entries[name]) for name in facts]
        columns = ["report_id", "population", "variable", "level", "provenance"]
        if not derived or diagnoses.empty:
            return frame
        summed = (
            pd.concat(derived).groupby(columns, sort=False, dropna=False)["n"].sum().reset_index()
        )
        return pd.concat([frame, summed], ignore_index=True)

    def _adverse_events(self, population: pd.Series) -> pd.DataFrame:
        frame = self._typed("adverse_events")
        frame["population"] = frame["report_id"].map(population)
        frame["event_reported"] = frame["event"]
        frame["event"] = self._events(frame["event"])
        return frame

    def _typed(self, name: str) -> pd.DataFrame:
        """A copy with numbers as numbers; whole ones stay whole, empty cells are missing."""
        frame = self.raw.tables[name].copy()
        for column in frame.columns.intersection(self.columns.tables[name].numbers):
            numbers = pd.to_numeric(frame[column].replace("", None))
            whole = (numbers.dropna() % 1 == 0).all()
            frame[column] = numbers.astype("Int64" if whole else "Float64")
        return frame

    # -- values ----------------------------------------------------------------------------------

    def _hours(self, text: pd.DataFrame, value: str, unit: str, note: bool = True) -> pd.Series:
        pairs = list(zip(text[value], text[unit], strict=True))
        known = {pair: self._in_hours(*pair) for pair in dict.fromkeys(pairs)}
        hours = pd.Series([known[pair] for pair in pairs], index=text.index, dtype="Int64")
        # A unit that is none is told at each row that has it.
        for row in text.index[hours.isna()]:
            number, name = text.at[row, value], text.at[row, unit]
            if number and name:
                self.problems.append(
                    Problem("data/raw/patients.csv", row, unit, name, f"{self._wrong[name]}.")
                )
        if note:
            given = hours.dropna()
            before = text.loc[given.index, value] + " " + text.loc[given.index, unit]
            after = given.astype(str) + " hours"
            self._note("patients", value, "conversion", before, after, "one unit of time")
        return hours

    def _in_hours(self, number: str, unit: str) -> int | None:
        """A time in hours; missing where there is none, or `_wrong` says why it has none."""
        if not (number and unit):
            return None
        try:
            return to_hours(number, unit, self.month_days)
        except ValueError as error:
            self._wrong[unit] = error
            return None

    def _classify(self, frame: pd.DataFrame, column: str) -> None:
        found = self._diagnoses("patients", frame[column])
        for name in self.columns.facts:
            frame[name] = found[name]

    def _diagnoses(self, table: str, values: pd.Series) -> pd.DataFrame:
        """What each reported diagnosis stands for, a column for each fact."""
        facts = self.columns.facts
        none = dict.fromkeys(facts, "")
        entries = {value: self.diagnoses.get(value, none) for value in values.unique()}
        said = {
            value: ", ".join(f"{name} {entry[name]}" for name in facts)
            for value, entry in entries.items()
        }
        after = values.map(said)
        if facts:
            reason = "dictionary of diagnoses"
            self._note(table, values.name, "classification", values, after, reason)
        return pd.DataFrame(
            {
                name: values.map({value: entry[name] for value, entry in entries.items()})
                for name in facts
            },
            index=values.index,
            dtype=object,
        )

    def _events(self, terms: pd.Series) -> pd.Series:
        events = terms.map({term: self.events.get(term, "") for term in terms.unique()})
        other = events != terms
        reason = "dictionary of adverse events"
        self._note("adverse_events", "event", "recode", terms[other], events[other], reason)
        return events

    def _listed(self, table: str, values: pd.Series) -> pd.Series:
        """Lists of names, each in one spelling, in order."""
        tidy = self.lists[table]
        other = values != tidy
        reason = "names in one spelling, each once, in order"
        self._note(table, values.name, "recode", values[other], tidy[other], reason)
        return tidy

    def _note(
        self, table: str, column: str, kind: str, before: pd.Series, after: pd.Series, reason: str
    ) -> None:
        """Lines of the ledger for the rows of `before` and `after`."""
        raw = self.raw.tables[table].loc[before.index]
        keys = (raw.iloc[:, 0] + " / " + raw.iloc[:, 1]).tolist()
        lines = {"table": table, "column": column, "kind": kind, "reason": reason}
        for name, cell in lines.items():
            self.ledger[name] += [cell] * len(before)
        self.ledger["row"] += before.index.tolist()
        self.ledger["key"] += keys
        self.ledger["before"] += before.tolist()
        self.ledger["after"] += after.tolist()


def _said(fact: str | bool) -> str:
    """What a diagnosis stands for, as a cell has it."""
    return {True: "yes", False: "no"}[fact] if isinstance(fact, bool) else str(fact)


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
            f"expected {wanted[term]}: {term} counts as {events[term]}, see "
            "params.yml (safety.effects). Correct whichever is wrong.",
        )
        for row, term, category in found[["event", "category"]].itertuples()
        if wanted.get(term, category) != category
    ]  # fmt: skip


def other_exposures(raw: Raw) -> list[Problem]:
    """Every later study of an exposure that the review is not about; of an empty cell nothing."""
    known, cells = raw.columns.exposures, raw.tables["later_evidence"]["exposure"]
    return [
        Problem(
            "data/raw/later_evidence.csv", row, "exposure", found,
            f"expected one of {', '.join(known)}, see params.yml (shared.words.exposures)."
            f"{_meant(found, known)} Correct it, remove the study, or add its exposure there.",
        )
        for row, found in cells.items()
        if known and found and found not in known
    ]  # fmt: skip


def _unknown(value: str, known: Mapping, section: str) -> str:
    return f"not among the {section} of params.yml (cleaning.{section}).{_meant(value, known)}"


def _meant(value: str, known: Iterable[str]) -> str:
    """A hint at the nearest of the known words, whatever its capitals; empty if none is near."""
    folded = {word.casefold(): word for word in known}
    near = difflib.get_close_matches(value.casefold(), folded, 1)
    return f" Is '{folded[near[0]]}' meant?" if near else ""
