"""What a build says at its end: what was made and why, what was kept, and how long it took."""

from __future__ import annotations

from collections.abc import Iterator

from case_review.build import published
from case_review.build.building import Options, Outcome
from case_review.build.freshness import listed
from case_review.parameters import params_file
from case_review.project import Project

#: What is up to date where nothing was made.
_CURRENT = {
    "data": "data/clean is up to date",
    "notebooks": "The notebooks are up to date",
    "report": "{out} is up to date (make status tells what would change that)",
}


def lines(project: Project, options: Options, outcome: Outcome, seconds: float) -> Iterator[str]:
    """The lines of the summary; `seconds` is what the whole build took."""
    out = project.shown(outcome.out) if outcome.out else ""
    if outcome.archive:
        yield project.relative(outcome.archive)
        return
    if not outcome.seconds:
        yield _CURRENT[options.goal].format(out=out)
        return
    yield f"Made in {seconds:.1f} s:"
    for name, took in outcome.seconds.items():
        shown = out if name == "report" else name
        yield f"  {shown} ({took:.1f} s), because {listed(outcome.causes[name])}"
    for name in sorted(outcome.seconds.keys() - {"report"}):
        yield from (f"note: {said}" for said in params_file.overruled(project, name))
    if outcome.kept:
        yield f"Kept, made from what is there: {', '.join(sorted(outcome.kept))}"
    if outcome.out:
        for name in published.unknown(project):
            yield f"warning: {name} was neither declared nor made, so it is not published"
        if "report" in outcome.seconds:
            yield f"{out}: the report is ready, open index.html"
        else:
            yield f"{out} is up to date: what ran again came out as it was"
