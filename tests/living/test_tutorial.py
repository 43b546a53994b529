"""The tutorial, word for word: its commands and edits, in order, lead from nothing to a paper."""

import os
import re
import shlex
import subprocess

import pytest
from building import ROOT, command, copy_sources, surroundings
from ruamel.yaml import YAML

from case_review.living import starting

pytestmark = pytest.mark.pipeline
#: A fenced block, with the line before it, which names the file of an edit.
BLOCK = re.compile(r"^([^\n]*)\n\n```(\w+)( fails)?\n(.*?)^```", re.M | re.S)
#: Whose names git asks for before it commits.
ROLES = ("AUTHOR", "COMMITTER")


def steps():
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for before, kind, fails, content in BLOCK.findall(text):
        named = re.match(r"`([^`]+)`", before)
        yield named and named[1], kind, bool(fails), content


def test_every_block_of_the_tutorial_is_a_command_or_an_edit():
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    found = list(steps())
    assert len(found) == text.count("```") // 2
    assert all(kind == "sh" or name for name, kind, _, _ in found)


def test_the_tutorial_leads_to_a_paper(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    copy_sources(folder)
    starting.commit(folder)
    for name, kind, fails, content in steps():
        if kind == "sh":
            for line in content.splitlines():
                folder = typed(folder, line, fails)
        elif kind == "yaml":
            put_entries(folder / name, content)
        elif kind == "csv":
            (folder / name).write_text(content, encoding="utf-8")
        else:
            put_section(folder / name, content)
    page = (folder / "report" / "_site" / "index.html").read_text(encoding="utf-8")
    assert "The hands were clear after a median of" in page and "Dry lips" in page
    assert "made up" not in page and "blood level" not in page


def typed(folder, line, fails):
    """Run a line in a folder; returns the folder in which the next one is typed."""
    words = shlex.split(line)
    if words[0] == "cd":
        return (folder / words[1]).resolve()
    if words[:2] == ["make", "test"]:  # the whole of it is run by `test_starting`
        words = ["make", "validate"]
    if words[0] == "make":
        words = command(*words[1:])
    who = {f"GIT_{role}_{what}": "a@b" for role in ROLES for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        words if "&&" not in words else ["sh", "-c", line],
        cwd=folder, env=surroundings(**who), stdin=subprocess.DEVNULL,
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode != 0) == fails, line + os.linesep + done.stdout + done.stderr
    return folder


def put_entries(path, content):
    """Put the entries of a block in place of those with their names, section by section."""
    yaml = YAML()
    whole = yaml.load(path.read_text(encoding="utf-8"))
    for section, entries in YAML().load(content).items():
        whole[section].update(entries)
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(whole, stream)


def put_section(path, content):
    """Put a text in place of what stands below the heading `Conclusion`."""
    text = path.read_text(encoding="utf-8")
    head, below, rest = text.partition("\n# Conclusion\n\n")
    assert below and "\n\n# " in rest
    rest = rest[rest.index("\n\n# ") :]
    path.write_text(head + below + content.strip() + rest, encoding="utf-8")
