"""What the report's page says of itself: to readers in its head, to machines in its metadata."""

from __future__ import annotations

from case_review import __version__
from case_review.build.revision import revision
from case_review.project import Project
from case_review.rendering import ast, bylines, changes, citing, whats_new
from case_review.rendering.authors import People
from case_review.rendering.forms import File
from case_review.rendering.manuscript import Manuscript


def listed(offered: dict[str, str]) -> dict:
    """Files and their words, as the template lists them."""
    entries = [
        {"href": ast.said(name), "words": ast.said(words)} for name, words in offered.items()
    ]
    return {"t": "MetaList", "c": [{"t": "MetaMap", "c": entry} for entry in entries]}


def fill(project: Project, found: Manuscript, meta: dict, citation: citing.Citation) -> dict:
    """Put what the title block says of the version into `meta`; returns all it says, as texts."""
    version = revision(project)
    commit = f", {version}" if version.commit else ""
    about = {
        "title": ast.meta_text(meta.get("title")),
        "authors": ast.meta_texts(meta.get("author")),
        "keywords": ast.meta_texts(meta.get("keywords")),
        "licence": ast.meta_text(meta.get("licence-link") or meta.get("licence-text")),
        "date": version.day.isoformat(),
        "version": f"{__version__}{commit}",
        "language": found.header.lang,
    }
    meta["day"] = ast.said(f"{version.day:%-d %B %Y}")
    meta["published"] = ast.said(about["date"].replace("-", "/"))
    meta["version"] = ast.said(about["version"])
    if (project.root / changes.SOURCE).is_file():
        meta["changes"] = ast.said(changes.PAGE)
    if whats_new.is_there(project):
        meta["news"] = ast.said(whats_new.PAGE)
        meta["since"] = ast.said(whats_new.read(project)["name"])
    meta["citation"] = ast.said(citation.sentence())
    about |= {"doi": citation.declared.doi(), **citation.declared.addresses}
    if about["doi"]:
        meta["doi"] = ast.said(about["doi"])
    return about


def described(about: dict, people: People, files: list[File]) -> dict:
    """The report in the words of schema.org, for search engines and reference managers."""
    code = {"@type": "SoftwareSourceCode", "codeRepository": about.get("code")}
    told = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": about["title"],
        "author": bylines.described(people),
        "datePublished": about["date"],
        "version": about["version"],
        "inLanguage": about["language"],
        "keywords": about["keywords"],
        "license": about["licence"],
        "url": about.get("url"),
        "identifier": about.get("archive"),
        "isBasedOn": code if about.get("code") else None,
        "encoding": [encoding(file) for file in files],
    }
    return {key: value for key, value in told.items() if value}


def encoding(file: File) -> dict[str, str]:
    """A file of the report in the same words."""
    return {"@type": "MediaObject", "contentUrl": file.name, "encodingFormat": file.media}
