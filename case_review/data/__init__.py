"""Files to clean tables: what the columns are, reading them, rules, expectations, cleaning.

Everything but `statistics` and the ground may import it; it imports only the ground. Tables come in
from `data/raw/`, and go out as clean tables and as a ledger of every change.
"""
