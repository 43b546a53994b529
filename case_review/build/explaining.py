"""Errors in words: what the user can mend, and what nobody foresaw."""

from __future__ import annotations

import errno
import traceback

from case_review.errors import ReviewError
from case_review.project import Project


def explain(project: Project | None, error: Exception) -> str:
    """An error as the user is told of it; the traceback of an unforeseen one is kept in a file."""
    if isinstance(error, ReviewError):
        return str(error)
    return _of_the_system(error) or unexpected(project, error)


def _of_the_system(error: BaseException) -> str:
    """What the user can mend about disk, rights and limits; empty for other errors.

    Libraries wrap such errors in their own, so their causes are asked as well.
    """
    if isinstance(error, OSError) and error.errno is None:  # one of the package's own
        return str(error)
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        number = getattr(cause, "errno", None)
        if isinstance(cause, MemoryError) or number == errno.ENOMEM:
            return _mend("There is too little memory", "Allow more (`ulimit -v unlimited`)")
        for numbers, told in _LIMITED.items():
            if number in numbers:
                return _mend(*told)
        if number in (errno.EACCES, errno.EPERM, errno.EROFS) and getattr(cause, "filename", None):
            return (
                f"{cause.filename}: {cause.strerror}. Give yourself the right to read and write "
                "it, or name another place; the previous report is untouched."
            )
        cause = cause.__cause__ or cause.__context__
    return ""


#: What is wrong, and what to do, by numbers of the system's errors.
_LIMITED = {
    (errno.ENOSPC, errno.EDQUOT): ("The disk is full", "Make room"),
    (errno.EMFILE, errno.ENFILE): ("Too many files are open", "Allow more (`ulimit -n 1024`)"),
    (errno.EFBIG,): ("A file may not become that large", "Allow it (`ulimit -f unlimited`)"),
    (errno.EAGAIN,): ("No more processes can be started", "Allow more (`ulimit -u`)"),
    (errno.ELOOP,): ("A link leads to itself", "Remove it"),
}


def _mend(wrong: str, remedy: str) -> str:
    return f"{wrong}. {remedy} and type the same command again; the previous report is untouched."


def unexpected(project: Project | None, error: Exception) -> str:
    """Explain an error that nobody foresaw, and keep its traceback for whoever mends it."""
    message = f"{type(error).__name__}: {error}"
    place = "below"
    try:
        path = project.build / "last-error.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        place = f"in {project.relative(path)}"
    except (OSError, AttributeError):
        traceback.print_exception(error)
    return (
        f"The program met an error that it does not know (traceback {place}); "
        f"the previous report is untouched.\n{message}"
    )
