"""What is done ahead for many pages or texts at once is what each would have by itself."""

import copy
import json

import pytest

from case_review.rendering import ast, highlighting

PAGE = """\
Before `x = 1`.

```{.python}
x = "cb2" + '<a href="#cb1-1">'
y = 2
```

```{.output}
id="cb1"
```

```
plain
```

> ```{.python}
> def second(): ...
> ```

```{.python #named}
z = 3
```
"""


def written(tree):
    options = ["-f", "json", "-t", "html5", highlighting.option(tree)]
    return ast.pandoc(options, json.dumps(tree))[0]


def test_code_is_coloured_ahead_as_pandoc_colours_it_on_the_page():
    other = ast.parse("```{.python}\nimport math\n```\n", ast.SAFE)
    trees = [other, ast.parse(PAGE, ast.SAFE)]
    alone = [written(copy.deepcopy(tree)) for tree in trees]
    highlighting.ahead(trees)
    assert [written(tree) for tree in trees] == alone
    assert 'id="cb4-1"' in alone[1]
    # A page without code of a language makes pandoc read no grammar; one that has some left does.
    assert highlighting.option(trees[0]) != highlighting.option(trees[1])


@pytest.mark.parametrize(
    "texts",
    [
        ["One *caption*, `code`", "| a | b |\n|---|--:|\n| 1 | 2 |\n\nA note.", "3. three"],
        ["A [link][x]", "[x]: https://example.org", "# Same", "# Same", "a[^1]\n\n[^1]: b"],
        ["```\nopen", "Next", "% Title", "last\\"],
    ],
)
def test_texts_are_read_ahead_as_each_is_read_alone(texts, monkeypatch):
    monkeypatch.setattr(ast, "_known", {})
    alone = [ast.parse(text, ast.SAFE) for text in texts]
    monkeypatch.setattr(ast, "_known", {})
    ast.parse_ahead(texts)
    assert [ast.parse(text, ast.SAFE) for text in texts] == alone


TABLE = "| a |\n|---|\n| {} |"


@pytest.mark.parametrize(
    ("texts", "starts"),
    [
        (["1", "2"], 0),
        (["1", "new"], 1),
        (["a@b.org", "1"], 1),  # an address here, but a citation in what the report shows
        (["$x$", "1"], 1),
        (["1", "2 |\n\n[x]: y\n\n| {}"], 1),  # which may mean something for the other
    ],
)
def test_what_the_report_shows_is_not_read_again_for_a_notebook_s_page(texts, starts, monkeypatch):
    texts = [TABLE.format(text) for text in texts]
    alone = [ast.parse(text, ast.SAFE)["blocks"] for text in texts]
    monkeypatch.setattr(ast, "_known", {})
    shown = [text for text in texts if "new" not in text]
    for text in shown:
        ast.parse(text, ast.SHOWN)
    called = []
    pandoc = ast.pandoc
    monkeypatch.setattr(ast, "pandoc", lambda *a, **k: called.append(a) or pandoc(*a, **k))
    assert ast.parse_many(texts) == alone
    assert len(called) == starts
