"""Numbers in sentences: forms of journals and of the APA, expected values by hand."""

import pytest
from papers_made import article

from case_review.audit import claims, papers
from case_review.audit.papers import jats, opening, prose
from case_review.audit.papers.document import Passage
from case_review.audit.papers.draft import Draft
from case_review.audit.papers.sentences import sentences


def rows(*passages):
    made = Draft()
    prose.draft([Passage("Results", text) for text in passages], made)
    claims.from_rows(made.rows or [], "made.xml") if made.rows else None
    return made.rows


def values(text):
    """What is read of a sentence, number by number."""
    found = []
    for row in rows(text):
        share = f"{row['numerator']}/{row['denominator']}" if row["denominator"] else ""
        found.append((row["claim_id"].split(".")[-1], row["value"], share))
    return found


@pytest.mark.parametrize(("text", "expected"), [
    ("Of these, 12/84 (14.3%) died.", [("n", "12", ""), ("pct", "14.3", "12/84")]),
    ("Of these, 12 of 84 patients (14%) died.", [("n", "12", ""), ("pct", "14", "12/84")]),
    ("It was 16 (5·3%) of 302, and so on.", [("n", "16", ""), ("pct", "5.3", "16/302")]),
    ("Death occurred in 14.3% (12/84).", [("n", "12", ""), ("pct", "14.3", "12/84")]),
    ("In all 1,575 women (49.4%) married.", [("n", "1575", ""), ("pct", "49.4", "")]),
    ("A response was seen in 10 out of 15 patients (67%, 95%CI 41%–85%).",
     [("n", "10", ""), ("pct", "67", "10/15"), ("low", "41", ""), ("high", "85", "")]),
    ("Adults (n = 84) took part.", [("n", "84", "")]),
    # More digits than count people: bases of a genome.
    ("We mapped 1,962,750,483 of 2,045,703,061 bases (95.9%).", []),
    ("They agreed (r = 0.26, p = 1.40e-06).", [("r", "0.26", ""), ("p", "0.00000140", "")]),
    ("They agreed (p = 6.5 × 10⁻⁴).", [("p", "0.00065", "")]),
    ("They differed, Qb(1) = 3.78, p < .05.",
     [("chi2", "3.78", ""), ("df", "1", ""), ("p", "0.05", "")]),
    ("The mean age was 43.5 years (SD 13.2).", [("mean", "43.5", ""), ("sd", "13.2", "")]),
    ("Mean (SD) age was 43.5 (13.2) years.", [("mean", "43.5", ""), ("sd", "13.2", "")]),
    ("Scores fell (M = 5.03, SD = 1.37).", [("mean", "5.03", ""), ("sd", "1.37", "")]),
    ("The mean age was 73.74±6.99.", [("mean", "73.74", "")]),
    ("Median age was 43 years (IQR 34–52).",
     [("median", "43", ""), ("q1", "34", ""), ("q3", "52", "")]),
    ("The median (range) was 43 (18-86).",
     [("median", "43", ""), ("min", "18", ""), ("max", "86", "")]),
    ("The hazard ratio was 0.93 (95% CI 0.84–1.03; p = 0.17).",
     [("hr", "0.93", ""), ("low", "0.84", ""), ("high", "1.03", ""), ("p", "0.17", "")]),
    ("It predicted belief, OR = .11, 95% CI = .01, .96.",
     [("or", "0.11", ""), ("low", "0.01", ""), ("high", "0.96", "")]),
    ("The score fell by −2.46 points (p<0·001, 95% CI −3·72 to −1·21).",
     [("value", "-2.46", ""), ("low", "-3.72", ""), ("high", "-1.21", ""), ("p", "0.001", "")]),
    ("The risk was 2.1 (90% CI 1.2 to 3.9).",
     [("value", "2.1", ""), ("low", "1.2", ""), ("high", "3.9", ""), ("level", "90", "")]),
    ("It differed, t(18) = 2.80, p = .006.",
     [("t", "2.80", ""), ("df", "18", ""), ("p", "0.006", "")]),
    ("It did not, t (28.30) = 1.14, p > .25.",
     [("t", "1.14", ""), ("df", "28.30", ""), ("p", "0.25", "")]),
    ("It did, F(1, 35) = 5.63, p = .02.",
     [("f", "5.63", ""), ("df1", "1", ""), ("df2", "35", ""), ("p", "0.02", "")]),
    ("So did sex, χ2(1, N = 90) = 3.4, p = .065.",
     [("chi2", "3.4", ""), ("df", "1", ""), ("n", "90", ""), ("p", "0.065", "")]),
    ("They went together, r(17) = -.07.", [("r", "-0.07", ""), ("df", "17", "")]),
    ("It was so, z = 2.1, p = .036.", [("z", "2.1", ""), ("p", "0.036", "")]),
])  # fmt: skip
def test_forms_in_sentences(text, expected):
    assert values(text) == expected


@pytest.mark.parametrize("text", [
    "In 2012 patients were seen on 3 May at Box 12.", "Two of 15 patients (13%) died.",
    "Grade 3 (14%) was rare.", "See Table 2 (and page 14).", "An interval (95% CI 4.3–17.4) alone.",
    "Doses of 5 of 10 mg were given.", "The factor r = 3 was chosen.",
])  # fmt: skip
def test_numbers_that_stand_for_themselves_are_left_alone(text):
    assert values(text) == []


def test_places_are_sections_and_paths_are_sentences_of_the_whole_paper():
    content = article(
        "<sec><title>Results</title><p>All took part (n = 84). Of these, 12/84 (14.3%) died.</p>"
        '<fig><caption><p>Died (n = 9).</p></caption></fig><p>So (n = 7).<xref ref-type="bibr" '
        'rid="b1">12</xref></p></sec>',
        abstract="We saw 12 of 84 patients (14%) die.",
    )
    draft = papers.drafted(jats.read(opening.xml(content, "made.xml")))
    assert [(row["claim_id"], row["location"]) for row in draft.rows] == [
        ("abstract.s1.share1.all.n", "Abstract, sentence 1"),
        ("abstract.s1.share1.all.pct", "Abstract, sentence 1"),
        ("results.s2.size1.all.n", "Results, sentence 1"),
        ("results.s3.share1.all.n", "Results, sentence 2"),
        ("results.s3.share1.all.pct", "Results, sentence 2"),
        ("results.s4.size1.all.n", "Results, sentence 3"),
    ]
    assert draft.rows[0]["statement"] == "We saw 12 of 84 patients (14%) die."


def test_a_long_sentence_is_shortened_around_its_numbers():
    (row,) = rows("Of many " + "and many " * 40 + "people (n = 84) " + "so " * 80 + "it was.")
    assert "(n = 84)" in row["statement"] and len(row["statement"]) <= 202


def test_sentences_end_where_they_end():
    text = "Smith et al. (2012) saw it, e.g. in Fig. 2. It was p = .05. Was it? “Yes.” He said no."
    assert sentences(text) == [
        "Smith et al. (2012) saw it, e.g. in Fig. 2.", "It was p = .05.", "Was it?", "“Yes.",
        "He said no.",
    ]  # fmt: skip
    assert sentences("No end") == ["No end"]
