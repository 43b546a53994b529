"""What binds the reconstructed rows: `data/raw/reconstruction.yml` and the printed numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from case_review.audit.claims import Claims
from case_review.audit.claims import read as read_claims
from case_review.data import yaml_file
from case_review.errors import ReviewError

NAME = "reconstruction.yml"
#: What the file holds at least.
SECTIONS = (
    "by_population", "in_total", "reports", "safety", "implications", "stopped", "response",
    "follow_up", "values",
)  # fmt: skip
POPULATIONS = ("publications", "posters")


@dataclass(frozen=True)
class Totals:
    """What is printed of a variable for all patients together.

    Parameters
    ----------
    counts
        Patients with each level whose number is printed or follows.
    free
        The other levels.
    reported
        Patients of whom the variable is known.
    rest
        Those of them who have a free level.
    mode
        Patients with the most frequent level, if there is one: each free level has fewer, and at
        least one.
    """

    counts: dict[str, int]
    free: list[str]
    reported: int
    rest: int
    mode: int | None


@dataclass(frozen=True)
class Specification:
    """The file's content and the printed numbers that it refers to.

    Parameters
    ----------
    content
        The sections of `reconstruction.yml`.
    claims
        The printed numbers.
    """

    content: dict
    claims: Claims

    def __getitem__(self, section: str):
        return self.content[section]

    def number(self, claim_id: str) -> int:
        """The printed count under a claim id."""
        return self.claims.number(claim_id)

    def margins(self) -> Iterator[tuple[str, str, list[str], str]]:
        """Every printed count of a variable's values: (claim id, variable, values, population)."""
        for variable, entry in self.content["by_population"].items():
            within = self.within(variable)
            for population in POPULATIONS:
                for level, path in entry["levels"].items():
                    values = [level, *(value for value, upper in within.items() if upper == level)]
                    yield f"{entry['claim']}.{path}.{population}.n", variable, values, population
            for value in within:
                yield f"{entry['claim']}.{entry['within'][value]}.all.n", variable, [value], "all"
        for variable, entry in self.content["in_total"].items():
            yield entry["reported"], variable, list(entry["levels"]), "all"
            for value, claim in entry["levels"].items():
                if claim:
                    yield claim, variable, [value], "all"
            if "treated" in entry:
                yield entry["treated"], variable, self.treated(variable), "all"

    def bound(self) -> frozenset[str]:
        """Ids of all printed numbers that the rows are made to satisfy, without making any.

        These are the counts of `margins`, every claim that the file names elsewhere, and those
        that it lists as met in other words (`also_met`).
        """
        named = {text for text in _texts(self.content) if text in self.claims}
        return frozenset(named.union(claim for claim, *_ in self.margins()))

    def totals(self, variable: str) -> Totals:
        """What is printed of a variable for all patients together, and what it leaves open."""
        entry = self.content["in_total"][variable]
        counts = {level: self.number(claim) for level, claim in entry["levels"].items() if claim}
        free = [level for level, claim in entry["levels"].items() if not claim]
        reported = self.number(entry["reported"])
        if "treated" in entry:
            counts["none"] = reported - self.number(entry["treated"])
            free.remove("none")
        mode = self.number(entry["mode"]) if "mode" in entry else None
        return Totals(counts, free, reported, reported - sum(counts.values()), mode)

    def parts(self, variable: str) -> list[str]:
        """What the levels of a variable are joined of, such as the drugs given along, sorted."""
        levels = self.content["in_total"][variable]["levels"]
        return sorted({part for level in levels for part in level.split(";")} - {"none", ""})

    def treated(self, variable: str) -> list[str]:
        """The values of a variable that say of some treatment which it was."""
        return [value for value in self.content["in_total"][variable]["levels"] if value != "none"]

    def within(self, variable: str) -> dict[str, str]:
        """Values named in footnotes, and the level that each is a part of."""
        entry = self.content["by_population"][variable]
        level_of = {path: level for level, path in entry["levels"].items()}
        named = entry.get("within", {}).items()
        return {value: level_of[path.rpartition(".")[0]] for value, path in named}

    def values(self, variable: str) -> list[str]:
        """All values that a variable may take."""
        if variable in self.content["in_total"]:
            return [*self.content["in_total"][variable]["levels"], ""]
        return [*self.content["by_population"][variable]["levels"], *self.within(variable)]

    @property
    def variables(self) -> list[str]:
        """All variables that are drawn."""
        return [*self.content["by_population"], *self.content["in_total"]]

    def group_of(self, diagnosis: str) -> str:
        """The arm of the comparison that a diagnosis belongs to."""
        entry = self.content["by_population"]["diagnosis"]
        path = {**entry["levels"], **entry["within"]}[diagnosis]
        top = path.split(".")[0]
        return next(g for g, tops in self.content["response"]["groups"].items() if top in tops)


def _texts(content) -> Iterator[str]:
    """All texts in the values of nested sections."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from _texts(part)


def read(raw: Path) -> Specification:
    """The specification that lies in the folder of the raw data.

    Raises
    ------
    ReviewError
        If the file is missing, is no YAML, or lacks a section.
    """
    path, name = Path(raw) / NAME, f"data/raw/{NAME}"
    try:
        content = yaml_file.plain(yaml_file.load(yaml_file.read_text(path, name), name))
    except FileNotFoundError:
        raise ReviewError(f"{name} does not exist. Put it back.") from None
    found = content if isinstance(content, dict) else {}
    if missing := [section for section in SECTIONS if section not in found]:
        raise ReviewError(f"{name}: the section {' and '.join(missing)} is missing. Put it back.")
    return Specification(content, read_claims(Path(raw) / "published.csv"))
