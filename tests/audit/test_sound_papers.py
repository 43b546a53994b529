"""Sound papers are left alone: of five hundred, not one finding weighs more than a note."""

from collections import Counter

from sound_papers import paper

from case_review.audit.checks import run
from case_review.audit.findings import NOTE, Checked, Finding

PAPERS = 500


def test_no_sound_paper_has_a_finding_above_a_note():
    held, notes = Counter(), Counter()
    for seed in range(PAPERS):
        found = paper(seed)
        for name, one in run(found):
            if isinstance(one, Finding):
                assert one.severity == NOTE, f"paper {seed}: {name}: {one.line()}"
                notes[name] += 1
            held[name] += isinstance(one, Checked)
    # The papers have something for every check of numbers against one another.
    assert min(held[name] for name in ("grim", "grimmer", "debit", "p_values")) > 250
    assert min(held[name] for name in ("count_tables", "group_means", "estimates")) > 150
    assert min(held[name] for name in ("intervals", "spread", "survival")) > 100
    assert sum(notes.values()) < 5 * PAPERS
