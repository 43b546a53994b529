"""The reference pages of the documentation: commands, parameters, columns and values.

mkdocs calls `on_files` while it builds the site (`make docs`), so that no page is ever older than
what it describes: the Makefile, the parser of the command line, the models of `params.yml` with the
file's comments, the declared columns, and the docstrings of values.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
#: What a bound of a JSON schema is called, by its key.
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
}
_TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "object": "entries",
    "array": "list",
    "null": "nothing",
}


def on_files(files, config):
    """Add the pages to those that mkdocs found in `docs/`."""
    from mkdocs.structure.files import File

    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    for name, text in pages().items():
        files.append(File.generated(config, f"reference/{name}", content=text))
    return files


def pages() -> dict[str, str]:
    """All pages by file name."""
    made = {"commands.md": commands, "parameters.md": parameters, "columns.md": columns}
    made["values.md"] = values
    return {name: "\n".join(make()) + "\n" for name, make in made.items()}


def commands() -> Iterator[str]:
    """The targets of make, and the commands below them with their options."""
    yield "# Commands\n"
    yield "`make TARGET NAME=value`: a value that follows the target in brackets is its own.\n"
    yield from _head("target", "does")
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name, said in re.findall(r"^([a-z-]+):.*?## (.+)$", text, re.MULTILINE):
        yield _row(f"`make {name}`", said)
    yield "\n## What may be given\n"
    settings = re.search(r"^# PARAMS=(.+\n# )+.+$", text, re.MULTILINE)
    yield re.sub("^# ", "", settings[0], flags=re.MULTILINE).join(["```text\n", "\n```"])
    yield "\n## The commands themselves\n"
    yield "Make calls `.venv/bin/python -m case_review COMMAND`, which can be typed as well.\n"
    from case_review import __main__

    parser = __main__._parser()
    (listed,) = (x for x in parser._actions if isinstance(x, argparse._SubParsersAction))
    for name, command in listed.choices.items():
        yield f"### {name}\n"
        yield f"{(command.description or '').capitalize()}.\n"
        for action in command._actions:
            if "--help" in action.option_strings:
                continue
            called = ", ".join(action.option_strings) or str(action.metavar or action.dest)
            allowed = f" ({', '.join(map(str, action.choices))})" if action.choices else ""
            yield f"- `{called}`{allowed}: {action.help or 'see above'}"
        yield ""


def parameters() -> Iterator[str]:
    """The entries of `params.yml`, section by section, with type, bounds and the file's comment."""
    from case_review.parameters.sections import SECTIONS

    file = YAML().load((ROOT / "params.yml").read_text(encoding="utf-8"))
    yield "# Parameters\n"
    yield (
        "A section of `params.yml` for each notebook, and `shared` for all. A notebook's cell "
        "tagged `parameters`\nrepeats what it uses. `make report PARAMS=mine.yml` takes another "
        "file, which may leave out what stays as it is.\n"
    )
    for section, model in SECTIONS.items():
        schema = model.model_json_schema()
        yield f"## {section}\n"
        yield f"{inspect.getdoc(model)}\n"
        yield from _head("entry", "may be", "here", "meaning")
        given = file.get(section) or {}
        for name, facts in schema.get("properties", {}).items():
            here = given.get(name)
            plain = here if isinstance(here, (str, int, float, bool)) else None
            if isinstance(here, list) and all(isinstance(one, (str, int, float)) for one in here):
                plain = ", ".join(map(str, here))
            shown = "" if plain is None else f"`{plain}`"
            yield _row(f"`{name}`", _kind(facts, schema), shown, _comment(given, name))
        yield ""


def _kind(facts: dict, schema: dict) -> str:
    """What an entry may be, in words."""
    if "$ref" in facts:
        facts = {**schema["$defs"][facts["$ref"].rpartition("/")[2]], **facts}
    if "enum" in facts:
        return ", ".join(f"`{one}`" for one in facts["enum"])
    if "const" in facts:
        return f"`{facts['const']}`"
    if "anyOf" in facts:
        return " or ".join(dict.fromkeys(_kind(one, schema) for one in facts["anyOf"]))
    said = _TYPES.get(facts.get("type", ""), "anything")
    if facts.get("type") == "array":
        said = f"list of: {_kind(facts.get('items', {}), schema)}"
    elif isinstance(facts.get("additionalProperties"), dict):
        said = f"entries of: {_kind(facts['additionalProperties'], schema)}"
    elif "properties" in facts:
        said = "entries " + ", ".join(f"`{one}`" for one in facts["properties"])
    bounds = [form.format(facts[key]) for key, form in _BOUNDS.items() if key in facts]
    return ", ".join([said, *bounds])


def _comment(section, name: str) -> str:
    """The comment behind an entry in the file, which says what it is."""
    tokens = section.ca.items.get(name) if hasattr(section, "ca") else None
    found = next((token for token in (tokens or [])[2:3] if token), None)
    lines = found.value.splitlines() if found else []
    if not lines or not lines[0].strip():  # it stands above the next entry
        return ""
    return lines[0].strip().lstrip("# ").strip()


def columns() -> Iterator[str]:
    """The columns of all tables: raw ones, clean ones, and what notebooks make."""
    from case_review.data import schema

    yield "# Columns\n"
    yield "An empty cell means not reported. What cleaning adds is marked clean, what it drops raw."
    yield ""
    raw = {**schema.TABLES, **schema.AUDITED, **schema.SHOWN, **schema.FOUND}
    for name in [*raw, *(n for n in [*schema.CLEAN, *schema.ANY.made] if n not in raw)]:
        both = {}
        for tables in (raw, schema.CLEAN, schema.ANY.made):
            both |= tables[name].columns if name in tables else {}
        yield f"## {name}\n"
        yield from _head("column", "holds", "values", "given", "meaning")
        for column in both.values():
            kind = {"whole": "whole number"}.get(column.type, column.type)
            unit = f"`{column.unit}`" if column.unit in both else column.unit
            holds = ", ".join(filter(None, [kind, unit, column.stage]))
            allowed = ", ".join(column.values) or column.source
            if column.lowest is not None and column.highest is not None:
                allowed = f"{column.lowest} to {column.highest}"
            given = f"with `{column.given_with}`" if column.given_with else ""
            given = "always" if column.required else given
            yield _row(f"`{column.name}`", holds, allowed, given, column.meaning)
        yield ""


def values() -> Iterator[str]:
    """What can be recorded and shown, as the classes say it."""
    from case_review import values as room

    yield "# Values\n"
    yield (inspect.getdoc(room) or "") + "\n"
    for name in room.__all__:
        one = getattr(room, name)
        if inspect.isclass(one):
            yield f"## {name}\n"
            yield "```text\n" + (inspect.getdoc(one) or "") + "\n```\n"


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield _row(*["---"] * len(names))


def _row(*cells: str) -> str:
    shown = (" ".join(str(cell).split()).replace("|", "\\|") for cell in cells)
    return "| " + " | ".join(shown) + " |"

