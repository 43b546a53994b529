"""Suites damaged in ways that people and editors damage them: understood, or refused by place.

Great Expectations judges one table only here, for it takes long; `suites.read` looks at all files.
"""

import json
import random
import re
import shutil

import pytest
from conftest import ROOT

from case_review.data import declared, expectations, suites
from case_review.data.reading import read_table
from case_review.errors import ReviewError
from case_review.project import Project

SUITE = ROOT / "expectations" / "screening_raw.json"
NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
PLACE = re.compile(
    r"expectations/(screening_raw\.json(, line \d+(, column \d+)?|, expectation \d+ \(.*\))?: "
    r"| has no suite ).{10,}"
)


@pytest.fixture(scope="module")
def base(made_up, tmp_path_factory):
    folder = tmp_path_factory.mktemp("suites") / "expectations"
    shutil.copytree(made_up.expectations, folder)
    shutil.copy(made_up.root / "params.yml", folder.parent)
    return folder


@pytest.fixture(scope="module")
def frame(made_up):
    table = read_table(made_up.raw, "screening")
    return expectations._framed(expectations._typed(table, ["n_reports"]))


@pytest.fixture
def folder(base):
    before = SUITE.read_bytes()
    yield base
    for path in base.iterdir():
        if not (SUITE.parent / path.name).exists():
            path.unlink()
    (base / SUITE.name).write_bytes(before)


def judged(folder, frame, content=None):
    """Outcomes of the table's suite, or the lines of the refusal."""
    path = folder / SUITE.name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    columns = declared.of(Project(folder.parent))
    try:
        suite = suites.read(folder, "raw", columns=columns)["screening"]
    except ReviewError as error:
        return str(error).splitlines()
    found = expectations._check("raw", "screening", path, suite, frame)
    assert len(found) == len(suite["expectations"])
    return found


def changed(**entries):
    return json.dumps({**json.loads(SUITE.read_text()), **entries})


def added(*entries):
    suite = json.loads(SUITE.read_text())
    return json.dumps({**suite, "expectations": [*suite["expectations"], *entries]})


def entry(type=NOT_NULL, meta=None, **kwargs):
    return {"type": type, "kwargs": kwargs, "meta": meta}


TEXT = SUITE.read_text(encoding="utf-8")
DAMAGED = {
    "an entry twice": (TEXT.replace('"name"', '"name": "x", "name"', 1), "'name' stands twice in"),
    "a keyword twice": (
        TEXT.replace('"column": "step"', '"column": "note", "column": "step"', 1),
        "'column' stands twice in one object",
    ),
    "another table's name": (changed(name="posters_raw"), "its name is 'posters_raw', expected 's"),
    "no expectation": (changed(expectations=[]), "it holds no expectation"),
    "a name of an older version": (changed(ge_cloud_id=None), "Found 'ge_cloud_id'"),
    "meta that is a list": (changed(meta=[1]), "expected an object with `name`"),
    "an expectation twice": (
        added(entry(column="note", mostly=0.1), entry(column="note", mostly=0.1)),
        "it says the same as expectation",
    ),
    "notes that are a number": (added(entry(column="note", meta={"notes": 5})), "`notes` in it a"),
    "meta that is a text": (added(entry(column="note", meta="x")), "`meta` should be an object"),
    "a list of columns that is a text": (
        added(entry("expect_compound_columns_to_be_unique", column_list="step")),
        "`column_list` should be a list of names",
    ),
    "a list of columns that is empty of sense": (
        added(entry("expect_compound_columns_to_be_unique", column_list=None)),
        "`column_list` should be a list of names",
    ),
    "a parameter of the suite": (
        added(entry(BETWEEN, column="n_reports", max_value={"$PARAMETER": "x"})),
        "`$PARAMETER` stands for nothing here",
    ),
    "what the type cannot make sense of": (
        added(entry("expect_column_kl_divergence_to_be_less_than", column="n_reports",
                    partition_object={"bins": [1], "weights": [2]}, threshold=0.1)),
        "it cannot be applied to the table (Invalid partition_object provided)",
    ),
    "no number": (added(entry(BETWEEN, column="n_reports", min_value=7)).replace(": 7", ": NaN"),
                  "found NaN, which is no number"),
    "beyond all numbers": (
        added(entry(BETWEEN, column="n_reports", min_value=7)).replace(": 7", ": 1e999"),
        "found 1e999, which is no number"),
    "5,000 digits": (
        added(entry(BETWEEN, column="n_reports", min_value=7)).replace(": 7", ": " + "9" * 5000),
        "found a number of 5,000 digits"),
    "3,000 levels": (TEXT.replace("{}", "[" * 3000 + "]" * 3000), "more than 30 levels"),
    "100,000 levels": ("[" * 100_000, "more than 30 levels"),
    "half a character": (added(entry(column="note", meta={"notes": "\ud800"})), "half a character"),
    "a control character": (TEXT.replace("screening_raw", "screening\x01raw"), "this is no JSON"),
    "a remark": ("// rules\n" + TEXT, "line 1, column 1: this is no JSON"),
    "another character set": (
        TEXT.replace("step", "stép").encode("latin-1"), "cannot be read as UTF-8"),
    "UTF-16": (TEXT.encode("utf-16"), "line 1: this cannot be read as UTF-8"),
    "3 MB": (TEXT + " " * 3_000_000, "at most 2,000,000 are expected"),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_suite_is_refused_by_place(folder, frame, case):
    content, message = DAMAGED[case]
    lines = [one for one in judged(folder, frame, content) if isinstance(one, str)]
    assert any(message in line for line in lines), lines
    assert all(PLACE.fullmatch(line) or "cannot be read: " in line for line in lines), lines


def test_a_byte_order_mark_changes_nothing(folder, frame):
    found = judged(folder, frame, b"\xef\xbb\xbf" + SUITE.read_bytes())
    assert [one.success for one in found] == [True] * len(json.loads(TEXT)["expectations"])


def test_every_file_with_a_wrong_name_is_told(folder, frame):
    (folder / "screening_raw.json").rename(folder / "screening_row.json")
    (folder / "patients_claen.json").write_text("{}")
    (folder / "posters.JSON").write_text("{}")
    (folder / ".screening_raw.json.swp.json").write_text("{}")
    lines = judged(folder, frame)
    assert lines == [
        "expectations/patients_claen.json is no suite. Is 'patients_clean.json' meant? Rename or "
        "remove it.",
        "expectations/posters.JSON is no suite. Rename or remove it.",
        "expectations/screening_row.json is no suite. Is 'screening_raw.json' meant? Rename or "
        "remove it.",
        "expectations/ has no suite screening_raw.json. Put it back.",
    ]


def test_the_suites_of_the_other_stage_are_looked_at_too(folder, frame):
    path = folder / "reports_clean.json"
    before = path.read_text()
    path.write_text(before.replace(NOT_NULL, NOT_NULL + "l", 1))
    (line,) = judged(folder, frame)
    path.write_text(before)
    assert line.startswith("expectations/reports_clean.json, expectation ")
    assert f"Is '{NOT_NULL}' meant?" in line


ODD = [
    None,
    0,
    -1,
    1e6,
    "",
    "sex",
    "step",
    [],
    ["step"],
    {},
    {"a": 1},
    True,
    "\u202e",
    "[",
    "x" * 999,
]


def mutated(random, suite):
    """A suite with one thing changed anywhere in it."""
    places = []

    def walk(node):
        keys = node if isinstance(node, dict) else range(len(node))
        for key in keys:
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(suite)
    node, key = random.choice(places)
    match random.randrange(4):
        case 0:
            node[key] = random.choice(ODD)
        case 1:
            del node[key]
        case 2 if isinstance(node, dict):
            node[f"{key}{random.choice('sx_ ')}"] = node.pop(key)
        case _ if isinstance(node[key], str) and node[key]:
            at = random.randrange(len(node[key]))
            node[key] = node[key][:at] + node[key][at + 1 :]
    return suite


def campaign(folder, frame, random, many):
    """Mutations of the hand-written part, which nothing declared holds, and of bytes."""
    own = [
        entry("expect_table_row_count_to_be_between", min_value=1),
        entry("expect_column_values_to_match_regex", column="step", regex="^[a-z]", mostly=0.1),
        entry("expect_compound_columns_to_be_unique", column_list=["step", "note"]),
        entry("expect_column_pair_values_to_be_equal", column_A="step", column_B="step",
              ignore_row_if="neither"),
        entry("expect_column_mean_to_be_between", column="n_reports", min_value=1),
        entry("expect_column_values_to_be_in_set", column="step", value_set=["a"],
              row_condition='step == "x"', condition_parser="pandas"),
    ]  # fmt: skip
    declared = json.loads(TEXT)
    for number in range(many):
        if number % 4:
            one = random.choice(own)
            suite = mutated(random, json.loads(json.dumps({"expectations": [one]})))
            listed = suite.get("expectations", None)
            listed = [*declared["expectations"], *listed] if isinstance(listed, list) else listed
            content = json.dumps({**declared, "expectations": listed})
        else:
            at = random.randrange(len(TEXT))
            content = TEXT[:at] + random.choice(['"', ",", "{", "}", "0", ""]) + TEXT[at + 1 :]
        for line in judged(folder, frame, content):
            assert not isinstance(line, str) or PLACE.match(line), (number, line)


def test_twenty_mutations(folder, frame):
    campaign(folder, frame, random.Random(1), 20)


@pytest.mark.nightly
def test_a_thousand_mutations(folder, frame):
    campaign(folder, frame, random.Random(), 1000)
