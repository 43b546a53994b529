"""The choices of a review, `params.yml`: read with line numbers, typed, bounded, and checked.

The build, the notebooks and the command line import it; it imports `data` and the ground. The file
comes in, the values of each notebook go out, or a message that names file, line and entry.
"""
