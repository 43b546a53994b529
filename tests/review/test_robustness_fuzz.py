"""Raw files damaged at random: a right report or a clear error, never a bare traceback.

Five cases in `make test`, always the same; fifty in `make nightly`, and three hundred that are new
every time. Each goes through all that `01_cleaning` does. Some are built end to end, over a report
that must stay.
"""

import re
import shutil
import subprocess

import pandas as pd
import pytest
from building import command, content, surroundings
from conftest import ROOT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from robustness import EMPTY, content_of, judge, remember_checks, rows_of

from case_review.data.schema import AUDITED, SHOWN, TABLES
from case_review.parameters import loading
from case_review.project import Project

READ = sorted({*TABLES, *AUDITED, *SHOWN} - EMPTY)
HOSTILE = [
    "", " ", "NA", "-", "0", "-1", "1e400", "1e-400", "inf", "nan", "1,5", "1,000", "1.000,5", "٣",
    "5-Oct", "2014-11-12", "#REF!", "=1+1", "a|b", '"', '"a', "a\nb", "a\r\nb", "\t", "\x00",
    "\ufeff", "\u200b", "\u202ex", "\ud7ff", "\U0001f9ea", "yes", "no", "R01", "R01-1", "P01",
    "1", "2.0", "weeks", "true", "None", "<NA>", "{{< result x >}}", "x" * 200_000, "9" * 400,
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252", "utf-7"]
PROBLEM = re.compile(
    r"data/raw/\w+\.csv(, row \d+)?(, column [^:]+)?(, [^:]*rows [^:]+)?: (found '.*'; )?.{20,}"
    r"|All [\d,]+, one in each row: report/_build/problems\.csv", re.S
)  # fmt: skip

positions = st.integers(0, 10**6)
row_changes = st.tuples(
    st.sampled_from(["delete row", "double row", "swap rows", "delete column", "double column",
                     "swap columns", "swap names", "cell", "shorten"]),
    positions, positions, st.sampled_from(HOSTILE),
)  # fmt: skip
byte_changes = st.one_of(
    st.tuples(st.just("encoding"), st.sampled_from(ENCODINGS)),
    st.tuples(st.just("delimiter"), st.sampled_from(";\t|: ")),
    st.tuples(st.just("ends"), st.sampled_from(["\r\n", "\r", "\n\n"])),
    st.tuples(st.just("cut"), positions),
    st.tuples(st.just("insert"), positions),
)
#: For some tables: changes of rows, then at most one of bytes.
damages = st.dictionaries(
    st.sampled_from(READ),
    st.tuples(st.lists(row_changes, min_size=1, max_size=2), st.none() | byte_changes),
    min_size=1,
    max_size=2,
)


def damaged_rows(rows, kind, one, two, value):
    """Change rows of a table, which may be the header, in place."""
    a, b = one % len(rows), two % len(rows)
    width = len(rows[0])
    i, j = two % max(width, 1), one % max(width, 1)
    if kind == "delete row":
        del rows[a]
    elif kind == "double row":
        rows.insert(b, list(rows[a]))
    elif kind == "swap rows":
        rows[a], rows[b] = rows[b], rows[a]
    elif kind == "swap names" and width:
        rows[0][i], rows[0][j] = rows[0][j], rows[0][i]
    elif kind == "shorten":
        del rows[a][i:]
    elif kind == "cell":
        if i < len(rows[a]):
            rows[a][i] = value
    else:
        for row in rows:
            damaged_columns(row, kind, i, j)


def damaged_columns(row, kind, i, j):
    if max(i, j) >= len(row):
        return
    if kind == "delete column":
        del row[i]
    elif kind == "double column":
        row.insert(j, row[i])
    else:
        row[i], row[j] = row[j], row[i]


def damaged_bytes(rows, kind, value):
    if kind == "delimiter":
        return content_of(rows, value)
    whole = content_of(rows)
    if kind == "encoding":
        return whole.decode().encode(value, errors="replace")
    if kind == "ends":
        return whole.replace(b"\n", value.encode())
    at = value % (len(whole) + 1)
    return whole[:at] if kind == "cut" else whole[:at] + b'"\xe9\x00'[value % 3 :] + whole[at:]


def damage(folder, changes):
    """Write the damaged tables; returns the rows of those that were damaged in their rows only."""
    readable = {}
    for name, (of_rows, of_bytes) in changes.items():
        rows = rows_of((folder / f"{name}.csv").read_bytes())
        for change in of_rows:
            if rows:
                damaged_rows(rows, *change)
        path = folder / f"{name}.csv"
        path.write_bytes(damaged_bytes(rows, *of_bytes) if of_bytes else content_of(rows))
        if not of_bytes:
            readable[name] = rows
    return readable


@pytest.fixture(scope="module")
def terms():
    with pytest.MonkeyPatch.context() as patch:
        remember_checks(patch)
        yield loading.load(Project(ROOT)).values["cleaning"]


def verify_case(folder, terms, changes):
    """The verdict on damaged data, which must be clean tables without silent changes, or clear."""
    raw = folder / "data" / "raw"
    shutil.rmtree(raw, ignore_errors=True)
    shutil.copytree(ROOT / "data" / "raw", raw)
    readable = damage(raw, changes)
    found = judge(Project(folder), terms)
    for line in found.refused:
        assert PROBLEM.fullmatch(line) and "Traceback" not in line, line
    if found.tables:
        for name, rows in readable.items():
            if name in found.tables:
                assert_told(name, rows, found.tables)
    else:
        assert found.refused


def assert_told(name, rows, tables):
    """Every cell stands in the clean table as in the file, or the ledger says what became of it."""
    (_, header), *body = [(i, row) for i, row in lines_of(rows) if any(map(str.strip, row))]
    header = [cell.strip() for cell in header]
    ledger = tables["ledger"].query("table == @name")
    told = set(zip(ledger["row"], ledger["column"], strict=True))
    clean = tables[name].iloc[: len(body)] if name == "posters" else tables[name]
    assert len(clean) == len(body)
    for (line, cells), (_, made) in zip(body, clean.iterrows(), strict=True):
        for column, cell in zip(header, cells, strict=True):
            if column not in made.index or (line, column) in told or column == "event":
                continue
            assert same(cell, made[column]), (name, line, column, cell, made[column])


def lines_of(rows):
    """Each row with the line of the file that it begins in."""
    line = 1
    for row in rows:
        yield line, row
        line += 1 + sum(cell.count("\n") for cell in row)


def same(cell, value):
    if pd.isna(value) or value == "":
        return cell == ""
    return cell == value if isinstance(value, str) else float(cell) == float(value)


CHECKS = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.generate, Phase.shrink],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("fuzz")
    (base / "expectations").symlink_to(ROOT / "expectations")
    (base / "params.yml").symlink_to(ROOT / "params.yml")
    return base


@settings(max_examples=5, derandomize=True, **CHECKS)
@given(changes=damages)
def test_five_damaged_sets(folder, terms, changes):
    verify_case(folder, terms, changes)


@pytest.mark.nightly
@settings(max_examples=50, derandomize=True, **CHECKS)
@given(changes=damages)
def test_fifty_damaged_sets(folder, terms, changes):
    verify_case(folder, terms, changes)


@pytest.mark.nightly
@settings(max_examples=300, **CHECKS)
@given(changes=damages)
def test_three_hundred_damaged_sets(folder, terms, changes):
    verify_case(folder, terms, changes)


@pytest.fixture(scope="module")
def copied(built_report, tmp_path_factory):
    root = tmp_path_factory.mktemp("fuzz") / "built"
    shutil.copytree(built_report.root, root, symlinks=True)
    return root


@pytest.mark.nightly
@pytest.mark.pipeline
@settings(max_examples=5, **CHECKS | {"phases": [Phase.generate]})
@given(changes=damages)
def test_the_previous_report_outlives_damaged_sets(copied, changes):
    site = content(copied, ["report/_site"])
    shutil.rmtree(copied / "data" / "raw")
    shutil.copytree(ROOT / "data" / "raw", copied / "data" / "raw")
    damage(copied / "data" / "raw", changes)
    done = subprocess.run(
        command("report"), cwd=copied, env=surroundings(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert "Traceback" not in done.stdout and "error that it does not know" not in done.stdout
    if done.returncode:
        assert content(copied, ["report/_site"]) == site
        assert "problem" in done.stdout or "previous report is untouched" in done.stdout
    else:
        assert "the report is ready" in done.stdout or "is up to date" in done.stdout
