"""JSON that people write: read within limits, and refused in words where it goes beyond."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

from case_review.data import yaml_file
from case_review.errors import ReviewError

#: Most bytes of a file, and most levels, one within the other.
MOST_BYTES, MOST_LEVELS = 2_000_000, 30


def read(path: Path, name: str):
    """The content of a JSON file.

    Parameters
    ----------
    name
        The file as messages name it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ReviewError
        If it is no JSON, names an entry twice, holds a number that is none or has more than 40
        digits, or goes beyond the limits.
    """
    text = yaml_file.read_text(path, name, MOST_BYTES)
    try:
        content = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_float=_number,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        raise ReviewError(
            f"{name}, line {error.lineno}, column {error.colno}: this is no JSON ({error.msg}). "
            "Look there for a comma too many, or for a quotation mark or bracket that is missing."
        ) from None
    except ValueError as error:
        raise ReviewError(f"{name}: {error}") from None
    except RecursionError:
        content = None
    if "\\ud" in text.lower() and _broken(content):
        raise ReviewError(f"{name}: it holds half a character (\\ud…). Type the character itself.")
    if (content is None and text.strip() != "null") or _deep(content):
        raise ReviewError(
            f"{name}: more than {MOST_LEVELS} levels, one within the other. Take some out."
        )
    return content


def _once(pairs: list[tuple]) -> dict:
    content = dict(pairs)
    if len(content) < len(pairs):
        name = next(name for name, many in Counter(n for n, _ in pairs).items() if many > 1)
        others = {key: value for key, value in pairs if key != name}
        raise ValueError(f"'{name}' stands twice in one object{_beside(others)}. Remove one.")
    return content


def _beside(others: dict) -> str:
    """The other entries of an object in short, by which it is found."""
    text = json.dumps(others, ensure_ascii=False)
    return f", beside {text if len(text) <= 80 else text[:79] + '…'}" if others else ""


def _no_number(text: str):
    raise ValueError(f"found {text}, which is no number. Write one, or leave the entry out.")


def _number(text: str) -> float:
    if len(text) > 40 or not math.isfinite(float(text)):
        _no_number(text[:40])
    return float(text)


def _whole(text: str) -> int:
    if len(text) > 40:
        raise ValueError(f"found a number of {len(text):,} digits; at most 40 are expected.")
    return int(text)


def _broken(content) -> bool:
    try:
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except (UnicodeEncodeError, RecursionError):
        return True
    return False


def _deep(content, level: int = 1) -> bool:
    if level > MOST_LEVELS:
        return isinstance(content, dict | list)
    parts = content.values() if isinstance(content, dict) else content
    return isinstance(content, dict | list) and any(_deep(part, level + 1) for part in parts)
