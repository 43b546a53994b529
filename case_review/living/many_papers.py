"""Many papers at once: each is audited by itself, and a page ranks them by what was found.

A paper that cannot be read is a line of the summary, and stops no other.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from case_review.audit import papers as papers_of
from case_review.audit import reports
from case_review.audit.findings import NOTE, SEVERITIES
from case_review.audit.report import audit_file
from case_review.build import workers
from case_review.errors import ReviewError
from case_review.exhibits import sheet
from case_review.exhibits.tables import marked_cell
from case_review.files import to_json, write_text
from case_review.formatting import number

#: The page that ranks the papers, and the same as tables.
PAGE, TABLE, DATA = "index.html", "summary.csv", "summary.json"
#: What the summary says of each paper that was read.
_COUNTS = ("numbers", "checked", "unchecked", "unread", "acknowledged")
#: What stands behind the name of a transcription in the files beside it.
_BESIDE = ("checks", "acknowledged")
_COLUMNS = ("paper", "title", *SEVERITIES, *_COUNTS, "page", "problem")


def main(papers: Sequence[Path], out: Path, jobs: int | None = None) -> int:
    """Audit every paper and write a page for each, and one that ranks them, into a folder.

    Parameters
    ----------
    papers
        Files, and folders whose files are meant.
    out
        The folder: a new one, an empty one, or that of an earlier audit, whose pages go.
    jobs
        How many are read at a time; by default as many as there are processors.

    Returns
    -------
    int
        2 if none of the papers could be read, 1 if there are findings that nobody acknowledged or
        a paper could not be read, else 0.

    Raises
    ------
    ReviewError
        If no paper is named, or the folder holds anything else.
    """
    files = list(_files(papers))
    if not files:
        raise ReviewError("no paper is named. Name files, or a folder that holds some.")
    names = _page_names(files)
    old = _earlier(out)
    rows: list[dict] = []

    def done(result: dict) -> None:
        page, data = result.pop("html", ""), result.pop("json", "")
        if page:
            result["page"] = names[result["paper"]]
            write_text(out / result["page"], page)
            write_text((out / result["page"]).with_suffix(".json"), data)
        rows.append(result)
        _tell(result, len(rows), len(files))

    # Each result is emptied of its pages at once, so that memory does not grow with the papers.
    workers.spread(audit, [{"path": path} for path in names], progress=done, workers=jobs)
    rows.sort(key=_rank)
    _write(out, rows, old)
    read = [row for row in rows if not row["problem"]]
    failing = any(row[severity] for row in read for severity in SEVERITIES[:-1])
    print(f"{out / PAGE}: {len(read)} of {len(rows)} papers were read.")
    return 2 if not read else int(failing or len(read) < len(rows))


def audit(path: str) -> dict:
    """What is found in one paper; it runs in a worker.

    Returns
    -------
    dict
        `paper` (the path) and `problem` in words; where that is empty also `title`, how many
        findings of each severity nobody acknowledged, `_COUNTS`, and the pages `html` and `json`.
    """
    try:
        report = audit_file(Path(path))
        page, data = reports.html(report), reports.json(report)
    except ReviewError as error:
        return {"paper": path, "problem": _one_line(error)}
    except RecursionError:
        return {"paper": path, "problem": "its parts are nested too deeply to be read"}
    except Exception as error:
        # A paper that the program does not cope with must not take the others with it.
        return {"paper": path, "problem": f"not understood ({type(error).__name__}: {error})"}
    return {
        "paper": path,
        "problem": "",
        "title": report.title,
        **dict.fromkeys(SEVERITIES, 0),
        **report.severities,
        NOTE: len(report.notes),
        "numbers": len(report.claims),
        "checked": len(report.examined.checked),
        "unchecked": len(report.examined.unchecked),
        "unread": len(report.unread),
        "acknowledged": len(report.acknowledged),
        "html": page,
        "json": data,
    }


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _files(papers: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those of folders that can be papers; none twice.

    What lies beside a transcription, such as its acknowledgements, is no paper.
    """
    found: dict[Path, None] = {}
    for path in papers:
        inside = filter(_is_paper, sorted(path.iterdir())) if path.is_dir() else [path]
        found |= dict.fromkeys(inside)
    stems = {path.with_suffix("") for path in found}
    for path in found:
        base, _, what = path.stem.rpartition("_")
        if what not in _BESIDE or path.with_name(base) not in stems:
            yield path


def _is_paper(path: Path) -> bool:
    return path.suffix.lower() in papers_of.ENDINGS and path.name[0] not in ".~"


def _page_names(files: Sequence[Path]) -> dict[str, str]:
    """The name of each paper's page: its path below the folder that all lie in, without slashes."""
    above = os.path.commonpath([path.absolute().parent for path in files])
    names: dict[str, str] = {}
    for path in files:
        stem = "__".join(Path(os.path.relpath(path.absolute(), above)).parts)
        name, tried = f"{stem}.html", 1
        while name in names.values() or name == PAGE:
            tried += 1
            name = f"{stem}-{tried}.html"
        names[str(path)] = name
    return names


def _earlier(out: Path) -> set[str]:
    """The files that an earlier audit wrote here."""
    if not out.exists():
        return set()
    if not out.is_dir():
        raise ReviewError(f"{out} is a file. Name a folder for the pages.")
    there = {path.name for path in out.iterdir()}
    if not there:
        return set()
    if DATA not in there:
        raise ReviewError(
            f"{out} holds other files ({min(there)}). Name a folder that is empty or is to be made."
        )
    known = _pages(out / DATA)
    return (known | {page.removesuffix(".html") + ".json" for page in known}) & there


def _pages(path: Path) -> set[str]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["papers"]
        return {row["page"] for row in rows if row.get("page") and "/" not in row["page"]}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ReviewError(
            f"{path} is not what an audit of papers wrote. Name another folder, or remove it."
        ) from None


def _rank(row: dict) -> tuple:
    """The most and worst findings first; papers that were not read last."""
    counts = [-row.get(severity, 0) for severity in SEVERITIES]
    return bool(row["problem"]), counts, row["paper"]


def _tell(row: dict, done: int, of: int) -> None:
    if row["problem"]:
        said = row["problem"]
    else:
        found = [f"{row[one]} {one}" for one in SEVERITIES if row[one]]
        said = f"{number(row['numbers'])} numbers; {', '.join(found) or 'no findings'}"
    print(f"{done:>4}/{of} {row['paper']}: {said}", flush=True)


def _write(out: Path, rows: list[dict], old: set[str]) -> None:
    filled = [{name: row.get(name, "") for name in _COLUMNS} for row in rows]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    table.writerows([marked_cell(row[name]) for name in _COLUMNS] for row in filled)
    write_text(out / TABLE, text.getvalue())
    write_text(out / PAGE, sheet.page("Papers by what was found", "Audit", _parts(filled),
                                      source=" from the papers as they are printed"))  # fmt: skip
    # The list comes last: what it names is there, and a later audit takes away no other file.
    write_text(out / DATA, to_json({"papers": filled}))
    pages = {row["page"] for row in filled if row["page"]}
    for name in old - pages - {page.removesuffix(".html") + ".json" for page in pages}:
        (out / name).unlink(missing_ok=True)


def _parts(rows: list[dict]) -> Iterator[str]:
    read = [row for row in rows if not row["problem"]]
    numbers = sum(row["numbers"] for row in read)
    held = sum(row["checked"] for row in read)
    yield sheet.para(
        f"{len(read)} of {len(rows)} papers were read: {number(numbers)} numbers, of which "
        f"{number(held)} could be held against others. Papers stand in the order of their worst "
        "findings. A finding is no verdict on the authors: look at the paper before anything is "
        "said of it."
    )
    keys = [*SEVERITIES, "numbers", "checked", "unread"]
    heads = ["Paper", *(key.capitalize() for key in keys)]
    yield sheet.table(
        heads,
        [
            [sheet.Link(_called(row), row["page"]), *(number(row[key]) for key in keys)]
            for row in read
        ],
        "Findings by severity, without those that were acknowledged.",
        numbers=range(1, len(heads)),
    )
    if missed := [row for row in rows if row["problem"]]:
        yield sheet.heading(f"Not read: {len(missed)}")
        yield sheet.table(["Paper", "Why"], [[row["paper"], row["problem"]] for row in missed])


def _called(row: dict) -> str:
    return f"{Path(row['paper']).name}: {row['title']}" if row["title"] else Path(row["paper"]).name


