"""A suite that Great Expectations cannot use is refused by file, number, type and what to do."""

import json
import shutil

import pytest

from case_review.data import expectations, reading
from case_review.errors import ReviewError
from case_review.project import Project

SUITE = "patients_raw.json"
IN_SET = "expect_column_values_to_be_in_set"
NOT_NULL = "expect_column_values_to_not_be_null"


@pytest.fixture(scope="module")
def tables(made_up):
    return reading.read(made_up.raw).tables


@pytest.fixture
def project(made_up, tmp_path):
    shutil.copytree(made_up.expectations, tmp_path / "expectations")
    shutil.copy(made_up.root / "params.yml", tmp_path)
    return Project(tmp_path)


@pytest.fixture(scope="module")
def number(made_up):
    """The number of an expectation that is put behind those of the suite."""
    text = (made_up.expectations / SUITE).read_text(encoding="utf-8")
    return len(json.loads(text)["expectations"]) + 1


def refused(project, tables):
    with pytest.raises(ReviewError) as caught:
        expectations.validate(project, "raw", tables)
    return str(caught.value).splitlines()


def add(project, entry, suite="patients_raw"):
    path = project.expectations / f"{suite}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["expectations"].append(entry)
    path.write_text(json.dumps(document), encoding="utf-8")


def entry(type, **kwargs):
    return {"type": type, "kwargs": kwargs}


UNUSABLE = {
    "an unknown column": (
        entry(NOT_NULL, column="drugs"),
        f"({NOT_NULL}): the table has no column 'drugs'. Is 'drug' meant? Correct it.",
    ),
    "an unknown column of a pair": (
        entry("expect_column_pair_values_to_be_equal", column_A="drug", column_B="gender"),
        "the table has no column 'gender'. Correct it.",
    ),
    "an unknown keyword": (
        entry(IN_SET, column="sex", values=["male"]),
        f"({IN_SET}): its kwargs do not fit (value_set: field required; values: extra fields not "
        "permitted). Correct them.",
    ),
    "a limit in words": (
        entry("expect_column_values_to_be_between", column="age_value", min_value=[1]),
        "its kwargs do not fit (min_value: value is not a valid float",
    ),
    "a suite of Great Expectations 0.18": (
        {"expectation_type": NOT_NULL, "kwargs": {"column": "sex"}},
        f"({NOT_NULL}): expected an object with `type` (`expectation_type` before Great",
    ),
    "an unknown expectation": (
        entry(f"{IN_SET}t", column="sex", value_set=["male"]),
        f"Great Expectations has no expectation of this type. Is '{IN_SET}' meant? Correct it.",
    ),
    "no kwargs": ({"type": NOT_NULL}, "`kwargs` and `meta`. Mend it."),
    "a text": ("sex", "(none): expected an object with `type`"),
    "a condition on a column that is none": (
        entry(IN_SET, column="sex", value_set=["male"], row_condition="sexx == 1",
              condition_parser="pandas"),
        f"({IN_SET}): it cannot be applied to the table (name 'sexx' is not defined). Correct it.",
    ),
    "a pattern that is none": (
        entry("expect_column_values_to_match_regex", column="sex", regex="["),
        "it cannot be applied to the table (unterminated character set at position 0). Correct it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSABLE)
def test_an_expectation_that_cannot_be_used(project, tables, number, case):
    wrong, message = UNUSABLE[case]
    add(project, wrong)
    (line,) = refused(project, tables)
    assert line.startswith(f"expectations/patients_raw.json, expectation {number} (")
    assert message in line


FORMS = {
    "a comma too many": (lambda text: text.replace('"meta": {}\n', '"meta": {},\n'),
                         "this is no JSON (Expecting property name enclosed in double quotes)"),
    "a list": (lambda text: "[]", "expected an object with `name`, `expectations` and `meta`."),
    "without a name": (lambda text: text.replace('"name"', '"expectation_suite_name"'),
                       "expected an object with `name`, `expectations` and `meta`."),
    "a declared value changed by hand": (
        lambda text: text.replace('"female"', '"femal"'),
        "what it says of columns differs from what case_review/data/columns.toml and params.yml "
        "(cleaning.columns) declare. Declare it there, and `make expectations` writes it anew."),
}  # fmt: skip


@pytest.mark.parametrize("case", FORMS)
def test_a_file_that_is_no_suite(project, tables, case):
    change, message = FORMS[case]
    path = project.expectations / SUITE
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    (line,) = refused(project, tables)
    assert line.startswith(f"expectations/{SUITE}") and f": {message}" in line


def test_all_unusable_suites_come_at_once(project, tables, number):
    add(project, entry(NOT_NULL, column="a"))
    add(project, entry(NOT_NULL, column="b"))
    (project.expectations / "posters_raw.json").write_text("", encoding="utf-8")
    assert [line.split(":")[0] for line in refused(project, tables)] == [
        f"expectations/patients_raw.json, expectation {number} ({NOT_NULL})",
        f"expectations/patients_raw.json, expectation {number + 1} ({NOT_NULL})",
        "expectations/posters_raw.json, line 1, column 1",
    ]


def test_a_suite_of_no_table_is_refused(project, tables):
    shutil.copy(project.expectations / SUITE, project.expectations / "patient_raw.json")
    assert refused(project, tables) == [
        "expectations/patient_raw.json is for a table patient, and there is none. Is "
        "'patients_raw.json' meant? Rename or remove it."
    ]


def test_a_rule_of_one_s_own_needs_no_notes(project, tables):
    add(project, entry("expect_column_mean_to_be_between", column="age_value", max_value=1))
    (failure,) = expectations.validate(project, "raw", tables).failures
    (problem,) = map(str, failure.problems)
    rule, mean = problem.removesuffix(".").split("; observed: ")
    assert rule == (
        "data/raw/patients.csv, column age_value: expected column mean to be between: max "
        "value 1 (expectations/patients_raw.json)"
    )
    ages = [float(age) for age in tables["patients"]["age_value"] if age]
    assert float(mean) == pytest.approx(sum(ages) / len(ages))
