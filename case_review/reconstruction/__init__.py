"""Patient rows that agree with every printed number, where the original ones were never published.

`model` says with a constraint solver which patient and which report has which level; `rows` turns
that into the tables of `data/raw/`; `specification` reads what binds and what is assumed. Only the
command line and `00_reconstruction` import it; it imports the audit and what is below. Printed
numbers (`published.csv`) and `reconstruction.yml` come in; reports, patients, posters and adverse
events go out to `data/raw/`, each row marked as reconstructed.
"""

from case_review.reconstruction.tables import contradictions, main, reconstruct, save

__all__ = ["contradictions", "main", "reconstruct", "save"]
