"""The data dictionary of a REDCap project: names of fields as people read them, codes as words."""

from __future__ import annotations

import re
from pathlib import Path

from case_review.data import raw_file
from case_review.data.lines import FileProblem
from case_review.errors import ReviewError
from case_review.living.importing.sheet import Sheet

_NAME, _LABEL = "Variable / Field Name", "Field Label"
_CHOICES = "Choices, Calculations, OR Slider Labels"
_CHOICE = re.compile(r"\s*([^,|]+?)\s*,\s*([^|]+?)\s*(?:\||$)")


def apply(sheet: Sheet, path: Path) -> None:
    """Put labels in place of a raw export's field names and codes.

    Raises
    ------
    ReviewError
        If the file is no data dictionary of REDCap.
    """
    try:
        (_, header), *lines = raw_file.read_path(path).lines
    except FileProblem as problem:
        raise ReviewError(f"{path}: {problem.message}") from None
    if not {_NAME, _LABEL, _CHOICES} <= set(header):
        raise ReviewError(
            f"{path}: expected the columns '{_NAME}', '{_LABEL}' and '{_CHOICES}', which REDCap "
            "writes into a data dictionary. Download it there anew."
        )
    fields = {row[_NAME]: row for _, cells in lines
              if (row := dict(zip(header, cells, strict=False)))}  # fmt: skip
    for letter, name in sheet.columns.items():
        if (field := fields.get(name)) is None:
            continue
        sheet.columns[letter] = re.sub(r"<[^>]*>", "", field[_LABEL]).strip() or name
        words = dict(_CHOICE.findall(field.get(_CHOICES) or ""))
        for row in sheet.rows.values():
            if letter in row and row[letter].text in words:
                row[letter].text = words[row[letter].text]
