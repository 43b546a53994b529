"""Formulas: their labels, their TeX with results in it, and what is read out in their place."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from case_review.registry import Recorded
from case_review.rendering import ast, figures, shortcodes

if TYPE_CHECKING:
    from case_review.rendering.manuscript import Manuscript

_EQUATION = re.compile(r"\{#(eq-[\w-]+)\}(.*)")
_NUMBER = re.compile(r"[\d.]+")
#: What TeX takes for more than a letter, and how the letter is written.
_LETTERS = {
    "\\": r"\textbackslash ", "{": r"\{", "}": r"\}", "%": r"\%", "$": r"\$", "#": r"\#",
    " ": r"\ ", "&": r"\&", "_": r"\_", "^": r"\textasciicircum ", "~": r"\textasciitilde ",
}  # fmt: skip


def tex(result: Recorded) -> str:
    """A result as a part of a formula, with its mark."""
    text = result.text
    if not _NUMBER.fullmatch(text):
        text = rf"\text{{{''.join(_LETTERS.get(letter, letter) for letter in text)}}}"
    return rf"{{{text}}}^{{\text{{{result.mark}}}}}" if result.mark else f"{{{text}}}"


def said(math: dict) -> str:
    """What is read out in place of a formula: its TeX, on one line."""
    return re.sub(r" +", " ", figures.plain(math["c"][1].replace("\n", " ")))


def refuse_unreadable(found: Manuscript, formulas: list[str]) -> None:
    """Refuse a formula that pandoc cannot read, as it would be printed as TeX.

    Raises
    ------
    ReviewError
        With its line, and what can be done.
    """

    def unreadable(tried: list[str]) -> bool:
        shown = (shortcodes.filled(each, lambda id: tex(found.used[id])) for each in tried)
        math = [{"t": "Math", "c": [{"t": "InlineMath"}, each]} for each in shown]
        tree = json.dumps(ast.document([ast.para(formula) for formula in math]))
        return "Could not convert" in ast.pandoc(["-f", "json", "-t", "html", "--mathml"], tree)[1]

    if not formulas or not unreadable(formulas):
        return
    wrong = next(each for each in formulas if unreadable([each]))
    shown = shortcodes.filled(wrong, lambda id: "RESULT").strip()
    message = (
        f"the formula {' '.join(shown.split())[:60]} is not understood. Write it with the commands "
        "of LaTeX and amsmath, without macros of your own, and a result outside of \\text{}."
    )
    results = shortcodes.in_formula(wrong)
    if results and not found.inside:
        raise found.refuse_at(results[0][1], message)
    raise found.refuse(next(iter(shown.splitlines()), "$"), message)


def with_labels(inlines: list) -> list:
    """`inlines` with formulas and the labels behind them as one."""
    made: list = []
    for node in inlines:
        label = _EQUATION.fullmatch(node["c"]) if node["t"] == "Str" else None
        blanks = 1 if made and made[-1]["t"] in ("Space", "SoftBreak") else 0
        before = made[-1 - blanks] if len(made) > blanks else None
        display = before and before["t"] == "Math" and before["c"][0]["t"] == "DisplayMath"
        if label and display:
            del made[-1 - blanks :]
            made.append({"t": "Span", "c": [ast.attr(label[1], ["cr-equation"]), [before]]})
            made += ast.words(label[2])
        else:
            made.append(node)
    return made
