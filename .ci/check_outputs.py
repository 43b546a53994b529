"""Do HTML, PDF and DOCX exist with the key numbers of the review, and the files of the page?"""

import html
import json
import re
import sys
from pathlib import Path

from docx import Document
from pypdf import PdfReader

#: As the review prints them: patients, median and limits, range, log-rank test.
KEY = ("84 patients", "2 weeks", "1–10 weeks", "24 h to 6 months", "p = 0.241")
#: What page and PDF of the supplement are called, if there is one.
SUPPLEMENTS = ("supplement.html", "supplement.pdf")


def text_of(path: Path) -> str:
    """The words of a finished report."""
    if path.suffix == ".html":
        return html.unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8")))
    if path.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(path).pages)
    document = Document(path)
    body = document.element.body
    return "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))


def beside(page: Path) -> list[str]:
    """The files that a page loads: drawings, and what waits until it is asked for."""
    text = page.read_text(encoding="utf-8")
    drawn = re.findall(r'<(?:img|source)\b[^>]*\s(?:src|srcset)="(?!data:)([^"?]+)', text)
    listed = re.search(r'<script type="application/json" id="beside">(.*?)</script>', text)
    return drawn + list(json.loads(listed[1]).values() if listed else [])


def squeezed(text: str) -> str:
    """Without blanks, which line breaks, links and no-break spaces put anywhere."""
    return re.sub(r"[\s\u00a0\u2009\u202f\u00ad]+", "", text)


def main(site: Path) -> int:
    """Print what is missing; 0 if nothing is."""
    problems = []
    for name in ("index.html", "index.pdf", "index.docx"):
        path = site / name
        if not path.is_file():
            problems.append(f"{name} is missing")
            continue
        text = squeezed(text_of(path))
        text += "".join(
            squeezed(text_of(site / other))
            for other in SUPPLEMENTS
            if path.suffix == Path(other).suffix and (site / other).is_file()
        )
        problems += [f"{name} lacks '{key}'" for key in KEY if squeezed(key) not in text]
        if "?@" in text or "{{<" in text:
            problems.append(f"{name} holds an unresolved reference or shortcode")
    pages = [site / name for name in ("index.html", SUPPLEMENTS[0])]
    files = [name for page in pages if page.is_file() for name in beside(page)]
    problems += [f"{name} is missing" for name in files if not (site / name).is_file()]
    supplement = site / SUPPLEMENTS[1]
    if supplement.is_file() and "Where the numbers come from" not in text_of(supplement):
        problems.append(f"{supplement.name} lacks the list of numbers")
    print("\n".join(problems) if problems else "HTML, PDF and DOCX show the key numbers.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
