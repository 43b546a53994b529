"""Making the report: set-up, running notebooks, spreading work, what is out of date, release.

The command line, `rendering`, `reconstruction` and `notebook` import it, and it imports no audit.
Notebooks and their inputs come in, executed notebooks, results and exhibits go out. Importing the
package itself imports nothing, so that locking and set-up work with a bare Python.
"""
