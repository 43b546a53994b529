"""Time the audit of papers: `python tests/bench_papers.py 500 2 [SITE]`.

So many made-up papers are audited by so many processes: it prints papers a second, start-up
included, and the most memory that a process took. Of the folder of a finished report it prints how
long each of its forms takes to read and draft, when everything is loaded.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import made_up_papers

from case_review.audit import papers
from case_review.living import many_papers

FORMS = ("index.jats.xml", "index.html", "index.docx", "index.pdf")


def many(count: int, jobs: int) -> None:
    """Make so many papers, audit them, and say how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "papers")
        made.mkdir()
        for seed in range(count):
            text = made_up_papers.paper(seed)
            (made / f"paper-{seed:04}.xml").write_text(text, encoding="utf-8")
        began = time.monotonic()
        many_papers.main([made], Path(folder, "out"), jobs)
        seconds = time.monotonic() - began
    own, worker = (
        resource.getrusage(who).ru_maxrss // 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{count} papers, {jobs} processes: {seconds:.1f} s, {count / seconds:.1f} a second;")
    print(f"most memory of this process {own} MB, of a worker {worker} MB")


def forms(site: Path) -> None:
    """Say how long each form of a report takes."""
    for name in FORMS:
        papers.draft(site / name)
        began = time.perf_counter()
        made = papers.draft(site / name)
        seconds = time.perf_counter() - began
        print(f"{name}: {seconds:.2f} s for {len(made.rows)} numbers")


if __name__ == "__main__":
    count, jobs, *site = [*sys.argv[1:], "500", "2"][: max(2, len(sys.argv) - 1)]
    if site:
        forms(Path(site[0]))
    many(int(count), int(jobs))
