"""Spreadsheets and CSV files damaged at random: what stood there, or one sentence, and soon.

A file of damaged bytes that is read all the same must give the cells of the whole one.
"""

import io
import random
import time

import pytest
from openpyxl import Workbook
from workbooks import archive, book, cell, parts_of, row, sheet

from case_review.data import raw_file, reading

HEAD = ["report_id", "kind", "n_patients", "adverse_events_reported", "provenance"]
ROWS = [[f"R{n}", "publication", n, "yes", "extracted"] for n in range(1, 6)]
TEXT = "\n".join(",".join(map(str, line)) for line in [HEAD, *ROWS]) + "\n"
#: Seconds that no file may take.
SOON = 5


def saved():
    """As openpyxl writes a workbook, with texts of its own part."""
    made = Workbook()
    for line in [HEAD, *ROWS]:
        made.active.append(line)
    made.create_sheet("notes")["A1"] = "x"
    made.active.title = "reports"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def written():
    """With formulas, formats, hidden rows and merged cells far away."""
    rows = [row(1, *HEAD), row(2, *ROWS[0], more=' hidden="1"')]
    rows += [row(n, *line) for n, line in enumerate(ROWS[1:-1], 3)]
    computed = cell("C6", "5", "n", 7, "<f>2+3</f>")
    rows.append(row(6, *ROWS[-1][:2], computed, *ROWS[-1][3:]))
    after = '<mergeCells><mergeCell ref="A20:C21"/></mergeCells>'
    return book({"reports": sheet(*rows, before='<dimension ref="A1"/>', after=after)})


WHOLE = {"saved": saved(), "written": written()}
PIECES = [b"", b"0", b"-1", b"99999999999", b"A1:XFD1048576", b"&", b"<c/>", b"<row>", b"</row>",
          b"<!-- -->", b"inlineStr", b"s", b"\xff", b"\x00", b"1e999", b"NaN", b"hidden",
          b"9" * 5000, b"<![CDATA[x]]>", b"<!DOCTYPE a>", b"&a;", b" " * 9999]  # fmt: skip


def damaged_bytes(content, chance):
    """Some bytes changed, cut off, left out, doubled or put in."""
    content = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 5, 40])):
        at = chance.randrange(len(content)) if content else 0
        to = at + chance.choice([1, 1, 2, 8, 100])
        how = chance.choice(["flip", "flip", "set", "cut", "drop", "double", "put"])
        if how == "flip" and content:
            content[at] ^= 1 << chance.randrange(8)
        elif how == "set" and content:
            content[at] = chance.randrange(256)
        elif how == "cut":
            del content[at:]
        elif how == "drop":
            del content[at:to]
        elif how == "double":
            content[at:at] = content[at:to]
        else:
            content[at:at] = chance.choice(PIECES)
    return bytes(content)


def damaged_part(content, chance):
    """One part of the archive damaged, left out or exchanged, in an archive that is whole."""
    parts = parts_of(content)
    name, other = chance.choice(list(parts)), chance.choice(list(parts))
    how = chance.choice(["bytes", "bytes", "tags", "tags", "tags", "words", "drop", "exchange"])
    if how == "drop":
        del parts[name]
    elif how == "exchange":
        parts[name], parts[other] = parts[other], parts[name]
    elif how == "bytes":
        parts[name] = damaged_bytes(parts[name], chance)
    else:
        mark = b">" if how == "tags" else b'"'
        pieces = parts[name].split(mark)
        for _ in range(chance.choice([1, 1, 2, 4])):
            a, b = chance.randrange(len(pieces)), chance.randrange(len(pieces))
            if chance.random() < 0.5:
                pieces[a], pieces[b] = pieces[b], pieces[a]
            else:
                pieces[a] = chance.choice([*PIECES, pieces[b]])
        parts[name] = mark.join(pieces)
    return archive(parts)


def said_of(path):
    """The cells, or what is said of the file, which must come soon and be a sentence."""
    begun = time.monotonic()
    try:
        found = [cells for _, cells in raw_file.read_path(path).lines]
    except raw_file.FileProblem as problem:
        found = problem.message
        assert found.endswith(".") and "\n" not in found and 30 < len(found) < 400
    raw, problems = reading.attempt_table(path.parent, path.stem)
    assert time.monotonic() - begun < SOON
    assert all(str(p).startswith(f"data/raw/{path.name}") for p in problems)
    assert problems or len(raw.tables["reports"]) or not isinstance(found, list) or len(found) == 1
    return found


def campaign(folder, times, seed):
    """How many damaged files were read and how many were refused."""
    chance = random.Random(seed)
    path, text = folder / "reports.xlsx", folder / "reports.csv"
    whole = {}
    for kind, content in WHOLE.items():
        path.write_bytes(content)
        whole[kind] = said_of(path)
        assert whole[kind] == [HEAD, *[[str(value) for value in line] for line in ROWS]]
    counts = {"read": 0, "refused": 0}
    for n in range(times):
        kind = chance.choice(list(WHOLE))
        how = [damaged_bytes, damaged_part, damaged_part][n % 3]
        path.write_bytes(how(WHOLE[kind], chance))
        found = said_of(path)
        if how is damaged_bytes and isinstance(found, list):
            assert found == whole[kind], (n, kind)
        counts["read" if isinstance(found, list) else "refused"] += 1
        path.unlink()
        text.write_bytes(damaged_bytes(TEXT.encode(), chance))
        said_of(text)
        text.unlink()
    return counts


def test_damaged_files_are_read_or_refused(tmp_path):
    counts = campaign(tmp_path, 60, seed=1)
    assert min(counts.values()) > 10


@pytest.mark.nightly
def test_very_many_damaged_files_are_read_or_refused(tmp_path):
    counts = campaign(tmp_path, 2000, seed=time.time_ns())
    assert min(counts.values()) > 100
