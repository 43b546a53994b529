"""The pages of the site are valid HTML: by the Nu checker where there is one, and by its rules."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
from collections import Counter

import pytest

pytestmark = pytest.mark.pipeline

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
#: The checker computes no sum of a script over several of its buffers; the test below does.
NOT_FAULTS = ".*Inline script violates Content Security Policy.*"


@pytest.fixture(scope="module")
def pages(built_report):
    found = sorted(built_report.site.rglob("*.html"))
    assert len(found) > 20
    return {path: path.read_text(encoding="utf-8") for path in found}


def test_pages_hold_no_control_characters(pages):
    for path, text in pages.items():
        found = re.search("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]", text)
        assert not found, (path.name, text[max(0, found.start() - 40) : found.start()])


def test_addresses_have_no_blanks_and_void_elements_no_end(pages):
    for path, text in pages.items():
        markup = SCRIPT.sub("", text)
        assert not re.search(r'\s(?:href|src)="[^"]*\s[^"]*"', markup), path.name
        assert not re.search(r"<(?:br|col|hr|img|input|link|meta)\b[^<>]*/>", markup), path.name


def test_ids_stand_once_and_are_names_in_drawings(pages):
    for path, text in pages.items():
        markup = SCRIPT.sub("", text)
        ids = Counter(re.findall(r'\sid="([^"]*)"', markup))
        assert [id for id, times in ids.items() if times > 1 or not id or " " in id] == [], (
            path.name
        )
        for drawing in re.findall(r"<svg\b.*?</svg>", markup, re.DOTALL):
            for id in re.findall(r'\sid="([^"]*)"', drawing):
                assert re.fullmatch(r"[^\W\d][\w.-]*", id), (path.name, id)


def test_the_policy_of_each_page_admits_exactly_its_scripts(pages):
    for path, text in pages.items():
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
        admitted = set(re.findall(r"'sha256-([^']*)'", policy))
        run = (body for attributes, body in SCRIPT.findall(text) if "json" not in attributes)
        sums = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in run}
        assert sums == admitted, path.name


def test_the_styles_use_what_the_checker_knows(pages):
    for path, text in pages.items():
        for style in re.findall(r"<style\b.*?</style>", SCRIPT.sub("", text), re.DOTALL):
            assert not re.search(r"@property|container-type", style), path.name


@pytest.mark.skipif(
    not (shutil.which("vnu") or os.environ.get("VNU_JAR")),
    reason="needs the Nu checker as `vnu`, or its jar at VNU_JAR (npm i vnu-jar)",
)
def test_the_nu_checker_finds_nothing(pages):
    jar = os.environ.get("VNU_JAR")
    command = ["java", "-jar", jar] if jar else ["vnu"]
    command += ["--format", "gnu", "--stdout", "--filterpattern", NOT_FAULTS, *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == ""
