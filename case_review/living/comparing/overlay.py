"""Both curves of the time to the event in one drawing, before and after."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from case_review.exhibits import style
from case_review.exhibits.drawn import as_last_svg
from case_review.project import Project

#: The exhibit whose data are curves: groups, times, and the proportion with the event.
LABEL = "fig-km"


def drawings(before: Project, after: Project) -> tuple[str, str] | None:
    """SVG for wide screens and for phones; None where one of the states has no curves."""
    both = [_curves(project.exhibits / f"{LABEL}.csv") for project in (before, after)]
    if any(curves is None for curves in both):
        return None
    wide, narrow = (as_last_svg(draw(*both, narrow=narrow)) for narrow in (False, True))
    return wide, narrow


def _curves(path: Path) -> pd.DataFrame | None:
    """The points of the curves that a state's own rows have: group, time, proportion."""
    if not path.is_file():
        return None
    frame = pd.read_csv(path, dtype={"set": str, "group": str})
    times = [column for column in frame.columns if column.startswith("time_")]
    if not times or not {"group", "proportion"} <= set(frame.columns):
        return None
    if "set" in frame:  # the others are of single reconstructed data sets
        frame = frame[frame["set"].isna()]
    label = frame["label"] if "label" in frame else frame["group"]
    unit = times[0].removeprefix("time_")
    return frame.assign(time=frame[times[0]], label=label, unit=unit)


def draw(before: pd.DataFrame, after: pd.DataFrame, narrow: bool = False):
    """A panel for each group: dashed and grey as it was, solid as it is."""
    groups = list(dict.fromkeys([*after["group"], *before["group"]]))
    names = {**_labels(before), **_labels(after)}
    figure, panels = style.panels(2.2, [1] * len(groups), sharey=True, narrow=narrow)
    panels = list(panels) if len(groups) > 1 else [panels]
    for axes, group in zip(panels, groups, strict=True):
        for frame, name, colour, line in _looks(before, after):
            own = frame[frame["group"] == group]
            look = {"color": colour, "ls": line, "label": name}
            axes.step(own["time"], own["proportion"], where="post", **look)
        style.proportion_axis(axes)
        axes.set_xlim(left=0)
        axes.set_title(names[group])
        axes.set_xlabel(str(after["unit"].iloc[0]).capitalize())
    panels[0].set_ylabel("Proportion with the event")
    panels[0].legend(frameon=False, loc="lower right")
    return figure


def _looks(before, after):
    yield before, "before", style.GREY, "--"
    yield after, "now", style.BLUE, "-"


def _labels(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(frame["group"], frame["label"].astype(str), strict=True))
