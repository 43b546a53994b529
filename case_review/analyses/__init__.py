"""What is particular to reviews of case reports: who is counted, which groups, which figures.

Notebooks and the audit import it; it imports `statistics`, `data` and the ground. Clean tables come
in, rows of tables and figures go out; no name or label of a single review stands here.
"""
