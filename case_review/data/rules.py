"""Rules that hold between tables: every count against the count it must agree with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from case_review.data.schema import ANY, POSTER_VARIABLES, Schema

_POPULATIONS = {"publications": "publication", "posters": "poster"}
COLUMNS = ("rule", "file", "row", "column", "found", "expected")


def checks(
    tables: Mapping[str, pd.DataFrame], unsound: Collection[str] = (), columns: Schema = ANY
) -> pd.DataFrame:
    """One row per comparison between the raw tables; a rule holds where `found` is `expected`.

    Parameters
    ----------
    tables
        Raw tables as text, indexed by line number (`raw.read`).
    unsound
        Tables with missing rows or columns; nothing is compared with them.
    columns
        The columns of the tables.
    """
    tables = {name: _once(name, table) for name, table in tables.items()}
    rows = [pd.DataFrame(columns=list(COLUMNS))]
    for rules, needed in _RULES:
        if not needed.intersection(unsound):
            rows += rules(tables)
    sound = [name for name in columns.tables if name in tables and name not in unsound]
    for name in sound:
        rows += _companions(name, tables[name], columns)
    if "patients" in sound:
        rows += _times_of_events(tables["patients"], columns)
    return pd.concat(rows, ignore_index=True).astype({"found": str, "expected": str})


def _once(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The first row of each key: a row that is there twice should not be counted twice."""
    key = list(ANY.tables[name].key) if name in ANY.tables else []
    return table[~table.duplicated(key)] if key else table


def _compared(rule: str, table: str, found: pd.Series, expected) -> pd.DataFrame:
    """What a rule compares; `found` is indexed by the rows of a raw table, and named by column."""
    file, column = f"data/raw/{table}.csv", found.name
    cells = (rule, file, found.index, column, found, expected)
    return pd.DataFrame(dict(zip(COLUMNS, cells, strict=True)), index=found.index, dtype=object)


def _number(texts: pd.Series) -> pd.Series:
    """Whole numbers; what is none (reading has refused it already) is missing."""
    numbers = pd.to_numeric(texts, errors="coerce").astype(float)
    return numbers.where(numbers % 1 == 0)


def _plain(numbers: pd.Series) -> pd.Series:
    """Counts as the files write them."""
    return numbers.map("{:.0f}".format)


def _given(cells: pd.Series) -> pd.Series:
    """Whether cells are given or empty; or, for a condition, which of both is expected."""
    return cells.astype(bool).map({True: "given", False: "empty"})


def _of_reports(tables, column: str) -> pd.Series:
    """A column of reports.csv by report."""
    return tables["reports"].set_index("report_id")[column]


def _report_members(tables) -> Iterator[pd.DataFrame]:
    for name in ("patients", "posters", "adverse_events"):
        report = tables[name]["report_id"]
        known = report.isin(tables["reports"]["report_id"])
        found = report.where(known, report + " (not in reports.csv)")
        yield _compared("report exists", name, found, report)


def _patient_members(tables) -> Iterator[pd.DataFrame]:
    patient, report = tables["adverse_events"]["patient_id"], tables["adverse_events"]["report_id"]
    home = patient.map(tables["patients"].set_index("patient_id")["report_id"]).astype(object)
    found = patient.mask((patient != "") & home.isna(), patient + " (not in patients.csv)")
    elsewhere = (patient != "") & home.notna() & (home != report)
    found = found.mask(elsewhere, patient + " (of " + home + " in patients.csv)")
    yield _compared("patient exists in this report", "adverse_events", found, patient)


def _kinds(tables) -> Iterator[pd.DataFrame]:
    for name, kind in (("patients", "publication"), ("posters", "poster")):
        found = tables[name]["report_id"].map(_of_reports(tables, "kind")).dropna()
        yield _compared(f"{name}.csv is for reports of the kind {kind}", name, found, kind)


def _publication_sizes(tables) -> Iterator[pd.DataFrame]:
    reports = tables["reports"][tables["reports"]["kind"] == "publication"]
    listed = tables["patients"]["report_id"].value_counts()
    listed = reports["report_id"].map(listed).fillna(0).astype(int)
    rule = "a publication's patients are all listed in patients.csv"
    yield _compared(rule, "reports", reports["n_patients"], listed)


def _poster_rows(tables) -> Iterator[pd.DataFrame]:
    """A poster is counted at all, and so are the adverse events that it tells of."""
    reports = tables["reports"][tables["reports"]["kind"] == "poster"]
    posters, events = tables["posters"], tables["adverse_events"]
    report, said = reports["report_id"], reports["adverse_events_reported"]
    found = report.where(report.isin(posters["report_id"]), report + " (not in posters.csv)")
    yield _compared("posters.csv counts the patients of every poster", "reports", found, report)
    counted = posters[(posters["variable"] == "adverse_events") & (posters["level"] != "")]
    told = report.isin(counted["report_id"]) | report.isin(events["report_id"])
    rule = "a poster with safety data has them in posters.csv (adverse_events) or its events listed"
    absent = ~report.isin(posters["report_id"])  # which the rule above tells
    yield _compared(rule, "reports", said, said.where(told | absent, "no"))


def _poster_sums(tables) -> Iterator[pd.DataFrame]:
    """A poster's counts of each variable; one that is left out would lose its patients."""
    reports = tables["reports"][tables["reports"]["kind"] == "poster"]
    posters = tables["posters"].assign(n=lambda table: _number(table["n"]))
    for variable in POSTER_VARIABLES:
        counted = posters[posters["variable"] == variable]
        if counted.empty:
            continue
        left_out = ~reports["report_id"].isin(counted["report_id"])
        rule = f"posters.csv counts the patients of every poster by {variable}"
        yield _compared(rule, "reports", reports.loc[left_out, "n_patients"], 0)
        total = counted.groupby("report_id")["n"].transform("sum")
        unknown = counted["n"].isna().groupby(counted["report_id"]).transform("any")
        total = total.mask(unknown)[~counted["report_id"].duplicated()].dropna()
        size = counted["report_id"].map(reports.set_index("report_id")["n_patients"]).dropna()
        total = total[total.index.isin(size.index)]
        rule = f"counts of {variable} sum to the poster's patients"
        yield _compared(rule, "posters", _plain(total), size[total.index])


def _events(tables) -> Iterator[pd.DataFrame]:
    events = tables["adverse_events"]
    events = events[events["report_id"].isin(tables["reports"]["report_id"])]
    report, patient, count = (
        events["report_id"],
        events["patient_id"],
        _number(events["n_patients"]),
    )
    said = report.map(_of_reports(tables, "adverse_events_reported"))
    rule = "a report with events gives safety data (reports.csv, adverse_events_reported)"
    yield _compared(rule, "adverse_events", said, "yes")
    published = report.map(_of_reports(tables, "kind")) == "publication"
    rule = "an event names its patient exactly where the report is a publication"
    yield _compared(rule, "adverse_events", _given(patient), _given(published))
    with_any = _any_event(tables["posters"]).set_index("report_id")["n"]
    named, told = patient != "", report.isin(with_any.index)
    one, size = count.mask(named, 1), report.map(_number(_of_reports(tables, "n_patients")))
    for rule, rows, most in (
        ("a row that names a patient counts this one", named, one),
        ("no more patients with an event than with any (posters.csv, adverse_events)",
         told & ~named, report.map(with_any)),
        ("no more patients with an event than in the report", ~told & ~named, size),
    ):  # fmt: skip
        most = most[rows & count.notna()].dropna()
        found = count[most.index]
        yield _compared(rule, "adverse_events", _plain(found), _plain(found.clip(upper=most)))


def _any_event(posters: pd.DataFrame) -> pd.DataFrame:
    """The rows of posters.csv that count patients with any event, `n` as a number."""
    chosen = posters[(posters["variable"] == "adverse_events") & (posters["level"] == "any")]
    return chosen.assign(n=_number(chosen["n"]))


def _poster_safety(tables) -> Iterator[pd.DataFrame]:
    """What posters.csv counts of adverse events, against the reports and the events themselves."""
    posters, events = tables["posters"], tables["adverse_events"]
    counted = posters[posters["variable"] == "adverse_events"]
    said = counted["report_id"].map(_of_reports(tables, "adverse_events_reported")).dropna()
    rule = "adverse events are counted exactly where reports.csv says that they are told"
    yield _compared(
        rule, "posters", _given(counted.loc[said.index, "level"]), _given(said == "yes")
    )
    with_any = _any_event(posters).dropna(subset="n")
    named = _number(events["n_patients"]).groupby(events["report_id"]).sum()
    named = with_any["report_id"].map(named).fillna(0)
    rule = "patients with any event have one that adverse_events.csv names"
    number = with_any["n"]
    yield _compared(rule, "posters", _plain(number), _plain(number.clip(upper=named)))


def _companions(name: str, table: pd.DataFrame, columns: Schema) -> Iterator[pd.DataFrame]:
    """Cells of a row that are given together or not at all."""
    for column in columns.tables[name].columns.values():
        other = column.given_with
        if other and {column.name, other} <= set(table.columns):
            rule = f"{column.name} is given exactly where {other} is"
            yield _compared(rule, name, _given(table[column.name]), _given(table[other]))


def _times_of_events(patients: pd.DataFrame, columns: Schema) -> Iterator[pd.DataFrame]:
    """Nobody has a time to what did not happen, and follow-up is given once."""
    outcome = columns.outcome
    without = patients[patients[outcome.event] == "no"]
    rule = f"those without {outcome.noun} ({outcome.event}) have no time to it"
    yield _compared(rule, "patients", _given(without[outcome.time]), "empty")
    if "follow_up_value" in patients:
        twice = patients[patients["follow_up_value"] != ""]
        rule = "follow-up is given in months or in another unit, not in both"
        yield _compared(rule, "patients", _given(twice["follow_up_months"]), "empty")


def _totals(tables) -> Iterator[pd.DataFrame]:
    published = tables["published"].set_index("claim_id")["value"]
    number, kind = _number(tables["reports"]["n_patients"]), tables["reports"]["kind"]
    if number.isna().any():
        return
    totals = {name: number[kind == one].sum() for name, one in _POPULATIONS.items()}
    for population, total in (totals | {"all": sum(totals.values())}).items():
        claim = f"table1.total.{population}.n"
        if claim in published.index:
            rule = f"patients of {population} as printed ({claim})"
            found = pd.Series([total], index=[1], name="n_patients")
            yield _compared(rule, "reports", _plain(found), published[claim])


#: Each group of rules with the tables that it compares.
_RULES = (
    (_report_members, {"reports", "patients", "posters", "adverse_events"}),
    (_patient_members, {"patients", "adverse_events"}),
    (_kinds, {"reports", "patients", "posters"}),
    (_publication_sizes, {"reports", "patients"}),
    (_poster_rows, {"reports", "posters", "adverse_events"}),
    (_poster_sums, {"reports", "posters"}),
    (_events, {"reports", "posters", "adverse_events"}),
    (_poster_safety, {"reports", "posters", "adverse_events"}),
    (_totals, {"reports", "published"}),
)
