"""Formulas: their TeX with results in it, and what is read out in their place."""

from __future__ import annotations

import re

from case_review.registry import Recorded
from case_review.rendering import figures

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
