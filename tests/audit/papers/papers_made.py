"""Papers of a few lines, written as JATS, HTML and Word, for the tests of their readers."""

from __future__ import annotations

from html import escape

from case_review.audit import papers
from case_review.audit.papers import opening
from case_review.audit.papers.draft import Draft

#: A cell that spans: text, rows, columns.
Cell = str | tuple[str, int, int]


def _cell(cell: Cell, tag: str) -> str:
    text, rows, columns = (cell, 1, 1) if isinstance(cell, str) else cell
    spans = f' rowspan="{rows}"' if rows > 1 else ""
    spans += f' colspan="{columns}"' if columns > 1 else ""
    return f"<{tag}{spans}>{text}</{tag}>"


def _rows(rows, tag: str = "td") -> str:
    return "".join(f"<tr>{''.join(_cell(c, tag) for c in row)}</tr>" for row in rows)


def table(heads, rows) -> str:
    """A `table` with its heading rows; cells are markup."""
    head = f"<thead>{_rows(heads, 'th')}</thead>" if heads else ""
    return f"<table>{head}<tbody>{_rows(rows)}</tbody></table>"


def wrap(heads, rows, label="Table 1", caption="", notes="") -> str:
    """A `table-wrap` of JATS."""
    foot = f"<table-wrap-foot><p>{notes}</p></table-wrap-foot>" if notes else ""
    return (
        f"<table-wrap><label>{label}</label><caption><p>{caption}</p></caption>"
        f"{table(heads, rows)}{foot}</table-wrap>"
    )


def article(*parts: str, abstract: str = "", title: str = "A made-up trial") -> bytes:
    """An article in JATS; parts are table-wraps, paragraphs and sections of its body."""
    told = f"<abstract><p>{abstract}</p></abstract>" if abstract else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96)'
        ' Journal Archiving DTD v1.2 20190208//EN" "JATS-archivearticle1.dtd"><article><front>'
        f"<article-meta><title-group><article-title>{escape(title)}</article-title></title-group>"
        f"{told}</article-meta></front><body>{''.join(parts)}</body></article>"
    ).encode()


def page(heads, rows, label="Table 1", caption="", notes="") -> bytes:
    """A web page with one table."""
    return (
        f"<html><body><h1>A made-up trial</h1><div><table><caption>{label}. {caption}</caption>"
        f"{table(heads, rows).removeprefix('<table>')}<div class='notes'>{notes}</div></div>"
        "</body></html>"
    ).encode()


def drafted(heads, rows, **words) -> Draft:
    """The draft of one table in JATS."""
    from case_review.audit.papers import jats

    content = article(wrap(heads, rows, **words))
    return papers.drafted(jats.read(opening.xml(content, "made.xml")))


def values(draft: Draft) -> dict[str, str]:
    """What was drafted: the value of each id, without the place."""
    return {row["claim_id"].partition(".")[2]: row["value"] for row in draft.rows}


def shares(draft: Draft) -> dict[str, tuple[str, str]]:
    """Numerator and denominator of each percentage by its id, without the place."""
    return {
        row["claim_id"].partition(".")[2]: (row["numerator"], row["denominator"])
        for row in draft.rows
        if row["kind"] == "percent"
    }
