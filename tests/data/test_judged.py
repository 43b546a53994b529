"""Judgements of tables and suites are kept: found again, never of something else, never damaged."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from case_review.data import expectations, judged, reading
from case_review.project import KEPT_VARIABLE

TABLE = pd.DataFrame({"a": ["1", None], "b": [1.0, 2.0]}, index=[2, 3])
OTHERS = {
    "a value": TABLE.assign(a=["2", None]),
    "an empty text for a missing one": TABLE.assign(a=["1", ""]),
    "another kind of missing value": TABLE.assign(a=["1", np.nan]),
    "a type": TABLE.astype({"b": int}),
    "a type of the same values": TABLE.assign(a=TABLE["a"].astype("category")),
    "rows numbered otherwise": TABLE.set_axis([2, 4]),
    "columns in another order": TABLE[["b", "a"]],
    "a column more": TABLE.assign(c=1),
    "a row less": TABLE.iloc[:1],
}


@pytest.fixture
def asked(tmp_path):
    """Asks for a judgement and tells whether it was made anew."""

    def ask(given, answer="said", what="table"):
        made = []
        found = judged.once(tmp_path, what, given, lambda: made.append(1) or answer)
        assert found == answer
        return bool(made)

    return ask


def test_the_same_is_judged_once(asked):
    assert asked(["x"])
    assert not asked(["x"])


@pytest.mark.parametrize("change", OTHERS)
def test_another_table_is_judged_by_itself(asked, change):
    assert asked(judged.content_of(TABLE))
    assert not asked(judged.content_of(TABLE.copy()))
    assert asked(judged.content_of(OTHERS[change]))


def test_another_kind_of_judgement_is_made_by_itself(asked):
    assert asked(["x"])
    assert asked(["x"], what="suite")


def test_a_change_of_what_judges_is_a_cause_to_judge_again(asked, monkeypatch):
    assert asked(["x"])
    monkeypatch.setattr(judged, "_surroundings", lambda: ["another version"])
    assert asked(["x"])


@pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b.replace(b"said", b"sa1d"),
                                    lambda b: b"", lambda b: b"\xff" * 90])  # fmt: skip
def test_what_is_damaged_is_as_if_absent(asked, tmp_path, damage):
    assert asked(["x"])
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert asked(["x"])
    assert not asked(["x"])


def test_a_judgement_that_fails_is_not_kept(asked, tmp_path):
    with pytest.raises(ZeroDivisionError):
        judged.once(tmp_path, "table", ["x"], lambda: 1 / 0)
    assert asked(["x"])


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    assert judged.once(tmp_path / "file", "table", ["x"], lambda: [1]) == [1]


def test_the_oldest_go(asked, tmp_path, monkeypatch):
    monkeypatch.setattr(judged, "KEPT", 3)
    for number in range(5):
        asked([number])
    assert len(list(tmp_path.iterdir())) == 3
    assert not asked([4])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


def test_kept_outcomes_are_the_same_to_the_last_field(folder, made_up, monkeypatch):
    monkeypatch.setenv(KEPT_VARIABLE, str(folder))
    tables = reading.read(made_up.raw).tables
    broken = tables | {"screening": tables["screening"].assign(note="x", n_reports="-1")}
    first = expectations.validate(made_up, "raw", broken)
    monkeypatch.setattr(expectations, "_check", None)
    assert expectations.validate(made_up, "raw", broken) == first
    assert first.failures
    with pytest.raises(TypeError):  # another table is judged, which was just made impossible
        expectations.validate(made_up, "raw", tables)


def test_what_is_known_needs_no_great_expectations(folder, made_up, monkeypatch):
    monkeypatch.setenv(KEPT_VARIABLE, str(folder))
    expectations.validate(made_up, "raw")
    code = (
        "import sys; from case_review.data import expectations; "
        "from case_review.project import find_project; "
        "assert expectations.validate(find_project(), 'raw').success; "
        "sys.exit('great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=made_up.root, check=False)
    assert done.returncode == 0
