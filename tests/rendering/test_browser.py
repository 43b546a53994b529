"""Pages of their own in a browser: tables, and exhibits that are one of many."""

# ruff: noqa: F811 (fixtures)
from pathlib import Path

import pytest
from browsing import (  # noqa: F401
    NARROW,
    WIDE,
    browser,
    card,
    pytestmark,
    table_page,
    violations,
)
from building import parsed
from others_project import SETS, make

from case_review.rendering import render


def patients(browser):
    cells = browser.all("#tbl-all tbody tr > :first-child")
    return [cell.text for cell in cells if cell.is_displayed()]


def test_a_table_is_sorted_by_size_and_says_so(browser, table_page):
    from selenium.webdriver import Keys

    browser.open(table_page)
    assert patients(browser) == list("ABCD")
    sort = browser.find("#tbl-all th:nth-child(3) button")
    heading = "document.querySelector('#tbl-all th:nth-child(3)').ariaSort"
    browser.js("arguments[0].focus()", sort)
    browser.press(Keys.ENTER)
    browser.until(f"{heading} === 'ascending'")
    assert patients(browser) == list("CABD")
    browser.press(Keys.ENTER)
    browser.until(f"{heading} === 'descending'")
    assert patients(browser) == list("BACD")  # what is not reported comes last
    browser.press(Keys.ENTER)
    browser.until(f"{heading} === null")
    assert patients(browser) == list("ABCD")
    browser.point_at(browser.find("#tbl-all a.result"))
    browser.until("!document.querySelector('#provenance-card').hidden")
    assert "2 to 20" in card(browser).text and "raw/patients.csv" in card(browser).text


def test_a_table_is_filtered_and_searched(browser, table_page):
    browser.open(table_page)
    tools = {box.text.split("\n")[0].strip(): box for box in browser.all("#tbl-all .tools label")}
    assert {"Group", "Dose"} < set(tools) and "Time" not in tools
    for name, choice, left in (("Group", "two", "BD"), ("Dose", "1.6 mg/m2", "D")):
        select = tools[name].find_element("tag name", "select")
        select.find_element("css selector", f"option[value='{choice}']").click()
        assert patients(browser) == list(left)
    assert browser.find("#tbl-all [role=status]").text == "1 of 4 rows"
    browser.find("#tbl-all .tools button").click()
    assert patients(browser) == list("ABCD")
    browser.find("#tbl-all input[type=search]").send_keys("years")
    assert patients(browser) == ["B"]
    browser.find("#tbl-all input[type=search]").send_keys(" and what no row has")
    assert patients(browser) == ["No row fits."]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert patients(browser) == list("ABCD")
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen"})


def test_without_scripts_the_table_is_there_in_full(table_page):
    rows = parsed(table_page).select("#tbl-all tbody tr")
    assert [row.th.get_text() for row in rows] == list("ABCD")


# -- exhibits that are one of many, and marks ------------------------------------------------------


@pytest.fixture(scope="module")
def others_page(tmp_path_factory):
    """A page with a figure and two tables that are one of many."""
    project = make(tmp_path_factory.mktemp("others"))
    render(project, "embedded", project.site, formats=("html",))
    return project.site / "index.html"


def buttons(browser, label):
    return browser.all(f"#{label} .others button")


def seen(browser, selector):
    return [node.text for node in browser.all(selector) if node.is_displayed()]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_another_drawing_takes_the_place_of_the_report_s_own(browser, others_page, dark):
    from selenium.webdriver import Keys

    browser.open(others_page, dark=dark)
    own = browser.find("#fig-one figure > .drawing")
    drawn = "[...document.querySelectorAll('#fig-one .drawing > :is(img, svg)')]"
    shown = f"{drawn}.filter(node => node.checkVisibility())"
    labels = f"{shown}.map(node => node.alt ?? node.getAttribute('aria-label'))"
    assert browser.js(labels) == ["A level line."] and len(buttons(browser, "fig-one")) == SETS + 1
    browser.js("arguments[0].focus()", buttons(browser, "fig-one")[3])
    browser.press(Keys.ENTER)
    browser.until("document.querySelector('#fig-one .other-set') !== null")
    assert [label.split(",")[1] for label in browser.js(labels)] == [f" number 3 of {SETS}"]
    assert ("invert" in browser.js(f"getComputedStyle({shown}[0]).filter")) == dark
    states = [b.get_attribute("aria-pressed") for b in buttons(browser, "fig-one")]
    assert states == ["false"] * 3 + ["true"] + ["false"] * (SETS - 3)
    assert browser.find("#fig-one figcaption").is_displayed() and not own.is_displayed()
    browser.press(Keys.TAB, Keys.SPACE)
    browser.until(f"{labels}[0].includes('number 4')")
    assert [label.split(",")[1] for label in browser.js(labels)] == [f" number 4 of {SETS}"]
    browser.click(buttons(browser, "fig-one")[0])
    assert browser.js(labels) == ["A level line."] and own.is_displayed()


@pytest.mark.parametrize("label", ["tbl-one", "tbl-sorted"])
def test_another_table_brings_its_notes_and_keeps_the_caption(browser, others_page, label):
    browser.open(others_page)
    before = seen(browser, f"#{label} caption")
    browser.click(buttons(browser, label)[10])
    browser.until(f"document.querySelector('#{label} .other-set') !== null")
    assert seen(browser, f"#{label} tbody td") == ["10", "90"]
    assert seen(browser, f"#{label} .exhibit-notes") == ["Of level 10."]
    assert seen(browser, f"#{label} caption") == before
    assert seen(browser, f"#{label} input") == []
    browser.click(buttons(browser, label)[0])
    assert seen(browser, f"#{label} tbody td") == ["0", "100"]
    assert len(seen(browser, f"#{label} input")) == (label == "tbl-sorted")


def test_print_shows_the_report_s_own_only(browser, others_page):
    browser.open(others_page)
    for label in ("fig-one", "tbl-one"):
        browser.click(buttons(browser, label)[2])
        browser.until(f"document.querySelector('#{label} .other-set') !== null")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert seen(browser, "#tbl-one tbody td") == ["0", "100"]
        assert seen(browser, "#tbl-one .exhibit-notes") == ["Of level 0."]
        drawn = [node for node in browser.all("#fig-one .drawing") if node.is_displayed()]
        assert len(drawn) == 1 and "other-set" not in drawn[0].get_attribute("class")
        assert seen(browser, ".others") == []
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen"})


def test_paging_loads_each_file_once_and_breaks_no_policy(browser, others_page):
    browser.requested(), browser.complaints()
    browser.open(others_page)
    own = [others_page, others_page.parent / "exhibits" / "fig-one.svg"]
    assert within(browser.requested()) == sorted(path.as_uri() for path in own)
    browser.click_all(".others button")
    browser.until("document.querySelectorAll('.other-set').length === 3")
    asked = within(browser.requested())
    labels = ("fig-one", "tbl-one", "tbl-sorted")
    assert [Path(url).name.rpartition("-")[0] for url in asked] == [
        f"{label}-others" for label in labels
    ]
    assert browser.complaints() == []


def within(addresses):
    """Addresses without what tells one version of a file from another, sorted."""
    return sorted(url.partition("?")[0] for url in addresses)


@pytest.mark.parametrize(
    ("size", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide-light", "narrow-dark"]
)
def test_axe_finds_nothing_where_others_and_marks_are_shown(browser, others_page, size, dark):
    browser.open(others_page, size=size, dark=dark)
    for label in ("fig-one", "tbl-one"):
        browser.click(buttons(browser, label)[2])
        browser.until(f"document.querySelector('#{label} .other-set') !== null")
    browser.js("document.querySelector('a.result').focus()")
    assert violations(browser) == []
    assert browser.js("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", range(280, 400, 20))
def test_a_mark_never_opens_a_line(browser, others_page, width):
    browser.open(others_page, size=(width, 700))
    apart = browser.js(
        "[...document.querySelectorAll('p a.result sup')].filter(mark => {"
        " const before = document.createRange(), text = mark.previousSibling;"
        " before.setStart(text, text.length - 1); before.setEnd(text, text.length);"
        " return before.getBoundingClientRect().right > mark.getBoundingClientRect().left + 3;"
        "}).length"
    )
    assert apart == 0 and len(browser.all("p a.result sup")) == 4


@pytest.mark.parametrize("kind", ["light", "dark", "forced", "print"])
def test_a_number_that_varies_looks_different(browser, others_page, kind):
    browser.open(others_page, dark=kind == "dark")
    features = [{"name": "forced-colors", "value": "active"}] if kind == "forced" else []
    media = {"media": "print" if kind == "print" else "screen", "features": features}
    if kind in ("forced", "print"):
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        looks = [
            browser.js(
                "(s => [s.textDecorationLine, s.textDecorationStyle].join())(getComputedStyle("
                f"document.querySelector('p a.result[data-result=\"{id}\"]')))"
            )
            for id in ("small.ratio", "small.count")
        ]
        assert looks[0] != looks[1] and looks[0].startswith("underline")
    finally:
        browser.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": "screen", "features": []}
        )


def test_what_hears_a_mark_is_the_word(browser, others_page):
    browser.view(others_page)
    link = browser.find("p a.result[data-result='small.ratio']")
    assert link.accessible_name == "0.54 to 1.98 (varies)"


def test_axe_sees_what_is_wrong(browser, table_page):
    browser.open(table_page)
    browser.js("document.querySelector('h1').style.color = '#aaa'")
    browser.js("document.querySelector('main').append(new Image())")
    assert [rule for rule, _ in violations(browser)] == ["color-contrast", "image-alt"]
