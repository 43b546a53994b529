"""What a notebook records and shows, run in a real IPython shell without a kernel."""

import json
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import write_notebook
from IPython.core.interactiveshell import InteractiveShell

from case_review import registry
from case_review.errors import ReviewError
from case_review.exhibits import Row, Table
from case_review.exhibits.drawn import read_brief
from case_review.exhibits.tables import RECONSTRUCTED_NOTE, RECONSTRUCTED_SHORT
from case_review.project import STAGE_VARIABLE, sha256


@pytest.fixture(autouse=True)
def no_figure_is_open():
    """Figures that other tests left open are none of this module's."""
    plt.close("all")


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data" / "clean").mkdir(parents=True)
    (tmp_path / "params.yml").write_text("shared: {}\n")
    patients = tmp_path / "data" / "clean" / "patients.csv"
    patients.write_text("patient_id,sex,provenance\nR01-1,,reconstructed\nR01-2,male,printed\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shell(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell):
    def run_cell(source):
        outcome = shell.run_cell(source, store_history=True)
        outcome.raise_error()
        return outcome.result

    return run_cell


@pytest.fixture
def staged(project, monkeypatch, run):
    stage = project / "report" / "_build" / "stage"
    monkeypatch.setenv(STAGE_VARIABLE, str(stage))
    write_notebook(project / "notebooks" / "05_response.ipynb", {"seed": 1, "unused": 2})
    run("seed = 3\nfrom case_review.notebook import Notebook\nnb = Notebook('05_response')")
    return stage


def test_the_registry_keeps_the_parameters_as_they_were_given(staged, run):
    run("#| label: one\nnb.record('a.b', 1, '1')")
    kept = json.loads((staged / "results" / "05_response.json").read_text(encoding="utf-8"))
    assert kept["parameters"] == {"seed": 3}


def test_recorded_results_carry_cell_and_inputs(project, staged, run):
    run("frame = nb.read('patients')")
    run("#| label: count-patients\nnb.record('patients.all', 2, '2', unit='patients')")
    (result,) = registry.read(staged / "results" / "05_response.json")
    assert result.cell == "count-patients"
    path = project / "data" / "clean" / "patients.csv"
    assert result.inputs == {"data/clean/patients.csv": sha256(path)}


def test_text_is_text_whatever_it_looks_like(project):
    from case_review.notebook import Notebook

    path = project / "data" / "clean" / "patients.csv"
    path.write_text(
        "patient_id,report_id,symptoms,age_hours,dose_value,provenance\n"
        "007,1,,24,0.5,printed\n7,1,,,,printed\n"
    )
    patients = Notebook("x").read("patients")
    assert list(patients["patient_id"]) == ["007", "7"] and list(patients["report_id"]) == ["1"] * 2
    assert patients["symptoms"].isna().all() and patients["symptoms"].dtype == object
    assert patients["age_hours"].sum() == 24 and patients["dose_value"].sum() == 0.5


def test_a_cell_without_label_cannot_record(staged, run):
    with pytest.raises(registry.RegistryError, match="label"):
        run("nb.record('patients.all', 2, '2')")


def test_an_id_is_recorded_once(staged, run):
    run("#| label: one\nnb.record('patients.all', 2, '2')")
    with pytest.raises(registry.RegistryError, match="already recorded by cell one"):
        run("#| label: two\nnb.record('patients.all', 3, '3')")


def test_a_table_is_markdown_only_and_says_that_rows_are_reconstructed(staged, run):
    run("from case_review.exhibits import Row, Table\nimport pandas as pd")
    make = "nb.table(Table(['A', 'n'], [Row(['x', '1'])], pd.DataFrame({'n': [1]})))"
    plain = run(f"#| label: tbl-before\n{make}")
    assert set(plain._repr_mimebundle_()) == {"text/markdown"}
    assert RECONSTRUCTED_NOTE not in plain.text
    run("nb.read('patients')")
    assert RECONSTRUCTED_NOTE in run(f"#| label: tbl-after\n{make}").text
    assert (staged / "exhibits" / "tbl-after.csv").read_text() == "n\n1\n"


def test_an_exhibit_of_fixed_numbers_does_not_say_that_rows_are_reconstructed(staged, run):
    run(
        "import matplotlib.pyplot as plt\nimport pandas as pd\n"
        "from case_review.exhibits import Row, Table\n"
        "from case_review.values import Count, Varying\nnb.read('patients')\n"
        "def table(*cells):\n"
        "    return nb.table(Table(['A', 'n'], [Row(['x', c]) for c in cells]))\n"
        "def figure(*shows):\n"
        "    return nb.figure(plt.subplots()[0], pd.DataFrame(), shows=shows)\n"
        "fixed, chosen = Count(1).stands('printed'), Count(2).stands('method')\n"
        "varies, unknown = Varying(Count(3)), Count(4)"
    )
    for number, (shown, expected) in enumerate({
        "fixed": False, "fixed, chosen": False, "fixed, varies": True, "fixed, unknown": True,
    }.items()):  # fmt: skip
        text = run(f"#| label: tbl-{number}\ntable({shown})").text
        assert (RECONSTRUCTED_NOTE in text) == expected, shown
        svg = run(f"#| label: fig-{number}\nfigure({shown})").svg
        assert (RECONSTRUCTED_SHORT in svg) == expected, shown


def test_a_figure_is_written_twice_with_identical_bytes(staged, run):
    source = (
        "import matplotlib.pyplot as plt\nfrom case_review.exhibits import style\nstyle.use()\n"
        "f, a = plt.subplots(); a.plot([0, 1], [0, 1], label='x'); a.legend()\n"
        "nb.figure(f, pd.DataFrame({'x': [0, 1]}))"
    )
    run("import pandas as pd")
    first = run(f"#| label: fig-one\n{source}")
    second = run(f"#| label: fig-two\n{source}")
    assert first.svg == second.svg and first.png == second.png
    assert "<text" in first.svg and "<dc:date>" not in first.svg
    assert sorted(p.name for p in (staged / "exhibits").glob("fig-one.*")) == [
        "fig-one.csv", "fig-one.png", "fig-one.svg",
    ]  # fmt: skip


def test_by_hand_nothing_is_written(project, monkeypatch):
    monkeypatch.delenv(STAGE_VARIABLE, raising=False)
    from case_review.notebook import Notebook

    nb = Notebook("05_response")
    nb.read("patients")
    nb.record("a.b", 1, "1")
    nb.record("a.b", 2, "2")  # running a cell again is what people do
    nb.table(Table(["A"], [Row(["x"])], pd.DataFrame()))
    nb.figure(plt.subplots()[0], pd.DataFrame())
    assert not (project / "report").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("25, text=25", r"result a\.b: text is 25 \(int\)"),
        ("25, text='nan'", "text is 'nan', and nan is no number"),
        ("25, text='nan weeks'", "nan is no number"),
        ("25, text=f'{float(\"inf\")} to 3'", "inf is no number"),
        ("25, text=' '", "has no text"),
        ("25, text='a\\nb'", "one line without control characters"),
        ("25, text='a\\x06'", "one line without control characters"),
        ("25, text='a' * 2001", "2,001 characters"),
        ("float('nan')", "value is nan.*Estimate"),
        ("float('inf')", "value is inf"),
        ("None", r"value is None \(NoneType\)"),
        ("True", r"value is True \(bool\)"),
        ("10 ** 400", "more digits than can be kept"),
        ("[1, 2]", r"value is \[1, 2\] \(list\)"),
        ("Estimate(1, 0, float('inf'))", "infinite somewhere"),
        ("25, notes='x'", "notes is no part of a result"),
    ],
)
def test_what_prose_could_not_show_is_refused_where_it_happens(staged, run, given, said):
    run("from case_review.values import Estimate")
    with pytest.raises(registry.RegistryError, match=said):
        run(f"#| label: one\nnb.record('a.b', {given})")


def test_what_cannot_be_estimated_is_recorded_as_such(staged, run):
    run("import math\nfrom case_review.values import Estimate\nnone = Estimate(*[math.nan] * 3)")
    run("#| label: one\nnb.record('a.b', none)")
    (result,) = registry.read(staged / "results" / "05_response.json")
    assert result.value is None and "not estimable" in result.text


def test_a_label_names_one_exhibit_and_no_other_folder(staged, run):
    make = "nb.figure(plt.subplots()[0], pd.DataFrame({'x': [1]}))"
    run("import matplotlib.pyplot as plt, pandas as pd")
    with pytest.raises(registry.RegistryError, match="two exhibits"):
        run(f"#| label: fig-one\n{make}\n{make}")
    with pytest.raises(registry.RegistryError, match=r"'\.\./x' is no label"):
        run(f"#| label: ../x\n{make}")
    with pytest.raises(ReviewError, match="a figure was expected, and int"):
        run("#| label: fig-two\nnb.figure(3, pd.DataFrame())")


def test_a_figure_ends_with_its_cell_and_fails_it_if_it_cannot_be_drawn(staged, shell, run):
    run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nassert plt.get_fignums()")
    assert not plt.get_fignums()
    bad = "class Bad(plt.Line2D):\n    def draw(self, renderer): raise ValueError('no ink')\n"
    outcome = shell.run_cell(f"{bad}plt.gca().add_line(Bad([0], [1]))", store_history=True)
    assert str(outcome.error_in_exec) == "no ink" and not plt.get_fignums()


def test_a_missing_table_says_what_to_run(project):
    from case_review.notebook import Notebook

    with pytest.raises(FileNotFoundError, match=r"data/clean/reports\.csv.*make data"):
        Notebook("x").read("reports")


def test_a_part_of_an_estimate_in_a_table_leads_to_its_result(staged, run):
    run(
        "#| label: tbl-one\nfrom case_review.exhibits import Row, Table\n"
        "from case_review.values import Estimate\n"
        "found = nb.record('a.b', Estimate(2, 1, 10, 'weeks'))\n"
        "nb.table(Table(['A', 'B'], [Row([found.point, found.limits.spelled])]))"
    )
    kept = registry.read_tables(staged / "results" / "05_response.json")["tbl-one"]["cells"]
    assert [cell["result"] for cell in kept] == ["a.b", "a.b"]


# -- what a number rests on ------------------------------------------------------------------------

STANDING = """result_id,standing,value,half,least,middle,most,lower,upper,proved
a.ratio,varies,,,0.54,1.06,1.98,0.2,9,no
a.sex,printed,1,0.5,,,,,,
a.age,printed,9,0.5,,,,,,
"""


@pytest.fixture
def known(project):
    (project / "data" / "clean" / "standing.csv").write_text(STANDING, encoding="utf-8")


def recorded(staged):
    return {r.id: r for r in registry.read(staged / "results" / "05_response.json")}


def test_a_number_rests_on_the_print_until_reconstructed_rows_are_read(known, staged, run):
    run("from case_review.values import Count")
    run("#| label: one\nnb.record('a.before', 3)")
    run("#| label: two\nnb.read('patients')\nnb.record('a.after', 4, 'four')\n")
    run("#| label: three\nnb.record('a.said', 5, standing='determined')")
    run("#| label: four\nnb.record('a.sex', 1)\nnb.record('a.age', 7)")
    run("#| label: five\nnb.record('a.sets', 1000, standing='method')")
    run("#| label: six\nnb.record('a.again', nb.known('a.sex', Count(1)))")
    found = recorded(staged)
    assert {id: result.standing for id, result in found.items()} == {
        "a.before": "determined",
        "a.after": "varies",
        "a.said": "determined",
        "a.sex": "printed",
        "a.age": "varies",  # called printed, but the print says 9
        "a.sets": "method",
        "a.again": "printed",  # the same quantity under another id
    }
    assert found["a.after"].text == "four" and found["a.after"].least is None


def test_rows_that_were_extracted_need_no_mark(project, known, staged, run):
    path = project / "data" / "clean" / "patients.csv"
    path.write_text("patient_id,provenance\nR01-1,extracted\n")
    run("#| label: one\nnb.read('patients')\nnb.record('a.ratio', 3)")
    run("#| label: two\nnb.record('a.horizon', 12, standing='method')")
    found = {id: result.standing for id, result in recorded(staged).items()}
    assert found == {"a.ratio": "extracted", "a.horizon": "method"}


def test_the_range_of_a_number_that_varies_takes_the_place_of_its_words(known, staged, run):
    run("from case_review.values import Estimate\nnb.read('patients')")
    run("#| label: one\nnb.record('a.ratio', Estimate(1.3, 0.6, 2.9, digits=2), 'about one')")
    (result,) = recorded(staged).values()
    assert (result.text, result.mark) == ("0.54 to 1.98", "v")
    assert (result.value, result.low, result.high) == (1.06, 0.2, 9)
    assert (result.least, result.most, result.proved) == (0.54, 1.98, False)


def test_a_cell_of_a_table_rests_on_what_its_record_says(known, staged, run):
    shown = run(
        "#| label: tbl-one\nfrom case_review.exhibits import Row, Table\n"
        "from case_review.values import Estimate\nnb.read('patients')\n"
        "found = Estimate(1.3, 0.6, 2.9, digits=2)\nnb.record('a.ratio', found)\n"
        "count = nb.record('a.sex', 1)\n"
        "nb.table(Table(['A', 'B', 'C'], [Row([found.point, found.limits, count])]))"
    )
    assert r"| 1.06 \[0.54–1.98\]^v^ | 0.20–9.00^v^ | 1^p^ |" in shown.text
    kept = registry.read_tables(staged / "results" / "05_response.json")
    cells = kept["tbl-one"]["cells"]
    assert [(c["result"], c["standing"], c["least"], c["proved"]) for c in cells] == [
        ("a.ratio", "varies", 0.54, False),
        ("a.ratio", "varies", 0.54, False),
        ("a.sex", "printed", None, None),
    ]


def test_a_number_that_no_result_records_is_marked_only_where_it_is_known(staged, run):
    source = "from case_review.exhibits import Row, Table\nfrom case_review.values import Number\n"
    made = f"{source}nb.table(Table(['A', 'B'], [Row([Number(1), Number(2)])]))"
    assert "All numbers are the same" in run(f"#| label: tbl-one\n{made}").text
    shown = run(f"#| label: tbl-two\nnb.read('patients')\n{made}").text
    assert "All numbers" not in shown and "^" not in shown


# -- exhibits that are one of many -----------------------------------------------------------------


def test_the_other_drawings_of_a_figure_stand_beside_it(staged, run):
    run(
        "#| label: fig-one\nimport matplotlib.pyplot as plt\nimport pandas as pd\n"
        "from case_review.exhibits import style\nstyle.use()\nnb.read('patients')\n"
        "def drawn(level):\n"
        "    f, a = plt.subplots(); a.plot([0, 1], [level, level]); return f\n"
        "main, *others = [drawn(level) for level in range(12)]\n"
        "nb.figure(main, pd.DataFrame({'x': [0]}), others=others)\n"
        "assert not plt.get_fignums()"
    )
    files = sorted((staged / "exhibits" / "fig-one.others").iterdir(), key=lambda p: int(p.stem))
    assert [path.name for path in files] == [f"{number}.svg" for number in range(1, 12)]
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert len(set(texts)) == 11 and all(RECONSTRUCTED_SHORT in text for text in texts)
    assert not list((staged / "exhibits").glob("*.others/*.png"))


def test_the_others_of_a_table_stand_beside_it(staged, run):
    shown = run(
        "#| label: tbl-one\nfrom case_review.exhibits import Row, Table\nnb.read('patients')\n"
        "tables = [Table(['A'], [Row([str(number)])]) for number in range(3)]\n"
        "nb.table(tables[0], others=tables[1:])"
    )
    folder = staged / "exhibits" / "tbl-one.others"
    assert [path.name for path in sorted(folder.iterdir())] == ["1.md", "2.md"]
    last = (folder / "2.md").read_text(encoding="utf-8")
    assert "| 2 " in last and RECONSTRUCTED_NOTE in last
    assert "| 0 " in shown.text and "| 1 " not in shown.text


def test_by_hand_the_others_are_closed_and_nothing_is_written(project, monkeypatch):
    monkeypatch.delenv(STAGE_VARIABLE, raising=False)
    from case_review.notebook import Notebook

    nb = Notebook("05_response")
    nb.figure(plt.subplots()[0], pd.DataFrame(), others=[plt.subplots()[0], plt.subplots()[0]])
    assert not plt.get_fignums() and not (project / "report").exists()


def test_a_function_draws_a_figure_for_narrow_screens_as_well(staged, run):
    source = (
        "import matplotlib.pyplot as plt\nimport pandas as pd\nfrom functools import partial\n"
        "from case_review.exhibits import style\nnb.read('patients')\n"
        "def draw(level, narrow):\n"
        "    f, panels = style.panels(2, [1, 1], narrow=narrow)\n"
        "    panels[0].plot([0, 1], [level, level]); return f\n"
        "main, *others = [partial(draw, level) for level in range(3)]\n"
        "data = pd.DataFrame({'x': [0]})\n"
    )
    shown = run(f"#| label: fig-one\n{source}nb.figure(main, data, others=others)")
    assert not plt.get_fignums()
    folder = staged / "exhibits" / "fig-one.narrow"
    assert sorted(path.name for path in folder.iterdir()) == ["0.svg", "1.svg", "2.svg"]
    for number, of in enumerate(["fig-one.svg", *(f"fig-one.others/{n}.svg" for n in (1, 2))]):
        wide = (staged / "exhibits" / of).read_text(encoding="utf-8")
        narrow = (folder / f"{number}.svg").read_text(encoding="utf-8")
        assert 'width="453.5' in wide and 'width="255.1' in narrow
        assert RECONSTRUCTED_SHORT in wide and RECONSTRUCTED_SHORT in narrow
    assert (staged / "exhibits/fig-one.svg").read_text(encoding="utf-8") == shown.svg
    assert not (staged / "exhibits" / "fig-one.brief").exists()  # none was asked for
    with pytest.raises(ReviewError, match="give it an argument `narrow`"):
        run("#| label: fig-two\nnb.figure(lambda: None, None)")


def test_a_function_may_draw_a_figure_for_the_head_of_the_page(staged, run):
    run(
        "#| label: fig-one\nimport matplotlib.pyplot as plt\nimport pandas as pd\n"
        "from case_review.exhibits import style\nnb.read('patients')\n"
        "def draw(narrow=False, brief=False):\n"
        "    f, axes = style.panels(1 if brief else 2, narrow=narrow or brief)\n"
        "    axes.plot([0, 1]); return f\n"
        "nb.figure(draw, pd.DataFrame({'x': [0]}))"
    )
    assert not plt.get_fignums()
    exhibits = staged / "exhibits"
    brief, narrow = (
        (exhibits / f"fig-one.{kind}" / "0.svg").read_text(encoding="utf-8")
        for kind in ("brief", "narrow")
    )
    assert 'width="255.1' in brief and 'width="255.1' in narrow
    heights = [float(re.search(r'height="([\d.]+)pt"', svg)[1]) for svg in (brief, narrow)]
    assert heights[0] < 0.7 * heights[1] and RECONSTRUCTED_SHORT in brief
    assert read_brief(exhibits, "fig-one") == brief and read_brief(exhibits, "fig-two") == ""


def test_a_frame_and_a_figure_alone_are_exhibits(staged, run):
    run("frame = nb.read('patients')")
    table = run("#| label: tbl-a\nnb.table(frame.groupby('provenance').size().rename('n'))")
    assert "| printed | 1 |" in re.sub(" +", " ", table._repr_mimebundle_()["text/markdown"])
    assert (staged / "exhibits" / "tbl-a.csv").read_text("utf-8").splitlines()[0] == "provenance,n"
    run("#| label: fig-a\nimport matplotlib.pyplot as plt\nfigure, axes = plt.subplots()")
    run("#| label: fig-b\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nnb.figure(figure)")
    points = pd.read_csv(staged / "exhibits" / "fig-b.csv")
    assert points[["x", "y"]].to_numpy().tolist() == [[0, 1], [1, 2]]
    with pytest.raises(ReviewError, match="list was given: hand over a pandas DataFrame"):
        run("#| label: tbl-b\nnb.table([1])")


@pytest.fixture
def chosen(project):
    text = STANDING.splitlines()[0] + "\n*,varies,,,,,,,,\n"
    (project / "data" / "clean" / "standing.csv").write_text(text, encoding="utf-8")


def test_where_patients_are_chosen_nothing_is_determined_by_the_print(chosen, staged, run):
    run("#| label: one\nnb.read('patients')\nnb.record('a.n', 5, standing='determined')")
    run("#| label: two\nnb.record('a.sets', 1000, standing='method')")
    run("#| label: three\nnb.record('a.later', 7, standing='extracted')")
    found = recorded(staged)
    assert [r.standing for r in found.values()] == ["varies", "method", "extracted"]
