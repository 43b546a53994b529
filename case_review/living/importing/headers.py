"""What a column's header means: names of ours, in the words and units that people write."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from case_review.living.importing import values

#: What a column can be for, with other names of it. A target is a column of patients.csv, or what
#: stands for a column with its unit (`age`), for both ends (`level`), or for days to count between.
TARGETS = {
    "report": "report id|report|study|study id|author|first author|author year|reference|paper|"
    "publication|citation|article|covidence study",
    "patient": "patient id|patient|case|case no|patient no|case number|patient number|subject|pt|"
    "case id|pat nr|participant",
    "sex": "sex|gender|sex m f",
    "age": "age|age value|age at start|age at treatment|age at start of treatment|patient age",
    "onset": "onset|congenital",
    "diagnosis": "diagnosis|dx|disease|condition|anomaly|lesion|type of anomaly",
    "symptoms": "symptoms|symptom|clinical signs",
    "drug": "drug|drug name|medication|agent|mtor inhibitor|treatment drug|medicine|"
    "regimen|exposure|intervention|therapy|treatment|treatment given|herb|vaccine",
    "dose": "dose|dose value|starting dose|initial dose|dosage|start dose",
    "level": "level|target level|blood level|target blood level|target trough",
    "level_low_ng_ml": "level low|lower level|target level low|trough low|blood level low|"
    "target level min|blood level min",
    "level_high_ng_ml": "level high|upper level|target level high|trough high|blood level high|"
    "target level max|blood level max",
    "level_time_days": "time to level|time to target level|days to level",
    "cotreatments": "cotreatments|other treatments|other treatment|concomitant treatment|"
    "co treatment|co medication|additional treatment|previous and other treatment",
    "response": "response|responded|responder|outcome|clinical response|response to treatment",
    "response_criterion": "response criterion|criterion|response by|criterion of response|"
    "response assessed by|assessment",
    "response_time": "response time|time to response|time until response|response after|"
    "response time value|onset of response",
    "follow_up": "follow up|fu|followup|length of follow up|duration of follow up|follow up months|"
    "last follow up|follow up value",
    "treatment_status": "treatment status|status of treatment|treatment ongoing|"
    "status at last follow up",
    "adverse_events": "adverse events|adverse event|ae|aes|side effects|toxicity",
    "event_action": "action|action taken|event action|what was done",
    "start_date": "start date|date of start|treatment start|start of treatment|date started|"
    "date start of treatment",
    "response_date": "response date|date of response",
    "follow_up_date": "follow up date|date of follow up|date of last follow up|last seen|"
    "date last seen|last visit",
    "age_unit": "age unit|unit of age|age units",
    "dose_unit": "dose unit|unit of dose|dose units",
    "response_time_unit": "response time unit|time to response unit|unit of time to response",
    "follow_up_unit": "follow up unit|unit of follow up",
    "n_patients": "n|n patients|number of patients|patients|no of patients|sample size|total n",
}  # fmt: skip
#: Columns of exports that tell of the export, not of patients.
_OF_EXPORTS = {
    "covidence", "covidence number", "redcap event name", "redcap repeat instrument",
    "redcap repeat instance", "redcap data access group", "form complete", "provenance",
}  # fmt: skip
#: From here on a header is taken, and told; from `MAYBE` on it is asked about.
SURE, MAYBE = 0.95, 0.62
_NAMES = {
    name: target
    for target, known in TARGETS.items()
    for name in [target.replace("_", " "), *known.split("|")]
}
_IN_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_COUNT = re.compile(r"(?:n|no\.?|number)(?: of)?[: ]+(.+)|(.+?)[ ,]*\((?:n|no\.?)\)", re.I)


def split_unit(header: str) -> tuple[str, str]:
    """The name in a header and the unit that it gives, such as `Age (y)` or `Dose mg/m2`."""
    for found in _IN_BRACKETS.finditer(header):
        if known := values.unit(found.group(1) or found.group(2) or ""):
            return (header[: found.start()] + header[found.end() :]).strip(" /,:"), known
    words = re.split(r"[ _,]+", header.strip())
    for length in (2, 1):
        if len(words) > length and (known := values.unit(" ".join(words[-length:]))):
            name = " ".join(words[:-length]).strip(" /,:")
            return name.removesuffix(" in"), known
    return header, ""


def folded(header: str) -> str:
    """A header's words without capitals and signs."""
    return " ".join(re.findall(r"[^\W_]+", header.casefold()))


@lru_cache(maxsize=10_000)
def meant(header: str) -> tuple[tuple[float, str], ...]:
    """What a header may mean, the likeliest first, each with how alike it is (1: the very name)."""
    name, _ = split_unit(header)
    bare = folded(_IN_BRACKETS.sub(" ", name)) or folded(name)
    if not bare:
        return ()
    if bare in _OF_EXPORTS or bare.endswith(" complete"):
        return ((1.0, "ignore"),)
    found: dict[str, float] = {}
    for one in {bare, folded(name), folded(header)}:
        for known, target in _NAMES.items():
            ratio = difflib.SequenceMatcher(None, one, known).ratio()
            alike = 1.0 if one == known else 0.99 * ratio
            found[target] = max(found.get(target, 0), alike)
    ranked = sorted(((alike, target) for target, alike in found.items()), reverse=True)
    return tuple(pair for pair in ranked if pair[0] >= MAYBE)[:3]


def likeness(text: str) -> float:
    """How much a cell looks like a header: 1 for a name of ours, 0 for a number or a sentence."""
    if len(text) > 60 or re.fullmatch(r"[\d.,\s]*", text):
        return 0
    ranked = meant(" ".join(text.split()))
    return ranked[0][0] if ranked and ranked[0][0] >= SURE else 0


def counted(header: str) -> str:
    """What a header counts, such as `male` of `n male` or `Male (n)`; else an empty text."""
    found = _COUNT.fullmatch(" ".join(header.split()))
    return (found.group(1) or found.group(2) or "").strip() if found else ""
