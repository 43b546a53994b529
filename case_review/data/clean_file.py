"""A clean table as notebooks read it: typed by its columns, and empty where nothing makes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from case_review.data.schema import Schema

#: The notebook that makes all further tables but the ledger; a review may do without it.
_MAKER = "00_reconstruction.ipynb"


def read(path: Path, notebooks: Path, declared: Schema) -> pd.DataFrame:
    """The table of a file in `data/clean/`; an empty cell is missing.

    A patient or a report that is called 007 keeps its name: text is text. A table that only a
    reconstruction makes has its columns and no row where a review has none.

    Raises
    ------
    FileNotFoundError
        If a notebook that makes it has yet to run.
    """
    table = path.stem
    if not path.is_file():
        if table in declared.made and table != "ledger" and not (notebooks / _MAKER).is_file():
            return pd.DataFrame(columns=list(declared.made[table].columns))
        raise FileNotFoundError(f"data/clean/{path.name} does not exist. Run `make data` first.")
    columns = pd.read_csv(path, nrows=0).columns
    text = dict.fromkeys(declared.text_columns(table, columns), str)
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])
