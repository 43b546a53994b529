"""What a page says of itself: its title block, and the same for machines in its head."""

from __future__ import annotations

from pathlib import Path

from case_review import __version__
from case_review.build.revision import revision
from case_review.project import Project
from case_review.rendering import ast
from case_review.rendering.assemble import FORMS


def fill(project: Project, meta: dict) -> dict:
    """Put what the title block says of the version into `meta`; returns all it says, as texts."""
    version = revision(project)
    changed = "" if version.clean else ", with local changes"
    commit = f", commit {version.commit[:10]}{changed}" if version.commit else ""
    about = {
        "title": _words(meta.get("title")),
        "authors": _listed(meta.get("author")),
        "keywords": _listed(meta.get("keywords")),
        "licence": _words(meta.get("licence-link") or meta.get("licence-text")),
        "date": version.day.isoformat(),
        "version": f"{__version__}{commit}",
    }
    day = f"{version.day:%-d %B %Y}"
    named = [", ".join(about["authors"]), about["title"], f"Version {__version__}", day]
    meta["day"], meta["published"] = inlines(day), inlines(about["date"].replace("-", "/"))
    meta["version"] = inlines(about["version"])
    meta["citation"] = inlines(". ".join(part for part in named if part) + ".")
    return about


def described(about: dict, out: Path) -> dict:
    """The report in the words of schema.org, for search engines and reference managers."""
    page, *others = FORMS.values()
    forms = [page, *(form for form in others if (out / form.file).is_file())]
    told = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": about["title"],
        "author": [{"name": name} for name in about["authors"]],
        "datePublished": about["date"],
        "version": about["version"],
        "inLanguage": "en-GB",
        "keywords": about["keywords"],
        "license": about["licence"],
        "encoding": [
            {"@type": "MediaObject", "contentUrl": form.file, "encodingFormat": form.media}
            for form in forms
        ],
    }
    return {key: value for key, value in told.items() if value}


def description(tree: dict) -> str:
    """What a page is about in one paragraph: the first of its abstract or of its text."""
    abstract = tree["meta"].get("abstract", {"t": ""})
    blocks = abstract["c"] if abstract["t"] == "MetaBlocks" else tree["blocks"]
    first = next((block for block in blocks if block["t"] == "Para"), None)
    return ast.text(first["c"]) if first else _words(tree["meta"].get("title"))


def _words(entry: dict | None) -> str:
    return ast.text(entry["c"]) if entry else ""


def _listed(entry: dict | None) -> list[str]:
    """The texts of metadata that may be one or several."""
    if entry and entry["t"] == "MetaList":
        return [_words(each) for each in entry["c"]]
    return [_words(entry)] if entry else []


def inlines(text: str) -> dict:
    """A plain text as metadata."""
    return {"t": "MetaInlines", "c": ast.words(text)}
