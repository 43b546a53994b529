"""How the report is cited and found: its references, its lists, its metadata."""

import json
import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from building import parsed, report_pages
from conftest import ROOT

from case_review.rendering import ast, changes, citing
from case_review.rendering.authors import Author, People
from case_review.rendering.contents import _first
from case_review.rendering.declarations import Declared

#: Works of before there were DOIs, which nobody has given one since.
WITHOUT = {"kalbfleisch1980", "mantel1966", "greenwood1926", "conover1999"}


def test_every_reference_that_has_a_doi_says_it():
    entries = (ROOT / "report/references.bib").read_text(encoding="utf-8").split("\n@")
    keys = {re.match(r"@?\w+\{(\w+)", entry)[1]: entry for entry in entries if entry.strip()}
    lacking = {key for key, entry in keys.items() if "doi={10." not in entry}
    assert lacking == WITHOUT
    dois = re.findall(r"doi=\{(.+?)\}", "\n".join(entries))
    assert len(set(dois)) == len(dois) == len(keys) - len(WITHOUT)
    assert all(re.fullmatch(r"10\.\d{4,9}/\S+", doi) for doi in dois)


def test_the_citation_prefers_the_archived_version_to_the_page():
    people = People([Author("Ana B", "Ana", "B")])
    addresses = {"url": "https://example.org/r", "archive": "https://doi.org/10.5281/zenodo.7"}
    made = citing.Citation("A title", people, date(2026, 3, 9), "1.2.3", Declared(addresses))
    end = "A title. Version 1.2.3. 9 March 2026. https://doi.org/10.5281/zenodo.7."
    assert made.sentence() == f"Ana B. {end}"
    assert "DO  - 10.5281/zenodo.7\r\n" in made.ris() and "AU  - B, Ana\r\n" in made.ris()
    only = citing.Citation("A title", people, made.day, "1", Declared({"url": addresses["url"]}))
    assert only.sentence().endswith("2026. https://example.org/r.")
    assert "DO  -" not in only.ris() and "UR  - https://example.org/r\r\n" in only.ris()


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("mTOR inhibitors in Europe: a review of DNA", ["mTOR", "Europe", "DNA"]),
        ("A review of the Kasabach–Merritt phenomenon", ["Kasabach–Merritt"]),
        ("DNA", ["DNA"]),
        ("Sirolimus in children", []),
    ],
)
def test_capitals_of_the_title_are_protected_from_styles_that_change_them(title, kept):
    made = citing.Citation(title, People([Author("A")]), date(2026, 3, 9), "1", Declared({}))
    (line,) = (line for line in made.bibtex().splitlines() if "title =" in line)
    unprotected = re.sub(r"\{+[^{}]+\}+", "", line.partition("{")[2].rpartition("}")[0])
    assert all(re.search(rf"{{{word}:?}}", line) for word in kept)
    assert not [word for word in unprotected.split() if not word.istitle() and not word.islower()]


def test_the_capitals_of_this_report_are_protected(built_report):
    assert "{mTOR}" in (built_report.site / "index.bib").read_text(encoding="utf-8")


def test_a_caption_is_listed_by_its_first_sentence():
    assert (
        _first("Doses (mg/kg vs. others) of all. Lines show") == "Doses (mg/kg vs. others) of all"
    )
    assert _first("One. ") == "One"
    clause = "The numbers that stand in print, one after the other"
    assert _first(f"{clause}: {'word ' * 20}. Two") == clause
    assert _first(f"{clause} and, {'word ' * 20}") == clause.partition(",")[0]
    long = _first("word " * 60)
    assert long.endswith("word …") and len(long) <= 112


def test_the_page_lists_every_figure_and_table_once(built_report):
    pages = {path.name: parsed(path) for path in report_pages(built_report.site)}
    exhibits = {
        f"{name}#{frame['id']}": frame
        for name, page in pages.items()
        for frame in page.select("main .exhibit[id]")
    }
    for name, page in pages.items():
        lists = page.select("nav.contents details.listed")
        assert [each.summary.string for each in lists] == ["Figures", "Tables"]
        links = [link for each in lists for link in each.select("a")]
        led = [f"{name if link['href'].startswith('#') else ''}{link['href']}" for link in links]
        assert len(led) == len(set(led)) and set(led) == exhibits.keys()
        for link, address in zip(links, led, strict=True):
            called, _, words = link.get_text().partition(": ")
            caption = exhibits[address].select_one("caption, figcaption")
            assert caption.get_text().lstrip().startswith(f"{called}:") and words


def test_what_has_changed_is_a_page_beside_the_version(built_report):
    page = BeautifulSoup((built_report.site / "index.html").read_text("utf-8"), "html.parser")
    assert page.select_one(".facts a")["href"] == "changes.html"
    listed = BeautifulSoup((built_report.site / "changes.html").read_text("utf-8"), "html.parser")
    main = listed.main
    assert listed.h1.get_text() == "What has changed" and main.select("h2")
    own, _, program = (
        (ROOT / "CHANGELOG.md")
        .read_text(encoding="utf-8")
        .partition("### For those who work on it")
    )
    (folded,) = main.select("details")
    assert program.split("`")[1] in folded.get_text() and folded.get("open") is None
    folded.extract()
    first = own.split("\n- ")[1].split("\n")[0]
    assert first in main.get_text() and "For readers" not in main.get_text()
    # Those who read it need not know what a program is made of.
    assert not main.select("code") and "case_review" not in main.get_text()


def test_a_list_of_changes_without_words_for_readers_is_shown_as_it_is():
    text = "# Changes\n\nAbove.\n\n## 2\n\n### for Readers\n\nOne.\n\n#### Two\n\nTwo.\n\n"
    text += "### Else & more\n\n- x\n\n#### Three\n\n## 1\n\n- y\n\n### Four\n"
    blocks = changes._shown(ast.parse(text, "markdown")["blocks"])
    kinds = [block["t"] for block in blocks]
    folded = ["RawBlock", "BulletList", "Header", "RawBlock"]
    shown = ["Para", "Para", "Header", "Para", "Header", "Para"]
    assert kinds == [*shown, *folded, "Header", "BulletList", "Header"]
    assert [block["c"][0] for block in blocks if block["t"] == "Header"] == [1, 2, 3, 1, 2]
    assert "<summary>Else &amp; more</summary>" in blocks[len(shown)]["c"][1]


def test_the_page_tells_machines_what_it_is(built_report):
    page = BeautifulSoup((built_report.site / "index.html").read_text("utf-8"), "html.parser")
    cited = [meta["content"] for meta in page.select("meta[name=citation_reference]")]
    listed = [e for p in report_pages(built_report.site) for e in parsed(p).select(".csl-entry")]
    assert len(cited) == len({entry["id"] for entry in listed})
    assert all(not text[0].isdigit() for text in cited)
    told = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert told["@type"] == "ScholarlyArticle" and None not in told.values()
    for name in citing.FILES:
        assert (built_report.site / name).stat().st_size > 100
