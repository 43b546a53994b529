# ruff: noqa: F811 (the fixtures of another file)
"""Figures on a phone: a drawing of their own, whole and legible. Captions as wide as figures."""

import re

import pytest
from test_browser import NARROW, WIDE, browser, pytestmark, site  # noqa: F401

from case_review.exhibits import style

PHONE = (390, 844)
#: Of every figure: its name, the drawings that are seen, size in pixels of its smallest text, where
#: the drawing and its frame end, and the widths of frame and caption.
SEEN = """[...document.querySelectorAll('.exhibit > figure:has(.drawing)')].map(figure => {
  const frame = figure.querySelector('.drawing'), box = frame.getBoundingClientRect();
  const seen = [...frame.querySelectorAll('svg')].filter(svg => svg.checkVisibility());
  const svg = seen[0], own = svg.getBoundingClientRect();
  const scale = own.width / svg.viewBox.baseVal.width;
  const texts = [...svg.querySelectorAll('text')];
  const sizes = texts.map(text => parseFloat(getComputedStyle(text).fontSize));
  return {name: figure.parentNode.id, seen: seen.map(s => s.getAttribute('class')),
    smallest: scale * Math.min(...sizes), right: own.right, end: box.right,
    frame: box.width, caption: figure.querySelector('figcaption').getBoundingClientRect().width,
    scrolls: frame.scrollWidth > frame.clientWidth + 1};
})"""


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["390", "360"])
def test_every_figure_is_whole_and_legible_on_a_phone(browser, site, size):
    browser.view(site / "index.html", size=size)
    figures = browser.js(SEEN)
    assert len(figures) >= 10
    for each in figures:
        assert each["seen"] in (["narrow"], ["fits"]), each
        assert not each["scrolls"] and each["right"] <= each["end"] <= size[0], each
        # What fits as it is has no drawing for phones: smaller on the smallest ones.
        assert each["smallest"] >= (8.9 if each["seen"] == ["narrow"] or size == PHONE else 8), each


def test_on_a_wide_screen_the_drawing_of_the_print_is_seen_with_a_caption_as_wide(
    browser,
    site,
):
    for size in ((768, 1024), WIDE):
        browser.view(site / "index.html", size=size)
        for each in browser.js(SEEN):
            assert each["seen"] in (["wide"], ["fits"]), each
            assert each["caption"] == pytest.approx(each["frame"], abs=1), each


def test_a_screen_reader_meets_one_drawing(browser, site):
    browser.view(site / "index.html", size=PHONE)
    hidden = browser.js(
        "[...document.querySelectorAll('.drawing > .wide')].map(s => getComputedStyle(s).display)"
    )
    assert hidden and set(hidden) == {"none"}


def test_a_notebook_page_shows_the_drawing_that_fits(browser, site):
    for size, kind in ((PHONE, "narrow"), (WIDE, "wide")):
        browser.view(site / "notebooks/03_treatment.html", size=size)
        frame = "document.querySelector('#fig-dose-level .drawing')"
        seen = f"[...{frame}.querySelectorAll('svg')].filter(s => s.checkVisibility())"
        assert browser.js(f"{seen}.map(s => s.getAttribute('class'))") == [kind]
        assert browser.js(f"{frame}.scrollWidth <= {frame}.clientWidth + 1")


def test_the_other_data_sets_have_drawings_for_phones_too(browser, site):
    browser.open(site / "index.html", size=PHONE)
    browser.click(browser.all("#fig-swimmer .others button")[3])
    seen = (
        "[...document.querySelectorAll('#fig-swimmer .drawing svg')]"
        ".filter(s => s.checkVisibility()).map(s => s.getAttribute('class') + s.ariaLabel)"
    )
    assert browser.js(seen) == ["narrowAnother data set, number 3 of 10, drawn in the same way"]


def test_nothing_sticks_out_of_a_narrow_drawing(built_report):
    drawings = sorted(built_report.exhibits.glob("*.narrow/*.svg"))
    assert len({path.parent for path in drawings}) >= 10
    for path in drawings:
        width = re.search(r'width="([\d.]+)pt"', path.read_text(encoding="utf-8"))[1]
        assert float(width) == pytest.approx(72 * style.NARROW_WIDTH, abs=0.01), path


def test_the_interactive_chart_runs_in_time_as_the_drawing_does(browser, site):
    browser.view(site / "index.html", purpose="time")
    browser.click(browser.all("#fig-km .switch button")[1])
    labels = "[...document.querySelectorAll('#fig-km .chart .role-axis-label text')]"
    browser.until(f"{labels}.length > 8")
    found = browser.js(
        f"{labels}.map(t => [t.textContent, t.getBoundingClientRect().left,"
        " t.getBoundingClientRect().width, t.textAnchor || t.getAttribute('text-anchor')])"
    )
    weeks = {text: left + width / 2 for text, left, width, _ in found if text.isdigit()}
    drawn = site / "exhibits" / "fig-km.svg"
    ticks = re.findall(r"<text[^>]*>(\d+)</text>", drawn.read_text(encoding="utf-8"))
    assert list(weeks) == ticks[: len(weeks)] and {"0", "1", "2", "4", "26"} <= set(weeks)
    share = (weeks["4"] - weeks["1"]) / (weeks["12"] - weeks["1"])
    assert share == pytest.approx((4**0.5 - 1) / (12**0.5 - 1), abs=0.02)
