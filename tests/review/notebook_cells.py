"""Runs the code cells of a notebook inside a test, with other tables or parameters on request."""

import tempfile
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
from conftest import ROOT
from descriptive_data import read, standing_file

from case_review import notebook, registry
from case_review.build import dependencies
from case_review.exhibits.drawn import drawings
from case_review.parameters import cell_options, params_file
from case_review.parameters.params_file import cells, source_of
from case_review.project import Project


@dataclass
class Ran:
    """What a notebook left: results by id, tables and figures by label, and its own names.

    `tables` as the notebook gives them, `shown` as their Markdown; `data` is behind the figures,
    and `narrow` are their drawings for narrow screens.
    """

    results: dict
    tables: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    narrow: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)

    @property
    def recorded(self):
        """The results as the tests of printed numbers take them."""
        return [{"id": x.id, "value": x.value, "n": x.n, "of": x.of} for x in self.results.values()]


def run_cells(name, given=(), only=(), settings=(), **parameters):
    """Run `notebooks/<name>.ipynb` and keep what it records and shows, undrawn.

    `given` holds clean tables that replace those of this review (`standing` says what is known of
    results), `settings` entries of params.yml, `only` the ids of the cells that run; `parameters`
    replace values of the notebook.
    """
    ran, path, declared = Ran({}), ROOT / "notebooks" / f"{name}.ipynb", {}

    class Bench(notebook.Notebook):
        def __init__(self, name):
            super().__init__(name)
            self.parameters |= declared

        def read(self, table):
            frame = dict(given)[table].copy() if table in dict(given) else read(table)
            return self.rests_on(frame)

        def _read_known(self):
            if self.name in dependencies.FIRST:
                return {}
            if "standing" not in dict(given):
                return registry.read_known(standing_file())
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "standing.csv"
                dict(given)["standing"].to_csv(path, index=False)
                return registry.read_known(path)

        def setting(self, key):
            return dict(settings)[key] if key in dict(settings) else super().setting(key)

        def record(self, id, *value, **details):
            assert id not in self._results, f"{id} is recorded twice"
            return super().record(id, *value, **details)

        def table(self, table, others=()):
            ran.tables[cell_options.running_label()] = table
            shown = super().table(table, others)
            ran.shown[cell_options.running_label()] = shown.text
            return shown

        def figure(self, figure, data, others=(), shows=()):
            (figure, *narrow), *others = (drawings(given, True) for given in (figure, *others))
            ran.figures[cell_options.running_label()] = figure
            ran.narrow[cell_options.running_label()] = narrow
            ran.data[cell_options.running_label()] = data
            for drawn in (figure, *narrow, *chain(*others)):
                plt.close(drawn)

    names = {"__name__": name}
    with (
        mock.patch.object(notebook, "Notebook", Bench),
        mock.patch.object(notebook, "find_project", lambda: Project(ROOT)),
    ):
        for cell in cells(path):
            if cell["cell_type"] != "code" or (only and cell["id"] not in only):
                continue
            source = source_of(cell)
            with mock.patch.object(cell_options, "running_source", lambda s=source: s):
                exec(compile(source, f"{name}, cell {cell['id']}", "exec"), names)
            if "parameters" in cell["metadata"].get("tags", []):
                names |= parameters
                declared |= {key: names[key] for key in params_file.declared(path)}
    ran.results.update({result.id: result for result in names["nb"].recorded})
    ran.names |= names
    return ran
