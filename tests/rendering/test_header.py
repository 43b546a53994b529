"""The header of the manuscript: obeyed in every form, or refused with its line."""

import json
import re
import shutil

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from docx import Document
from lxml import etree
from pypdf import PdfReader

from case_review.__main__ import main
from case_review.errors import ReviewError
from case_review.project import Project
from case_review.rendering import ast, header, render

#: A header that uses every entry which the report obeys.
WHOLE = """---
title: "Trials & \\"errors\\" of *p* < q"
subtitle: A sub-title & more
author:
  - name: Ana Čvoro
    orcid: 0000-0002-1825-0097
    email: ana@example.org
    corresponding: true
    roles: [conceptualisation, writing]
    affiliations:
      - name: Hospital & Clinic
        department: Skin
        city: Nowhere
        country: Norway
      - ref: uni
  - name:
      given: Łukasz
      family: O'Ważny, Jr.
    email: lu_kasz_w@example.org
    affiliation:
      ref: uni
  - Group & Sons
affiliations:
  - id: uni
    name: University of X
lang: en-US
keywords: [one & two, p < q]
bibliography: [one.bib, two.bib]
csl: styles/vancouver.csl
license: CC BY-NC 4.0
nocite: "@third"
funding: A & B, grant *12*.
competing-interests: None & none.
code: https://example.org/code/
archive: https://doi.org/10.5281/zenodo.1
url: https://example.org/report/
abstract: |
  **Background.** A first & last, see:

  - an item
  - another
---

# Text

As they say [@first; @second].

Paid by: {{< meta funding >}} {{< meta contributions >}} Code: {{< meta code >}}

# References

::: {#refs}
:::
"""
BIB = "@article{{{0}, author={{{1}}}, title={{On {0}}}, journal={{J}}, year={{2001}}}}\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("header")
    for folder in ("notebooks", "data/raw", "data/clean", "report/_executed"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "report/styles", root / "report/styles")
    shutil.copy(ROOT / "report/vancouver.csl", root / "report/styles")
    (root / "params.yml").write_text("", encoding="utf-8")
    report = root / "report"
    (report / "one.bib").write_text(BIB.format("first", "Müller, Jörg"), encoding="utf-8")
    two = BIB.format("second", "Nguyễn, Văn A") + BIB.format("third", "Č, K")
    (report / "two.bib").write_text(two, encoding="utf-8")
    (report / "index.qmd").write_text(WHOLE, encoding="utf-8")
    return Project(root)


@pytest.fixture(scope="module")
def site(template):
    render(template, "embedded", template.site)
    return template.site


def words(node):
    return " ".join(node.get_text().split())


def test_the_page_shows_and_says_all_of_it(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    block = page.select_one(".title-block")
    assert page.html["lang"] == "en-US"
    assert words(block.h1) == "Trials & “errors” of p < q" and block.h1.em.string == "p"
    assert page.title.string == "Trials & “errors” of p < q"
    assert words(block.select_one(".subtitle")) == "A sub-title & more"
    authors = block.select_one(".authors")
    assert words(authors) == "Ana Čvoro1,2,*, Łukasz O’Ważny, Jr.2, Group & Sons"
    assert [each.string for each in authors.select("sup")] == ["1,2,*", "2"]
    lines = [words(line) for line in block.select(".cite")]
    assert lines[:2] == ["1 Skin, Hospital & Clinic, Nowhere, Norway", "2 University of X"]
    assert lines[2:6] == [
        "* Correspondence: Ana Čvoro, ana@example.org",
        "E-mail: Łukasz O’Ważny, Jr., lu_kasz_w@example.org",
        "ORCID: Ana Čvoro 0000-0002-1825-0097",
        "Contributions: Ana Čvoro, conceptualisation, writing",
    ]
    assert lines[6] == "Code: example.org/code · Archived version: doi.org/10.5281/zenodo.1"
    assert "Paid by: A & B, grant 12. Ana Čvoro: conceptualisation, writing." in words(page.main)
    assert "Code: https://example.org/code." in words(page.main)
    links = [link["href"] for link in block.select(".cite a")]
    assert links == [
        "mailto:ana@example.org",
        "mailto:lu_kasz_w@example.org",
        "https://orcid.org/0000-0002-1825-0097",
        "https://example.org/code",
        "https://doi.org/10.5281/zenodo.1",
        "index.bib",
        "index.ris",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ]
    authors = [node["content"] for node in page.select("meta[name=citation_author]")]
    assert authors == ["Ana Čvoro", "Łukasz O’Ważny, Jr.", "Group & Sons"]
    told = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert told["author"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert told["inLanguage"] == "en-US"
    assert told["identifier"] == "https://doi.org/10.5281/zenodo.1"
    assert told["isBasedOn"]["codeRepository"] == "https://example.org/code"


def test_search_engines_are_told_addresses_and_cited_works(site):
    page = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    told = {meta["name"]: meta["content"] for meta in page.select("meta[name^=citation_]")}
    assert told["citation_doi"] == "10.5281/zenodo.1"
    assert told["citation_pdf_url"] == "https://example.org/report/index.pdf"
    cited = [meta["content"] for meta in page.select("meta[name=citation_reference]")]
    assert cited[0] == "Müller J. On first. J. 2001." and len(cited) == 3


def test_the_report_is_offered_to_reference_managers(site):
    ris = (site / "index.ris").read_bytes().decode("utf-8")
    lines = ris.split("\r\n")
    assert lines[:4] == ["TY  - RPRT", "AU  - Ana Čvoro", "AU  - O’Ważny, Jr., Łukasz",
                         "AU  - Group & Sons"]  # fmt: skip
    assert "TI  - Trials & “errors” of p < q" in lines and lines[-2:] == ["ER  - ", ""]
    assert "DO  - 10.5281/zenodo.1" in lines and "UR  - https://doi.org/10.5281/zenodo.1" in lines
    # Read again by pandoc, both say the same.
    read = [
        ast.parse((site / name).read_text(encoding="utf-8"), kind)["meta"]["references"]["c"][0]
        for name, kind in (("index.ris", "ris"), ("index.bib", "bibtex"))
    ]
    titles = [ast.meta_text(each["c"]["title"]) for each in read]
    assert titles[0] == titles[1] == "Trials & “errors” of p < q"
    authors = [len(each["c"]["author"]["c"]) for each in read]
    assert authors == [3, 3]


def test_the_references_of_all_files_are_listed_also_those_not_cited(site):
    page = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    listed = [words(entry) for entry in page.select("#refs .csl-entry")]
    assert [re.search(r"On (\w+)", entry)[1] for entry in listed] == ["first", "second", "third"]


def test_the_pdf_says_the_same(site):
    document = PdfReader(site / "index.pdf")
    text = " ".join(document.pages[0].extract_text().split())
    assert document.trailer["/Root"]["/Lang"] == "en-US"
    assert document.metadata.title == "Trials & “errors” of p < q"
    assert "Ana Čvoro1,2,*, Łukasz O’Ważny, Jr.2, Group & Sons" in text
    for line in ("Skin, Hospital & Clinic, Nowhere", "ana@example.org", "0000-0002-1825-0097"):
        assert line in text
    targets = {note.get_object()["/A"].get("/URI") for note in document.pages[0]["/Annots"]
               if "/A" in note.get_object()}  # fmt: skip
    assert {"mailto:ana@example.org", "https://orcid.org/0000-0002-1825-0097"} <= targets


def test_word_says_the_same_and_its_properties_name_the_authors_alone(site):
    document = Document(site / "index.docx")
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert lines[2] == "Ana Čvoro1,2,*, Łukasz O’Ważny, Jr.2, Group & Sons"
    assert lines[3] == "1Skin, Hospital & Clinic, Nowhere, Norway"
    assert any("ana@example.org" in line for line in lines[4:9])
    assert "Licence: CC BY-NC 4.0" in lines
    properties = document.core_properties
    assert properties.author == "Ana Čvoro; Łukasz O’Ważny, Jr.; Group & Sons"
    assert properties.language == "en-US"


def test_jats_has_each_part_of_an_author_and_the_licence_machines_read(site):
    front = etree.parse(str(site / "index.jats.xml")).find("front/article-meta")
    first, second, third = front.iterfind("contrib-group/contrib")
    assert first.get("corresp") == "yes"
    assert first.find("contrib-id[@contrib-id-type='orcid']").text.endswith("-0097")
    assert [node.get("rid") for node in first.iter("xref")] == ["aff-1", "aff-2", "correspondence"]
    assert [node.text for node in first.iter("role")] == ["conceptualisation", "writing"]
    assert (second.findtext("name/surname"), second.findtext("name/given-names")) == (
        "O’Ważny, Jr.",
        "Łukasz",
    )
    assert third.findtext("string-name") == "Group & Sons"
    place = front.find("contrib-group/aff")
    assert place.get("id") == "aff-1" and place.findtext("city") == "Nowhere"
    assert place.find("institution").get("content-type") == "dept"
    corresponding = front.find("author-notes/corresp")
    assert (corresponding.get("id"), corresponding.findtext("email")) == (
        "correspondence",
        "ana@example.org",
    )
    notes = {node.get("fn-type"): node.findtext("p") for node in front.iterfind("author-notes/fn")}
    assert notes["coi-statement"] == "None & none."
    assert notes["con"] == "Ana Čvoro: conceptualisation, writing."
    assert "".join(front.find("funding-group/funding-statement").itertext()) == "A & B, grant 12."
    addresses = {node.get("content-type"): node.text for node in front.iterfind("self-uri")}
    assert addresses == {
        "archive": "https://doi.org/10.5281/zenodo.1",
        "code": "https://example.org/code",
    }
    licence = front.find("permissions/license")
    url = "https://creativecommons.org/licenses/by-nc/4.0/"
    assert licence.get("{http://www.w3.org/1999/xlink}href") == url
    assert licence.findtext("{http://www.niso.org/schemas/ali/1.0/}license_ref") == url
    assert licence.get("license-type") == "open-access"
    assert licence.findtext("license-p") == "CC BY-NC 4.0"
    # A list belongs to the section of the paragraph before it.
    assert [node.tag for node in front.find("abstract")] == ["sec"]
    assert [node.tag for node in front.find("abstract/sec")] == ["title", "p", "list"]


#: Headers after their line `---`, and what the refusal of each says.
REFUSED = {
    "subtitle: x\n": "line 1: the header has no title",
    "title:\n": "line 2: `title` must be a text, found nothing",
    "title: ''\n": "line 2: `title` is empty",
    "title: [a, b]\n": "line 2: `title` must be a text, found a list",
    "title: 2024-01-02\n": "line 2: `title` must be a text, found a date",
    "title: yes\n": "line 2: `title` holds plain and emphasised text and results, not a MetaBool",
    "title: 1.50\n": "line 2: `title` must be a text, found a number. Put quotation marks",
    "title: |\n  a\n\n  b\n": "line 2: `title` holds plain and emphasised text and results, not a",
    "title: a\nkeywords: [b, no]\n": "line 3: `keywords` holds plain and emphasised text",
    "title: a: b\n": "line 2: this is no YAML, column 9: mapping values are not allowed here",
    "title: a\nauthor: @x\n": "line 3: this is no YAML, column 9",
    "title: a\ntitle: b\n": "line 3: this is no YAML, column 1",
    "title: a\nauthor: &x b\n": "line 3: anchors and aliases",
    "title: a\nx: " + "[" * 100 + "\n": "line 3: entries are nested more than 20 deep",
    "- title\n": "line 2: expected entries",
    "title: a\ntitel: b\n": "line 3: `titel` is not known. Did you mean `title`?",
    "title: a\nlicence: b\n": "line 3: `licence` is not known. Did you mean `license`?",
    "title: a\ndate: 2024-01-02\n": "line 3: `date` is not supported: the report bears the day",
    "title: a\nformat:\n  html: default\n": "line 3: `format` is not supported",
    "title: a\ntoc: true\n": "line 3: `toc` is not supported",
    "title: a\nnumber-sections: true\n": "line 3: `number-sections` is not supported",
    "title: a\nexecute:\n  echo: false\n": "line 3: `execute` is not supported: the manuscript",
    "title: a\nparams:\n  a: b\n": "line 3: `params` is not supported: parameters stand in",
    "title: a\nfunding: [b]\n": "line 3: `funding` must be a text, found a list",
    "title: a\nfunding: |\n  b\n\n  - c\n": "line 3: `funding` holds plain and emphasised text",
    "title: a\narchive: zenodo\n": "line 3: `archive` must be an address that begins with https",
    "title: a\ndoi: 10.1/x\n": "line 3: `doi` is not supported: write the address of the dep",
    "title: a\nabstract-title: b\n": "line 3: `abstract-title` is not supported",
    "title: a\ndescription: b\n": "line 3: `description` is not supported",
    "title: a\nthanks: b\n": "line 3: `thanks` is not supported",
    "title: a\nlang: de\n": "line 3: `lang: de` is not supported: the words that the report adds",
    "title: a\nlang: en-FR\n": "Write en, en-AU, en-CA, en-GB",
    "title: a\nkeywords: a, b\n": "line 3: several `keywords` are a list",
    "title: a\nkeywords:\n  - a\n  - b: c\n": "line 5: this entry must be a text, found entries",
    "title: a\nlicense:\n  url: https://x.org\n": "line 3: a licence needs its `text`",
    "title: a\nlicense:\n  text: b\n  url: x\n": "line 5: `url` must be an address",
    "title: a\nlicense:\n  text: b\n  link: x\n": "line 5: `link` of a licence is not known",
    "title: a $x^2$\n": "line 2: `title` holds plain and emphasised text and results, not a Math",
    "title: a [@first]\nbibliography: one.bib\n": "line 2: `title` holds plain",
    "title: 'a^[note]'\n": "line 2: `title` holds plain",
    "title: a\nabstract: |\n  b\n\n  # c\n": "line 3: an abstract cannot hold a heading",
    "title: a\nabstract: |\n  b^[c]\n": "line 3: an abstract cannot hold a footnote",
    "title: a\nauthor:\n  - b\n  - c, d\n": "line 5: 'c, d' holds more than a name",
    "title: a\nauthor: b^1^\n": "line 3: 'b^1^' is shown as it is written, without markup",
    "title: a\nauthor:\n  - nmae: b\n": "line 4: this author has no `name`",
    "title: a\nauthor:\n  - name: b\n    orcd: c\n":
        "line 5: `orcd` of an author is not known. Did you mean `orcid`?",
    "title: a\nauthor:\n  - name: b\n    orcid: 0000-0002-1825-0098\n":
        "line 5: '0000-0002-1825-0098' is no ORCID: its last character",
    "title: a\nauthor:\n  - name: b\n    orcid: x\n": "line 5: 'x' is no ORCID",
    "title: a\nauthor:\n  - name: b\n    email: c\n": "line 5: 'c' is no e-mail address",
    "title: a\nauthor:\n  - name: b\n    corresponding: true\n":
        "line 5: b is a corresponding author without an `email`",
    "title: a\nauthor:\n  - name: {given: b}\n": "line 4: this name has no `family`",
    "title: a\nauthor:\n  - name: b\n    affiliations:\n      - ref: x\n":
        "line 6: `affiliations` of the header has no id x",
    "title: a\nauthor: b\naffiliations:\n  - id: x\n    name: c\n":
        "line 5: no author has the affiliation x",
    "title: a\nauthor: b\nauthors: c\n": "line 4: `author` stands there already",
    "title: a\ncsl: apa.csl\n": "line 3: csl: report/apa.csl does not exist",
    "title: a\ncsl: one.bib\n": "line 3: csl: report/one.bib is no CSL style, for it is no XML",
    "title: a\ncsl: other.xml\n": "line 3: csl: report/other.xml is no CSL style: its root is b",
    "title: a\ncsl: dependent.csl\n":
        "only points to another style. Take that one: http://x.org/y",
    "title: a\nbibliography: no.bib\n": "line 3: bibliography: report/no.bib does not exist",
    "title: a\nbibliography: [one.bib, index.qmd]\n":
        "line 3: bibliography: report/index.qmd is not read: references are files that end in .bib",
    "title: a\nbibliography:\n  - one.bib\n  - twice.bib\n":
        "twice.bib, line 4: the key first stands also in report/one.bib, line 1",
    "title: a\nbibliography: broken.bib\n":
        "broken.bib, line 7: the references cannot be read, column 1: unexpected end of input",
    "title: a\nbibliography: latin.bib\n": "latin.bib, line 1: is no UTF-8 text",
}  # fmt: skip


@pytest.fixture(scope="module")
def faulty(template, tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    shutil.copytree(template.report, root / "report", ignore=shutil.ignore_patterns("_site"))
    report = root / "report"
    dependent = (
        '<style xmlns="http://purl.org/net/xbiblio/csl"><info>'
        '<link href="http://x.org/y" rel="independent-parent"/></info></style>'
    )
    twice = BIB.format("fourth", "A, B") + "\n@comment{first, x}\n" + BIB.format("first", "A, B")
    files = {"other.xml": "<b/>", "dependent.csl": dependent, "twice.bib": twice}
    files["broken.bib"] = BIB.format("one", "A, B") + "\n@article{two,\n  title={U\n}\n"
    for name, text in files.items():
        (report / name).write_text(text, encoding="utf-8")
    (report / "latin.bib").write_bytes(BIB.format("b", "Müller").encode("latin-1"))
    return Project(root)


def read(project, text):
    return header.read(project, text.splitlines()).settle(ast.parse(text)["meta"])


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_obeyed_is_refused_with_its_line(faulty, text):
    with pytest.raises(ReviewError) as caught:
        read(faulty, f"---\n{text}---\n\nText.\n")
    assert str(caught.value).startswith("report/")
    assert REFUSED[text] in str(caught.value)


def test_a_title_may_go_on_in_further_lines(faulty):
    meta = read(faulty, "---\ntitle: >\n  A long\n  title\n---\n")
    assert ast.meta_text(meta["title"]) == "A long title"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Text.\n", "line 1: the manuscript must begin with a header"),
        ("% Title\n\nText.\n", "line 1: the manuscript must begin with a header"),
        ("---\ntitle: a\n\nText.\n", "line 1: the header does not end"),
        ("---\ntitle: a\n---\n\nText.\n\n---\ntitle: b\n---\n", "line 7: a second header"),
    ],
)
def test_a_manuscript_has_one_header_that_ends(faulty, text, message):
    with pytest.raises(ReviewError, match=message):
        header.read(faulty, text.splitlines())


def test_a_rule_and_a_table_of_dashes_are_no_headers(faulty):
    text = "---\ntitle: a\n---\n\nOne.\n\n---\n\nTwo.\n\n---\n\nThree: four.\n"
    assert header.read(faulty, text.splitlines()).lang == "en-GB"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("lang: fr\n", "_quarto.yml, line 1: `lang: fr` is not supported"),
        ("lang: en\nnumber-sections: true\n", "_quarto.yml, line 2: `number-sections` cannot be"),
        ("title: a\n", "_quarto.yml, line 1: `title` belongs into the header of report/index.qmd"),
        ("toc: true\n", "_quarto.yml, line 1: `toc` is not supported"),
        ("execute:\n  enabled: true\n", "_quarto.yml, line 1: `execute` must say"),
        ("langg: en\n", "_quarto.yml, line 1: `langg` is not known. Did you mean `lang`?"),
        ("a: [\n", "_quarto.yml, line 2: this is no YAML"),
    ],
)
def test_the_settings_of_quarto_are_held_to_the_same_rules(faulty, settings, message):
    path = faulty.report / "_quarto.yml"
    path.write_text(settings, encoding="utf-8")
    try:
        with pytest.raises(ReviewError) as caught:
            header.read(faulty, ["---", "title: a", "---"])
    finally:
        path.unlink()
    assert message in str(caught.value)


def test_every_entry_of_the_header_is_explained(faulty):
    guide = (ROOT / "docs/manuscript.md").read_text(encoding="utf-8")
    for key in header.KEYS:
        assert f"`{key}" in guide


def test_many_authors_share_their_institutions(faulty):
    people = "".join(f"  - name: Author {n}\n    affiliation: Clinic {n % 3}\n" for n in range(30))
    found = header.read(faulty, f"---\ntitle: a\nauthor:\n{people}---\n".splitlines()).people
    assert [place["name"] for place in found.places] == ["Clinic 0", "Clinic 1", "Clinic 2"]
    assert found.authors[29].marks == "3"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("CC BY", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC-BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
        ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("All rights reserved", ""),
    ],
)
def test_licences_of_creative_commons_are_known_by_name(faulty, text, url):
    source = f"---\ntitle: a\nlicense: {text}\n---\n".splitlines()
    assert header.read(faulty, source).licence == (text, url)


def test_the_address_of_a_licence_stays_as_it_is_written(faulty):
    source = "---\ntitle: a\nlicense:\n  text: b\n  url: https://example.org/c/\n---\n"
    assert header.read(faulty, source.splitlines()).licence == ("b", "https://example.org/c/")


def test_a_release_names_all_that_the_header_lacks_and_builds_nothing(template, monkeypatch):
    project, source = template, template.report / "index.qmd"
    with pytest.raises(ReviewError, match=r"author Łukasz O’Ważny, Jr\. has no `orcid`"):
        header.require_complete(project)
    named = "    email: lu_kasz_w@example.org\n"
    source.write_text(WHOLE.replace(named, f"{named}    orcid: 0000-0001-5109-3700\n"))
    header.require_complete(project)
    bare = "---\ntitle: a\nauthor: [b, c]\nfunding: None.\n---\n\n# Text\n"
    source.write_text(bare, encoding="utf-8")
    try:
        with pytest.raises(ReviewError) as told:
            header.require_complete(project)
        monkeypatch.chdir(project.root)
        assert main(["build", "release"]) == 1
        assert not (project.build / "stamps").exists()
    finally:
        source.write_text(WHOLE, encoding="utf-8")
    said = str(told.value)
    for part in (
        "author b has no `orcid`",
        "author c has no `orcid`",
        "author b has no `roles`",
        "`competing-interests` is missing",
        "`code` is missing",
        "`archive` is missing",
    ):
        assert part in said  # fmt: skip
    assert "`funding`" not in said
