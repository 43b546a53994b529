"""How a build shows what it is doing: live lines on a terminal, plain ones in CI and pipes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

#: The width of the names of notebooks in a plain line.
_WIDTH = 24


class Progress:
    """One plain line for each notebook, when it has ended.

    Parameters
    ----------
    write
        Takes a line.
    """

    def __init__(self, write: Callable[[str], None] | None = None):
        self.write = write or (lambda text: print(text, flush=True))

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error) -> None:
        """End: nothing stays on the screen but the plain lines."""

    def started(self, name: str, draws: Path | None = None) -> None:
        """A notebook, or the rendering, has begun; in `draws` long work says how far it is."""

    def cell(self, name: str, number: int, of: int, label: str) -> None:
        """Cell `number` of so many has begun."""

    def ended(self, name: str, seconds: float | None) -> None:
        """A notebook has ended, after so many seconds, or failed (None)."""
        told = "failed" if seconds is None else f"{seconds:5.1f} s"
        self.write(f"{name:<{_WIDTH}} {told}")

    def tick(self) -> None:
        """Called a few times in a second."""


@dataclass
class _Line:
    task: int
    draws: Path | None
    began: float = field(default_factory=time.monotonic)
    words: str = ""


class Live(Progress):
    """On a terminal, in addition: a live line for each notebook that runs.

    It is drawn by this process alone and by no thread of its own, because the build forks.
    """

    def __init__(self):
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn(f"{{task.fields[name]:<{_WIDTH}}}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[words]}", markup=False),
            console=Console(highlight=False),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._lines: dict[str, _Line] = {}
        super().__init__(lambda text: self._bars.console.print(text, markup=False, soft_wrap=True))

    def __enter__(self) -> Live:
        self._bars.start()
        return self

    def __exit__(self, *error) -> None:
        self._bars.stop()

    def started(self, name: str, draws: Path | None = None) -> None:
        """Add its line."""
        task = self._bars.add_task("", total=None, name=name, words="")
        self._lines[name] = _Line(task, draws)
        self.tick()

    def cell(self, name: str, number: int, of: int, label: str) -> None:
        """Show it in the notebook's line."""
        line = self._lines[name]
        line.words = f"cell {number} of {of}" + (f"  {label}" if label else "")
        self._bars.update(line.task, completed=number - 1, total=of)
        self.tick()

    def ended(self, name: str, seconds: float | None) -> None:
        """Put a plain line in the place of the live one."""
        if line := self._lines.pop(name, None):
            self._bars.remove_task(line.task)
        super().ended(name, seconds)

    def tick(self) -> None:
        """Draw all lines again."""
        for line in self._lines.values():
            words = f"{time.monotonic() - line.began:4.0f} s  {line.words}{_drawn(line.draws)}"
            self._bars.update(line.task, words=words)
        self._bars.refresh()


def _drawn(path: Path | None) -> str:
    """How far the long work of a cell is, in words; empty where there is none."""
    try:
        return f"  {path.read_text(encoding='utf-8')}" if path else ""
    except OSError:
        return ""


def choose() -> Progress:
    """Live lines if standard output is a terminal that can show them, else plain ones."""
    if sys.stdout.isatty():
        from rich.console import Console

        if Console().is_terminal and not Console().is_dumb_terminal:
            return Live()
    return Progress()
