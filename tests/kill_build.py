"""Kill the build at random moments: the site stays whole, and the next build succeeds.

    python tests/kill_build.py [--moments 20] [--seed 1]

Builds a copy of the project from each state of its sources, and notes every site byte for byte.
Then, for each moment, the sources change from one state to another, `make report` starts, and its
whole process group is killed with SIGKILL. The site must then be the previous or the new one,
complete, or the new page, which is shown before the other forms are made and offers none of them;
the next `make report`, without `make clean`, must make that of the sources. One
change in three is of data and parameters, which runs notebooks; the others are of the manuscript,
so that most kills meet the rendering. The moments are spread over the time that a build takes: one
at random in each equal part of it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from building import command, copy_sources, surroundings

from case_review.rendering import html
from case_review.rendering.assemble import FORMS

#: What changes, as (file, one text, another): what notebooks read, and what is only rendered.
KINDS = (
    (
        ("data/raw/screening.csv", b"retrieved from the four", b"found in the four"),
        ("params.yml", b"few_at_risk: 5 ", b"few_at_risk: 4 "),
    ),
    (("report/index.qmd", b"a reproducible review of case", b"a rebuilt review of case"),),
)
#: The files of a report that follow its page.
LATER = {form.file for name, form in FORMS.items() if name != "html"}
#: The kind of change before each moment, over and over.
ORDER = (1, 1, 0)


def site_of(root: Path) -> dict[str, str]:
    """Every file of the finished report with its hash."""
    site = root / "report" / "_site"
    files = sorted(path for path in site.rglob("*") if path.is_file())
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def page_alone(root: Path) -> str:
    """The hash of the finished report's page as it is without its other forms."""
    page = (root / "report" / "_site" / html.FORM.file).read_text(encoding="utf-8")
    others = [name for name, form in FORMS.items() if form.file in LATER]
    return hashlib.sha256(html.without(page, others).encode("utf-8")).hexdigest()


def name_of(found: dict, previous: dict, new: dict, alone: str) -> str:
    """Which whole site was found: the previous or the new one, or the new page; empty if none."""
    if found in (previous, new):
        return "previous" if found == previous else "new"
    # The other forms join one by one, and the page that offers them comes last.
    first = new | {html.FORM.file: alone}
    is_page = all(found.get(name) in (first[name], *([None] * (name in LATER))) for name in first)
    return "page" if is_page and found.keys() <= first.keys() else ""


def flip(root: Path, kind: int) -> None:
    """Change the sources from one state of a kind to the other."""
    for name, one, other in KINDS[kind]:
        content = (root / name).read_bytes()
        old, new = (other, one) if other in content else (one, other)
        assert old in content, name
        (root / name).write_bytes(content.replace(old, new))


def changed(root: Path, state: tuple[int, int], kind: int) -> tuple[int, int]:
    """Flip one kind of change; returns the new state."""
    flip(root, kind)
    return tuple(1 - part if i == kind else part for i, part in enumerate(state))


def build(root: Path) -> float:
    """Run `make report` to its end; returns the seconds that it took."""
    started = time.monotonic()
    done = subprocess.run(
        command("report"), cwd=root, env=surroundings(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"make report failed:\n{done.stdout}")
    return time.monotonic() - started


def kill_after(root: Path, seconds: float) -> str:
    """Start `make report`, kill its process group; returns the last line that it printed."""
    with tempfile.TemporaryFile("w+") as output:
        started = subprocess.Popen(
            command("report"), cwd=root, env=surroundings(), start_new_session=True,
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            started.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
        output.seek(0)
        return (output.read().strip().splitlines() or ["nothing yet"])[-1]


def main() -> int:
    """Try all moments; 0 if the site was whole at each and every next build succeeded."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        root = Path(folder) / "a copy"
        copy_sources(root)
        # What is new since a previous version is stale once the data are changed.
        (root / "report" / "previous.json").unlink(missing_ok=True)
        build(root)
        sites, alone, lengths, state = {(0, 0): site_of(root)}, {}, {}, (0, 0)
        for kind in (1, 0, 1, 0):  # through all four states and back
            state = changed(root, state, kind)
            lengths[kind] = build(root)
            found = sites.setdefault(state, site_of(root))
            assert found == site_of(root)
            alone[state] = page_alone(root)
        print(f"Notebooks and report take {lengths[0]:.0f} s, the report alone {lengths[1]:.0f} s.")
        print(f"{len(sites)} different sites of {len(found)} files.", flush=True)
        assert len({str(site) for site in sites.values()}) == len(sites)
        for part in range(options.moments):
            kind = ORDER[part % len(ORDER)]
            moment = (part + chance.random()) * lengths[kind] / options.moments
            before, state = state, changed(root, state, kind)
            last = kill_after(root, moment)
            whole = name_of(site_of(root), sites[before], sites[state], alone[state])
            seconds = build(root)
            right = site_of(root) == sites[state]
            bad += not (whole and right)
            print(
                f"killed after {moment:5.1f} s ({last[:40]:<40}): site {whole or 'BROKEN'}, "
                f"next build {'right' if right else 'WRONG'} in {seconds:.0f} s",
                flush=True,
            )
    print(f"{options.moments - bad} of {options.moments} moments left a whole site.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
