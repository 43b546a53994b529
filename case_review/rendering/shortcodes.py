"""Shortcodes in a text, found as a reader of Markdown sees them: not in code, not in comments.

What replaces one keeps the line on which it stood, so that every message can name it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

#: What must be told apart to read a text; each alternative goes on to its own end.
_TOKEN = re.compile(
    r"""
      (?P<fence>^[ \t>]*(?P<f>`{3,}|~{3,})(?P<info>[^`\n]*)\n
        (?:[^\n]*\n)*?[ \t>]*(?P=f)[`~]*[ \t]*$)
    | (?P<open>^[ \t>]*(?:`{3,}|~{3,})[^`\n]*$)
    | (?P<comment><!--.*?-->)
    | (?P<literal>\{\{\{<[^\n]*?>\}\}\})
    | (?P<escape>\\[^\n])
    | (?P<code>(?<!`)(?P<t>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=t)(?!`))
    | (?P<math>\$\$(?:\\[^\n]|(?!\n[ \t]*\n)[^$\\])+?\$\$
        | \$(?=[^\s$])(?:\\[^\n]|(?!\n[ \t]*\n)[^$\\])+?(?<=\S)\$(?!\d))
    | (?P<call>\{\{<(?:(?!\n[ \t]*\n)(?!>\}\}).)*>\}\})
    | (?P<half>\{\{<[^\n]*)
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_CALL = re.compile(r"\{\{<((?:(?!>\}\}).)*)>\}\}", re.DOTALL)
#: The marks that results leave in running text and in formulas.
_MARKED = re.compile(r"`([^`\s]+)`\{\.cr-result line=(\d+)\}")
_IN_MATH = re.compile(r"\\text\{cr-result ([^\s}]+) (\d+)\}")
_RUNS = re.compile(r"\{(python|r|julia|ojs|=)")


@dataclass(frozen=True)
class Call:
    """A shortcode.

    Parameters
    ----------
    name, arguments
        Its words.
    line
        Where it begins, from 1.
    shown
        It as it was written, on one line.
    beside
        What else stands on its lines.
    in_address
        Whether it stands in the address of a link or a picture.
    """

    name: str
    arguments: list[str]
    line: int
    shown: str
    beside: str
    in_address: bool = False


@dataclass
class Replaced:
    """A text whose shortcodes were replaced.

    Parameters
    ----------
    text
        The text.
    lines
        For each of its lines, the line of the source that it comes from.
    prose
        The lines of the source without comments and code, in which messages look for a place.
    """

    text: str = ""
    lines: list[int] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)


Refuse = Callable[[int, str], Exception]


def replaced(source: str, replace: Callable[[Call], str], refuse: Refuse) -> Replaced:
    """`source` with its shortcodes replaced.

    Parameters
    ----------
    replace
        The Markdown for a shortcode; results must be `mark`ed.
    refuse
        Makes the error for a line and a message.

    Raises
    ------
    ReviewError
        For a code block that is never closed or would run, a shortcode without its end, and any in
        a formula that is no result.
    """
    found, place, text, prose = Replaced(lines=[1]), 0, [], []

    def add(piece: str, start: int, end: int) -> None:
        """Add a piece whose first and last lines are `start` and `end` in the source."""
        text.append(piece)
        found.lines.extend(min(start + n, end) for n in range(1, piece.count("\n") + 1))

    for token in _TOKEN.finditer(source):
        kind = next(name for name in _TOKEN.groupindex if len(name) > 1 and token[name] is not None)
        first, line = (source.count("\n", 0, at) + 1 for at in (place, token.start()))
        add(source[place : token.start()], first, line)
        hidden = kind in ("fence", "comment", "code") or _commented(source, token.start())
        prose += [
            source[place : token.start()],
            "\n" * token[0].count("\n") if hidden else token[0],
        ]
        shown, place = token[0], token.end()
        if kind == "open":
            raise refuse(line, "this code block is never closed. End it with the same fence.")
        if kind == "fence" and _RUNS.match(token["info"].strip()):
            raise refuse(line, "the manuscript runs no code and takes no raw output.")
        if not hidden:
            if kind == "half":
                raise refuse(
                    line, f"{shown[:40]} has no end. Close it with >}}}} in its paragraph."
                )
            if kind == "call":
                shown = replace(_call(shown, line, *_beside(source, token)))
            elif kind == "literal":
                shown = shown[1:-1].replace("{", r"\{").replace("<", r"\<")
            elif kind == "math":
                shown = _formula(shown, line, replace)
        add(shown, line, line + token[0].count("\n"))
    add(source[place:], source.count("\n", 0, place) + 1, source.count("\n") + 1)
    prose.append(source[place:])
    found.text, found.prose = "".join(text), "".join(prose).splitlines()
    return found


def has_none(text: str) -> bool:
    """Whether a text surely has no shortcode, and no code block that `replaced` would refuse."""
    return not any(mark in text for mark in ("{{<", "```", "~~~"))


def _commented(source: str, place: int) -> bool:
    """Whether a place of the header stands in a comment of YAML."""
    start = source.rfind("\n", 0, place) + 1
    if source[start : start + 1] != "#" or not source.startswith("---\n"):
        return False
    return not re.search(r"^(---|\.\.\.)\s*$", source[4:start], re.MULTILINE)


def _beside(source: str, token: re.Match) -> tuple[str, bool]:
    start = source.rfind("\n", 0, token.start()) + 1
    end = source.find("\n", token.end())
    before = source[start : token.start()]
    address = bool(re.search(r"\]\([^)\s]*$|<https?:[^>\s]*$", before))
    return before + source[token.end() : end if end >= 0 else None], address


def _call(text: str, line: int, beside: str, in_address: bool = False) -> Call:
    name, *arguments = text[3:-3].split() or [""]
    plain = [argument.strip("\"'") for argument in arguments]
    return Call(name, plain, line, " ".join(text.split()), beside, in_address)


def _formula(text: str, line: int, replace: Callable[[Call], str]) -> str:
    """A formula with the marks of its results; other shortcodes are refused by `replace`."""

    def marked(match: re.Match) -> str:
        own = line + text.count("\n", 0, match.start())
        found = _MARKED.fullmatch(replace(_call(match[0], own, "formula")))
        return rf"\text{{cr-result {found[1]} {found[2]}}}" if found else match[0]

    return _CALL.sub(marked, text)


def mark(id: str, line: int) -> str:
    """The Markdown of a result, until a form knows what to make of it."""
    # Without quotation marks, for it may stand inside those of the header.
    return f"`{id}`{{.cr-result line={line}}}"


def is_result(node: dict) -> bool:
    """Whether an element of pandoc's tree is such a result."""
    return node["t"] == "Code" and "cr-result" in node["c"][0][1]


def unmarked(text: str, said: Callable[[str], str]) -> str:
    """A text outside the prose, such as an attribute, with what `said` makes of its results."""
    return _MARKED.sub(lambda match: said(match[1]), text)


def restored(text: str) -> str:
    """Code in which shortcodes stand as they were written."""
    return unmarked(text, "{{{{< result {} >}}}}".format)


def in_formula(tex: str) -> list[tuple[str, int]]:
    """Id and line of each result in a formula."""
    return [(match[1], int(match[2])) for match in _IN_MATH.finditer(tex)]


def filled(tex: str, said: Callable[[str], str]) -> str:
    """A formula with the TeX that `said` makes of each result."""
    return _IN_MATH.sub(lambda match: said(match[1]), tex)
