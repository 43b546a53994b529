"""The report's own JATS is audited before it is published."""

import made_up_papers
import pytest
from others_project import make

from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import own_numbers, render, side_by_side


@pytest.fixture
def jats(tmp_path):
    """A project's folder with a report as JATS, which a test may change."""
    (tmp_path / "report").mkdir()
    path = tmp_path / "index.jats.xml"
    path.write_text(made_up_papers.paper(3), encoding="utf-8")
    return path


def change(path, row, cells):
    """Put other cells into the row of that label."""
    text = path.read_text(encoding="utf-8")
    start = text.index(f"<td>{row}</td>")
    end = text.index("</tr>", start)
    new = "".join(f"<td>{cell}</td>" for cell in [row, *cells])
    path.write_text(text[:start] + new + text[end:], encoding="utf-8")


def test_a_sound_report_is_published(jats):
    own_numbers.refuse(Project(jats.parent), jats)


def test_numbers_that_contradict_one_another_are_refused_by_place(jats):
    change(jats, "Female", ["30 (99.0)"] * 4)
    with pytest.raises(ReviewError) as refused:
        own_numbers.refuse(Project(jats.parent), jats)
    said = str(refused.value)
    assert "says the audit of its JATS" in said and "report/acknowledged.csv" in said
    assert "Table 1, row Female" in said and "percentage: table1.sex.female" in said


def test_what_is_acknowledged_with_a_reason_is_published(jats):
    path = jats.parent / "report" / own_numbers.ACKNOWLEDGED
    change(jats, "Symptom A", ["11 (99.0)", *["12"] * 3])
    with pytest.raises(ReviewError) as refused:
        own_numbers.refuse(Project(jats.parent), jats)
    lines = [line.split(": ") for line in str(refused.value).splitlines() if line[:2] == "  "]
    rows = [f"{place.split(' ')[0]},{kind.strip()}," for kind, place, *_ in lines]
    path.write_text("\n".join(["claim_id,kind,reason", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(ReviewError):  # without a reason nothing is acknowledged
        own_numbers.refuse(Project(jats.parent), jats)
    given = [f"{row}printed so in the source" for row in rows]
    path.write_text("\n".join(["claim_id,kind,reason", *given]) + "\n", encoding="utf-8")
    own_numbers.refuse(Project(jats.parent), jats)


def test_labels_of_groups_are_left_to_the_parameters(jats):
    for old, new in (("Mild", "2–13 years"), ("Moderate", "13–18 years"), ("Severe", "≥ 20 years")):
        text = jats.read_text(encoding="utf-8")
        jats.write_text(text.replace(f"<td>{old}</td>", f"<td>{new}</td>"), encoding="utf-8")
    own_numbers.refuse(Project(jats.parent), jats)




def test_the_report_that_was_there_is_put_back(tmp_path, monkeypatch):
    project = make(tmp_path)
    render(project, "embedded", project.site)
    before = {path.name: path.read_bytes() for path in project.site.glob("index*")}
    assert "index.jats.xml" in before
    index = project.report / "index.qmd"
    text = index.read_text(encoding="utf-8").replace("The ratio is", "Now the ratio is")
    index.write_text(text, encoding="utf-8")
    asked = []

    def refuse(of, jats):
        asked.append((of.root, jats.read_text(encoding="utf-8").count("Now the ratio is")))
        raise ReviewError("The report's own numbers contradict one another")

    monkeypatch.setattr(own_numbers, "refuse", refuse)
    # In this process, so that what was asked can be seen.
    monkeypatch.setattr(side_by_side, "_is_safe", lambda: False)
    with pytest.raises(ReviewError, match="contradict one another"):
        render(project, "embedded", project.site)
    assert asked == [(project.root, 1)]
    assert {path.name: path.read_bytes() for path in project.site.glob("index*")} == before
