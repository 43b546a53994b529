"""Kill the build at random moments: the site stays whole, and the next build succeeds.

    python tests/kill_build.py [--moments 20] [--seed 1]

Builds a copy of the project twice, from two states of its sources, and notes both sites byte for
byte. Then, for each moment, the sources change from one state to the other, `make report` starts,
and its whole process group is killed with SIGKILL. The site must then be one of the two, complete,
and the next `make report`, without `make clean`, must make that of the sources. The moments are
spread over the time that a build takes, one at random in each equal part of it.
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

#: What changes between the two states: data that cleaning reads, and a parameter of most notebooks.
CHANGES = {
    "data/raw/screening.csv": (b"retrieved from the four", b"found in the four"),
    "params.yml": (b"conf_level: 0.95", b"conf_level: 0.9"),
}


def site_of(root: Path) -> dict[str, str]:
    """Every file of the finished report with its hash."""
    site = root / "report" / "_site"
    files = sorted(path for path in site.rglob("*") if path.is_file())
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def set_state(root: Path, state: int) -> None:
    """Give the sources their first or second state."""
    for name, texts in CHANGES.items():
        content = (root / name).read_bytes()
        assert texts[1 - state] in content or texts[state] in content, name
        (root / name).write_bytes(content.replace(texts[1 - state], texts[state]))


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
        build(root)
        sites = [site_of(root)]
        set_state(root, 1)
        length = build(root)
        sites.append(site_of(root))
        assert sites[0] != sites[1]
        print(f"A build takes {length:.0f} s; the two sites have {len(sites[0])} files.")
        state = 1
        for part in range(options.moments):
            moment = (part + chance.random()) * length / options.moments
            before, state = state, 1 - state
            set_state(root, state)
            last = kill_after(root, moment)
            found = site_of(root)
            whole = {str(sites[before]): "previous", str(sites[state]): "new"}.get(str(found))
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
