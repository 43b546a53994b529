"""Rendering with Quarto, where it is installed.

Quarto gets the very document, template and options that the embedded renderer gives to pandoc: each
form is a small project of its own, whose text is put in place of the manuscript behind all that
Quarto itself would number, frame or read otherwise. What it leaves beside its sources goes with it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from case_review.build.normalising import TERMINAL
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import Project
from case_review.rendering import embedded
from case_review.rendering.assemble import FORMS
from case_review.rendering.converter import Program

#: The document that Quarto gets, and the folder for what it makes of it.
HANDED, WRITTEN = "handed.json", "_written"
#: Puts the document in place of what Quarto has read.
_FILTER = f"""
local stream = io.open("{HANDED}", "rb")
local text = stream:read("a")
stream:close()
return {{ {{ Pandoc = function() return pandoc.read(text, "json") end }} }}
"""
#: The lowest version that makes what the embedded renderer does.
LOWEST = (1, 7, 0)
#: Nothing of Quarto's own is added; `post-render` is when it has done everything else.
_SETTINGS = {
    "quarto-required": f">={'.'.join(map(str, LOWEST))}",
    "project": {"type": "default", "output-dir": WRITTEN, "render": ["index.qmd"]},
    "filters": [{"path": "handed.lua", "at": "post-render"}],
    "execute": {"enabled": False},
    "minimal": True,
    "theme": "none",
    "lightbox": False,
    "citeproc": False,
    "number-sections": False,
    # Quarto would otherwise look for headings of the first level before the text is in its place.
    "shift-heading-level-by": 0,
}
#: Options of pandoc that name files of citations: Quarto would read them for itself.
_SOURCES = ("bibliography", "csl")
#: Lines of Quarto's output that only its makers understand.
_TRACE = re.compile(r"\s+at |\s*stack traceback:|\s*\[C\]:|\t|Stack trace:", re.IGNORECASE)
#: So many lines of Quarto's output are passed on.
_MOST = 15
#: Warnings after which Quarto goes on, and with which a report would lack something.
_LACKING = re.compile(
    r"citation \S+ not found|resolve crossref|Could not (?:convert|fetch|find)|replacing image"
)


def render_into(
    project: Project,
    out: Path,
    writers: Sequence[str] = tuple(FORMS),
    show: Callable[[], Path] | None = None,
) -> None:
    """Write the report into `out` as the embedded renderer does, each form by Quarto.

    Raises
    ------
    ReviewError
        If Quarto is missing or fails, or warns of something that the report would lack.
    """
    path, version = found(project.report)

    def start(arguments, text, folder, epoch, meanwhile) -> tuple[bytes, str]:
        with ThreadPoolExecutor(1) as side:
            made = side.submit(written, path, arguments, text, folder, epoch)
            if meanwhile:
                meanwhile()
            return made.result(), ""

    facts = Path(path).stat()
    key = [version, path, facts.st_size, facts.st_mtime_ns, Path(__file__).read_text("utf-8")]
    program = Program(f"Quarto {version}", json.dumps(key), start)
    embedded.render_into(project, out, writers, show, program)


def found(folder: Path) -> tuple[str, str]:
    """The Quarto on the PATH and its version.

    Raises
    ------
    ReviewError
        If there is none, if it cannot be started, or if it is older than `LOWEST`.
    """
    path = shutil.which("quarto")
    if not path:
        raise ReviewError("Quarto is not installed. Use RENDERER=embedded.")
    facts = Path(path).stat()
    version = _version(path, folder, facts.st_size, facts.st_mtime_ns)
    if tuple(map(int, re.findall(r"\d+", version)[:3])) < LOWEST:
        lowest = ".".join(map(str, LOWEST[:2]))
        raise ReviewError(
            f"{path} is Quarto {version}, and the report needs {lowest} or later.\n"
            "Install a later one, or use RENDERER=embedded."
        )
    return path, version


@lru_cache(maxsize=4)  # who chooses a renderer asks, and who renders
def _version(path: str, folder: Path, *facts: int) -> str:
    """What a program, known by the facts of its file, says that it is."""
    return _run([path, "--version"], folder, dict(os.environ)).strip()


def written(path: str, arguments: list[str], text: str, folder: Path, epoch: int) -> bytes:
    """What Quarto makes of a document.

    Parameters
    ----------
    path
        The program.
    arguments
        Those of pandoc, from JSON to a form of the report.
    text
        The document as pandoc's JSON.
    folder
        Where files that the arguments and the document name lie.
    epoch
        The time that files bear.
    """
    form, options, settings, meta = _told(arguments)
    tree = json.loads(text)
    tree["meta"] |= meta
    with tempfile.TemporaryDirectory(prefix="quarto-", dir=folder) as name:
        own = Path(name)
        for each in folder.iterdir():
            if each != own:
                (own / each.name).symlink_to(each.absolute())
        write_text(own / "_quarto.yml", json.dumps(settings))
        write_text(own / "handed.lua", _FILTER)
        write_text(own / HANDED, json.dumps(tree))
        write_text(own / "index.qmd", "---\n---\n")
        command = [path, "render", "index.qmd", "--to", form, "--wrap=none", *options]
        command += ["--output", "made"]
        _run(command, own, {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "NO_COLOR": "1"})
        made = own / WRITTEN / "made"
        if not made.is_file():
            raise ReviewError(f"Quarto wrote no {form}.")
        content = made.read_bytes()
    # Quarto leaves it out of a page that it has read and written again.
    if form.startswith("html") and b"<meta charset" not in content:
        content = content.replace(b"<head>", b'<head>\n<meta charset="utf-8">\n', 1)
    return content


def _told(arguments: list[str]) -> tuple[str, list[str], dict, dict]:
    """What pandoc's arguments ask for: a form, options and settings of Quarto, and metadata."""
    form, options, settings = "", [], {**_SETTINGS}
    meta: dict = {}
    named: dict[str, list] = {}
    left = iter(arguments)
    for argument in left:
        name, _, value = argument.removeprefix("--").partition("=")
        if argument == "-t":
            form, settings["variant"] = re.fullmatch(r"(\w+)(.*)", next(left)).groups()
        elif argument in ("-f", "-o"):
            next(left)
        elif name in _SOURCES:
            named.setdefault(name, []).append({"t": "MetaString", "c": value})
        elif name == "metadata":
            meta[value] = {"t": "MetaBool", "c": True}
        elif name == "syntax-highlighting":  # which older versions of pandoc call otherwise
            settings["highlight-style"] = value
        else:
            options.append(argument)
    if form == "typst":
        # Only the source: the Typst of the lock sets it, for it enforces PDF/UA-1.
        settings["output-ext"] = "typ"
    for name, files in named.items():
        meta[name] = files[0] if len(files) == 1 else {"t": "MetaList", "c": files}
    return form, options, settings, meta


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What Quarto prints.

    Raises
    ------
    ReviewError
        With Quarto's own words, file and line, if it cannot be started, fails or warns.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise ReviewError(
            f"{command[0]} cannot be started: {error.strerror}. Install Quarto anew, or use "
            "RENDERER=embedded."
        ) from None
    said = TERMINAL.sub("", done.stderr + "\n" + done.stdout).replace(
        f"{folder}{os.sep}", "report/"
    )
    lines = said.strip().splitlines()
    lacking = [line for line in lines if _LACKING.search(line)]
    if done.returncode or lacking:
        told = _why(lines) or [f"It said nothing, and ended with code {done.returncode}."]
        ends = "The manuscript passed its own checks; RENDERER=embedded renders it without Quarto."
        raise ReviewError("\n".join(["Quarto could not render the manuscript:", *told, ends]))
    return done.stdout


def _why(lines: list[str]) -> list[str]:
    """The lines of Quarto's output that tell the cause, without settings and stack traces."""
    marked = [n for n, line in enumerate(lines) if "ERROR" in line or _LACKING.search(line)]
    kept = lines[marked[0] :] if marked else lines[-_MOST:]
    return [line for line in kept if line.strip() and not _TRACE.match(line)][:_MOST]
