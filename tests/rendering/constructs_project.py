"""A manuscript of every construct that `docs/manuscript.md` lists, with made-up exhibits."""

import base64
import shutil

import nbformat
import pandas as pd
from building import ROOT
from matplotlib.figure import Figure
from PIL import Image

from case_review import registry
from case_review.exhibits import Markdown, Row, Table, style
from case_review.exhibits.drawn import FigureOutput
from case_review.project import Project
from case_review.values import DETERMINED, Number

TEXT = r"""---
title: Constructs & *all* of them, $x < y$
# {{< result none.in-a-comment >}}
author: [Ada Example]
bibliography: references.bib
abstract: "One line, {{< result a.p >}} [@smith], with $\\alpha$."
---

The first paragraph cites [@smith; @jones, p. 33], says {{< result
a.count >}} over two lines, and `{{< result a.count >}}` as code.

<!-- a comment {{< result none.at.all >}}

over three lines {{< var nothing >}} --> It goes on.

# Sections and references {#sec-one}

See [@sec-one] and @sec-two, @fig-photo, @tbl-own, @eq-one and [see @fig-line, panel B] as in
[Fig. @fig-photo], -@fig-line, @fig-line [panel B], [@tbl-own; @fig-panels], @fig-left and
@tbl-cells. @jones [p. 33] has it too [see @smith, chap. 2].

## A heading with {{< result a.count >}}, $x^2$ and @smith {#sec-two}

Inline $\hat{S}(t) \le 1$ and with a result $n = {{< result a.count >}}$ or $p: {{< result
a.p >}}$.

$$
\hat{S}(t) = \prod_{t_i \le t} \left(1 - \frac{d_i}{n_i}\right)
$$ {#eq-one}

$$ a = b $$

# Text

*Emphasis*, **strong**, ~~struck~~, H~2~O, x^2^, [Small]{.smallcaps}, [under]{.underline},
[mot]{lang=fr}, "quoted 'twice'", a\ b, a--b, a\-\-b, c\.\.\.d, a hard\
break, <https://example.org/a?b=1&c=2>,
[a link with {{< result a.p >}}](https://example.org "T & <t>"), [an anchor]{#anchor} and
[a link to it](#anchor). {{{< result a.count >}}} is written so.

- \- dash
- \+ plus, {{< result a.minus >}}
    1. 1\. one

       a second paragraph, $y$
    2. = two

        ```
        {{< result a.count >}} in a fence
        ```

(@) An example,
(@two) another; see (@two).

Term
:   \- defined[^one]

Other *term*
:   First

:   Second

> \- Quoted.
>
> > Deeper.

| A line
|   and its second & last

    indented {{< result a.count >}}

***

A footnote[^one] and another.^[\- Inline, with $z$ and @smith.]

[^one]: Its text, {{< result a.p >}}.

    A second paragraph.

# Pictures and tables

![A *photo* of {{< result a.count >}}, as in @fig-line, by [@smith], $n < 3$.](a photo.png){
#fig-photo fig-alt="Two \"halves\" & a < b, {{< result a.p >}}." width=40%}

![Without a number, # * < @ \\ "quoted".](dir/b.jpg){fig-alt="A blue square."}

Within a line ![a blue dot & more](dir/b.jpg){width=8px} it stands.

::: {#fig-panels layout-ncol=2}
![Left, *one*](dir/b.jpg){#fig-left fig-alt="Left."}

![Right](a photo.png){#fig-right fig-alt="Right."}

Two panels, {{< result a.count >}} in all.
:::

{{< embed _executed/01_own.ipynb#fig-line >}}

| A       | B  |
|:--------|---:|
| \- a    | {{< result a.p >}} |
| \+ b    | = c |
| / d     | 1\. |
| \# e    | \*f\* \_g\_ |
| @smith | $x^2$[^two] |
| \@x \<y\> | ~ \$z ` ` \-\- |

: Own, with {{< result a.p >}} and @fig-line. {#tbl-own}

[^two]: In a table.

+-----------+-----------+---------+
| Spanned               | Total   |
+-----------+-----------+         |
| left      | right     |         |
+===========+===========+=========+
| - a list  | b         | c       |
| - of two  |           |         |
+-----------+-----------+---------+
| over two rows         | d       |
|                       +---------+
|                       | e       |
+-----------+-----------+---------+

| Only | heads |
|------|-------|

: Without rows {#tbl-none}

::: {#tbl-div}
| a | b |
|---|---|
| 1 | 2 |

In a div.
:::

{{< embed _executed/01_own.ipynb#tbl-cells >}}

{{< embed _executed/01_own.ipynb#tbl-empty >}}

{{< embed _executed/01_own.ipynb#tbl-two >}}

# Boxes

::: {.callout-note}
## A title with {{< result a.p >}}
A callout that refers to @tbl-own.

- and a list
:::

::: {.callout-warning title="Beware & <b>"}
Text.
:::

:::: {.note}
Outer.

::: {.callout-tip}
Inner.
:::
::::

# References

::: {#refs}
:::
"""

VALUES = {"a.count": "25", "a.p": "P < 0.05 & |x| > 2", "a.minus": "- 3 = x"}
#: What the captions of embedded cells may say.
CAPTION = (
    r"# As in @smith and [@jones], see [@fig-photo, left]; "
    r"$n < 2$ of {{< result a.p >}} \"q\" * _ ~"
)
BIB = """@article{smith, author={Smith, Jo}, title={On things & more}, journal={J}, year={2001}}
@book{jones, author={Jones, Al}, title={Other <things>}, publisher={P}, year={2002}}
"""


def _table(*rows, notes=()):
    return Table(["Name", "n"], [Row(list(row)) for row in rows], pd.DataFrame(), notes=list(notes))


def _cells():
    style.use()
    drawing = Figure(figsize=(3, 2))
    drawing.add_subplot().plot([0, 1], [0, 1])
    drawn = FigureOutput(drawing)
    png = base64.b64encode(drawn.png).decode()
    note = ("a", Markdown(r"A note with @jones, @eq-one, $x$ and {{< result a.count >}}."))
    marked = _table(("- x", "= 1"), (Markdown("$y^2$ [@smith]"), "@none"), notes=[note]).markdown()
    two = _table(("a", "1")).markdown() + "\n\nBetween.\n\n" + _table(("b", "2")).markdown()
    alt = r'"A line: a < b & \"c\", {{< result a.p >}}."'
    yield f'fig-line\n#| fig-cap: "{CAPTION}"\n#| fig-alt: {alt}', {
        "image/svg+xml": drawn.svg, "image/png": png,
    }  # fmt: skip
    yield f'tbl-cells\n#| tbl-cap: "{CAPTION}"', {"text/markdown": marked}
    yield 'tbl-empty\n#| tbl-cap: "No rows."', {"text/markdown": _table().markdown()}
    yield 'tbl-two\n#| tbl-cap: "Two tables."', {"text/markdown": two}


def make(root, text=TEXT):
    """Write the project into `root`."""
    for folder in ("data/raw", "data/clean", "report/_executed", "report/dir"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "report/styles", root / "report/styles")
    shutil.copy(ROOT / "report/vancouver.csl", root / "report/vancouver.csl")
    (root / "report/references.bib").write_text(BIB, encoding="utf-8")
    Image.new("RGB", (40, 30), "red").save(root / "report/a photo.png")
    Image.new("RGB", (20, 20), "blue").save(root / "report/dir/b.jpg")
    book = nbformat.v4.new_notebook()
    for source, shown in _cells():
        output = nbformat.v4.new_output("display_data", data=shown)
        book.cells.append(nbformat.v4.new_code_cell(f"#| label: {source}", outputs=[output]))
    nbformat.write(book, root / "report/_executed/01_own.ipynb")
    results = [
        registry.Result(id, text=text, cell="tbl-cells", **Number(25).stands(DETERMINED).fields())
        for id, text in VALUES.items()
    ]
    registry.write(root / "report/results/01_own.json", "01_own", {}, results)
    (root / "params.yml").write_text("", encoding="utf-8")
    (root / "report/index.qmd").write_text(text, encoding="utf-8")
    return Project(root)
