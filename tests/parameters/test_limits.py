"""YAML that would never end, texts that nobody sees, labels that are alike: refused by line."""

import os
import random
import re
import shutil
import time

import pytest
from conftest import PARAMS, ROOT

from case_review.data import yaml_file
from case_review.errors import ReviewError
from case_review.parameters import loading
from case_review.project import PARAMS_VARIABLE, Project
from case_review.reconstruction import specification

BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 20)
)
YAML = {
    "aliases of aliases": (BOMB, "line 5: more than 20,000 entries, aliases (*name) written out"),
    "many aliases": (f"a: &a 1\nb: [{','.join(['*a'] * 2000)}]", "line 2: more than 1,000 aliases"),
    "an alias of itself": ("a: &a [*a]", "line 1: *a stands within what it stands for"),
    "an alias of nothing": ("a: *b", "line 1: found undefined alias"),
    "3,000 brackets": ("[\n" * 3000, "line 31: more than 30 levels, one within the other"),
    "3,000 braces": ("{a: " * 3000, "line 1: more than 30 levels"),
    "3,000 dashes": ("- " * 3000, "line 1: more than 30 levels"),
    "3,000 steps in": ("".join(" " * i + "a:\n" for i in range(300)), "line 30: more than 30 lev"),
    "5,000 digits": (f"a: 1\nb: {'9' * 5000}", "line 2: a number of 5,000 characters; at most 40"),
    "a fraction of 50 digits": (f"a: 0.{'9' * 50}", "line 1: a number of 52 characters"),
    "a tag of Python": (
        "a: !!python/object/apply:os.system [x]",
        "line 1: the tag !!python/obj",
    ),
    "a tag of one's own": ("a:\n  b: !x 5", "line 2: the tag !x is not understood"),
    "two documents": ("a: 1\n---\nb: 2", "line 2: expected a single document in the stream but fo"),
    "no such date": ("a: 1\nb: 2014-13-45", "line 2: '2014-13-45' is not understood (month must"),
    "a control character": ('a: 1\nb: "\x01"', "line 2: the character U+0001, which YAML does not"),
    "half a character": ('a: "\ud800"', "line 1: the character U+D800"),
    "an entry twice": ("a: 1\na: 2", "line 2: found duplicate key"),
    "another version": ("%YAML 3.0\n---\na: 1", "line 1: found incompatible YAML document"),
}


@pytest.mark.parametrize("case", YAML)
def test_yaml_beyond_the_limits_is_refused_soon_and_by_line(case):
    text, message = YAML[case]
    begun = time.process_time()
    with pytest.raises(ReviewError) as caught:
        yaml_file.load(text, "f.yml")
    assert str(caught.value).startswith(f"f.yml, {message}")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2", {"a": {"x": 1}, "b": {"y": 2, "x": 1}}),
        ("a: &a [1, 2]\nb: *a", {"a": [1, 2], "b": [1, 2]}),
        ("\ufeffa: 1e3", {"a": 1000.0}),
        ("a: =", {"a": "="}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    ],
)
def test_plain_yaml_is_read_as_it_is_meant(text, content):
    assert yaml_file.plain(yaml_file.load(text, "f.yml")) == content


FILES = {
    "a folder": (lambda path: path.mkdir(), "it is a folder or a device, not a file."),
    "a pipe": (os.mkfifo, "it is a folder or a device, not a file."),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "it is a folder or a device"),
    "too large": (lambda path: path.write_text("#" * 300_000), "it has 300,000 bytes, and at most"),
    "UTF-16": (
        lambda path: path.write_text("a: 1", "utf-16"),
        "line 1: this cannot be read as U",
    ),
    "Latin-1": (lambda path: path.write_bytes(b"a: 1\nb: \xe9"), "line 2: this cannot be read as"),
    "a link to nothing": (lambda path: path.symlink_to("nowhere"), "does not exist"),
}


@pytest.mark.parametrize("case", FILES)
def test_what_is_no_text_file_is_refused_in_words(alternative, case):
    make, message = FILES[case]
    make(alternative.root / "other.yml")
    with pytest.raises(ReviewError) as caught:
        loading.load(alternative)
    assert message in str(caught.value)


@pytest.fixture
def alternative(tmp_path, monkeypatch):
    """A project whose parameters are those of another file, other.yml, that does not exist yet."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(PARAMS, tmp_path / "params.yml")
    monkeypatch.setenv(PARAMS_VARIABLE, "other.yml")
    return Project(tmp_path)


def load(project, text):
    (project.root / "other.yml").write_text(text, encoding="utf-8")
    return loading.load(project)


ROWS = (
    "characteristics:\n  blocks:\n    - id: x\n      heading: X\n      variable: x\n      rows:\n"
)
REFUSED = {
    "a label of nothing": (
        "shared:\n  groups: {tumour: ''}",
        "line 2: shared.groups.tumour should",
    ),
    "a label of blanks": (
        "shared:\n  groups: {tumour: '  '}",
        "line 2: shared.groups.tumour should hold a character that can be seen, found '  '",
    ),
    "a label of control characters": (
        'shared:\n  groups: {tumour: "a\\u0007b"}',
        "should hold no character that cannot be seen (U+0007), found 'a\\x07b'",
    ),
    "a label that runs backwards": (
        'shared:\n  groups: {tumour: "a\\u202eb"}',
        "should hold no character that cannot be seen (U+202E)",
    ),
    "a label of two lines": (
        'shared:\n  groups: {tumour: "a\\nb"}',
        "should be one line without blanks around it",
    ),
    "a label of 5,000 characters": (
        f"shared:\n  groups: {{tumour: {'x' * 5000}}}",
        "line 2: shared.groups.tumour should have at most 150 characters, found 'xxx",
    ),
    "labels of groups alike": (
        "shared:\n  groups:\n    tumour: Tumours\n    malformation: ' tumours'".replace(
            "' t", "'t"
        ),
        "line 4: shared.groups: malformation stands twice, apart from capitals",
    ),
    "labels of rows alike": (
        ROWS + "        - {id: a, label: Male}\n        - {id: b, label: male}\n",
        "line 8: characteristics.blocks: male stands twice",
    ),
    "headings alike": (
        ROWS + "        - {id: a, label: A}\n"
        "    - {id: y, heading: X, variable: y, rows: [{id: b, label: A}]}\n",
        "line 8: characteristics.blocks: X stands twice",
    ),
    "effects alike": (
        "safety:\n  effects:\n    - {id: infections, label: A, category: clinical}\n"
        "    - {id: mouth_sores, label: a, category: clinical}\n",
        "line 4: safety.effects: a stands twice",
    ),
    "terms alike": (
        "cleaning:\n  events:\n    oral ulcers: mouth_sores\n    Oral-ulcers: mouth_sores\n",
        "line 4: cleaning.events: Oral-ulcers stands twice",
    ),
    "one tick": (
        "response:\n  ticks: [0]",
        "line 2: response.ticks should have at lea",
    ),
    "a tick beyond all follow-up": (
        "response:\n  ticks: [0, 1.0e+300]",
        "response.ticks[2] should be less than or equal to 10000",
    ),
    "a gap of nothing": (
        "sensitivity:\n  visit_gap: 1.0e-300",
        "line 2: sensitivity.visit_gap sho",
    ),
    "a name of 900 characters": (
        f"shared:\n  {'x' * 900}: 1",
        "line 2: unknown name shared.x",
    ),
    "a name that cannot be seen": ('shared:\n  "\\u0007": 1', "unknown name shared.\\x07"),
    "a merge at the top": (
        "a: &a {seed: x}\nshared:\n  <<: *a",
        "shared.seed should be a valid int",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_nobody_can_read_is_refused_by_line(alternative, case):
    text, message = REFUSED[case]
    with pytest.raises(ReviewError) as caught:
        load(alternative, text)
    lines = str(caught.value).splitlines()
    assert any(message in line for line in lines), lines
    assert all(len(line) < 400 and "line " in line for line in lines), lines


def test_rows_below_different_rows_may_have_one_label(alternative):
    rows = "".join(
        f"        - {{id: {a}, label: {a.upper()}}}\n"
        f"        - {{id: {a}_none, label: Not reported, indent: 2}}\n"
        for a in ("a", "b")
    )
    assert load(alternative, ROWS + rows)


def test_every_other_yaml_has_the_same_guard(tmp_path):
    path = tmp_path / "raw" / "reconstruction.yml"
    path.parent.mkdir()
    for text, message in (
        (BOMB, "data/raw/reconstruction.yml, line 5: more than 20,000 entries"),
        ("[1]", "data/raw/reconstruction.yml: the section by_population and in_total"),
    ):
        path.write_text(text)
        with pytest.raises(ReviewError, match=re.escape(message)):
            specification.read(tmp_path / "raw")
    path.unlink()
    with pytest.raises(ReviewError, match="does not exist"):
        specification.read(tmp_path / "raw")
    # The header of a manuscript is read within narrower limits.
    modules = [p for p in (ROOT / "case_review").rglob("*.py") if p.name != "entries.py"]
    sources = [path.read_text() for path in modules]
    parsers = [text for text in sources if re.search(r"YAML\([^)]*\)\.load", text)]
    assert parsers == []


#: What other files may hold: each section once.
BASE = [
    "shared:\n  conf_level: 0.9\n  groups: {tumour: T, malformation: M}\n",
    "response:\n  landmarks: [1, 2, 4]\n  few_at_risk: 3\n",
    "treatment:\n  level_groups:\n    - {id: a, unit: ng/ml, low: 1, high: 5}\n  blocks:\n"
    "    - {id: level, heading: Level, variable: level_group, groups: level_groups}\n",
    "safety:\n  categories: {clinical: Clinical, laboratory: Laboratory}\n",
    "cleaning:\n  events: {flu: infections, 'oral ulcers': mouth_sores}\n",
]
PIECES = [
    "", " ", "\n", "\t", ":", ": ", "- ", "? ", "[", "]", "{", "}", "'", '"', "&a ", "*a", "!!x ",
    "#", "%", "|", "> ", "<<: ", "~", "null", ".nan", "1e999", "-1", "9" * 60, "2014-13-45", "yes",
    "\u0007", "\ufeff", "\u202e", "---\n", "...\n", "=", "0x", "@", "`", ",", "é", "x" * 500,
]  # fmt: skip


def campaign(project, random, many):
    """Each mutation is either understood or refused by lines of the file."""
    for number in range(many):
        text = "".join(random.sample(BASE, 2))
        for _ in range(random.choice([1, 1, 2, 3])):
            at = random.randrange(len(text))
            text = text[:at] + random.choice(PIECES) + text[at + random.choice([0, 1, 3]) :]
        try:
            load(project, text)
        except ReviewError as error:
            for line in str(error).splitlines():
                assert re.match(r"(other|params)\.yml, line \d+: .{8}", line), (number, text, line)


def test_eighty_mutations(alternative):
    campaign(alternative, random.Random(1), 80)


@pytest.mark.nightly
def test_two_thousand_mutations(alternative):
    campaign(alternative, random.Random(), 2000)
