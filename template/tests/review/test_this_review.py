"""What must hold of this review, whatever its data: the data pass, the report is whole."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from case_review.audit import typed_numbers
from case_review.project import Project

PROJECT = Project(Path(__file__).resolve().parents[2])


def run(*command):
    """Run a command as somebody types it, not as the test run has it; returns what it printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "PYTE"))}
    done = subprocess.run(command, cwd=PROJECT.root, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def page():
    """The report's page, made where it is not up to date."""
    run("make", "report", f"VENV={sys.prefix}", "FORMATS=html")
    return BeautifulSoup((PROJECT.site / "index.html").read_bytes(), "lxml")


def test_the_raw_data_meet_what_is_expected_of_them():
    run(sys.executable, "-m", "case_review", "validate")


def test_every_result_that_the_manuscript_names_stands_in_the_report(page):
    text = (PROJECT.report / "index.qmd").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\{\{< *result +([^\s>]+) *>\}\}", text))
    shown = {link["data-result"] for link in page.select("a.result[data-result]")}
    assert wanted and wanted <= shown
    assert "{{<" not in page.get_text() and "?@" not in page.get_text()


def test_every_number_of_the_text_is_a_result_or_reviewed(page):
    assert typed_numbers.check(PROJECT) == []
