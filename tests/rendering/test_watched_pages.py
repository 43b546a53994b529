"""`make watch` in a browser: a page that changes is reloaded where it was, and errors are shown."""

import threading

import pytest
from browsing import Browser, pytestmark  # noqa: F401

from case_review.build.serving import News, Server, Site
from case_review.rendering.scripts import policy

ERROR = "report/index.qmd, line 8: no notebook records the result <img src=x onerror=alert(1)>."
ROOT = "document.getElementById('case-review-watch').shadowRoot"
ALERT, STATUS = (
    f"{ROOT}.querySelector('[role={role}]').textContent" for role in ("alert", "status")
)


def write(folder, above="", below="", name="index.html"):
    lines = [f'<p id="p{n}">Paragraph {n}</p><p>More of it</p>' for n in range(120)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy([])}"><title>A</title></head>'
        f"<body><main>{above}{''.join(lines)}{below}<details><summary>More</summary>x</details>"
        "</main></body></html>"
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A site that is served, and a browser that has its page open in the middle."""
    folder = tmp_path_factory.mktemp("site")
    write(folder)
    server = Server(0, Site(folder), News())
    server.news.tell({"state": "ready", "message": ""})
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    browser = Browser(tmp_path_factory.mktemp("profile"))
    browser.driver.get(f"http://127.0.0.1:{server.server_port}/")
    yield server, folder, browser
    browser.driver.quit()
    server.shutdown()
    server.server_close()


def test_a_changed_page_is_reloaded_where_it_was(opened):
    server, folder, browser = opened
    where = "document.getElementById('p60').getBoundingClientRect().top"
    browser.js("document.getElementById('p60').scrollIntoView()")
    browser.js("scrollBy(0, -37)")
    browser.js("document.querySelector('details').open = true")
    before = browser.js(where)
    assert before == pytest.approx(37, abs=2)
    write(folder, above="<h2 id='new'>New</h2><p>inserted above</p>" * 20)
    server.news.tell({"state": "ready", "message": ""})
    browser.until("document.body.textContent.includes('inserted above')")
    browser.until("document.readyState == 'complete' && history.scrollRestoration == 'auto'")
    assert browser.js(where) == pytest.approx(before, abs=2)
    assert browser.js("document.querySelector('details').open")


def test_a_page_that_did_not_change_is_left_alone(opened):
    server, folder, browser = opened
    browser.js("window.mark = 1")
    write(folder, name="other.html")
    server.news.tell({"state": "building", "message": "Building 05_response"})
    browser.until(f"{STATUS} == 'Building 05_response'")
    server.news.tell({"state": "ready", "message": ""})
    browser.until(f"{STATUS} == ''")
    assert browser.js("window.mark") == 1


def test_an_error_is_shown_as_text_can_be_put_away_and_goes_when_mended(opened):
    server, _, browser = opened
    server.news.tell({"state": "failed", "message": ERROR})
    browser.until(f"{ALERT}.includes('no notebook records')")
    assert browser.js(f"{ROOT}.querySelector('pre').textContent") == ERROR
    assert browser.js(f"{ROOT}.querySelector('img')") is None
    browser.js(f"{ROOT}.querySelector('section button').click()")
    assert browser.js(ALERT) == ""
    assert "older than its sources" in browser.js(STATUS)
    browser.js(f"{ROOT}.querySelector('p button').click()")
    assert ERROR in browser.js(ALERT)
    server.news.tell({"state": "building", "message": ""})
    browser.until(f"{STATUS}.startsWith('Building')")
    assert ERROR in browser.js(ALERT)  # until it is known to be mended
    server.news.tell({"state": "ready", "message": ""})
    browser.until(f"{ALERT} == ''")
    assert not [said for said in browser.complaints() if "favicon" not in said]
