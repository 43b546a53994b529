"""Over all numbers of the finished report: where they lead, and that everything there exists."""

import json
import re
from copy import copy
from functools import cache
from pathlib import PurePosixPath

import pytest
from building import parsed, report_pages, waiting

from case_review import registry
from case_review.rendering import labels, quality_pages

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def site(built_report):
    return built_report.site


def test_no_caption_and_no_alternative_text_has_an_open_place(site):
    shown = [
        (path.name, text)
        for path in report_pages(site)
        for node in parsed(path).select("figcaption, caption, .caption, [alt], [aria-label]")
        for text in (node.get_text(), node.get("alt") or "", node.get("aria-label") or "")
    ]
    assert len(shown) > 50
    assert [one for one in shown if re.search(r"\{[a-z_]+\}", one[1])] == []


@cache
def ids(path):
    return frozenset(node["id"] for node in parsed(path).select("[id]"))


def said(node):
    """What an element says, without the marks of what it rests on."""
    own = copy(node)  # the page is read once for all tests
    for mark in own.select("sup.standing"):
        mark.extract()
    return " ".join(own.get_text().split())


def numbers(text):
    """Every number of a text, and `not estimable`, which stands for one."""
    return re.findall(r"\u2212?\d+(?:[.,]\d+)*|not estimable", text)


def test_every_number_lands_where_its_value_is_shown(site):
    """No link of a number ends at a cell that does not show it."""
    links = [link for path in report_pages(site) for link in parsed(path).select("a.result")]
    targets = {}
    for name in {link["href"].partition("#")[0] for link in links}:
        targets[name] = {node["id"]: node for node in parsed(site / name).select("[id]")}
    elsewhere = []
    for link in links:
        name, _, place = link["href"].partition("#")
        found = targets[name].get(place)
        words = said(found) if found else ""
        # A row has a number's prose, `30 (35.7%)`, of which a cell shows `30 (35.7)`.
        recorded = found is not None and found.name == "tr" and link.get("data-number")
        known = numbers(words) if recorded else ()
        if not (said(link) in words or (recorded and all(n in known for n in numbers(said(link))))):
            elsewhere.append((said(link), link["href"]))
    assert elsewhere == [] and len(links) > 900
    prose = [link for link in links if link.get("data-result") and not link.select("math")]
    assert len(prose) > 100 and all("#number-" in link["href"] for link in prose)


def test_every_recorded_number_has_words_for_a_name(site, built_report):
    seen = set()
    for path in sorted((site / "notebooks").glob("*.html")):
        for row in parsed(path).select("table.recorded tbody tr"):
            id = row.code.get_text()
            seen.add(id)
            label = row.th.get_text()
            assert label and label != labels.spelt(id) and "_" not in label, id
    assert seen == set(registry.load(built_report.results))


def test_a_notebook_leads_to_the_page_that_shows_its_number(site):
    rows = (n for p in (site / "notebooks").glob("*.html") for n in parsed(p).select("tr a"))
    led = {link["href"] for link in rows if link["href"].startswith("../")}
    for path in report_pages(site):
        places = {each.partition("#")[2] for each in led if each.startswith(f"../{path.name}#")}
        assert len(places) > 20 and places <= ids(path), path.name


def cards_of(site):
    """What the cards of each page say, by the page."""
    for path in report_pages(site):
        yield path, json.loads(waiting(path, "provenance")[0])
    for path in sorted((site / "notebooks").glob("*.html")):
        if block := parsed(path).select_one("#provenance"):
            yield path, json.loads(block.string)


def test_all_that_cards_link_to_exists(site):
    seen = 0
    for page, found in cards_of(site):
        base = (page.parent / found["up"]).resolve()
        addresses = {address for _, address in found["code"]}
        addresses |= {f"notebooks/{book}.html#{cell}" for book, cell, _, _ in found["origins"]}
        for _, address, columns, checks, sum in found["files"]:
            addresses |= {address, sum, *(place for _, place in columns)} - {""}
            met, _, of = checks.removeprefix("checks: ").partition(" of ")
            assert not checks or of == f"{met} met", address
        for address in addresses:
            path, _, place = address.partition("#")
            assert (base / path).is_file(), address
            assert not place or place in ids(base / path), address
        seen += len(addresses)
    assert seen > 300


def test_every_card_has_a_name_and_most_name_columns_with_their_checks(site):
    _, found = next(cards_of(site))
    cards = [card for table in found["cards"].values() for card in table.values()]
    assert all(card[0].strip() for card in cards)
    files = [[found["files"][n] for n in found["origins"][card[2]][3]] for card in cards]
    named = [own for own in files if any(columns and checks for _, _, columns, checks, _ in own)]
    assert len(named) > len(cards) / 2


def test_the_sum_that_a_card_leads_to_is_that_of_the_file_as_it_was_read(site, built_report):
    page = parsed(site / "data" / "index.html")
    listed = {node["id"]: node.get_text() for node in page.select("span[id^=file-]")}
    _, found = next(cards_of(site))
    known = {
        p: s for r in registry.load(built_report.results).values() for p, s in r.inputs.items()
    }
    leading = {path: sum.partition("#")[2] for _, path, _, _, sum in found["files"] if sum}
    assert len(leading) > 8
    assert all(listed[place] == known[path] for path, place in leading.items())


def test_every_exhibit_of_the_report_leads_to_its_inputs_and_to_their_checks(site, built_report):
    """Also those of cleaning, which reads the raw tables without `nb.read`."""
    pages = [parsed(path) for path in report_pages(site)]
    lines = [line for page in pages for line in page.select(".exhibit-sources")]
    assert len(lines) > 25
    suites, shown = quality_pages.suites(built_report), {}
    for line in lines:
        links = {link["href"] for link in line.select("a")}
        files = {href for href in links if href.startswith("data/")}
        assert files or "notebooks/index.html" in links, line.get_text()
        assert all((site / file).is_file() for file in files)
        tables = [(path.parent.name, path.stem) for path in map(PurePosixPath, files)]
        guarded = sum(quality_pages.guarded(suites, *table)[1] for table in tables)
        assert ("quality/index.html" in links) == (guarded > 0), line.get_text()
        shown |= {href.rpartition("#")[2]: files for href in links if href.startswith("notebooks/")}
    assert {"data/raw/patients.csv", "data/raw/adverse_events.csv"} <= shown["tbl-ledger"]
    # The ends of what varies, and the counts of verdicts, come from files as well.
    ends, counts = "data/clean/standing.csv", "data/clean/verdicts.csv"
    varying = {label for label, files in shown.items() if ends in files}
    assert {"fig-km", "tbl-response", "tbl-sensitivity", "tbl-sens-rmst"} <= varying
    assert not {"fig-sens-later", "fig-prisma", "fig-sens-publication"} & varying
    assert counts in shown["tbl-sensitivity"] and counts not in shown["tbl-response"]


def test_every_function_that_a_card_names_opens_below_the_cell_of_its_number(site):
    """Also one that a cell above called, which made what the recording cell uses."""
    _, found = next(cards_of(site))
    opened, above = {}, 0
    for notebook, cell, functions, _ in found["origins"]:
        page = parsed(site / "notebooks" / f"{notebook}.html")
        if (notebook, cell) not in opened:
            shown = page.find(id=cell).select("details.called")
            opened[notebook, cell] = {one.code.get_text(): one for one in shown}
        for name, address in (found["code"][place] for place in functions):
            source = opened[notebook, cell][name]
            assert source.select_one("a")["href"] == f"../{address}", (cell, name)
            assert f"def {name.rpartition('.')[2]}" in source.pre.get_text()
            above += "Called in cells above" in page.find(id=cell).get_text()
    assert len(opened) > 20 and above > 20
    # The limits of the restricted mean are made three cells above the one that records them.
    assert "small_groups.bootstrap_t_difference" in opened["07_sensitivity", "rmst-results"]
