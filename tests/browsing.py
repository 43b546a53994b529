"""A browser for tests: what it shows, what it was asked to load, and what axe finds."""

import json
import shutil

import nbformat
import pytest
from building import ROOT

from case_review import registry
from case_review.project import Project
from case_review.rendering import render
from case_review.values import Estimate

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="chromium or chromedriver is not installed"
    ),
]
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
WIDE, NARROW = (1440, 900), (360, 740)


class Browser:
    """A Chromium that remembers what it was asked to load and what it complained about."""

    def __init__(self, profile):
        from selenium.webdriver import Chrome
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service

        options = Options()
        options.binary_location = CHROMIUM
        for switch in (*SWITCHES, f"--user-data-dir={profile}"):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = Chrome(options=options, service=Service(DRIVER))
        self.driver.set_script_timeout(240)  # axe takes its time on a machine that is busy
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.own, self.viewed = self.driver.current_window_handle, {}

    def view(self, path, size=WIDE, dark=False, purpose=""):
        """Show a page in a tab of its own, loaded once for all that only read, point or scroll.

        Tests that change more, all of them in the same way, share a tab by its `purpose`.
        """
        key = path, size, dark, purpose
        if key not in self.viewed:
            self.driver.switch_to.new_window("tab")
            self.viewed[key] = self.driver.current_window_handle
        self.driver.switch_to.window(self.viewed[key])
        self.driver.execute_cdp_cmd("Page.bringToFront", {})
        if self.driver.current_url != path.as_uri():
            self._load(path, "", size, dark)
        from selenium.webdriver import Keys

        self.press(Keys.ESCAPE)  # closes a card
        self.js("document.activeElement.blur(), scrollTo(0, 0)")

    def open(self, path, fragment="", size=WIDE, dark=False):
        """Load a page afresh at a size, in the light or in the dark."""
        if self.driver.current_window_handle != self.own:
            self.driver.switch_to.window(self.own)
            self.driver.execute_cdp_cmd("Page.bringToFront", {})
        self._load(path, fragment, size, dark)

    def resize(self, size):
        screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def _load(self, path, fragment, size, dark):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self.resize(size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        if self.driver.current_url.partition("#")[0] == path.as_uri():
            self.driver.get("about:blank")  # or the page would stay as it is
        self.driver.get(path.as_uri() + fragment)
        self.until("document.readyState == 'complete'")

    def js(self, source, *arguments):
        """The value of an expression; `arguments[0]` and so on are what is passed."""
        return self.driver.execute_script(f"return {source}", *arguments)

    def until(self, condition):
        """Wait for an expression to become true."""
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.driver, 20, 0.05).until(lambda _: self.js(condition))

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def press(self, *keys):
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def point_at(self, element):
        from selenium.webdriver import ActionChains

        self.js("arguments[0].scrollIntoView({block: 'center'})", element)
        ActionChains(self.driver).move_to_element(element).perform()

    def click(self, element):
        self.js("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def click_all(self, selector):
        """Let a script click all of them, one after the other, and wait until it is drawn."""
        self.driver.execute_async_script(
            "const [selector, done] = arguments;"
            "document.querySelectorAll(selector).forEach(node => node.click());"
            "requestAnimationFrame(() => requestAnimationFrame(done));",
            selector,
        )

    def requested(self):
        """Addresses that pages asked for since the last call, elsewhere than in themselves."""
        entries = (json.loads(e["message"])["message"] for e in self.driver.get_log("performance"))
        sent = (e for e in entries if e["method"] == "Network.requestWillBeSent")
        asked = (entry["params"]["request"]["url"] for entry in sent)
        # `chrome:` is of the empty tab that the browser opens with.
        return [url for url in asked if not url.startswith(("data:", "about:", "chrome:"))]

    def complaints(self):
        """What stands in the console since the last call, such as violations of the policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("chromium"))
    yield opened
    opened.driver.quit()


@pytest.fixture(scope="module")
def site(built_report):
    return built_report.site


def card(browser):
    return browser.find("#provenance-card")


AXE = """
const done = arguments[arguments.length - 1], asked = [];
for (const name of ['scrollWidth', 'scrollHeight', 'clientWidth', 'clientHeight']) {
  const own = Object.getOwnPropertyDescriptor(Element.prototype, name), known = new WeakMap();
  asked.push([name, own]);
  Object.defineProperty(Element.prototype, name, {configurable: true, get() {
    if (!known.has(this)) known.set(this, own.get.call(this));
    return known.get(this);
  }});
}
axe.configure({noHtml: true});
axe.run(document, {resultTypes: ['violations']})
  .then(found => found.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.target)]))
  .finally(() => asked.forEach(([name, own]) =>
    Object.defineProperty(Element.prototype, name, own)))
  .then(done, error => done([String(error)]));
"""


def violations(browser):
    """Rules that the page breaks, each with the places of the first that do."""
    from axe_core_python.selenium import Axe

    browser.driver.execute_script(Axe().axe_script)
    return browser.driver.execute_async_script(AXE)


TABLE = """| Patient | Group | Time | Dose |
| :-- | :-- | :-- | :-- |
| A | one | 10 weeks | 0.8 mg/m^2^ |
| B | two | 2 years | 0.8 mg/m^2^ |
| C | one | 24 hours | 1.6 mg/m^2^ |
| D | two | – | 1.6 mg/m^2^ |
"""


@pytest.fixture(scope="module")
def table_page(tmp_path_factory):
    """A page with one table that asks to be interactive."""
    root = tmp_path_factory.mktemp("table")
    for folder in ("data/raw", "data/clean", "report/_executed", "report/exhibits"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "report" / "styles", root / "report" / "styles")
    output = nbformat.v4.new_output("display_data", data={"text/markdown": TABLE})
    source = '#| label: tbl-all\n#| tbl-cap: "Everybody."\n#| interactive: table'
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, outputs=[output])])
    nbformat.write(book, root / "report" / "_executed" / "01_small.ipynb")
    fields = Estimate(10, 2, 20, "weeks").fields()
    numbers = [{"row": 0, "column": 2, "result": "", **fields}]
    tables = {"tbl-all": {"inputs": {"data/raw/patients.csv": "abcdef0123"}, "cells": numbers}}
    registry.write(root / "report" / "results" / "01_small.json", "01_small", {}, [], tables=tables)
    text = "---\ntitle: Small\n---\n\n{{< embed _executed/01_small.ipynb#tbl-all >}}\n"
    (root / "report" / "index.qmd").write_text(text, encoding="utf-8")
    (root / "params.yml").write_text("", encoding="utf-8")
    project = Project(root)
    render(project, "embedded", project.site, formats=("html",))
    return project.site / "index.html"
