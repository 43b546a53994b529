"""Notebooks 02 to 04 over several data sets that agree with the print: what differs varies."""

import re

import pandas as pd
import pytest
from descriptive_data import KNOWN, RAW, drawn, project_of, read, run_notebook

from case_review.audit import claims
from case_review.reconstruction import counted, known, specification
from case_review.values import VARIES

NAMES = ("02_characteristics", "03_treatment", "04_safety")
SETS = 6


def standings():
    """What is known without any draw: the printed numbers, and the counts with proved ends."""
    published = claims.from_frame(claims.text_table(RAW / "published.csv"))
    return known.standings(None, published, counted.ends(specification.read(RAW)))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    found = project_of(tmp_path_factory.mktemp("sets"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(found.root)
        yield found


def run(project, tables, standing):
    """The notebooks on these clean tables."""
    for name, table in (tables | {"standing": standing}).items():
        table.to_csv(project.clean / f"{name}.csv", index=False)
    return [run_notebook(project, name) for name in NAMES]


@pytest.fixture(scope="module")
def report(project):
    """The notebooks of the report, with what is known of their results."""
    tables = {path.stem: read(path.stem) for path in project.clean.glob("*.csv")}
    own = {name: table for name, table in tables.items() if name not in KNOWN}
    return [nb for nb, _ in run(project, own, standings())]


@pytest.fixture(scope="module")
def in_sets(project):
    """By result, its numbers in each set; None where a set has no such result."""
    nothing = standings().iloc[:0]
    sets = [run(project, drawn(index), nothing) for index in range(SETS)]
    found = [{r.id: r for nb, _ in one for r in nb.recorded} for one in sets]
    ids = sorted(set().union(*found))
    return {id: [one.get(id) for one in found] for id in ids}


def numbers(result):
    return result and (result.value, result.low, result.high, result.n, result.of, result.unit)


def test_only_what_varies_differs_between_sets(report, in_sets):
    standing = {r.id: r.standing for nb in report for r in nb.recorded}
    differing = {id for id, found in in_sets.items() if len({numbers(r) for r in found}) > 1}
    varying = {id for id in in_sets if standing.get(id, VARIES) == VARIES}
    assert "safety.dose_reduced.mouth_sores" in differing
    assert "treatment.cotreatment.steroids" in differing
    assert differing <= varying, sorted(differing - varying)
    # These may vary without doing so in these few sets.
    alike = {id.rpartition(".")[0] for id in varying - differing}
    assert alike <= {"treatment.cotreatment", "safety.dose_reduced", "safety.reported"}


def test_every_number_that_varies_has_a_range_that_holds_it_in_each_set(report, in_sets):
    varying = [r for nb in report for r in nb.recorded if r.standing == VARIES]
    assert len(varying) > 10
    for one in varying:
        values = [0 if r is None else r.value for r in in_sets[one.id]]
        assert one.least <= min(values) <= max(values) <= one.most, one.id


def test_every_number_in_a_table_says_what_it_rests_on(report):
    tables = {label: table for nb in report for label, table in nb._tables.items()}
    cells = [cell for table in tables.values() for cell in table["cells"]]
    assert cells and all(cell["standing"] for cell in cells)


def test_extracted_rows_bear_no_mark_and_have_no_others(project):
    tables = {path.stem: read(path.stem) for path in project.clean.glob("*.csv")}
    tables = {
        name: table.assign(provenance="extracted") if "provenance" in table else table
        for name, table in tables.items()
    }
    tables |= {name: read(name).iloc[:0] for name in KNOWN}
    for nb, shown in run(project, tables, standings().iloc[:0]):
        assert {result.standing for result in nb.recorded} == {"extracted"}
        texts = [output.text for output in shown.values() if hasattr(output, "text")]
        assert texts and not any(re.search(r"\^[pdv]\^|agree with the print", t) for t in texts)
        assert {c["standing"] for t in nb._tables.values() for c in t["cells"]} == {"extracted"}


def test_a_number_of_other_groups_is_not_called_printed(project):
    """With another limit of age two rows of the table are no longer what the review counts."""
    path = project.root / "params.yml"
    text = path.read_text(encoding="utf-8")
    old = "low: 2, high: 13}"
    assert text.count(old) == 1
    changed = text.replace(old, "low: 2, high: 11}").replace(
        "low: 13, high: 18", "low: 11, high: 18"
    )
    path.write_text(changed, encoding="utf-8")
    own = {name: read(name) for name in ("reports", "patients", "posters", "screening")}
    try:
        ((nb, _), *_) = run(project, own | {"adverse_events": read("adverse_events")}, standings())
    finally:
        path.write_text(text, encoding="utf-8")
    found = {r.id: r for r in nb.recorded}
    assert found["characteristics.age_1.all"].standing == "printed"
    assert pd.isna(found["characteristics.age_3.all"].least)
    assert found["characteristics.age_3.all"].standing == VARIES
