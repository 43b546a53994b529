"""Figures on a phone: a drawing of their own, whole and legible; captions as wide as figures."""

# ruff: noqa: F811 (fixtures)
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsing import NARROW, WIDE, browser, pytestmark, site  # noqa: F401
from building import report_pages

from case_review.exhibits import style

PHONE = (390, 844)
#: Of every figure: its name, the address and the kind of the drawing that is seen, its width, where
#: it and its frame end, and the widths of frame and caption.
SEEN = """[...document.querySelectorAll('.exhibit > figure')].map(figure => {
  const frame = figure.querySelector('.drawing'), box = frame.getBoundingClientRect();
  const image = frame.querySelector('img'), own = image.getBoundingClientRect();
  return {name: figure.parentNode.id, address: image.currentSrc, fits: image.matches('.fits'),
    width: own.width, right: own.right, end: box.right, frame: box.width,
    caption: figure.querySelector('figcaption').getBoundingClientRect().width,
    scrolls: frame.scrollWidth > frame.clientWidth + 1};
})"""


def loaded(browser, page, size):
    """Show a page with all its drawings."""
    browser.view(page, size=size)
    browser.js("document.querySelectorAll('.drawing img').forEach(i => { i.loading = 'eager'; })")
    browser.until("[...document.querySelectorAll('.drawing img')].every(i => i.naturalWidth > 0)")


def seen(browser, site, size):
    """What is seen of every figure, with the size in pixels of its smallest text."""
    found = []
    for page in report_pages(site):
        loaded(browser, page, size)
        found += browser.js(SEEN)
    for each in found:
        path = Path(unquote(urlsplit(each["address"]).path))
        svg = path.read_text(encoding="utf-8")
        width = float(re.search(r'viewBox="\S+ \S+ (\S+)', svg)[1])
        sizes = [float(size) for size in re.findall(r'font-size[:=]"?([\d.]+)', svg)]
        each["smallest"] = min(sizes) * each["width"] / width
        narrow = path.parent.suffix == ".narrow"
        each["seen"] = "narrow" if narrow else "fits" if each["fits"] else "wide"
    return found


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["390", "360"])
def test_every_figure_is_whole_and_legible_on_a_phone(browser, site, size):
    figures = seen(browser, site, size)
    assert len(figures) >= 10
    for each in figures:
        assert each["seen"] in ("narrow", "fits"), each
        assert not each["scrolls"] and each["right"] <= each["end"] <= size[0], each
        # What fits as it is has no drawing for phones: smaller on the smallest ones.
        assert each["smallest"] >= (8.9 if each["seen"] == "narrow" or size == PHONE else 8), each


def test_on_a_wide_screen_the_drawing_of_the_print_is_seen_with_a_caption_as_wide(
    browser,
    site,
):
    for size in ((768, 1024), WIDE):
        for each in seen(browser, site, size):
            assert each["seen"] in ("wide", "fits"), each
            assert each["caption"] == pytest.approx(each["frame"], abs=1), each


def test_a_notebook_page_shows_the_drawing_that_fits(browser, site):
    for size, kind in ((PHONE, "narrow"), (WIDE, "wide")):
        browser.view(site / "notebooks/03_treatment.html", size=size)
        frame = "document.querySelector('#fig-dose-level .drawing')"
        seen = f"[...{frame}.querySelectorAll('svg')].filter(s => s.checkVisibility())"
        assert browser.js(f"{seen}.map(s => s.getAttribute('class'))") == [kind]
        assert browser.js(f"{frame}.scrollWidth <= {frame}.clientWidth + 1")


def test_the_other_data_sets_have_drawings_for_phones_too(browser, site):
    browser.open(site / "supplement.html", size=PHONE)
    browser.click(browser.all("#fig-swimmer .others button")[3])
    browser.until("document.querySelector('#fig-swimmer .other-set') !== null")
    shown = (
        "[...document.querySelectorAll('#fig-swimmer .drawing svg')]"
        ".filter(s => s.checkVisibility()).map(s => s.getAttribute('class') + s.ariaLabel)"
    )
    assert browser.js(shown) == ["narrowAnother data set, number 3 of 10, drawn in the same way"]


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


#: Of a drawing: the texts that it cuts off, the pairs that overlap, and where across the drawing
#: texts stand that are turned.
TEXTS = """(() => {
  const all = document.documentElement.getBoundingClientRect();
  const texts = [...document.querySelectorAll('text')].filter(node => node.textContent.trim());
  const boxes = texts.map(node => [node.textContent.trim(), node.getBoundingClientRect(),
    (node.getAttribute('transform') ?? '').includes('-90')]);
  const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
  // Lines stand so close that their boxes share something of their height.
  const collide = (a, b, turned) => {
    const [wide, high] = [shared(a, b, 'left', 'right'), shared(a, b, 'top', 'bottom')];
    return turned ? high > 1 && wide > 0.35 * Math.min(a.width, b.width)
      : wide > 1 && high > 0.35 * Math.min(a.height, b.height);
  };
  return {
    cut: boxes.filter(([, box]) => box.left < all.left - 1 || box.right > all.right + 1
      || box.top < all.top - 1 || box.bottom > all.bottom + 1).map(([text]) => text),
    overlap: boxes.flatMap(([text, a, one], at) => boxes.slice(at + 1)
      .filter(([, b, other]) => collide(a, b, one && other)).map(([other]) => [text, other])),
    turned: boxes.filter(([, , turned]) => turned).map(([, box]) =>
      (box.left - all.left) / all.width),
    count: texts.length};
})()"""


def test_texts_of_drawings_are_whole_and_apart_and_turned_at_the_left_edge_only(browser, site):
    drawings = sorted((site / "exhibits").rglob("fig-*.svg"))
    for kind in ("narrow", "brief"):
        drawings += sorted((site / "exhibits").glob(f"fig-*.{kind}/0.svg"))
    assert len(drawings) > 15
    for path in drawings:
        browser.open(path)
        found = browser.js(TEXTS)
        assert found["count"] > 10, path.name
        # Elsewhere a turned title would stand beside another one, or name its neighbour's scale.
        assert not found["cut"] and not found["overlap"], (path, found)
        assert all(place < 0.06 for place in found["turned"]), (path, found)
