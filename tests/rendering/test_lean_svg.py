"""Drawings take less room in the page, and show the same."""

import re

import pytest
from lxml import etree

from case_review.exhibits import style
from case_review.exhibits.drawn import as_svg
from case_review.rendering import figures
from case_review.rendering.lean_svg import lean

START = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


def leaned(inner):
    root = etree.fromstring(f"{START}{inner}</svg>")
    lean(root)
    return etree.tostring(root, encoding="unicode").split(">", 1)[1].removesuffix("</svg>")


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ('<path d="M 1 2.004 L 5.123456 2 L 5.1201 9 L 7 8 L 7 8 z "/>',
         '<path d="M1 2H5.12V9L7 8z"/>'),
        ('<path d="M 0 0 L 1 1 z M 4 4 L 4 5"/>', '<path d="M0 0L1 1zM4 4V5"/>'),
        ('<path d="M 0.5 0 C 1.001 1 2 -0.501 3 3"/>', '<path d="M .5 0 C 1 1 2 -.5 3 3"/>'),
        ('<text x="1.499999" transform="rotate(-0 1.499999 3)"> a  b </text>',
         '<text x="1.5"> a  b </text>'),
        ('<text transform="rotate(-90 1.499999 3)">a</text>',
         '<text transform="rotate(-90 1.5 3)">a</text>'),
        ('<text transform="scale(0.00390625)">a</text>',
         '<text transform="scale(0.00390625)">a</text>'),
        ('<g id="one"><g>\n <path id="m"/></g></g> <use xlink:href="#m"/>',
         '<path id="m"/><use href="#m"/>'),
        ('<image xlink:href="data:image/png;base64,\n aGk="/>',
         '<image href="data:image/png;base64,aGk="/>'),
        ('<g id="one" clip-path="url(#c)"><rect/></g><clipPath id="c"/>',
         '<g clip-path="url(#c)"><rect/></g><clipPath id="c"/>'),
        ('<style>#one {fill: red}</style><path id="one"/>',
         '<style>#one {fill: red}</style><path id="one"/>'),
        ('<title id="t">A b</title><path aria-labelledby="t" id="p"/>',
         '<title id="t">A b</title><path aria-labelledby="t"/>'),
    ],
)  # fmt: skip
def test_what_is_left_of_a_drawing(given, left):
    assert leaned(given) == left


def test_texts_share_their_font_only_where_all_say_one():
    one = '<text style="font-size: 8px; font-family: A">x</text>'
    assert leaned(one * 2) == "<text>x</text><text>x</text>"
    larger = one.replace("8px", "9px")
    assert leaned(one * 2 + larger).endswith('<text style="font-size:9px">x</text>')
    silent = leaned(one + "<text>y</text>")
    assert silent == '<text style="font-size:8px;font-family:A">x</text><text>y</text>'


def test_a_figure_keeps_its_texts_and_places_and_loses_most_of_its_size():
    figure, axes = style.panels(2)
    axes.step(range(200), [n % 7 for n in range(200)], where="post")
    axes.set_xlabel("Weeks  since start")
    svg = as_svg(figure)
    found = figures.inline_svg(svg, "fig-a", "Steps")
    assert len(found) < 0.4 * len(svg)
    texts = re.compile(r"<text[^>]*>([^<]*)</text>")
    assert texts.findall(found) == texts.findall(svg)
    longest = max(re.findall(r' d="([^"]*)"', svg), key=len)
    numbers = [float(n) for n in re.findall(r"[\d.]+", longest)][1::2]
    drawn = max(re.findall(r' d="([^"]*)"', found), key=len)
    assert {f"{y:.2f}".rstrip("0") for y in numbers} >= set(re.findall(r"V([\d.]+)", drawn))


def test_names_are_those_of_the_exhibit_and_lead_to_what_they_named():
    given = '<path id="m"/><use xlink:href="#m"/><g clip-path="url(#c)"/><clipPath id="c"/>'
    found = figures.inline_svg(f"{START}{given}</svg>", "fig-a", "x")
    other = figures.inline_svg(f"{START}{given}</svg>", "fig-b", "x")
    own = re.search(r'<path id="(.*?)-1"/><use href="#\1-1"/>', found)[1]
    assert f'clip-path="url(#{own}-2)"' in found and f'<clipPath id="{own}-2"/>' in found
    assert re.fullmatch(r"d[0-9a-f]{8}", own) and own not in other


def test_a_look_that_several_elements_have_stands_once():
    look = 'style="fill: red; stroke: blue"'
    path = f'<path {look} clip-path="url(#c)"/>'
    given = f'{path * 2}<path {look}/><path class="k" {look}/><clipPath id="c"/>'
    found = figures.inline_svg(f"{START}{given}</svg>", "fig-a", "x")
    (rule,) = re.findall(r"<style>(.*?)</style>", found)
    look = r"\.(\w+)\{clip-path:url\(#(.*)\);fill:red;stroke:blue\}"
    name, clip = re.fullmatch(look, rule).groups()
    assert found.count(f'<path class="{name}"/>') == 2 and f'<clipPath id="{clip}"/>' in found
    assert '<path style="fill:red;stroke:blue"/><path class="k" style=' in found
