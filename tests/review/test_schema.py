"""Columns are declared once: files, suites and dictionary agree with the declaration."""

import dataclasses
import json
import multiprocessing
import os
import re
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest
from building import copy_sources
from conftest import ROOT
from descriptive_data import COLUMNS

from case_review.audit import claims, reproduction
from case_review.data import schema, suites
from case_review.data.schema import AUDITED, SHOWN, TABLES
from case_review.errors import ReviewError
from expectations import renew

DICTIONARY = (ROOT / "data" / "raw" / "README.md").read_text(encoding="utf-8")


def committed():
    for stage, tables in (("raw", COLUMNS.tables), ("clean", COLUMNS.clean)):
        for name in tables:
            path = ROOT / "expectations" / f"{name}_{stage}.json"
            yield name, stage, json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "stage", "suite"), committed())
def test_a_suite_holds_what_its_columns_imply(name, stage, suite):
    assert renew.renewed(suite, name, stage, COLUMNS) == suite, "run make expectations"
    assert len(suites.declared(name, stage, COLUMNS)) > len(TABLES[name].columns) / 3


def test_a_suite_says_of_a_column_all_that_is_declared():
    found = suites.declared("patients", "clean", COLUMNS)
    told = {(e["type"], e["kwargs"].get("column")): e["kwargs"] for e in found}
    assert told["expect_column_values_to_be_between", "dose_value"]["max_value"] == 100
    assert told["expect_column_values_to_be_in_set", "sex"]["value_set"] == ["male", "female"]
    assert ("expect_column_values_to_not_be_null", "drug") in told
    assert ("expect_column_values_to_be_unique", "patient_id") in told
    types = told["expect_column_values_to_be_in_type_list", "time_hours"]["type_list"]
    assert types == ["Int64Dtype", "int64"]


def test_rules_of_one_s_own_stay_when_a_suite_is_renewed():
    own = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "note"}, "meta": {}}
    gone = {"type": "expect_x", "kwargs": {}, "meta": {suites.MARK: True}}
    found = renew.renewed({"name": "x", "expectations": [gone, own]}, "screening", "raw", COLUMNS)
    assert found["expectations"] == [*suites.declared("screening", "raw"), own]


def test_the_dictionary_is_the_one_that_is_declared():
    assert renew.dictionary(DICTIONARY, COLUMNS) == DICTIONARY, "run make expectations"
    for name, table in (COLUMNS.tables | AUDITED | SHOWN).items():
        (rows,) = re.findall(rf"<!-- columns of {name} -->\n((?:\|.*\n)+)", DICTIONARY)
        assert re.findall(r"^\| `(\w+)` \|", rows, re.M) == list(table.columns)


@pytest.mark.parametrize("name", sorted(TABLES | AUDITED | SHOWN))
def test_a_raw_file_has_the_declared_columns(name):
    header = (ROOT / "data" / "raw" / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0]
    # These may be left out, as any that may be empty.
    own = {"follow_up_value", "follow_up_unit", "date_added"}
    declared = (TABLES | AUDITED | SHOWN)[name].columns
    assert header.split(",") == [column for column in declared if column not in own]


def test_the_audit_of_any_paper_knows_the_same_columns_and_kinds():
    of_a_claim = {field.name for field in dataclasses.fields(claims.Claim)}
    own = {"line", "number", *claims.OPTIONAL}
    assert of_a_claim - own == set(TABLES["published"].columns)
    spoken_of = {"count", "subset", "percent", *reproduction.WHY_NOT}
    assert spoken_of <= set(TABLES["published"].columns["kind"].values)


def _become(folder, module, arguments, said):
    """Run a module as it lies in a folder, in a process that has imported another copy of it."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    for name in list(sys.modules):
        if name.partition(".")[0] in ("case_review", "expectations"):
            del sys.modules[name]
    sys.argv = [module, *arguments]
    with said.open("w") as stream, redirect_stdout(stream), redirect_stderr(stream):
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def run(folder, module, *arguments):
    """Run a module in a fork, which has what takes long to import; exit code and what it said."""
    suites.great_expectations()
    said = folder / "said"
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_become, args=(folder, module, arguments, said))
    process.start()
    process.join()
    return process.exitcode, said.read_text()


def test_another_review_changes_allowed_values_in_one_place(tmp_path):
    copy_sources(tmp_path)
    for name in ("patients", "posters"):
        path = tmp_path / "data" / "raw" / f"{name}.csv"
        text = path.read_text(encoding="utf-8").replace(",functional,", ",hospitalised,", 1)
        path.write_text(text, encoding="utf-8")
    code, refused = run(tmp_path, "case_review", "validate")
    assert code == 1 and refused.count("found 'hospitalised'") == 2
    path = tmp_path / "params.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("very serious, ", "very serious, hospitalised, "), "utf-8")
    for words in (["expectations.renew"], ["case_review", "validate"]):
        code, said = run(tmp_path, *words)
        assert code == 0, said
    clean = json.loads((tmp_path / "expectations" / "patients_clean.json").read_text("utf-8"))
    assert any(
        "hospitalised" in one["kwargs"].get("value_set", ()) for one in clean["expectations"]
    )
    assert "very serious, hospitalised" in (tmp_path / "data/raw/README.md").read_text("utf-8")


PLAIN = '[t]\nkey = ["a"]\n[t.columns]\na = {meaning = "A."}\n'
BROKEN = {
    "no TOML": ("a = {meaning", "columns.toml: "),
    "an unknown entry": ('b = {meaning = "B.", unti = "mm"}', "t.b: found 'unti', expected one of"),
    "no meaning": ('b = {unit = "mm"}', "t.b: the meaning is missing. Say in a sentence"),
    "an unknown type": ('b = {meaning = "B.", type = "int"}', "found the type 'int', expected one"),
    "an unknown companion": ('b = {meaning = "B.", given_with = "c"}', "t: there is no column c"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_declaration_names_table_and_column(case):
    line, message = BROKEN[case]
    assert list(schema.parse(PLAIN, "raw")["t"].columns) == ["a"]
    with pytest.raises(ReviewError) as caught:
        schema.parse(f"{PLAIN}{line}\n", "raw")
    assert str(caught.value).startswith(schema.FILE) and message in str(caught.value)


def test_cleaning_drops_and_adds_columns_as_declared():
    text = PLAIN + 'b = {meaning = "B.", stage = "raw"}\nc = {meaning = "C.", stage = "clean"}\n'
    assert list(schema.parse(text, "raw")["t"].columns) == ["a", "b"]
    assert list(schema.parse(text, "clean")["t"].columns) == ["a", "c"]
