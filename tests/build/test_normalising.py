"""What differs between two runs of one notebook is taken out, and nothing else."""

import json
import sys

import nbformat

from case_review.build.normalising import normalise
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
