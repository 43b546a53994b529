"""What a notebook may hand over instead of a table of values or a figure with its coordinates."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING

from case_review.errors import ReviewError
from case_review.exhibits.tables import Row, Table
from case_review.values import Number, Value

if TYPE_CHECKING:
    import pandas as pd

#: Stands in a cell of which nothing is known.
_MISSING = "–"


def table_of(given) -> Table:
    """The table that is given, or one that shows a pandas DataFrame or Series as it stands.

    Names of rows become the first columns; an index that only counts is left out. A whole number
    is printed as one, another with at most three decimals, what is missing as a dash. The CSV
    behind the table is the frame itself.

    Raises
    ------
    ReviewError
        If it is neither.
    """
    import pandas as pd

    if isinstance(given, Table):
        return given
    if not isinstance(given, pd.DataFrame | pd.Series):
        raise ReviewError(
            f"a table was expected, and {type(given).__name__} was given: hand over a pandas "
            "DataFrame, or `Table(columns, rows)` of case_review.exhibits"
        )
    frame = given.to_frame() if isinstance(given, pd.Series) else given
    frame = _with_names_of_rows(frame)
    columns = [_name(column) for column in frame.columns]
    rows = [Row([_cell(cell) for cell in row]) for row in frame.itertuples(index=False, name=None)]
    left = ["l" if pd.api.types.is_object_dtype(kind) else "r" for kind in frame.dtypes]
    flat = frame.set_axis(columns, axis=1)
    return Table(columns, rows, data=flat, align="".join(["l", *left[1:]]))


def _with_names_of_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its index as columns, unless that only counts the rows."""
    import pandas as pd

    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        return frame
    names = [name if name is not None else "" for name in frame.index.names]
    if isinstance(frame.columns, pd.MultiIndex):
        frame = frame.set_axis([_name(column) for column in frame.columns], axis=1)
    return frame.reset_index(names=names, allow_duplicates=True)


def _name(column) -> str:
    """A column's heading; of one with several levels, those that say something."""
    parts = column if isinstance(column, tuple) else (column,)
    return ", ".join(str(part) for part in parts if str(part) != "")


def _cell(cell) -> str | Value:
    import pandas as pd

    if isinstance(cell, Value):
        return cell
    if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):
        return _MISSING
    if isinstance(cell, numbers.Integral) and not isinstance(cell, bool):
        return Number(int(cell))
    if isinstance(cell, numbers.Real) and not isinstance(cell, bool):
        return Number(float(cell))
    return str(cell)


def coordinates(figure) -> pd.DataFrame:
    """What a matplotlib figure shows, read off it: a row for each point, bar or corner.

    Columns: `panel` (of the axes, counted from 1), `kind` (line, point, bar, area), `label` of the
    artist where it has one, `x`, `y`. A notebook that hands over its own data says more.
    """
    import pandas as pd

    rows = [row for panel, axes in enumerate(figure.axes, 1) for row in _of_axes(panel, axes)]
    return pd.DataFrame(rows, columns=["panel", "kind", "label", "x", "y"])


def _of_axes(panel: int, axes) -> Iterator[tuple]:
    from matplotlib.collections import PathCollection
    from matplotlib.patches import Rectangle

    def named(artist) -> str:
        label = str(artist.get_label())
        return "" if label.startswith("_") else label  # which matplotlib has made up

    for line in axes.lines:
        for x, y in zip(line.get_xdata(orig=False), line.get_ydata(orig=False), strict=True):
            yield panel, "line", named(line), float(x), float(y)
    for drawn in axes.collections:
        if isinstance(drawn, PathCollection):
            for x, y in drawn.get_offsets():
                yield panel, "point", named(drawn), float(x), float(y)
        else:
            for path in drawn.get_paths():
                for x, y in path.vertices:
                    yield panel, "area", named(drawn), float(x), float(y)
    for patch in axes.patches:
        if isinstance(patch, Rectangle):
            top = patch.get_y() + patch.get_height()
            right = patch.get_x() + patch.get_width()
            yield panel, "bar", named(patch), float(right), float(top)
