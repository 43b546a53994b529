"""A figure's layout is made once: its forms agree, and the figure is as it was afterwards."""

import io

import matplotlib as mpl
import pytest
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from case_review.exhibits import drawn, style


@pytest.fixture
def figure():
    figure, axes = style.panels(2)
    axes.plot([0, 1], [0, 1000])
    axes.set_ylabel("Patients who have responded")
    yield figure
    drawn.close(figure)


def test_the_layout_is_made_once_for_all_forms(figure, monkeypatch):
    made = []
    execute = ConstrainedLayoutEngine.execute
    monkeypatch.setattr(
        ConstrainedLayoutEngine, "execute", lambda self, f: (made.append(1), execute(self, f))
    )
    output = drawn.FigureOutput(figure, "Small print")
    assert len(made) == 1
    width, height = Image.open(io.BytesIO(output.png)).size
    size = [float(part.split('"')[1].removesuffix("pt")) for part in (
        output.svg[output.svg.index("width="):], output.svg[output.svg.index("height="):]
    )]  # fmt: skip
    assert (width, height) == pytest.approx([points / 72 * 300 for points in size], abs=1.5)
    assert "Small print" in output.svg


def test_afterwards_the_figure_is_laid_out_anew_as_before(figure):
    engine, dpi = figure.get_layout_engine(), figure.dpi
    first = drawn.as_svg(figure)
    assert figure.get_layout_engine() is engine and figure.dpi == dpi
    assert mpl.rcParams["figure.constrained_layout.use"]
    figure.axes[0].set_ylabel("Another\nlabel\nof\nfour lines")
    assert drawn.as_svg(figure) != first


def test_a_figure_that_cannot_be_drawn_leaves_no_setting_behind(figure):
    with pytest.raises(ZeroDivisionError), style.laid_out(figure):
        1 / 0  # noqa: B018
    assert isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)
    assert mpl.rcParams["figure.constrained_layout.use"]
