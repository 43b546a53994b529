"""Where the name of a curve is best written: beside it, and on nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

#: Mean width of a character and height of a line, in points per point of font size.
_ASPECT, _HEIGHT = 0.5, 1.1
#: Least distance in points between a label and anything it does not name.
_CLEAR = 7.0


def place(
    axes,
    labels: Mapping[str, str],
    curves: Mapping[str, np.ndarray],
    taken: Sequence[tuple[float, float, float, float]] = (),
    size: float = 9,
) -> dict[str, tuple[float, float]]:
    """Find a place for the label of each curve.

    A label stands as near to its own curve as possible without touching it, clear of all other
    curves, of what is `taken` and of the labels placed before it. Where there is no such place it
    stands as clear as can be.

    Parameters
    ----------
    axes
        Matplotlib axes whose scales and limits are set; their size is taken from the figure.
    labels
        Text by key, in the order of placing.
    curves
        Points (n x 2, data coordinates) by key, close enough together to stand for a line.
    taken
        Boxes (left, bottom, right, top) in fractions of the axes.
    size
        Font size in points.

    Returns
    -------
    dict
        Left and bottom of each label's text, in data coordinates.
    """
    figure = axes.get_figure()
    extent = axes.get_position()
    width, height = 72 * figure.get_size_inches() * (extent.width, extent.height)
    size_of_all, in_axes = np.array([width, height]), axes.transScale + axes.transLimits
    points = {key: in_axes.transform(curve) * size_of_all for key, curve in curves.items()}
    boxes = [np.array([box]) * (width, height, width, height) for box in taken]
    found = {}
    for key, text in labels.items():
        label = (len(text) * size * _ASPECT, size * _HEIGHT)
        box = _best(points, key, boxes, label, (width, height))
        boxes.append(box[None])
        corner = in_axes.inverted().transform(box[:2] / size_of_all)
        found[key] = tuple(float(x) for x in corner)
    return found


def _best(points, key, boxes, label, area) -> np.ndarray:
    """The box in points, (left, bottom, right, top), where the label of one curve stands."""
    x = np.arange(4, area[0] - label[0], 5.0)
    y = np.arange(3, area[1] - label[1], 2.5)
    corners = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    places = np.hstack([corners, corners + label])

    def distance(boxes):
        return _distance(x, y, label, boxes)

    # A point is a box without extent.
    distances = {name: distance(np.hstack([line, line])) for name, line in points.items()}
    own = distances.pop(key)
    others = [*distances.values(), *map(distance, boxes)]
    other = np.min(others, axis=0) if others else np.full(len(places), np.inf)
    # Nearer to its own curve than to any other, so that nobody takes it for the other's name.
    cost = np.abs(own - 3.0) + 20 * np.maximum(0, _CLEAR - other)
    cost += 3 * np.maximum(0, own - other + 2)
    cost += 200 * (own <= 0.5)
    return places[int(np.argmin(cost))]


def _distance(x, y, label, boxes: np.ndarray) -> np.ndarray:
    """How far a label at each place of a grid is from the nearest box (left, bottom, right, top).

    Row after row of the grid, `x` first.
    """
    # Along each axis by itself, as a grid has few lines and many crossings.
    dx = np.maximum(x[:, None] - boxes[:, 2], boxes[:, 0] - (x + label[0])[:, None]).clip(0)
    dy = np.maximum(y[:, None] - boxes[:, 3], boxes[:, 1] - (y + label[1])[:, None]).clip(0)
    nearest = (dx**2 + (dy**2)[:, None]).argmin(axis=-1)
    return np.hypot(dx[range(len(x)), nearest], dy[np.arange(len(y))[:, None], nearest]).ravel()
