"""The command line: `python -m case_review COMMAND`. The Makefile's targets are made of these."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import sys
import time
from pathlib import Path

from case_review.build import explaining, loaded
from case_review.errors import ReviewError
from case_review.project import PARAMS_VARIABLE, Project, find_project


def _build(project: Project, options) -> int:
    from case_review.build import building, summary

    wanted = building.Options(
        options.goal,
        options.out,
        options.renderer,
        options.formats,
        options.jobs,
        options.keep_going,
    )
    if options.goal == "release":  # before anything is made
        from case_review.rendering import header

        header.require_complete(project)
    began = time.monotonic()
    outcome = building.build(project, wanted, _rendering)
    for line in summary.lines(project, wanted, outcome, time.monotonic() - began):
        print(line, flush=True)
    return 0


def _rendering():
    """What renders, imported only when it is asked for; `build` itself may not know of it."""
    from case_review.rendering import render

    return render


def _run(project: Project, options) -> int:
    from case_review.build import locking, runner

    locking.die_with_parent()
    runner.run(project, options.notebook, options.timeout)
    return 0


def _watch(project: Project, options) -> int:
    from case_review.build import building, summary, watch_children, watching

    def make(forms, told) -> str:
        """Build in a process of its own; returns what is wrong, if anything."""
        try:
            wanted = building.Options(
                "report", options.out, options.renderer, forms, options.jobs, enough=options.formats
            )
            began = time.monotonic()
            progress = watch_children.Telling(told)
            outcome = building.build(project, wanted, _rendering, progress)
            for line in summary.lines(project, wanted, outcome, time.monotonic() - began):
                print(line, flush=True)
        except Exception as error:
            return explaining.explain(project, error)
        return ""

    needed = ["case_review.build.building", "papermill", "nbclient.exceptions", "traitlets.config"]
    needed += ["case_review.build.runner", "case_review.rendering.embedded"]
    needed += ["case_review.audit.foreign", "case_review.audit.typed_numbers"]
    out = _out(project, options)
    return watching.watch(project, make, out, options.formats, options.port, needed)


def _status(project: Project, options) -> int:
    from case_review.build import facts, freshness

    lines = freshness.status(project, _out(project, options), options.renderer, options.formats)
    print("\n".join(lines) if lines else "Everything is up to date.")
    facts.of(project).save()
    return 0


def _graph(project: Project, options) -> int:
    from case_review.build import facts, graph

    print("\n".join(graph.lines(project)))
    facts.of(project).save()
    return 0


def _validate(project: Project, options) -> int:
    from case_review.build import surroundings

    surroundings.settle(project)
    from case_review.analyses import appraisal
    from case_review.audit import claims
    from case_review.data import expectations, intake, selection
    from case_review.parameters import loading

    if options.stage == "raw":
        values = loading.load(project).values
        terms, effects = values["cleaning"], values["safety"]["effects"]
        print(*(f"note: {note}\n" for note in intake.notes(project)), sep="", end="", flush=True)
        also = [claims.problems, selection.of_raw(values), appraisal.of_raw]
        checked = intake.check(project, terms["diagnoses"], terms["events"], also, effects)
        print(*(f"note: {note}\n" for note in checked.notes), sep="", end="")
        report = checked.report
    else:
        report = expectations.validate(project, stage=options.stage)
    print(report)
    report.raise_for_failures()
    return 0


def _reconstruct(project: Project, options) -> int:
    from case_review.build import building, surroundings

    with building.alone(project, "make reconstruct"):
        surroundings.settle(project)
        from case_review.reconstruction import extreme_sets, main

        return extreme_sets.main(project) if options.extremes else main(project, options.seed)


def _parameters(project: Project, options) -> int:
    from ruamel.yaml import YAML

    from case_review.parameters import loading, writing

    found = loading.load(project)
    if options.write:
        return writing.main(project)
    content = found.for_notebook(options.notebook) if options.notebook else found.values
    YAML().dump(content, sys.stdout)
    return 0


def _results(project: Project, options) -> int:
    from case_review.build import recorded

    print("\n".join(recorded.lines(project, options.pattern)))
    return 0


def _workbook(project: Project, options) -> int:
    from case_review.data.schema import SHOWN, TABLES
    from case_review.living import workbook
    from case_review.parameters import loading

    known = loading.load(project).values["cleaning"]
    terms = {"patients.diagnosis": known["diagnoses"], "adverse_events.event": known["events"]}
    workbook.write(options.file, TABLES | SHOWN, {name: list(x) for name, x in terms.items()})
    print(f"{options.file}: a sheet for each table, with lists to choose from")
    return 0


def _diff(project: Project, options) -> int:
    from case_review.build import surroundings

    surroundings.settle(project)
    from case_review.living import comparing

    return comparing.main(project, options.base, options.command == "previous")


def _scenarios(project: Project, options) -> int:
    from case_review.build import surroundings

    surroundings.settle(project)
    from case_review.living import scenarios

    return scenarios.main(project, options.jobs)


def _import(project: Project, options) -> int:
    from case_review.build import building
    from case_review.living import importing
    from case_review.parameters import loading

    answer = input if sys.stdin.isatty() and sys.stdout.isatty() else None
    with building.alone(project, "make import"):
        values = loading.load(project).values
        return importing.main(project, options.file, values, options, answer)


def _new(project: Project, options) -> int:
    from case_review.living import starting

    return starting.main(project, options)


def _audit(project: Project | None, options) -> int:
    from case_review.living import auditing

    return auditing.main(options)


def _out(project: Project, options) -> Path:
    from case_review.build import output

    return output.folder(project, options.out)


def _formats(given: str) -> tuple[str, ...]:
    """The forms that are asked for; all of them where none is named."""
    from case_review.build import output

    return output.formats(given.replace(",", " ").split() or output.FORMATS)


def _jobs(given: str) -> int:
    """How many notebooks run at a time: by default as many as this process has processors."""
    if given in ("", "0"):
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if not given.isdigit():
        raise ReviewError(f"JOBS={given}: expected a number, such as JOBS=2")
    return int(given)


def _port(given: str) -> int:
    if not given.isdigit() or not 1024 <= int(given) <= 65535:
        raise argparse.ArgumentTypeError(f"PORT={given}: expected a number from 1024 to 65535")
    return int(given)


def _parser() -> argparse.ArgumentParser:
    from case_review.audit import command as audit
    from case_review.living import starting

    parser = argparse.ArgumentParser(prog="python -m case_review", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name, function, help, parents=()):
        command = commands.add_parser(name, help=help, description=help, parents=parents)
        command.set_defaults(function=function)
        return command

    report = argparse.ArgumentParser(add_help=False)
    report.add_argument("--out", default="report/_site", help="folder of the rendered report")
    report.add_argument("--renderer", choices=("auto", "quarto", "embedded"), default="auto")
    help = "only these forms, with html: html, pdf, docx, jats"
    report.add_argument("--formats", type=_formats, default="", help=help)

    build = add("build", _build, "make what is out of date", parents=[report])
    build.add_argument("goal", choices=("data", "notebooks", "report", "release"))
    build.add_argument("--jobs", type=_jobs, default="", help="how many notebooks run at a time")
    help = "after a failure run what does not depend on it"
    build.add_argument("--keep-going", action="store_true", help=help)
    help = "show the report in a browser, and make it again whenever a file is saved"
    watch = add("watch", _watch, help, parents=[report])
    watch.add_argument("--jobs", type=_jobs, default="", help="how many notebooks run at a time")
    help = "port of the page on this machine, or the next one that is free"
    watch.add_argument("--port", type=_port, default=8000, help=help)
    run = add("run", _run, "run one notebook, whether or not there is cause")
    run.add_argument("notebook", help="file name without ending, e.g. 05_response")
    run.add_argument("--timeout", type=float, help="seconds for the whole notebook")
    add("status", _status, "list what is out of date, and because of what", parents=[report])
    add("graph", _graph, "list the notebooks in their order, with what each comes after and reads")
    validate = add("validate", _validate, "check data files against the expectations")
    validate.add_argument("--stage", choices=("raw", "clean"), default="raw", help="which tables")
    reconstruct = add("reconstruct", _reconstruct, "write the reconstructed raw tables again")
    reconstruct.add_argument("--seed", type=int, help="another seed gives another data set")
    help = "instead search the smallest and largest values over all sets of response times"
    reconstruct.add_argument("--extremes", action="store_true", help=help)
    show = add("parameters", _parameters, "print the parameters in force")
    show.add_argument("notebook", nargs="?", help="only what this notebook is given")
    show.add_argument("--write", action="store_true", help="write params.yml into the notebooks")
    results = add("results", _results, "list the results that the text may show")
    help = "a part of an id or of what is shown, or an id with * in it; by default all"
    results.add_argument("pattern", nargs="?", default="", help=help)
    diff = add("diff", _diff, "compare what the notebooks recorded with another state")
    previous = add("previous", _diff, "the same, and tell readers of it: report/previous.json")
    help = "a revision of git, or the archive of a release"
    for command in (diff, previous):
        command.add_argument("base", nargs="?", default="", help=help)
    scenarios = add("scenarios", _scenarios, "run the review under the choices of scenarios.yml")
    scenarios.add_argument("--jobs", type=_jobs, default="", help="how many run at a time")
    help = "write an empty workbook for extraction, with lists to choose from"
    add("workbook", _workbook, help).add_argument("file", type=Path, help="such as extraction.xlsx")
    help = "turn a spreadsheet into raw tables, by a mapping that you complete"
    imported = add("import", _import, help)
    imported.add_argument("file", type=Path, help="an .xlsx file, or a CSV such as an export")
    imported.add_argument("--sheet", default="", help="which sheet, where there are several")
    help = "data dictionary (CSV) of a REDCap export with raw codes"
    imported.add_argument("--dictionary", type=Path, help=help)
    help = "replace rows that come from no import, and corrections by hand"
    imported.add_argument("--replace", action="store_true", help=help)
    starting.add_options(add("new", _new, "start a review of your own in a new folder"))
    audit.add_options(add("audit", _audit, "check a paper's printed numbers against one another"))
    return parser


#: The commands that make or show what follows from the parameters.
_OF_PARAMETERS = (_build, _watch, _run, _status, _graph, _results)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; what the user can mend is told in one message, without a traceback."""
    project = None
    _allow_open_files()
    try:
        options = _parser().parse_args(arguments)
        project = find_project() if options.function is not _audit else None
        other = os.environ.get(PARAMS_VARIABLE, "params.yml") != "params.yml"
        if other and options.function in _OF_PARAMETERS:
            from case_review.build import alternative

            given = sys.argv[1:] if arguments is None else arguments
            alternative.go_on(project, given[0], given[1:], getattr(options, "out", None))
        code = options.function(project, options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("interrupted; the previous report is untouched", file=sys.stderr)
        return 130
    except BrokenPipeError:  # who reads, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        print(explaining.explain(project, error), file=sys.stderr, flush=True)
        if project and project.root.parent.name == "params":
            print(f"(What was made with these parameters is in {project.root}.)", file=sys.stderr)
    return 1


def _allow_open_files() -> None:
    """Take as many open files as this process may have: a shell's usual number can be few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            most = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


if __name__ == "__main__":
    loaded.note()
    sys.exit(main())
