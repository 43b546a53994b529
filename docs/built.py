"""What the site of the documentation has beside pages: the reports of examples, if they are built.

mkdocs calls this while it builds the site (`make docs`). A review that `make new` has made takes
over no page about examples or benchmarks, so that these leave the navigation there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Where `make examples` puts the reports, each in a folder of its example's name.
REPORTS = ROOT / "report" / "_examples"
#: The page that leads to them.
PAGE = "examples.md"


def on_config(config):
    """Leave out of the navigation the pages that only the project of the examples has."""
    config["nav"] = present(config["nav"], Path(config["docs_dir"]))
    return config


def on_files(files, config):
    """Add the reports' files to those that are copied."""
    from mkdocs.structure.files import File

    for path in built():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                name = file.relative_to(REPORTS).as_posix()
                files.append(File.generated(config, f"examples/{name}", abs_src_path=str(file)))
    return files


def on_page_markdown(markdown, page, **given):
    """Let the page about examples end with the way to their reports."""
    return "\n".join([markdown, *led()]) if page.file.src_uri == PAGE else markdown


def built() -> list[Path]:
    """The folders of finished reports."""
    return sorted(path.parent for path in REPORTS.glob("*/index.html"))


def led() -> Iterator[str]:
    """The links to finished reports, or how to come by them."""
    yield "## Their reports\n"
    if not built():
        yield "They were not built when this site was made: type `make examples`, then `make docs`."
    for path in built():
        forms = [f"[page](examples/{path.name}/index.html)"]
        if (path / "index.pdf").is_file():
            forms.append(f"[PDF](examples/{path.name}/index.pdf)")
        yield f"- {path.name}: {', '.join(forms)}"


def present(nav: list, docs: Path) -> list:
    """The entries of a navigation without pages that are not there; what is made always is."""
    kept = []
    for entry in nav:
        if isinstance(entry, dict):
            kept += [{title: present(under, docs)} for title, under in entry.items()]
        elif entry.startswith("reference/") or (docs / entry).is_file():
            kept.append(entry)
    return kept
