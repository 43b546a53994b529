"""Reproducible reports of systematic reviews of case reports.

The modules are named after their subject; `__main__` is the command line. Importing the package
itself imports nothing else, so that locking and set-up work with a bare Python.
"""

import time

__version__ = "0.1.0"
#: When this process began to import the package: files of it that are younger may not be in it.
IMPORTED = time.time()
