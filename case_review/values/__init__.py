"""Numbers that know how to print themselves, and what they rest on.

Statistics return values; prose, table cells, the registry and data files are four views of one
value, all made from its own fields, so that nothing is ever read out of printed text:

    share = Count(30, of=84)
    share.prose     30 (35.7%)          in running text
    share.cell      30 (35.7)           in a table whose heading says what it is
    share.fields()  value, low, high, unit, n, of: as registry and CSV hold them, unrounded

`kinds` and `estimates` hold what they are, `standing` what they rest on: the print, what follows
from it, one of the many data sets that agree with it, real rows, or the method. Everything above
may import it; it imports `formatting` alone. Numbers come in from statistics and notebooks; prose,
cells and fields go out to manuscript, tables, registry and CSV.
"""

from case_review.values.estimates import Count, Estimate, Proportion, Quartiles
from case_review.values.kinds import (
    ChiSquare,
    Number,
    Part,
    PValue,
    Range,
    Text,
    Value,
    finite,
    of,
)
from case_review.values.standing import (
    DETERMINED,
    EXTRACTED,
    MARKS,
    METHOD,
    PRINTED,
    SAID,
    SAID_OF_COUNT,
    STANDINGS,
    VARIES,
    Spread,
    Varying,
    ends,
    following,
    has_percentage,
    one_of,
    rests_on_rows,
    together,
)

__all__ = [
    "DETERMINED",
    "EXTRACTED",
    "MARKS",
    "METHOD",
    "PRINTED",
    "SAID",
    "SAID_OF_COUNT",
    "STANDINGS",
    "VARIES",
    "ChiSquare",
    "Count",
    "Estimate",
    "Number",
    "PValue",
    "Part",
    "Proportion",
    "Quartiles",
    "Range",
    "Spread",
    "Text",
    "Value",
    "Varying",
    "ends",
    "finite",
    "following",
    "has_percentage",
    "of",
    "one_of",
    "rests_on_rows",
    "together",
]
