"""The command line: `python -m case_review COMMAND`. The Makefile's targets are made of these."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import resource
import sys
import traceback
from pathlib import Path

from case_review.errors import ReviewError
from case_review.project import Project, find_project

#: Names a file that collects what failed, so that make can print it last, after parallel jobs.
FAILURES_VARIABLE = "CASE_REVIEW_FAILURES"


def _run(project: Project, options) -> int:
    from case_review.build import runner

    runner.die_with_parent()
    try:
        seconds = runner.run(project, options.notebook, options.timeout)
    except ReviewError:
        print(f"{options.notebook:<24} failed", flush=True)
        raise
    print(f"{options.notebook:<24} {seconds:5.1f} s", flush=True)
    return 0


def _stamp(project: Project, options) -> int:
    from case_review.build import freshness

    if options.site:
        out = _out(project, options)
        freshness.refresh_site(project, out, options.product, options.renderer, options.formats)
    else:
        freshness.refresh_notebook(project, options.product)
    return 0


def _prepare(project: Project, options) -> int:
    from case_review.build import dependencies, output, promotion, surroundings
    from case_review.parameters import loading

    if options.out is not None:
        output.refuse(project, _out(project, options))
    dependencies.check_names(project)
    checked = loading.load(project)
    for name in dependencies.notebook_names(project):
        checked.for_notebook(name)
    if dependencies.CLEANING not in dependencies.notebook_names(project):
        name = f"notebooks/{dependencies.CLEANING}.ipynb"
        raise ReviewError(f"{name} is missing: put it back, for every build begins with it")
    for name in promotion.prune(project):
        print(f"{name:<24} removed: its notebook no longer exists")
    surroundings.build_font_cache(project)
    return 0


def _render(project: Project, options) -> int:
    from case_review.build import environment, freshness, published, runner, surroundings
    from case_review.build.revision import note_output, revision

    environment.require(project.root)

    runner.die_with_parent()
    surroundings.settle(project)
    os.environ["SOURCE_DATE_EPOCH"] = str(revision(project).epoch)
    from case_review.rendering import render

    out = _out(project, options)
    note_output(project, out)
    freshness.require_current(project)
    stamp = freshness.site_stamp(project, options.renderer, options.formats)

    def confirm() -> None:
        """Nothing is published of sources that were changed since they were read."""
        freshness.require_current(project)
        if freshness.site_stamp(project, options.renderer, options.formats) != stamp:
            raise ReviewError(
                "The report was rendered while its sources were changed, so it was not published. "
                "Type the command again."
            )

    render(project, options.renderer, out, confirm, options.formats)
    freshness.record_site(project, out, options.key, stamp)
    for name in published.unknown(project):
        print(f"warning: {name} was neither declared nor made, so it is not published")
    print(f"{project.shown(out)}: the report is ready, open index.html")
    return 0


def _status(project: Project, options) -> int:
    from case_review.build import freshness

    out = _out(project, options)
    lines = freshness.status(project, out, options.key, options.renderer, options.formats)
    print("\n".join(lines) if lines else "Everything is up to date.")
    return 0


def _validate(project: Project, options) -> int:
    from case_review.build import surroundings

    surroundings.settle(project)
    from case_review.audit import claims
    from case_review.data import expectations, intake
    from case_review.parameters import loading

    if options.stage == "raw":
        values = loading.load(project).values
        terms, effects = values["cleaning"], values["safety"]["effects"]
        print(*(f"note: {note}\n" for note in intake.notes(project)), sep="", end="", flush=True)
        also = [claims.problems]
        checked = intake.check(project, terms["diagnoses"], terms["events"], also, effects)
        print(*(f"note: {note}\n" for note in checked.notes), sep="", end="")
        report = checked.report
    else:
        report = expectations.validate(project, stage=options.stage)
    print(report)
    report.raise_for_failures()
    return 0


def _reconstruct(project: Project, options) -> int:
    from case_review.build import surroundings

    surroundings.settle(project)
    from case_review.reconstruction import extreme_sets, main

    return extreme_sets.main(project) if options.extremes else main(project, options.seed)


def _parameters(project: Project, options) -> int:
    from ruamel.yaml import YAML

    from case_review.parameters import loading

    found = loading.load(project)
    content = found.for_notebook(options.notebook) if options.notebook else found.values
    printer = YAML()
    printer.allow_unicode = True
    printer.dump(content, sys.stdout)
    return 0


def _audit(project: Project | None, options) -> int:
    """0 without findings, 1 with some, 2 for a file that cannot be audited; needs no project."""
    from case_review.audit import main

    try:
        return main(options.file)
    except ReviewError as error:
        print(error, file=sys.stderr)
    except Exception as error:
        _unexpected(project, error)  # which must not pass for a finding
    return 2


def _release(project: Project, options) -> int:
    from case_review.build.release import release

    print(project.relative(release(project)))
    return 0


def _out(project: Project, options) -> Path:
    from case_review.build import output

    return output.folder(project, options.out)


def _formats(given: str) -> tuple[str, ...]:
    """The formats that are asked for, the page always; all of them where none is named."""
    from case_review.build.freshness import FORMATS

    named = given.replace(",", " ").split()
    if unknown := [name for name in named if name not in FORMATS]:
        raise ReviewError(
            f"FORMATS={given}: there is no {unknown[0]}; choose some of {', '.join(FORMATS)}"
        )
    return tuple(name for name in FORMATS if name in named or name == FORMATS[0] or not named)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m case_review", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name, function, help, parents=()):
        command = commands.add_parser(name, help=help, description=help, parents=parents)
        command.set_defaults(function=function)
        return command

    report = argparse.ArgumentParser(add_help=False)
    report.add_argument("--out", default="report/_site", help="folder of the rendered report")
    report.add_argument("--renderer", choices=("auto", "quarto", "embedded"), default="auto")
    help = "only these formats, with html: html, pdf, docx, jats"
    report.add_argument("--formats", default="", help=help)
    site = argparse.ArgumentParser(add_help=False, parents=[report])
    site.add_argument("--key", default="site", help="name of its stamp")

    run = add("run", _run, "run one notebook and promote its output")
    run.add_argument("notebook", help="file name without ending, e.g. 05_response")
    run.add_argument("--timeout", type=float, help="seconds for the whole notebook")
    help = "renew a product's stamp if it is out of date (for make)"
    stamp = add("stamp", _stamp, help, parents=[report])
    stamp.add_argument("product", help="a notebook's name, or with --site the key of a site")
    stamp.add_argument("--site", action="store_true", help="the product is the rendered report")
    help = "check the parameters and remove output of notebooks that are gone"
    prepare = add("prepare", _prepare, help)
    prepare.add_argument("--out", help="folder of the report that is to be made, to be checked")
    add("render", _render, "render the report from the executed notebooks", parents=[site])
    add("status", _status, "list what is out of date, and because of what", parents=[site])
    validate = add("validate", _validate, "check data files against the expectations")
    validate.add_argument("--stage", choices=("raw", "clean"), default="raw", help="which tables")
    reconstruct = add("reconstruct", _reconstruct, "write the reconstructed raw tables again")
    reconstruct.add_argument("--seed", type=int, help="another seed gives another data set")
    help = "instead search the smallest and largest values over all sets of response times"
    reconstruct.add_argument("--extremes", action="store_true", help=help)
    show = add("parameters", _parameters, "print the parameters in force")
    show.add_argument("notebook", nargs="?", help="only what this notebook is given")
    audit = add("audit", _audit, "check the printed numbers of a file against one another")
    audit.add_argument("file", type=Path, help="a table with the columns of published.csv")
    add("release", _release, "pack the report, its sources and an RO-Crate")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; what the user can mend is told in one message, without a traceback."""
    options = _parser().parse_args(arguments)
    project = None
    _allow_open_files()
    try:
        project = find_project() if options.function is not _audit else None
        if "formats" in options:
            options.formats = _formats(options.formats)
        return options.function(project, options)
    except KeyboardInterrupt:
        print("interrupted; the previous report is untouched", file=sys.stderr)
        return 130
    except ReviewError as error:
        _tell(str(error))
    except Exception as error:
        _tell(_of_the_system(error) or _unexpected(project, error))
    return 1


def _allow_open_files() -> None:
    """Take as many open files as this process may have: a shell's usual number can be few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            most = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _tell(message: str) -> None:
    """Print what is wrong, or under make leave it to be printed last, after what other jobs say.

    Where it cannot be left, for example on a full disk, it is printed at once.
    """
    collected = os.environ.get(FAILURES_VARIABLE)
    try:
        if collected:
            with Path(collected).open("a", encoding="utf-8") as stream:
                stream.write(f"\n{message}\n")
            return
    except OSError:
        pass
    print(message, file=sys.stderr, flush=True)


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


def _unexpected(project: Project | None, error: Exception) -> str:
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


if __name__ == "__main__":
    sys.exit(main())
