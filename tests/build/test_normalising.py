"""What differs between two runs of one notebook is taken out, and nothing else."""

import json
import sys

import nbformat
import pytest

from case_review.build.normalising import last_state, normalise, source
from case_review.errors import ReviewError
from case_review.project import Project


def normalised(tmp_path, *outputs, **metadata):
    cell = nbformat.v4.new_code_cell("1", id="one", outputs=list(outputs), metadata=metadata)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"x": 1}})
    return json.loads(normalise(notebook, Project(tmp_path)))


def stream(name, text):
    return nbformat.v4.new_output("stream", name=name, text=text)


def show(**data):
    data = {kind.replace("_", "/"): text for kind, text in data.items()}
    return nbformat.v4.new_output("display_data", data=data)


def texts(notebook):
    return ["".join(output["text"]) for output in notebook["cells"][0]["outputs"]]


def test_times_and_tool_metadata_go_tags_stay(tmp_path):
    found = normalised(tmp_path, papermill={"duration": 1.5}, execution={}, tags=["parameters"])
    assert found["cells"][0]["metadata"] == {"tags": ["parameters"]}
    assert "papermill" not in found["metadata"]


def test_the_injected_cell_has_a_fixed_id(tmp_path):
    found = normalised(tmp_path, tags=["injected-parameters"])
    assert found["cells"][0]["id"] == "injected-parameters"


def test_addresses_kernel_files_and_folders_go(tmp_path):
    text = (
        f"<f at 0x7f00aa11bb22> {tmp_path}/case_review/x.py {sys.prefix}/lib/y.py "
        "/tmp/ipykernel_12/345.py:3: Warning"
    )
    assert texts(normalised(tmp_path, stream("stderr", text))) == [
        "<f at 0x0> ./case_review/x.py .venv/lib/y.py cell:3: Warning"
    ]


def test_short_hexadecimal_numbers_and_hashes_stay(tmp_path):
    text = "0x1f and T_cells and 7f00aa11bb22cc"
    assert texts(normalised(tmp_path, stream("stdout", text))) == [text]


def test_interleaving_streams_are_joined(tmp_path):
    parts = [
        stream("stderr", "a"),
        stream("stdout", "1"),
        stream("stderr", "b"),
        stream("stdout", "2"),
    ]
    assert texts(normalised(tmp_path, *parts)) == ["12", "ab"]


def test_streams_do_not_move_past_what_is_shown(tmp_path):
    outputs = normalised(
        tmp_path, stream("stdout", "1"), show(text_plain="x"), stream("stdout", "2")
    )
    kinds = [output["output_type"] for output in outputs["cells"][0]["outputs"]]
    assert kinds == ["stream", "display_data", "stream"]


def test_ids_of_styled_tables_are_numbered(tmp_path):
    html = '<style>#T_3fa9c_row0 {}</style><table id="T_3fa9c"></table><table id="T_00b1e">'
    (output,) = normalised(tmp_path, show(text_html=html))["cells"][0]["outputs"]
    assert "".join(output["data"]["text/html"]) == (
        '<style>#T_00000_row0 {}</style><table id="T_00000"></table><table id="T_00001">'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0%\r50%\r100%\n", "100%\n"),
        ("longer\rab", "abnger"),
        ("a\r\nb", "a\nb"),
        ("abc\b\bx", "ax"),
        ("\x1b[1;31mred\x1b[0m\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "redlink"),
    ],
)
def test_the_last_state_of_what_was_printed(text, shown):
    assert last_state(text) == shown


def test_random_names_are_numbered_and_long_texts_cut(tmp_path):
    id = "8b0a2bd0-6e3f-4f7e-9c39-0f1b2c3d4e5f"
    (output,) = normalised(
        tmp_path, show(text_html=f'<i id="{id}"></i><i id="{id}"></i>altair-viz-{"ab" * 16}')
    )["cells"][0]["outputs"]
    assert "".join(output["data"]["text/html"]) == (
        f'<i id="00000000-0000-4000-8000-{0:012d}"></i>' * 2 + f"altair-viz-{0:032d}"
    )
    # In a time that grows with the text, not with its square.
    (text,) = texts(normalised(tmp_path, stream("stdout", "x" * 3_000_000 + "\b" * 9)))
    assert len(text) < 1_000_100 and "[output cut" in text


SHEET = [
    {"cell_type": "markdown", "metadata": {}, "source": "# A"},
    {"cell_type": "code", "metadata": {}, "input": "1", "language": "python", "outputs": [],
     "prompt_number": 1, "collapsed": False},
]  # fmt: skip
OLD = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {},
    "worksheets": [{"metadata": {}, "cells": SHEET}],
}
CELL = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (OLD, ["cell-0", "cell-1"]),
        ({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [CELL] * 2},
         ["cell-0", "cell-1"]),
        ({"nbformat": 4, "nbformat_minor": 5, "metadata": {},
          "cells": [CELL | {"id": "a"}, CELL | {"id": "a"}, CELL | {"id": "cell-0"}, CELL]},
         ["a", "cell-1", "cell-0", "cell-3"]),
    ],
)  # fmt: skip
def test_cells_of_old_formats_get_the_same_ids_every_time(tmp_path, content, ids):
    path = tmp_path / "01_old.ipynb"
    path.write_text(json.dumps(content))
    for _ in range(2):
        assert [cell.id for cell in source(path).cells] == ids
    nbformat.validate(source(path))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"nbformat": 9, "cells": []}', "not json"])
def test_what_is_no_notebook_is_named(tmp_path, content):
    path = tmp_path / "01_old.ipynb"
    path.write_text(content)
    with pytest.raises(ReviewError, match=r"notebooks/01_old\.ipynb is not a Jupyter notebook"):
        source(path)
