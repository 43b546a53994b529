"""Time the audit of many papers: `python tests/bench_papers.py 500 [2]` (papers, processes).

Prints papers a second, start-up included, and the most memory that a process took.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import made_up_papers

from case_review.living import many_papers


def main(papers: int, jobs: int) -> None:
    """Make so many papers, audit them, and say how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "papers")
        made.mkdir()
        for seed in range(papers):
            text = made_up_papers.paper(seed)
            (made / f"paper-{seed:04}.xml").write_text(text, encoding="utf-8")
        began = time.monotonic()
        many_papers.main([made], Path(folder, "out"), jobs)
        seconds = time.monotonic() - began
    most = [
        resource.getrusage(who).ru_maxrss // 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    print(f"{papers} papers, {jobs} processes: {seconds:.1f} s, {papers / seconds:.1f} a second;")
    print(f"most memory of this process {most[0]} MB, of a worker {most[1]} MB")


if __name__ == "__main__":
    main(*(int(given) for given in [*sys.argv[1:], "500", "2"][:2]))
