"""How certain a conclusion is, in the manner of GRADE: the level follows from the concerns.

Guyatt et al., BMJ 2008;336:924-926: evidence starts at a level that its design gives it, and each
concern lowers it by one level, a very serious one by two.
"""

from __future__ import annotations

from collections.abc import Mapping

#: From the best to the worst; nothing is lowered below the last one.
LEVELS = ("high", "moderate", "low", "very low")
#: By how many levels a concern lowers the certainty.
STEPS = {"not serious": 0, "serious": 1, "very serious": 2}
#: What concerns are about: the column of the judgement, and its name in print.
DOMAINS = {
    "risk_of_bias": "risk of bias",
    "inconsistency": "inconsistency",
    "indirectness": "indirectness",
    "imprecision": "imprecision",
    "publication_bias": "publication bias",
}


def level(start: str, concerns: Mapping[str, str]) -> str:
    """The certainty that remains of `start`, one of `LEVELS`.

    Parameters
    ----------
    start
        The level that the design of the evidence gives it.
    concerns
        One of `STEPS` for each of `DOMAINS`.

    Raises
    ------
    ValueError
        If the start is no level, a domain is missing, or a concern is none of the words.
    """
    if start not in LEVELS:
        raise ValueError(f"start: found {start!r}, expected one of {', '.join(LEVELS)}")
    for domain in DOMAINS:
        if concerns.get(domain) not in STEPS:
            expected = ", ".join(STEPS)
            raise ValueError(f"{domain}: found {concerns.get(domain)!r}, expected {expected}")
    lowered = LEVELS.index(start) + sum(STEPS[concerns[domain]] for domain in DOMAINS)
    return LEVELS[min(lowered, len(LEVELS) - 1)]


def lowered_for(concerns: Mapping[str, str]) -> str:
    """The concerns that lower a level, in words, the very serious ones first."""
    found = {
        concern: [name for domain, name in DOMAINS.items() if concerns[domain] == concern]
        for concern in ("very serious", "serious")
    }
    said = [f"{concern}: {', '.join(names)}" for concern, names in found.items() if names]
    return "; ".join(said) or "nothing"
