"""The documentation: every page is reachable, every snippet runs, the reference has everything."""

import importlib.util
import re
import subprocess
import sys

import pytest
from building import make
from conftest import ROOT, write_notebook
from ruamel.yaml import YAML

from case_review import registry
from case_review.data import schema
from case_review.parameters.sections import SECTIONS

DOCS = ROOT / "docs"
SITE = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
MADE = {f"reference/{name}.md" for name in ("commands", "parameters", "columns", "values")}


def hook(name):
    """A module of `docs/` that mkdocs calls."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference():
    return hook("reference").pages()


def listed(entries):
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            yield from listed([part for parts in entry.values() for part in parts])


def snippets(*pages):
    """The Python of how-to pages, in order."""
    for page in pages:
        text = (DOCS / "how-to" / f"{page}.md").read_text(encoding="utf-8")
        for indent, code in re.findall(r"^( *)```python\n(.*?)^ *```", text, re.M | re.S):
            yield re.sub(f"^{indent}", "", code, flags=re.M).strip()


def test_every_page_stands_in_the_navigation_once():
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} | MADE
    assert sorted(listed(SITE["nav"])) == sorted(pages)


def test_every_link_between_pages_leads_to_one():
    pages = {DOCS / name for name in listed(SITE["nav"])}
    for path in DOCS.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+\.md)[^)]*\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).resolve() in pages, (path.name, link)


def test_the_reference_has_every_target_command_parameter_and_column(reference):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^([a-z-]+):.*## ", makefile, re.M):
        assert f"| `make {target}` |" in reference["commands.md"]
    for command in ("build", "validate", "audit", "results"):
        assert f"\n### {command}\n" in reference["commands.md"]
    assert "PARAMS=file: another parameter file" in reference["commands.md"]
    for section, model in SECTIONS.items():
        _, _, rest = reference["parameters.md"].partition(f"\n## {section}\n")
        for entry in model.model_fields:
            assert f"\n| `{entry}` |" in rest.partition("\n## ")[0]
    for name, table in {**schema.TABLES, **schema.CLEAN, **schema.SHOWN}.items():
        _, _, rest = reference["columns.md"].partition(f"\n## {name}\n")
        for column in table.columns:
            assert f"\n| `{column}` |" in rest.partition("\n## ")[0]


@pytest.mark.pipeline
def test_the_snippets_of_the_how_to_pages_run_one_after_another(small):
    cells = list(snippets("notebook", "table", "figure"))
    assert len(cells) == 6
    write_notebook(small / "notebooks" / "11_other_treatments.ipynb", *cells)
    make(small, "notebooks")
    made = registry.read(small / "report" / "results" / "11_other_treatments.json")
    assert [one.id for one in made] == ["treatment.with_others"]
    for name in ("tbl-reports.csv", "tbl-other-treatments.csv", "fig-ages.svg", "fig-ages.csv"):
        assert (small / "report" / "exhibits" / name).stat().st_size
    assert (small / "report" / "exhibits" / "fig-ages-everywhere.narrow" / "0.svg").is_file()


def test_the_page_of_examples_names_each_and_leads_to_reports_that_are_built(tmp_path):
    page = (DOCS / "examples.md").read_text(encoding="utf-8")
    for example in (path for path in (ROOT / "examples").iterdir() if path.is_dir()):
        assert f"`examples/{example.name}/" in page
    built = hook("built")
    built.REPORTS = tmp_path
    assert "type `make examples`" in "".join(built.led())
    for name in ("one/index.html", "one/index.pdf", "half/index.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a report", encoding="utf-8")
    *_, line = built.led()
    assert line == "- one: [page](examples/one/index.html), [PDF](examples/one/index.pdf)"


def test_pages_that_a_new_review_lacks_are_not_in_its_navigation(tmp_path):
    (tmp_path / "index.md").write_text("# Here", encoding="utf-8")
    nav = ["index.md", "examples.md", {"Reference": ["reference/columns.md", "own.md"]}]
    kept = ["index.md", {"Reference": ["reference/columns.md"]}]
    assert hook("built").present(nav, tmp_path) == kept


def test_the_site_is_built_and_asks_no_other_host(tmp_path):
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed: `make docs` installs it")
    command = [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > len(list(listed(SITE["nav"])))  # and the page of what is not there
    for page in pages:
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"?https?:[^>]+", text)
        assert loaded == []
