"""The errors that are meant for the person at the keyboard."""


class ReviewError(Exception):
    """Something the user can mend: its message says what is wrong, where, and what to do.

    The command line prints the message alone, without a traceback, and exits with 1.
    """
