"""Sentences that said more than is known, and must not come back."""

import re

import pytest
from conftest import ROOT

from case_review.parameters.params_file import cells, source_of

MANUSCRIPT = ROOT / "report" / "index.qmd"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DOCUMENTS = [
    ROOT / name
    for name in ("README.md", "CONTRIBUTING.md", "data/raw/README.md")
]
DOCUMENTS += sorted((ROOT / "docs").rglob("*.md"))

#: What was said, and why it is more than is known.
REFUSED = {
    r"review is sound": "response is shown for a part of the patients only",
    r"Many are percentages": "few findings are percentages that were cut off",
    r"well supported": "there was no control, and most had other treatment as well",
    r"(stated|fixed|set) beforehand": "there was no protocol",
    r"pre-?specified": "there was no protocol",
    r"(everything|all that) (it|the review) prints": "not all printed numbers bind the rows",
    r"agree with everything (?!that binds)": "not all printed numbers bind the rows",
    r"in which failures are counted": "one later study counts only those who completed it",
    r"trials that have begun": "two of them are published",
    r"\b(higher|lower) mark\b": "a mark is named by its number",
}
#: What the manuscript alone may not say.
OF_ONE_SET = {
    r"does not hold": "a verdict of one data set",
    r"verdict_(median|difference)": "a verdict of one data set",
    r"summary\.(median|difference)_": "a verdict of one data set",
    r"audit\.reproduced": "circular: the reconstruction was made to satisfy most of these",
    r"audit\.curves\.": "the range of some draws, not of all data sets",
    r"belong(s)? to (our|the) reconstruction": "results of one data set are not told",
}


def said(path):
    """What readers read of a file: of a notebook its markdown."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    return "\n".join(source_of(cell) for cell in cells(path) if cell["cell_type"] == "markdown")


@pytest.mark.parametrize("phrase", REFUSED)
@pytest.mark.parametrize("path", [MANUSCRIPT, *NOTEBOOKS, *DOCUMENTS], ids=lambda path: path.name)
def test_no_sentence_says_more_than_is_known(path, phrase):
    text = " ".join(said(path).split())
    found = re.search(rf".{{0,60}}{phrase}.{{0,60}}", text, re.IGNORECASE)
    assert not found, f"{path.name}: '{found[0]}' ({REFUSED[phrase]})"


def split_lines(lines):
    """The lines of paragraphs that begin and end with a shortcode, also those that are just one.

    Quarto, started by hand, takes such a line for one shortcode that stands by itself.
    """
    whole = re.compile(r"\s*\{\{< .+ >\}\}\s*")
    apart = re.compile(r"\s*(:{3,}.*)?")
    around = ["", *lines, ""]
    return [
        f"line {n}: {line}"
        for n, line in enumerate(lines, 1)
        if whole.fullmatch(line)
        and not (apart.fullmatch(around[n - 1]) and apart.fullmatch(around[n + 1]))
    ]


def test_no_line_of_a_paragraph_begins_and_ends_with_a_shortcode():
    split = split_lines(MANUSCRIPT.read_text(encoding="utf-8").splitlines())
    assert not split, "break these lines elsewhere: " + "; ".join(split)


@pytest.mark.parametrize(
    "text, found",
    [
        ("of\n{{< result a >}}\nmore", 1),
        ("of\n{{< result a >}}, its {{< result b >}}\nmore", 1),
        ("  {{< result a >}} and {{< result b >}}\nmore", 1),
        ("{{< embed a.ipynb#b >}}", 0),
        ("::: {.note}\n{{< result a >}}\n:::", 0),
        ("of\n{{< result a >}}.\nmore", 0),
        ("of {{< result a >}}\nmore", 0),
    ],
)
def test_such_lines_are_found(text, found):
    assert len(split_lines(text.splitlines())) == found


@pytest.mark.parametrize("phrase", OF_ONE_SET)
def test_the_manuscript_tells_nothing_of_one_data_set(phrase):
    found = re.search(phrase, " ".join(said(MANUSCRIPT).split()))
    assert not found, f"'{found[0]}' ({OF_ONE_SET[phrase]})"


def test_a_group_is_never_told_by_one_data_set_in_abstract_or_conclusion():
    text = MANUSCRIPT.read_text(encoding="utf-8")
    header = text.split("\n---\n")[0]
    conclusion = text.partition("\n# Conclusion\n")[2].partition("\n# ")[0]
    for part in (header, conclusion):
        ids = re.findall(r"\{\{< result (\S+) >\}\}", part)
        assert len(part) > 300 and ids
        varying = r"hazard_ratio|rmst|\.(tumour|malformation)$|^ensemble\.(?!sets)|curves"
        assert [id for id in ids if re.search(varying, id)] == []
