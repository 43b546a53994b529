"""What counts for a whole site after a kill, see `kill_build`."""

import kill_build
import pytest

OLD = {"index.html": "old", "index.pdf": "old pdf", "index.docx": "w", "index.jats.xml": "j"}
NEW = {"index.html": "new", "index.pdf": "pdf", "index.docx": "w", "index.jats.xml": "j", "x": "1"}
PAGE = {"index.html": "page alone", "x": "1"}


@pytest.mark.parametrize(
    "found, name",
    [
        (OLD, "previous"),
        (NEW, "new"),
        (PAGE, "page"),
        (PAGE | {"index.pdf": "pdf"}, "page"),
        (PAGE | {"index.pdf": "old pdf"}, ""),
        (PAGE | {"y": "1"}, ""),
        ({"index.html": "page alone"}, ""),
        ({"index.html": "new", "x": "1"}, ""),
        ({}, ""),
    ],
)
def test_a_site_is_whole_or_not(found, name):
    assert kill_build.name_of(found, OLD, NEW, "page alone") == name
