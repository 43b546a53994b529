"""Links that lead nowhere and headings out of order are named with their lines."""

from types import SimpleNamespace

import pytest

from case_review.build import products
from case_review.errors import ReviewError
from case_review.files import write_text
from case_review.project import Project
from case_review.rendering import ast, links
from case_review.rendering.manuscript import Manuscript

HEADER = "---\ntitle: a\n---\n\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("links")
    for folder in ("data/raw", "notebooks", "report/_executed", "report/exhibits"):
        (root / folder).mkdir(parents=True)
    for name in ("data/raw/a b.csv", "data/raw/names.csv", "report/exhibits/tbl-a.csv",
                 "report/exhibits/tbl-left.csv", "notebooks/01_a.ipynb",
                 "report/_executed/02_gone.ipynb", "report/notes.pdf"):  # fmt: skip
        (root / name).write_text("{}")
    (root / "data/raw/README.md").write_text("# a b.csv\n")
    manifest = products.manifest("", {"report/exhibits/tbl-a.csv": ""})
    write_text(products.manifest_path(Project(root), "01_a"), manifest)
    return Project(root)


def check(project, text):
    text = HEADER + text
    tree = ast.parse(text)
    found = Manuscript(tree, text.splitlines())
    found.exhibits["tbl-a"] = SimpleNamespace(label="tbl-a")
    found.used["small.count"] = SimpleNamespace(id="small.count")
    links.check(project, found)
    found.problems.stop()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("One.\n\n[x](#nowhere)\n", "line 7: the link 'x' leads to #nowhere, which nothing bears"),
        ("# Methods\n\n[x](#method)\n", "line 7: .* Did you mean #methods?"),
        ("[x](notes.pdf)\n", "line 5: the link 'x' leads to notes.pdf, which is no file"),
        ("[x](../data/raw/a.csv)\n", "line 5: .* no file of the site"),
        ("[x](data/raw/no.csv)\n", "line 5: .* no file of the site"),
        ("[x](exhibits/tbl-b.csv)\n", "line 5: .* no file of the site"),
        ("[x](exhibits/../../params.yml)\n", "line 5: .* no file of the site"),
        ("[x](notebooks/02_b.html)\n", "line 5: .* no file of the site"),
        # What lies there and is neither declared nor made is not published.
        ("[x](data/raw/names.csv)\n", "line 5: .* no file of the site"),
        ("[x](exhibits/tbl-left.csv)\n", "line 5: .* no file of the site"),
        ("[x](notebooks/02_gone.html)\n", "line 5: .* no file of the site"),
        ("[x](/etc/passwd)\n", "line 5: .* no file of the site"),
        ("[x](two words.pdf)\n", "line 5: .* no file of the site"),
        ("[x](file:///etc/passwd)\n", "line 5: .* is not admitted: addresses begin with http"),
        ("[x](javascript:alert)\n", "line 5: .* is not admitted"),
        ("[x](//example.org/a)\n", "line 5: .* is not admitted"),
        ("[x](http:/example.org)\n", "line 5: .* names no machine"),
        ("[x](https://)\n", "line 5: .* names no machine"),
        ("[x](https://exa_mple..org/)\n", "line 5: .* names no machine"),
        ("[x](https://example.org:port/)\n", "line 5: .* is no address"),
        ("[x](http://[::1)\n", "line 5: .* is no address"),
        ("[x](mailto:nobody)\n", "line 5: .* is no address"),
        ("[x]()\n", "line 5: the link 'x' leads nowhere"),
        ("[](#tbl-a)\n", "line 5: a link without words leads to #tbl-a"),
        ("## One\n", "line 5: '## One' skips a level: it is the first after the title"),
        ("# One\n\n#### Two\n", "line 7: '#### Two' skips a level: .* level 1. Write ##."),
        ("# One\n\nTwo\n---\n\n#### Three\n", "line 10: '#### Three' skips a level: .* level 2"),
        ("# 1\n\n## 2\n\n### 3\n\n#### 4\n\n##### 5\n\n###### 6\n", "line 15: .* at most 5 levels"),
        ("# One\n\n#\n", "line 7: a heading without words"),
        ("```\n## One\n```\n\n## One\n", "line 9: '## One' skips"),
        ("# One {#a}\n\n# Two {#a}\n", "line 7: the id a stands twice. Give it another one"),
        ("# One {#a}\n\n[two]{#a}\n", "line 7: the id a stands twice"),
        ("# One\n\n[two]{#one}\n", "line 7: the id one stands twice"),
        ("# One\n\n## Tbl a\n", "line 7: the id tbl-a stands twice"),
        ("# Content\n", "line 5: the report itself uses the id content"),
        ("# One {#number-small-count}\n", "line 5: the report itself uses the id number-"),
        ("# One {#fn1}\n", "line 5: the report itself uses the id fn1"),
        ("# One {#1st}\n", "line 5: '1st' is no id: it begins with a letter"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_or_skips_is_refused_with_its_line(project, text, message):
    with pytest.raises(ReviewError, match=f"^report/index.qmd, {message}"):
        check(project, text)


def test_what_is_there_may_be_linked_to(project):
    check(
        project,
        "# One\n\n## Two {#second}\n\n### Drei größer\n\n## Four\n\n# Five\n\n[six]{#six}\n\n"
        "[a](#one), [b](#second), [c](#drei-größer), [d](#tbl-a), [e](#six), [f](#ref-smith), "
        "[g](#number-small-count), [h](exhibits/tbl-a.csv), [i](notebooks/01_a.html#cell), "
        "[j](<data/raw/a b.csv>), [k](data/index.html), [l](https://example.org/a_(b)?c=d#e), "
        "<https://example.org>, <ada@example.org>, "
        "[n](https://www.who.int/news/item/x), [o](https://müller.example.org/) [@smith].\n\n"
        "```\n# no heading [x](#nowhere)\n```\n\n::: {.callout-note}\n#### Title\n\nText.\n:::\n",
    )
