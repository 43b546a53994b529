"""What a notebook of the report opens: it reads clean tables, records results, shows exhibits.

    from case_review.notebook import Notebook
    nb = Notebook("05_response")
    labels = nb.setting("labels")    # a long entry of the section `response` of params.yml
    patients = nb.read("patients")
    nb.record("response.responders", Count(25, of=25))
    nb.table(table)                  # in a cell with #| label: tbl-... and #| tbl-cap: ...
    nb.figure(figure, data=points)   # in a cell with #| label: fig-..., fig-cap and fig-alt

Under the runner everything is written to a staging folder that becomes the report's only when the
whole notebook has succeeded. Opened by hand in Jupyter, the same cells show their output and write
nothing, so that an experiment never reaches the report.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from case_review import registry, values
from case_review.build import dependencies
from case_review.data import clean_file, declared, raw_file, reading
from case_review.errors import ReviewError
from case_review.exhibits import plain, shown, tables
from case_review.exhibits.drawn import (
    FigureOutput,
    as_last_svg,
    briefs,
    drawings,
    write_figure,
    write_others,
)
from case_review.files import to_json, write_text
from case_review.parameters import cell_options, params_file
from case_review.parameters.rules import nearest
from case_review.project import STAGE_VARIABLE, Project, find_project, sha256


class Notebook:
    """The notebook's connection to the report.

    Parameters
    ----------
    name
        The notebook's file name without ending, e.g. `05_response`. The values that its cell
        tagged `parameters` names are kept in the registry as they are when it is opened.
    """

    def __init__(self, name: str):
        self.name = name
        self.project: Project = find_project()
        shell, path = cell_options.get_ipython(), self.project.notebooks / f"{name}.ipynb"
        self.parameters: dict = params_file.given(path, shell.user_ns) if shell else {}
        stage = os.environ.get(STAGE_VARIABLE)
        self.stage: Path | None = Path(stage) if stage else None
        self._inputs: dict[str, str] = {}
        self._provenance: set[str] = set()
        self._known = self._read_known()
        self._results: dict[str, registry.Result] = {}
        #: Id, the value itself (so that its identity stays its own) and what was recorded of it.
        self._ids: dict[int, tuple[str, values.Value, values.Value]] = {}
        self._tables, self._figures = {}, {}
        #: What fills the places in captions and alt texts, `{arms}`, by their names.
        self.words: dict[str, str] = {}
        self._changed = True
        if shell is not None:
            shown.register(shell)
            shell.events.register("post_run_cell", self._flush)

    def setting(self, key: str):
        """An entry of `params.yml` that is too long for a cell.

        It is of the notebook's own section, or, as `section.entry`, of another.

        Dictionaries and table layouts are edited in one place; numbers and cut-points that
        somebody may want to try stand in the cell tagged `parameters` as well. The value is kept
        in the registry like a parameter.

        Raises
        ------
        ReviewError
            If the section has no such entry.
        """
        section, entry = params_file.setting_of(self.name, key)
        known = params_file.merge(params_file.documents(self.project)).get(section, {})
        if entry not in known:
            hint = nearest(entry, known)
            raise ReviewError(f"{entry} is not in section {section} of params.yml{hint}")
        self.parameters[key] = known[entry]
        self._changed = True
        return known[entry]

    # -- reading ---------------------------------------------------------------------------------

    def read(self, table: str) -> pd.DataFrame:
        """The clean table `data/clean/<table>.csv`; see `clean_file.read`."""
        path = self.project.clean / f"{table}.csv"
        frame = clean_file.read(path, self.project.notebooks, declared.of(self.project))
        self._remember(path)
        return self.rests_on(frame)

    def rests_on(self, frame: pd.DataFrame, raw: str = "") -> pd.DataFrame:
        """The table, whose rows are noted as those of `read` are; `raw` names it if it is raw."""
        if raw:
            self._remember(raw_file.path_of(self.project.raw, raw))
        if "provenance" in frame.columns:
            self._provenance |= set(frame["provenance"].dropna())
        return frame

    @property
    def reconstructed(self) -> bool:
        """Whether any row that was read so far is a reconstructed one."""
        return "reconstructed" in self._provenance

    def read_raw(self, table: str) -> pd.DataFrame:
        """The raw table `data/raw/<table>.csv` as text, for what is audited, not analysed."""
        frame = reading.read_table(self.project.raw, table, declared.of(self.project))
        self._remember(raw_file.path_of(self.project.raw, table))
        return frame

    def read_results(self) -> dict[str, registry.Recorded]:
        """The results of all notebooks that ran before, by id (for the audit)."""
        results: dict[str, registry.Recorded] = {}
        for name in dependencies.upstream(self.project, self.name):
            path = self.project.results / f"{name}.json"
            if path.is_file():
                self._remember(path)
                results.update({result.id: result for result in registry.read(path)})
        return results

    def _read_known(self) -> dict[str, registry.Known]:
        path = self.project.clean / f"{dependencies.STANDING}.csv"
        if self.name in dependencies.FIRST or not path.is_file():
            return {}
        self._remember(path)
        return registry.read_known(path)

    def _remember(self, path: Path) -> None:
        if path.is_file():
            self._inputs[self.project.relative(path)] = sha256(path)

    # -- recording -------------------------------------------------------------------------------

    def record(
        self,
        id: str,
        value,
        text: str | None = None,
        unit: str = "",
        standing: str = "",
        label: str = "",
        **details,
    ):
        """Record one result under a dotted id.

        Parameters
        ----------
        id
            Lower-case words joined by dots, such as `response.median_weeks`.
        value
            A value of `case_review.values`, or a plain number or text.
        text
            What prose shows, if that is not the value's own form.
        unit
            Of a plain number.
        standing
            What the number rests on, where it is neither printed nor among the results that are
            known to vary: `DETERMINED` if it is the same whatever rows were reconstructed,
            `METHOD` if it was chosen, judged, or counted over drawn sets. By default the first is
            taken of a notebook that has read no reconstructed row; in any other the number is
            taken to vary.
        label
            What the number is, in plain words; by default those of the row and column where the
            first table shows it.
        details
            Other fields of the result, such as `n` or `of`.

        Returns
        -------
        Value
            The value with what it rests on, for use in a table: its cell then leads to this
            result. So does the value that was given.

        Raises
        ------
        RegistryError
            If the id is malformed or recorded before, the value or its text is none that prose
            could show, or the cell has no `#| label:`.
        """
        registry.check_given(id, value, text, details)
        if id in self._results and self.stage is not None:
            raise registry.RegistryError(
                f"{id} was already recorded by cell {self._results[id].cell} of {self.name}"
            )
        given = values.of(value, unit)
        value = self.known(id, given, standing)
        fields = value.fields() | ({"unit": unit} if unit else {}) | details | values.ends(value)
        # The words that were given are those of one set.
        spread = isinstance(value, values.Varying) and value.spread is not None
        said = value.prose if spread or text is None else text
        place = {"cell": cell_options.running_label(), "inputs": dict(self._inputs)}
        self._results[id] = registry.Result(id, text=said, label=label, **place, **fields)
        for one in (given, value):
            # It is kept too, so that its id stays its own; one of several results leads to none.
            again = self._ids.get(builtins.id(one))
            self._ids[builtins.id(one)] = ("" if again else id, one, again[2] if again else value)
        self._changed = True
        return value

    def known(self, id: str, value: values.Value, standing: str = "") -> values.Value:
        """`value` with what it rests on as the result `id` of any notebook; see `record`."""
        if isinstance(value, values.Varying):
            return value
        if values.METHOD in (standing, value.standing):
            return value.stands(values.METHOD)
        if self._provenance and not self.reconstructed:
            return value.stands(values.EXTRACTED)
        if value.standing == values.PRINTED:  # of a result that has another id as well
            return value
        known = self._known[id].of(value) if id in self._known else None
        if known is not None:
            return known
        if standing == values.DETERMINED and registry.ANY in self._known and self.reconstructed:
            return value.stands(values.VARIES)
        if standing == values.VARIES or (self.reconstructed and not standing):
            return values.Varying(value)
        return value.stands(standing or values.DETERMINED)

    def _flush(self, *_) -> None:
        if self.stage is not None and self._changed:
            path = self.stage / "results" / f"{self.name}.json"
            told = {"tables": self._tables, "figures": self._figures}
            registry.write(path, self.name, self.parameters, self._results.values(), **told)
            self._changed = False

    # -- showing ---------------------------------------------------------------------------------

    def table(self, table, others: Sequence[tables.Table] = ()) -> tables.MarkdownOutput:
        """Show a `Table` or a pandas DataFrame; its CSV is named after the cell's label (`tbl-…`).

        `others` are of other data sets that agree with the print; the page shows them in turn.
        """
        label, table = self._exhibit(), plain.table_of(table)
        rows = [replace(row, cells=[self._known_cell(c) for c in row.cells]) for row in table.rows]
        least = self.parameters.get("percent_decimals_from", 0)
        table = replace(table, rows=rows, percent_decimals_from=least)
        if self.stage is not None:
            data = table.numbers() if table.data is None else table.data
            tables.write_csv(data, self.stage / "exhibits" / f"{label}.csv")
            drawn = [self._markdown(replace(one, percent_decimals_from=least)) for one in others]
            write_others(self.stage / "exhibits", label, drawn, "md")
        cells = [self._cell(table, *place) for place in table.values()]
        self._tables[label] = {"inputs": dict(self._inputs), "cells": cells}
        return tables.MarkdownOutput(self._markdown(table), self._said())

    def _exhibit(self) -> str:
        """The label of the exhibit that the running cell shows; one label names one exhibit."""
        self._changed = True
        label = cell_options.running_label()
        if self.stage is not None and label in {*self._tables, *self._figures}:
            raise registry.RegistryError(
                f"cell {label} shows two exhibits, and its label names one: give each its own cell"
            )
        return label

    def _said(self) -> dict[str, str]:
        """The words for the places in the running cell's caption and alt text."""
        return cell_options.running_words(self.words)

    def _markdown(self, table: tables.Table) -> str:
        rests = values.rests_on_rows(table.standings(), self.reconstructed)
        return table.markdown() + f"\n{tables.RECONSTRUCTED_NOTE}\n" * rests

    def _known_cell(self, cell):
        """A cell of a table with what its number rests on, which its record says."""
        if not isinstance(cell, values.Value):
            return cell
        is_part = isinstance(cell, values.Part)
        whole = cell.whole if is_part else cell
        if (entry := self._ids.get(builtins.id(whole))) is not None:
            return cell.of_whole(entry[2]) if is_part else entry[2]
        extracted = self._provenance and not self.reconstructed
        stays = whole.standing if not extracted else whole.standing == values.METHOD
        if stays or self.reconstructed:
            return cell
        stands = whole.stands(values.EXTRACTED if extracted else values.DETERMINED)
        return replace(cell, whole=stands) if is_part else stands

    def _cell(self, table: tables.Table, row: int, column: int, value: values.Value) -> dict:
        """What the registry keeps of one number in a table, whose words a result may lack."""
        whole = value.whole if isinstance(value, values.Part) else value
        recorded, label = self._ids.get(builtins.id(whole), ("",))[0], table.label(row, column)
        if recorded and not self._results[recorded].label:
            self._results[recorded] = replace(self._results[recorded], label=label)
        place = {"row": row, "column": column, "result": recorded, "label": label}
        place["part"] = value.name if isinstance(value, values.Part) else ""
        return place | value.fields() | values.ends(value)

    def write_clean(self, clean: Mapping[str, pd.DataFrame]) -> None:
        """Write the clean tables; they become those of the report when the run has succeeded."""
        for name, frame in clean.items() if self.stage is not None else ():
            text = frame.to_csv(index=False, lineterminator="\n")
            write_text(self.stage / "clean" / f"{name}.csv", text)

    def write_outcomes(self, *reports) -> None:
        """Leave the reports of `data.expectations.validate` for the data-quality pages."""
        if self.stage is not None:
            outcomes = {one.stage: one.to_frame().to_dict(orient="records") for one in reports}
            write_text(self.stage / "quality" / "expectations.json", to_json(outcomes))

    def figure(
        self, figure, data: pd.DataFrame | None = None, others: Sequence = (), shows=()
    ) -> FigureOutput:
        """Show a matplotlib figure; SVG, PNG and the plotted coordinates are the exhibit.

        Without `data` they are read off it. One that rests on reconstructed rows says so at its
        foot: every one of a notebook that has read such rows, unless all that it `shows` is
        recorded values of which none varies. `others` are as for `table`; a function may draw it
        for phones as well and for the head of the page, see `drawn.drawings`.
        """
        label = self._exhibit()
        told = [values.ends(value) for value in shows]
        rests = values.rests_on_rows([one["standing"] for one in told], self.reconstructed)
        foot = tables.RECONSTRUCTED_SHORT * rests
        varies = any(one["least"] is not None for one in told)
        self._figures[label] = {"inputs": dict(self._inputs), "ends": varies}
        staged = self.stage is not None
        brief = [as_last_svg(one, foot) for one in (briefs(figure) if staged else ())]
        (figure, *narrow), *others = (drawings(one, staged) for one in (figure, *others))
        data = plain.coordinates(figure) if data is None else data
        output = FigureOutput(figure, foot, self._said())
        drawn = [as_last_svg(wide, foot) for wide, *_ in others]
        phones = [as_last_svg(one, foot) for one in sum((own for _, *own in others), narrow)]
        if staged:
            folder = self.stage / "exhibits"
            tables.write_csv(data, folder / f"{label}.csv")
            write_figure(folder, label, output, drawn, phones, brief)
        return output

    @property
    def recorded(self) -> list[registry.Result]:
        """All results recorded so far, in order."""
        return list(self._results.values())
