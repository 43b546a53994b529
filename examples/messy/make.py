"""Writes messy.xlsx, an extraction sheet as a group may have typed it; the same bytes each time.

Everything in it is made up. Type `.venv/bin/python examples/messy/make.py` after a change.
"""

import io
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

FOLDER = Path(__file__).parent
MOMENT = datetime(2000, 1, 1)
GROUPS = {"I4:J4": "Blood level (ng/ml)"}
HEADER = [
    "Study", "Case No.", "Sex (m/f)", "Age (y)", "Dx", "Drug", "Dose mg/m2", "Other Treatments",
    "min", "max", "Responded?", "Time to respons", "Start date", "Date of response",
    "Follow-up (mo)",
    "Side effects", "Action taken", "Weight (kg)", "Extracted by", "N patients", "n male",
    "n female",
]  # fmt: skip
D = datetime
ROWS = [
    ["Alder 2015", 1, "M", 4, "lymphatic malformation", "Sirolimus", "1,6", "none", 5, 15, "CR",
     "3 weeks", None, None, 12, "mucositis", "dose reduction", "15,5", "AB"],
    [None, 2, "f", "18 months", "lymphatic malformation", "sirolimus", "~1.6", "NR", "NR", "NR",
     "PR", "2-3 wk", None, None, "n.r.", "none", None, 10, "AB"],
    [],
    ["Birch 2016", 1, "boy", 0.5, "venous malformation", "sirolimus", "0.8",
     "steroids, vincristine", 10, 15, "PR", None, D(2015, 3, 2), D(2015, 3, 16), 9,
     "headache; oral sores", "none", 7.2, "CD"],
    ["Birch 2016", 1, None, None, None, None, None, None, None, None, None, None, None, None, 9,
     None, None, 7.9, "CD"],
    ["Cedar 2017", 1, "F", "?", "haemangioma", "everolimus", None, "n/a", None, None, "SD", "n/a",
     None, None, "approx. 6", "not reported", None, None, "CD"],
    ["Cedar 2017", 2, "U", "1,250", "haemangioma", "everolimus", "<1", "none", "5", 15, "CR",
     "~3 months", None, None, "about a year", "none", None, 0.145, "CD"],
    ["Posters"],
    ["Dogwood 2018", None, None, None, None, None, None, None, None, None, None, None, None, None,
     None, None, None, None, "CD", 7, 3, 2],
    ["Elder 2019", "a", "m", 12, "venous malformation", "sirolimus", 2, "none", 5, 15, "CR",
     "5 d", None, None, 24, "none", None, 40, "AB"],
]  # fmt: skip
NOTES = ["AB extracted first, CD checked.", "Doses as in the papers."]


def main(path: Path) -> None:
    """Write the workbook."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Extraction"
    sheet["A1"] = "mTOR inhibitors, extraction form, version 3 (final FINAL)"
    sheet.merge_cells("A1:T1")
    sheet["A2"] = "please do not sort"
    for place, name in GROUPS.items():
        sheet[place.split(":")[0]] = name
        sheet.merge_cells(place)
    for row, cells in enumerate([HEADER, *ROWS], start=5):
        for column, value in enumerate(cells, start=1):
            if value is not None:
                sheet.cell(row, column, value)
    sheet["R12"].number_format = "0.0%"
    sheet.merge_cells("A6:A7")
    sheet.column_dimensions["S"].hidden = True
    for row, note in enumerate(NOTES, start=len(ROWS) + 8):
        sheet.cell(row, 1, note)
    book.properties.created = book.properties.modified = MOMENT
    stream = io.BytesIO()
    book.save(stream)
    _write(path, stream.getvalue())


def _write(path: Path, content: bytes) -> None:
    """The parts of the workbook again, none of which tells the time."""
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for name in sorted(old.namelist()):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(:modified [^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", part)
            info = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, part)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "messy.xlsx")
