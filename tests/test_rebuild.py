"""Two builds are compared file by file, and a difference is shown where it begins."""

import rebuild


def build(root, **files):
    folder = root / "report" / "exhibits"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return root


def test_differences_are_named_with_their_place(tmp_path):
    one = build(tmp_path / "one", same="n", gone="n", other="n\n1\n")
    two = build(tmp_path / "two", same="n", new="n", other="n\n2\n")
    assert list(rebuild.compare(one, two)) == [
        "report/exhibits/gone.csv was made only the first time",
        "report/exhibits/new.csv was made only the second time",
        "report/exhibits/other.csv differs from byte 2 on: b'n\\n1\\n' / b'n\\n2\\n'",
    ]
    assert list(rebuild.compare(one, one)) == []
