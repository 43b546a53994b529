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
