"""The notebooks as they are committed: thin, without output, and true to params.yml."""

import ast
import json
import re
from collections import Counter

import pytest
from conftest import ROOT

from case_review.parameters import loading, params_file
from case_review.parameters.params_file import cells, source_of
from case_review.project import Project

PROJECT = Project(ROOT)
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_LINES = 25
KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
OPTION = re.compile(r"^#\|\s*([a-z-]+):\s*(.*)$", re.MULTILINE)
RECORDS = re.compile(r"\bnb\.(record|table|figure)\(")

each = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def code(path):
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def options(cell):
    return dict(OPTION.findall(source_of(cell)))


def tagged(cell):
    return "parameters" in cell["metadata"].get("tags", [])


def test_the_chain_of_the_design_is_there():
    names = {path.stem for path in PATHS}
    assert names >= {
        "00_reconstruction",
        "01_cleaning",
        "02_characteristics",
        "03_treatment",
        "04_safety",
        "05_response",
        "06_audit",
    }
    assert all(re.fullmatch(r"\d\d_[a-z_]+", name) for name in names)


@each
def test_no_output_is_committed(path):
    for cell in code(path):
        assert cell["outputs"] == [] and cell["execution_count"] is None, cell["id"]


@each
def test_format_kernel_and_cell_ids(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"] == {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(KEBAB.fullmatch(identifier) for identifier in ids), ids


@each
def test_it_opens_with_title_and_purpose(path):
    first = cells(path)[0]
    assert first["cell_type"] == "markdown"
    assert re.match(r"# \S.*\n\s*\n?\S", source_of(first))


@each
def test_parameters_equal_params_yml(path):
    assert sum(map(tagged, cells(path))) <= 1
    declared = params_file.declared(path) or {}
    assert declared == loading.load(PROJECT).for_notebook(path.stem)


@each
def test_code_cells_fit_on_a_screen(path):
    for cell in code(path):
        lines = [line for line in source_of(cell).splitlines() if not line.startswith("#|")]
        assert len(lines) <= MOST_LINES, cell["id"]


@each
def test_what_is_recorded_or_shown_has_label_and_captions(path):
    for cell in code(path):
        source, found = source_of(cell), options(cell)
        label = found.get("label", "")
        if RECORDS.search(source):
            assert source.startswith("#| label:"), cell["id"]
            assert KEBAB.fullmatch(label), cell["id"]
        if "nb.table(" in source:
            assert label.startswith("tbl-") and found.get("tbl-cap"), cell["id"]
        if "nb.figure(" in source:
            assert label.startswith("fig-") and found.get("fig-cap"), cell["id"]
            assert len(found.get("fig-alt", "")) > 20, cell["id"]


@each
def test_captions_carry_no_results(path):
    result = re.compile(r"\d\s?%|\bp\s?[=<]|\bn\s?=\s?\d|\d\.\d")
    for cell in code(path):
        for name, text in options(cell).items():
            if name.endswith(("-cap", "-alt")):
                assert not result.search(text), f"{cell['id']}: {text}"


def recorded_patterns(path):
    """The ids that a notebook records: literally, or a pattern from an f-string."""
    for cell in code(path):
        for call in ast.walk(ast.parse(source_of(cell))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "record":
                yield call.args[0] if call.args else None


def pattern(node):
    """A regular expression for the ids that an expression in a notebook can make."""
    if isinstance(node, ast.Constant):
        return re.escape(node.value)
    assert isinstance(node, ast.JoinedStr), "an id is a text or an f-string, so that it is found"
    first = node.values[0]
    assert isinstance(first, ast.Constant) and "." in first.value, "an id begins with its subject"
    parts = (
        re.escape(p.value) if isinstance(p, ast.Constant) else "[a-z0-9_.]*" for p in node.values
    )
    return "".join(parts)


def test_every_result_is_found_by_searching_the_notebooks():
    held = json.loads((ROOT / "expectations" / "results.json").read_text(encoding="utf-8"))
    for name, entry in held.items():
        path = ROOT / "notebooks" / f"{name}.ipynb"
        patterns = [re.compile(pattern(node)) for node in recorded_patterns(path)]
        missing = [id for id in entry["results"] if not any(p.fullmatch(id) for p in patterns)]
        assert missing == [], name


def test_labels_are_unique_over_all_notebooks():
    labels = Counter(
        options(cell)["label"] for path in PATHS for cell in code(path) if "label" in options(cell)
    )
    assert [label for label, count in labels.items() if count > 1] == []
