"""Data sets that agree with every printed number that binds them; the original was never published.

`specification` reads what binds and what is assumed; `sampling` draws a data set and `rows` writes
it as the tables of `data/raw/`; `ensemble` draws many and `outcomes` analyses each; `extremes` has
the sets at the ends of ranges; `known` tells the other notebooks what is printed and what varies.
The command line and `00_reconstruction` import it, and `06_audit`, which asks what binds the rows;
it imports `audit`, `build` and what is below. Printed numbers (`published.csv`) and
`reconstruction.yml` come in; reports, patients, posters and adverse events go out to `data/raw/`,
each row marked as reconstructed, and what is known of every result to `data/clean/`.
"""

from case_review.reconstruction.tables import (
    contradictions,
    main,
    other_patients,
    reconstruct,
    save,
)

__all__ = ["contradictions", "main", "other_patients", "reconstruct", "save"]
