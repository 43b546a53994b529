"""What a kernel of the runner does with the outputs of cells: an extension of IPython.

Figures appear in the cell that draws them, and what a cell prints or displays has an end: a loop
that never stops fills neither memory nor the page. Loaded before the first cell of every run.
"""

from __future__ import annotations

import os
import sys

from traitlets import Any
from traitlets.config import Configurable

from case_review.exhibits import shown

#: The most characters that a cell may print, and the most outputs and characters it may display.
MOST_PRINTED, MOST_OUTPUTS, MOST_DISPLAYED = 200_000, 500, 20_000_000
#: Said where that is reached; so many characters of the last line are kept.
_LAST = 1000
CUT = "\n[output cut: a cell keeps {most} of what it {did}]\n"


class InlineBackend(Configurable):
    """Takes what notebooks tell Jupyter's own backend (`%config InlineBackend...`); unused here."""

    figure_format = Any().tag(config=True)
    figure_formats = Any().tag(config=True)
    print_figure_kwargs = Any().tag(config=True)
    rc = Any().tag(config=True)
    close_figures = Any().tag(config=True)


def set_variables() -> None:
    """Name the backend of figures and, for programs that write a time into a file, that time."""
    os.environ["MPLBACKEND"] = shown.BACKEND
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")


def load_ipython_extension(shell) -> None:
    """Set up the shell of a kernel; IPython calls this."""
    set_variables()
    shown.register(shell)
    # Figures are shown in one way, whatever a notebook asks for with `%matplotlib`.
    shell.register_magic_function(lambda line: None, "line", "matplotlib")
    shell.configurables.append(InlineBackend())
    streams = [_Printed(sys.stdout), _Printed(sys.stderr)]
    for limit in (*streams, _Displayed(shell)):
        shell.events.register("pre_run_cell", limit.begin)
    for stream in streams:
        shell.events.register("post_run_cell", stream.end)


class _Printed:
    """One of the kernel's streams: a cell may fill it up to the limit, and its last line is kept.

    So is that of a progress bar, which writes over itself.
    """

    def __init__(self, stream):
        self._write = stream.write
        stream.write = self.write
        self.begin()

    def begin(self, info=None) -> None:
        self._left, self._last, self._cut = MOST_PRINTED, "", False

    def write(self, text: str):
        if not isinstance(text, str) or len(text) <= self._left:
            self._write(text)
            self._left -= len(text)
            return len(text)
        self._write(text[: self._left])
        text, self._left = self._last + text[self._left :], 0
        ended = text.rstrip("\r\n")
        start = max(ended.rfind("\r"), ended.rfind("\n")) + 1
        if not self._cut and ("\n" in text[:start] or len(text) - start > _LAST):
            self._cut = True
            self._write(CUT.format(most=f"{MOST_PRINTED:,} characters", did="prints"))
        self._last = text[start:][-_LAST:]
        return len(text)

    def end(self, result=None) -> None:
        if self._last.strip():
            self._write(("" if self._cut else "\r") + self._last)


class _Displayed:
    """What a cell displays, up to so many outputs and so many characters of them."""

    def __init__(self, shell):
        self.begin()
        shell.display_pub.register_hook(self.check)
        shell.displayhook.register_hook(self.check)

    def begin(self, info=None) -> None:
        self._outputs, self._size, self._cut = 0, 0, False

    def check(self, message):
        if message["header"]["msg_type"] == "update_display_data":
            return message
        content = message["content"]
        self._outputs += 1
        self._size += sum(len(str(data)) for data in content["data"].values())
        if self._outputs <= MOST_OUTPUTS and self._size <= MOST_DISPLAYED:
            return message
        if self._cut:
            return None
        self._cut = True
        most = f"{MOST_OUTPUTS} outputs of {MOST_DISPLAYED:,} characters in all"
        content["data"] = {"text/plain": CUT.format(most=most, did="displays").strip()}
        return message
