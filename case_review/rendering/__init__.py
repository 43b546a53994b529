"""From the manuscript and the executed notebooks to the finished report.

Only the command line imports it; it imports `audit`, `build` and the ground. The manuscript,
executed notebooks, results and exhibits come in; the report as HTML, PDF, Word and JATS goes out
to `report/_site/`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from case_review.audit import typed_numbers
from case_review.build import made, output
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering.swap import clear_up, swap_in


def render(
    project: Project,
    renderer: str = "auto",
    out: Path | None = None,
    confirm: Callable[[], None] = lambda: None,
) -> None:
    """Render the report into `out` (default `report/_site`); a failure leaves what was there.

    Parameters
    ----------
    renderer
        `quarto`, `embedded`, or `auto`: Quarto where it is installed, else the embedded renderer.
    confirm
        Called when everything is rendered and nothing published yet; raises to prevent that.

    Raises
    ------
    ReviewError
        For a typed number, an unknown construct, result or cell, or a renderer that fails.
    """
    if renderer == "auto":
        renderer = "quarto" if shutil.which("quarto") else "embedded"
    problems = typed_numbers.check(project)
    if problems:
        raise ReviewError("\n".join(str(problem) for problem in problems))
    out = Path(out or project.site).absolute()
    output.refuse(project, out)
    out.parent.mkdir(parents=True, exist_ok=True)
    clear_up(out)
    fresh = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    fresh.chmod(0o755)
    try:
        with made.keeping(project):
            _renderer(renderer)(project, fresh)
        confirm()
        swap_in(fresh, out)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _renderer(name: str):
    if name == "quarto":
        from case_review.rendering.quarto import render_into
    elif name == "embedded":
        from case_review.rendering.embedded import render_into
    else:
        raise ReviewError(f"there is no renderer '{name}': choose auto, quarto or embedded.")
    return render_into
