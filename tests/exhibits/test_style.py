"""The theme of figures is seaborn's, and what most figures need loads no statistics of SciPy."""

import subprocess
import sys

import matplotlib as mpl
import pytest
import seaborn as sns
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from case_review.exhibits import style

#: The review's own entries that say no more than what seaborn does.
AS_SEABORN = (
    *("axes.linewidth", "xtick.major.size", "ytick.major.size", "xtick.minor.size"),
    *("ytick.minor.size", "patch.edgecolor"),
)


def test_the_theme_is_seaborns():
    with mpl.rc_context():
        style.use.__wrapped__()
        ours = dict(mpl.rcParams)
        mpl.rcdefaults()
        colours = [colour for colour, _ in style.GROUP_STYLES]
        how = {"context": None, "style": "ticks", "font": style.FONT, "color_codes": False}
        sns.set_theme(**how, palette=colours)
        theirs = dict(mpl.rcParams)
    differing = {name for name, value in ours.items() if value != theirs[name]}
    # Which of two fonts comes third where a figure has no font of ours; whether a legend and a
    # patch have an edge, which matplotlib's own settings leave away as well.
    known = {"font.sans-serif", "legend.frameon", "patch.force_edgecolor"}
    assert differing <= set(style._OWN) - set(AS_SEABORN) | known
    assert [mpl.colors.to_rgb(each["color"]) for each in ours["axes.prop_cycle"]] == [
        each["color"] for each in theirs["axes.prop_cycle"]
    ]
    assert not ours["legend.frameon"] and not ours["patch.force_edgecolor"]


@pytest.mark.parametrize(
    "code",
    [
        "from case_review.exhibits import style; style.use()",
        "import case_review.analyses.dose_figure, case_review.analyses.descriptive",
        "import case_review.analyses.safety, case_review.analyses.safety_figure",
        "import case_review.reconstruction.specification, case_review.audit.bounds",
    ],
)
def test_what_many_notebooks_import_loads_no_statistics_of_scipy(code):
    asked = f"{code}\nimport sys; print('scipy.stats' in sys.modules or 'seaborn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("weight", ["normal", "semibold"])
@pytest.mark.parametrize("text", ["|", "| |", "|AV To: χ², 5–10|", "| a blank at an end |"])
def test_a_text_is_as_wide_as_its_outline(text, weight):
    font = FontProperties(family=style.FONT, weight=weight)
    outline = TextPath((0, 0), text, size=9, prop=font).get_extents().width
    one = TextPath((0, 0), "||", size=9, prop=font).get_extents().width
    stroke = 2 * one - TextPath((0, 0), "|||", size=9, prop=font).get_extents().width
    width = style.text_width(text, 9, weight) * 72 / 25.4
    # It ends where the next letter begins, so with the blank beside a stroke.
    assert width == pytest.approx(outline - stroke + one - stroke, abs=1e-9)
