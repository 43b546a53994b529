"""From a group's spreadsheet to raw tables, by a mapping that people read and complete.

Only the command line imports it; it may import every room below. A sheet and `mapping.yml` come
in; raw tables, a ledger of every conversion and a list of what was not read go out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from case_review.errors import ReviewError
from case_review.files import write_if_changed
from case_review.living.importing import (
    converting,
    dictionary,
    imported,
    mapping,
    mapping_file,
    questions,
    sheet,
    suggesting,
    writing,
)
from case_review.living.importing import facts as this_review

FOLDER = "import"
Answer = Callable[[str], str]


def main(project, file: Path, values, options, answer: Answer | None = None) -> int:
    """Import a sheet; 0 if the raw tables were written, 1 if questions are open.

    Parameters
    ----------
    project
        The review.
    file
        An .xlsx file, or a CSV.
    values
        All sections of its params.yml.
    options
        `sheet`: which one; `dictionary`: of a REDCap export; `replace`: whether rows that come
        from no import may go.
    answer
        Shows a question and returns what is typed; None where nobody is asked.

    Raises
    ------
    ReviewError
        If file or mapping cannot be read, or raw tables may not be replaced.
    """
    folder = project.root / "data" / FOLDER
    path, known = folder / "mapping.yml", this_review.of(values)
    said = mapping_file.read(path)
    found = sheet.read(file, options.sheet or said.get("sheet", ""))
    words = str(options.dictionary or said.get("dictionary", ""))
    if words:
        dictionary.apply(found, Path(words))
    said = {"file": "", "sheet": "", "dictionary": "", "settings": {}, "fixed": {}} | said
    said |= {"file": file.name, "sheet": found.name, "dictionary": words}
    asked = _complete(said, found, known, answer)
    mapping_file.write(path, said)
    print(*mapping_file.shown(said, found), sep="\n")
    place = path.relative_to(project.root)
    if wrong := list(questions.problems(said, known)):
        raise ReviewError("\n".join(f"{place}: {text}" for text in wrong))
    if asked:
        many = f"{len(asked)} open question{'s' * (len(asked) > 1)}"
        print(f"\n{place} has {many}. Replace each ? there:", file=sys.stderr)
        print(*(f"  {question}" for question in asked), sep="\n", file=sys.stderr)
        return 1
    made = converting.convert(found, said, known)
    remarks = writing.write(project.raw, folder, made.tables, options.replace)
    _tell(project, folder, made, remarks)
    suggesting.tell(said, made, known)
    return 0


def _complete(said, found, known, answer: Answer | None) -> list[questions.Question]:
    """Draft what is new, and ask, as answers raise further questions; returns what stays open."""
    told = False
    while True:
        mapping.update(said, found, known)
        if answer and not told:
            print(*mapping_file.shown(said, found), "", sep="\n")
            told = True
        asked = questions.left_open(said, known)
        if not (asked and answer and mapping_file.ask(said, asked, answer)):
            return asked


def _tell(project, folder: Path, made: imported.Imported, remarks: list[str]) -> None:
    for name, rows, header in (
        ("ledger", made.ledger, imported.LEDGER),
        ("unread", made.unread, imported.UNREAD),
    ):
        write_if_changed(folder / f"{name}.csv", writing.as_csv(rows, header))
    counts = (f"{len(rows)} {name.replace('_', ' ')}" for name, rows in made.tables.items())
    print(f"\ndata/raw: {', '.join(counts)} (rows)")
    print(f"data/{FOLDER}/ledger.csv: {len(made.ledger)} conversions")
    print(f"data/{FOLDER}/unread.csv: {len(made.unread)} cells were not read")
    for remark in remarks:
        print(remark)
