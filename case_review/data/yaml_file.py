"""Text and YAML that people write: read within limits, and refused in words where it goes beyond.

A file that grows without end as it is read (aliases of aliases, thousands of levels, a pipe) would
keep a build waiting for ever; none that a review needs comes near the limits.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from case_review.errors import ReviewError

#: Most bytes of a file; parsing so much YAML takes some seconds.
MOST_BYTES = 250_000
#: Most levels, one within the other.
MOST_LEVELS = 30
#: Most aliases (`*name`), and most entries once each alias is replaced by what it stands for.
MOST_ALIASES, MOST_ENTRIES = 1_000, 20_000
#: Most characters of a number.
MOST_DIGITS = 40
_STANDARD = "tag:yaml.org,2002:"


def read_text(path: Path, name: str, most: int = MOST_BYTES) -> str:
    """A text file as UTF-8, without byte order mark.

    Parameters
    ----------
    name
        The file as messages name it.
    most
        Most bytes that are read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ReviewError
        If it is no regular file, too large, or no UTF-8 text.
    """
    try:
        size = Path(path).stat().st_size
        if not Path(path).is_file():  # opening a pipe would wait for whoever writes to it
            raise ReviewError(f"{name} cannot be read: it is a folder or a device, not a file.")
        if size > most:
            raise ReviewError(
                f"{name} cannot be read: it has {size:,} bytes, and at most {most:,} are expected. "
                "Look whether it is the right file."
            )
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ReviewError(f"{name} cannot be read: {error.strerror}.") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ReviewError(
            f"{name}, line {line}: this cannot be read as UTF-8 text. Save the file as UTF-8."
        ) from None


@lru_cache(maxsize=8)
def load(text: str, name: str):
    """The content of a YAML text; ruamel's mappings and lists, which remember their lines.

    Parameters
    ----------
    name
        The file as messages name it.

    Raises
    ------
    ReviewError
        If it is no YAML, names an entry twice, or goes beyond the limits, with the line.
    """
    from ruamel.yaml.composer import MaxDepthExceededError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        return _loader().load(text)
    except ReaderError as error:
        line, problem = text[: error.position].count("\n") + 1, _unprintable(error.character)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        told = [error.context] if str(error.problem).startswith("but ") else []
        problem = " ".join(" ".join(map(str, [*told, error.problem or error.context])).split())
        if isinstance(error, MaxDepthExceededError):
            problem = f"more than {MOST_LEVELS} levels, one within the other"
    except YAMLError as error:
        line, problem = 1, " ".join(str(error).split())
    raise ReviewError(f"{name}, line {line}: {problem[:300]}")


def _unprintable(character) -> str:
    code = ord(character) if isinstance(character, bytes | str) else character
    return f"the character U+{code:04X}, which YAML does not allow. Remove it"


def line(node, step, otherwise: int = 1) -> int:
    """The line (from 1) of an entry of what `load` returns; `otherwise` if it has none there."""
    places = getattr(getattr(node, "lc", None), "data", None) or {}
    return places[step][0] + 1 if step in places else otherwise


def plain(value):
    """What `load` returns without its memory of the file: dicts, lists and scalars."""
    if isinstance(value, dict):
        return {plain(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return getattr(value, "value", value)  # `=` has a type of its own


def _loader():
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer, ComposerError
    from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
    from ruamel.yaml.events import AliasEvent
    from ruamel.yaml.nodes import MappingNode, ScalarNode

    class Bounded(Composer):
        """Refuses what takes for ever, or means something to Python only, where it stands."""

        def __init__(self, loader=None):
            super().__init__(loader=loader)
            self.warn_double_anchors = False
            self.aliases = self.entries = 0
            self.sizes: dict[int, int] = {}

        def compose_node(self, parent, index):
            event, before = self.parser.peek_event(), self.entries
            refuse = _refusal(ComposerError, event.start_mark)
            if (tag := getattr(event, "tag", None)) and tag != "!":
                shown = tag.replace(_STANDARD, "!!")
                raise refuse(f"the tag {shown} is not understood. Write the value without it")
            node = super().compose_node(parent, index)
            name = isinstance(parent, MappingNode) and index is None
            if name and not isinstance(node, ScalarNode):
                raise refuse("the name of an entry should be a text, found a list or entries")
            if isinstance(event, AliasEvent):
                self.aliases += 1
                if id(node) not in self.sizes:
                    raise refuse(f"*{event.anchor} stands within what it stands for")
                self.entries += self.sizes[id(node)]
            else:
                self.entries += 1
                self.sizes[id(node)] = self.entries - before
            if self.aliases > MOST_ALIASES:
                raise refuse(f"more than {MOST_ALIASES:,} aliases (*name)")
            if self.entries > MOST_ENTRIES:
                raise refuse(f"more than {MOST_ENTRIES:,} entries, aliases (*name) written out")
            number = isinstance(node, ScalarNode) and node.tag in _NUMBERS
            if number and len(node.value) > MOST_DIGITS:
                size = f"{len(node.value):,} characters"
                raise refuse(f"a number of {size}; at most {MOST_DIGITS} are expected")
            return node

    class Told(RoundTripConstructor):
        """Names the line of a scalar that looks like a number or a date, and is none."""

        def construct_non_recursive_object(self, node, tag=None):
            try:
                return super().construct_non_recursive_object(node, tag)
            except (ValueError, TypeError, OverflowError, AttributeError, KeyError) as error:
                raise _refusal(ConstructorError, node.start_mark)(
                    f"{str(node.value)[:40]!r} is not understood ({error})"
                ) from None

    yaml = YAML(pure=True)
    yaml.Composer, yaml.Constructor = Bounded, Told
    yaml.max_depth = MOST_LEVELS
    return yaml


_NUMBERS = {f"{_STANDARD}int", f"{_STANDARD}float"}


def _refusal(kind, mark):
    return lambda problem: kind(None, None, problem, mark)
