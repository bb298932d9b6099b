"""Bars of the footprint: geometry worked by hand, words for those who do not see them."""

import re
from xml.etree import ElementTree

from common.charts.footprint import PARTS, draw_bar, draw_key, draw_pattern

PARTS_OF_SCREENS = {"manufacturing": 6.0, "other": 0.5, "use": 2.0, "embodied": 1.5}


def rectangles(svg: str) -> list[tuple[str, str, str]]:
    found = re.findall(r'<rect x="([^"]+)"(?: y="[^"]+")? width="([^"]+)" height="[^"]+" fill="([^"]+)"', svg)
    return [(left, width, fill) for left, width, fill in found]


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def test_parts_follow_each_other_and_the_whisker_runs_from_low_to_high():
    """Scale of 20: 6 is 30 %, 0.5 is 2.5 %, 2 is 10 %, 1.5 is 7.5 %; the range 5 to 15 is 25 % to 75 %."""
    svg = draw_bar(PARTS_OF_SCREENS, 5, 15, 20, "t")
    assert rectangles(svg)[:4] == [
        ("0.00%", "30.00%", "#0b4f4a"),
        ("30.00%", "2.50%", "#7fb0a8"),
        ("32.50%", "10.00%", "#d8b47a"),
        ("42.50%", "7.50%", "url(#mix)"),
    ]
    assert rectangles(svg)[4] == ("25.00%", "50.00%", "#4c5b60")


def test_an_empty_part_has_no_rectangle():
    assert [fill for _left, _width, fill in rectangles(draw_bar({"use": 1.0, "other": 0.0}, 1, 1, 4, "t"))][
        0
    ] == "#d8b47a"


def test_title_says_the_figures():
    svg = draw_bar(PARTS_OF_SCREENS, 5, 15, 20, "t")
    title = read(svg).find("title").text
    assert title == (
        "Fabrication 6,0 t, distribution et fin de vie 0,50 t, utilisation 2,0 t, "
        "hors utilisation, non ventilé 1,5 t\u202f; total entre 5,0 et 15 t"
    )


def test_nothing_breaks_on_zero():
    svg = draw_bar({}, 0, 0, 0, "kg")
    assert read(svg).attrib["role"] == "img"


def test_no_inline_style_and_well_formed():
    for drawing in (draw_bar(PARTS_OF_SCREENS, 5, 15, 20, "t"), draw_key(), draw_pattern()):
        assert "style=" not in drawing
        read(drawing)


def test_key_names_every_part():
    assert [name for name, _fill in PARTS.values()] == re.findall(r"</svg>([^<]+)</li>", draw_key())
