"""Results typed by hand are found by file, line and number; everything else is left alone."""

import json

import pytest

from case_review import registry
from case_review.audit import typed_numbers
from case_review.audit.typed_numbers import check, typed
from case_review.project import Project
from case_review.registry import Result


@pytest.fixture
def project(tmp_path):
    for folder in ("report", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "params.yml").write_text("shared: {}\n")
    return Project(tmp_path)


def write(project, text):
    (project.report / "index.qmd").write_text(text, encoding="utf-8")


def texts(problems):
    return [problem.text for problem in problems]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("A response in 25 of 25 patients.", ["25", "25"]),
        ("In 35.7% (n = 30) there were tumours.", ["35.7%", "30"]),
        ("A median of 2 weeks (95% CI 1–10 weeks).", ["2", "95%", "1", "10"]),
        ("From 6,076 records.", ["6,076"]),
        ("A dose of 1.6 mg/m²/day.", ["1.6"]),
        ("**84** patients, p = 0.241.", ["84", "0.241"]),
        ("Twenty-five patients responded.", ["Twenty-five patients"]),
        ("all eight of the reports", ["eight of the reports"]),
        ("[84 patients](#tbl-x)", ["84"]),
        ("Between -3 and −4 weeks", ["-3", "−4"]),
        ("At 1.6mg/m²/day, 24h after 12 345 doses", ["1.6", "24", "12 345"]),
        ("Twelve young patients had fourteen events", ["Twelve young patients", "fourteen events"]),
        ('![](x1.png){width=50% fig-alt="In 25 of them."}', ["25"]),
        ("P = .03, p<.001; HR .61", [".03", ".001", ".61"]),
        ("Two thirds improved, half of the patients fully, half the children in part.",
         ["Two thirds", "half of the patients", "half the children"]),
        ("a third of them, one in five, nine out of ten, twice as often, threefold",
         ["a third of", "one in five", "nine out of ten", "twice as often", "threefold"]),
        ("a dozen patients; sixty per cent; 45 %", ["dozen patients", "sixty per cent", "45 %"]),
        ("12-week courses in a 25-patient series; week-12 response", ["12", "25", "12"]),
        ("grade 3 in 5 patients, grades 3 and 8 patients died, type 25%", ["5", "8", "25%"]),
        ("A level 10 ng/ml, levels of 5 to 15 ng/ml, in 1990 patients", ["10", "5", "15", "1990"]),
        ("$p = 0.03$, $n=25$ and $P<.001$", ["0.03", "25", ".001"]),
        ("[25 patients in @x] @x [who saw 26 cases] [@x; see 27 cases]", ["25", "26", "27"]),
    ],
)  # fmt: skip
def test_result_like_numbers_are_found(line, found):
    assert texts(typed("x.qmd", line)) == found


@pytest.mark.parametrize(
    "line",
    [
        "{{< result response.median_weeks >}} weeks in @tbl-2-x and [@smith2014, p. 12].",
        "See [the data](https://example.org/2014/10.html) and <https://example.org/5>.",
        '![](x1.png){width=50% fig-alt=""}',
        "The pathway of PI3K, mTORC1 and VEGF-A3; `f(25)`.",
        "<!-- 25 patients -->",
        "## Methods {#sec-2}",
        "1. First, the search.",
        "In the 1990s the 10th centre had a 1.5T scanner and 2D images.",
        "Two groups of patients, and two of all the patients' doctors.",
        "Two groups in one curve; a second look, two authors.",
        "per m^2^ and CO~2~",
        "COVID-19 patients with type 2 diabetes and grade 3 or 4 events in a phase 2 trial.",
        "Table 1 and Fig. 2a of that report, item 7 of the list, stage 4, version 4.2, R 2.15.2",
        "1,25-dihydroxyvitamin D3, 25(OH)D, 5-fluorouracil, vitamin B12, H2O, SARS-CoV-2, IL-6",
        "c.3140A>G, p.H1047R, 22q11.2, chromosome 7, CYP3A4, NCT01234567, PMID 12345678",
        r"$x^2$, $$y = 2x + 1$$ and $\prod_{i=1}^{n} (1 - 1/n_i)$",
        "@nadal2016 [p. 33]; [@nadal2016, pp. 33-35; @x, chap. 2]; [-@x, 12]; @x [33]",
        "doi:10.1002/(SICI)1097-0258(19980815)17:15, www.example.org/25, 0000-0002-1825-0097",
        "in 2014, 2015–2017, since 2014-05-12, on 12 May 2014 and May 12, 2014",
        "twice daily; half a page; a third dermatologist; the curve crosses one half",
        "{{< embed _executed/05_response.ipynb#fig-km >}}",
    ],
)
def test_what_is_no_result_is_left_alone(line):
    assert texts(typed("x.qmd", line)) == []


def test_code_blocks_and_comments_keep_line_numbers():
    text = "<!-- 1\n2 -->\n\n```python\nx = 3\n```\n\nBut 4 here."
    (problem,) = typed("x.qmd", text)
    assert (problem.line, problem.text) == (8, "4")


def test_a_problem_names_file_line_number_and_what_to_do(project):
    write(project, "---\ntitle: A\n---\n\nText.\n\nIn 25 patients.\n")
    (problem,) = check(project)
    assert str(problem).startswith("report/index.qmd, line 7: '25' is typed, not taken from the")
    assert "{{< result ID >}}" in str(problem) and "report/typed-numbers.yml" in str(problem)


def test_only_prose_of_the_header_is_read(project):
    write(
        project,
        "---\ntitle: Twelve cases\ndate: 2026-11-23\nformat:\n  html:\n    toc-depth: 3\n"
        "abstract: |\n  We found 84 patients.\n  More.\nbibliography: x2.bib\n---\nBody.\n",
    )
    assert [(p.line, p.text) for p in check(project)] == [(2, "Twelve cases"), (8, "84")]


def test_the_allow_list_covers_its_text_and_nothing_longer(project):
    write(project, "The 95% CI, and 95 patients; in 2014; 12 weeks and 120 weeks.\n")
    (project.report / "typed-numbers.yml").write_text(
        "- text: 95% CI\n  reason: level\n- pattern: '\\b20\\d\\d\\b'\n  reason: years\n"
        "- text: '12'\n  reason: landmark\n"
    )
    assert texts(check(project)) == ["95", "120"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- text: '1'\n", "line 1: this entry should have `text` or `pattern`, and a `reason`"),
        ("- text: '1'\n  reason: ' '\n", "line 1: this entry has an empty reason"),
        ("- text: '2'\n  reason: x\n- pattern: '('\n  reason: y\n", "line 3: this entry"),
        ("text: 1\n", "should be a list of entries"),
        ("- [", "is not readable as YAML"),
    ],
)
def test_a_bad_allow_list_is_a_problem(project, content, message):
    (project.report / "typed-numbers.yml").write_text(content)
    (problem,) = check(project)
    assert message in str(problem) and problem.file == "report/typed-numbers.yml"


def notebook(project, source):
    cell = {"cell_type": "code", "id": "a", "source": source.splitlines(keepends=True)}
    path = project.notebooks / "05_x.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["84"]}, cell]}))


def test_captions_and_alt_texts_are_read_and_code_is_not(project):
    notebook(
        project,
        '#| label: fig-a\n#| fig-cap: "Response in 25 patients."\n#| fig-width: 7\n'
        "#| fig-alt: >-\n#|   Steps rise\n#|   to 80%.\nx = 12  # 13\n",
    )
    found = check(project)
    assert [(p.file, p.line, p.text) for p in found] == [
        ("notebooks/05_x.ipynb, cell fig-a", 2, "25"),
        ("notebooks/05_x.ipynb, cell fig-a", 6, "80%"),
    ]


def test_a_list_of_captions_is_read(project):
    notebook(project, "#| label: fig-a\n#| fig-subcap:\n#| - One\n#| - Of 25\n#| fig-width: 7\n")
    assert [(p.line, p.text) for p in check(project)] == [(4, "25")]


def test_unknown_results_are_named_once_results_exist(project):
    text = "---\nabstract: '{{< result a.median >}}'\n---\n{{< result a.medain >}}\n"
    unread = "<!-- {{< result not.read >}}\n-->`{{< result x.y >}}`\n```\n{{< result x.z >}}\n```\n"
    write(project, text + unread)
    notebook(project, '#| label: tbl-a\n#| tbl-cap: "{{< result b.c >}}"\n')
    assert check(project) == []
    registry.write(project.results / "05_x.json", "05_x", {}, [Result("a.median", 2, text="2")])
    assert [str(problem) for problem in check(project)] == [
        "report/index.qmd, line 4: no notebook records the result a.medain. Did you mean a.median?",
        "notebooks/05_x.ipynb, cell tbl-a, line 2: no notebook records the result b.c.",
    ]


def test_without_a_manuscript_there_is_nothing_to_find(project):
    assert typed_numbers.check(project) == []


def test_numbers_in_the_names_of_groups_and_exposures_may_be_typed(project):
    (project.root / "params.yml").write_text(
        'shared:\n  groups: {"IV Ig (0.4 g/kg)": High 2, "7": Seven}\n'
        "  words: {exposures: [vitamin B12]}\n"
    )
    write(project, "IV Ig (0.4 g/kg), high 2 and Vitamin B12 to 7, then 0.4 and high 2.5.")
    assert texts(check(project)) == ["7", "0.4", "2.5"]
