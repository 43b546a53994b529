"""Making the report: set-up, running notebooks, what is out of date, promotion, release.

The command line, `rendering` and `notebook` import it; it never imports the audit. Notebooks and
their inputs come in, executed notebooks, results and exhibits go out. Importing the package itself
imports nothing, so that locking and set-up work with a bare Python.
"""
