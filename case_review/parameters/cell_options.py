"""The `#| name: value` lines at the top of a notebook cell, as Quarto reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from case_review.errors import ReviewError

_OPTION = re.compile(r"#\|\s?([\w-]+)\s*:\s*(.*)")
#: A line that goes on with the option above: indented, or an entry of a list.
_MORE = re.compile(r"#\|\s+(?:(?<=\s\s)|(?=- ))(.*)")
#: What announces that the text begins on the next line.
_BLOCK = ("|", "|-", ">", ">-")
#: A label names files and places on pages, on every system.
_LABEL = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_LONGEST_LABEL = 80
#: A place in a caption that a word fills, `{arms}`; not the braces of formulas and shortcodes.
_PLACE = re.compile(r" ?(?<![\\\w{}^$\]])\{([a-z][a-z_]*)\}(?!\})")
#: One that follows a word without a blank, as the argument of a command of TeX never does.
_GLUED = re.compile(r"(?<![\\\w])\w+\{([a-z][a-z_]*)\}")
#: Names that Windows keeps for devices.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9])", re.IGNORECASE)
LABEL_GRAMMAR = (
    "a letter, then letters (a-z), digits, dashes and underscores, the last a letter or digit, "
    f"at most {_LONGEST_LABEL} characters in all, such as `fig-km`"
)


def lines(source: str) -> Iterator[tuple[str, str]]:
    """Each line of a cell from the top to its last option: the option's name and its text there."""
    name = ""
    for line in source.splitlines():
        if match := _OPTION.fullmatch(line):
            name, text = match.groups()
        elif name and (match := _MORE.fullmatch(line)):
            text = match[1]
        elif line.strip():
            return
        else:
            name, text = "", ""
        yield name, text


def options(source: str) -> dict[str, str]:
    """The options of a cell by name, with quotes around a value removed."""
    found: dict[str, str] = {}
    for name, text in lines(source):
        before = found.get(name, "")
        found[name] = f"{'' if before in _BLOCK else before} {text}".strip()
    found.pop("", None)
    return {name: _unquoted(value) for name, value in found.items()}


def label(source: str) -> str:
    """The cell's `label`, which results and exhibits are named after; empty without one."""
    return options(source).get("label", "")


def running_label() -> str:
    """The `#| label:` of the cell that is running.

    Raises
    ------
    RegistryError
        If the cell has none, for nothing could then be traced back to it, or one that cannot name
        files and places.
    """
    from case_review.registry import RegistryError  # which loads pandas; a stamp needs none

    found = label(running_source())
    if not found:
        raise RegistryError(
            "this cell records a result or shows an exhibit, so it needs a first line "
            "such as `#| label: tbl-characteristics`"
        )
    if problem := label_problem(found):
        raise RegistryError(problem)
    return found


def running_words(words: Mapping[str, str]) -> dict[str, str]:
    """Those of `words` for which the options of the running cell have a place, `{name}`.

    Raises
    ------
    RegistryError
        If a place has no word, or follows another word without a blank, and so is none.
    """
    from case_review.registry import RegistryError

    source = running_source()
    places = [name for _, text in lines(source) for name in _PLACE.findall(text)]
    for name in places:
        if name not in words:
            raise RegistryError(
                f"cell {label(source)}: nothing is known for {{{name}}}; nb.words has "
                f"{', '.join(sorted(words)) or 'no words'}. Correct it, or add the word to "
                "shared.words in params.yml"
            )
    for name in (name for _, text in lines(source) for name in _GLUED.findall(text)):
        if name in words:
            raise RegistryError(
                f"cell {label(source)}: {{{name}}} follows a word without a blank, and would be "
                "shown as it stands. Put a blank in front of it, or write the word itself"
            )
    return {name: words[name] for name in dict.fromkeys(places)}


def filled(source: str, words: Mapping[str, str]) -> str:
    """A cell whose options have these words in their places; an empty one leaves no blank."""

    def word(match: re.Match) -> str:
        blank, found = match[0].partition("{")[0], words.get(match[1])
        return match[0] if found is None else f"{blank}{found}" * bool(found)

    rows = source.splitlines(keepends=True)
    end = len(list(lines(source)))
    return "".join([*(_PLACE.sub(word, row) for row in rows[:end]), *rows[end:]])


def running_source() -> str:
    """The source of the cell that is running."""
    shell = get_ipython()
    return shell.user_ns.get("In", [""])[-1] if shell is not None else "#| label: console"


def get_ipython():
    """The shell that runs the notebook; None outside one."""
    import IPython

    return IPython.get_ipython()


def label_problem(label: str) -> str:
    """What is wrong with a label, in words; empty if nothing is."""
    if label in ("fig", "tbl") or label.removesuffix("-") in ("fig", "tbl"):
        return f"label {label} has no name after the kind: write `{label.rstrip('-')}-name`"
    if _DEVICE.fullmatch(label):
        return (
            f"label {label} is the name of a device on Windows: write another, such as `x-{label}`"
        )
    if not _LABEL.fullmatch(label) or len(label) > _LONGEST_LABEL:
        shown = repr(label if len(label) < 100 else f"{label[:60]}...")
        return f"{shown} is no label for a cell: write {LABEL_GRAMMAR}"
    return ""


def refuse_labels(cells: Iterable[tuple[str, str]], notebook: str) -> None:
    """Refuse the labels of a notebook that cannot name files and places, or that two cells have.

    Parameters
    ----------
    cells
        Type and source of each cell.
    notebook
        Its name.

    Raises
    ------
    ReviewError
        With a line per label, each naming the cell.
    """
    problems, first = [], {}
    for number, (kind, source) in enumerate(cells, 1):
        given = label(source) if kind == "code" else ""
        if not given:
            continue
        if problem := label_problem(given):
            problems.append(f"{notebook}, cell {number}: {problem}")
        # Some systems make no difference between small and capital letters in the names of files.
        elif (other := first.setdefault(given.lower(), number)) != number:
            problems.append(
                f"{notebook}, cell {number}: label {given} is that of cell {other} already "
                "(small and capital letters are taken for the same): give one another name"
            )
    if problems:
        raise ReviewError("\n".join(problems))


def without(source: str) -> str:
    """The cell's code alone."""
    return "\n".join(source.splitlines()[len(list(lines(source))) :]).strip("\n")


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value
