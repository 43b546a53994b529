"""`python -m case_review.audit accept`: take what is reproduced now as the new baseline."""

from __future__ import annotations

import sys

from case_review import registry
from case_review.audit import audit_printed, claims, confirmation, held_results, reproduction
from case_review.errors import ReviewError
from case_review.project import Project, find_project


def accept(project: Project) -> None:
    """Write both baselines from the recorded results of the last `make notebooks`."""
    published = claims.read(project.raw / "published.csv")
    results = registry.load(project.results)
    if not results:
        raise ReviewError("report/results holds no results. Run `make notebooks` first.")
    # The checks matter here: some of them confirm a number.
    checks = claims.text_table(project.raw / "published_checks.csv")
    found = audit_printed(published, checks)
    confirmed = confirmation.confirmations(published, found, checks)
    verdicts = reproduction.compare(published, results, found, confirmed=confirmed)
    number = reproduction.write_baseline(project.expectations / "reproduced.json", verdicts)
    print(f"{number} of {len(verdicts)} printed numbers must stay reproduced from now on.")
    print(f"{held_results.accept(project)} results must stay recorded from now on.")


def main(arguments: list[str]) -> int:
    """Run the command; 2 if it is not known."""
    if arguments != ["accept"]:
        print("usage: python -m case_review.audit accept", file=sys.stderr)
        return 2
    try:
        accept(find_project())
    except ReviewError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
