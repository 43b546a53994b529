"""The rooms of the package: few doors, short modules, documents and a picture that are true."""

import ast
import importlib.util
import re

import pytest
from conftest import ROOT

PACKAGE = ROOT / "case_review"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))
#: Paths in code spans and links.
PATH = re.compile(r"`([\w.-]*/[\w./-]*|[\w-]+\.(?:yml|md|lock|toml|cff))`|\]\(([\w./-]+)\)")
#: What a review brings along, as code names it, and modules that read it.
OF_A_REVIEW = re.compile(
    r"""\bROOT\ /\ f?"(?:data|params\.yml|scenarios\.yml|README|CHANGELOG|CITATION)
    |\bROOT\ /\ "report(?:"\ /\ "|/)[\w-]+\.(?:qmd|bib|yml)"|\b(?:load|of|read)\(Project\(ROOT\)""",
    re.VERBOSE,
)
REVIEWS_TESTS = ROOT / "tests" / "review"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_few_entries_stand_directly_in_the_package():
    entries = [path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 20, sorted(entries)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_it_holds_and_where_data_come_from_and_go_to(room):
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    text = " ".join(text.split())
    assert len(re.findall(r"\.(?=\s|$)", text)) >= 3
    assert re.search(r"\bimports? it\b", text), "who may import it"
    assert re.search(r"\bcomes? in\b", text) and re.search(r"\bgo(es)? out\b", text)


def test_every_room_and_layer_has_its_row():
    entries = {path.stem for path in PACKAGE.iterdir()} - {"__init__", "__pycache__"}
    rows = ARCHITECTURE.split("## Rooms")[1].split("## One number")[0]
    assert entries <= set(re.findall(r"`(\w+)`", rows))


def test_twelve_changes_touch_three_files_each_at_most():
    table = ARCHITECTURE.split("## Twelve")[1]
    rows = re.findall(r"^\| (?!to have|---)([^|]+) \| (.+) \|$", table, re.M)
    assert len(rows) == 12
    for change, files in rows:
        for way in files.split(". "):  # another way, or another case, is another sentence
            assert len(PATH.findall(way)) <= 3, change


def test_functions_stand_in_the_files_that_the_page_names():
    text = " ".join(ARCHITECTURE.split())
    file = r"`(case_review/[\w/]+\.py)`"
    pairs = re.findall(rf"`(?:\w+\.)?(\w+)` (?:in |of |\(){file}", text)
    pairs += [pair[::-1] for pair in re.findall(rf"{file}:[^`;.]* in `(_\w+)`", text)]
    assert {"check", "run", "kaplan_meier", "cards", "band", "_KINDS"} <= dict(
        pairs
    ).keys()
    for name, path in pairs:
        code = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"\b(?:def|class) {name}\b|^{name}\b.* = ", code, re.M), (name, path)


def test_the_picture_is_drawn_from_the_code():
    path = ROOT / "docs" / "draw_rooms.py"
    spec = importlib.util.spec_from_file_location("draw_rooms", path)
    drawing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawing)
    found = drawing.draw()
    assert found == drawing.PICTURE.read_text(encoding="utf-8"), "run docs/draw_rooms.py"
    for room in ROOMS:
        assert room.name in found


def test_tests_of_the_package_read_nothing_of_the_review():
    """Whoever puts another review here takes `tests/review/` away, and all others still pass."""
    own = {path.stem for path in REVIEWS_TESTS.glob("*.py")}
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if REVIEWS_TESTS in path.parents:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            imported = re.match(r"\s*(?:from|import) (\w+)", line)
            if OF_A_REVIEW.search(line) or (imported and imported[1] in own):
                found.append(f"{path.relative_to(ROOT)}, line {number}: {line.strip()}")
    assert found == [], "read it in tests/review/, or take the made-up review: " + "; ".join(found)
