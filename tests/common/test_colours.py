"""Colours of documents: read, measured against white, darkened, and their shades."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.colours import PINE, contrast_with_white, darken, mix, palette_of, read_colour
from common.pdf import _recolour_css, _recolour_drawings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#0b5c5f", "#0b5c5f"),
        (" 0B5C5F ", "#0b5c5f"),
        ("#abc", "#aabbcc"),
        ("", None),
        ("bleu", None),
        ("#12345", None),
        ("#0b5c5f;}", None),
        ("url(x)", None),
    ],
)
def test_a_colour_is_read_in_hexadecimal_only(text, expected):
    assert read_colour(text) == expected


@pytest.mark.parametrize(
    ("colour", "ratio"),
    # #000000: 1.05 / 0.05 = 21; #ffffff: 1; #777777: luminance 0.1845, hence 1.05 / 0.2345 = 4.48.
    [("#000000", 21.0), ("#ffffff", 1.0), ("#777777", 4.48)],
)
def test_contrast_with_white(colour, ratio):
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.005)


def test_mixing_with_white_and_with_black():
    assert mix("#204060", 0.5) == "#90a0b0"
    assert mix("#204060", -0.5) == "#102030"
    assert mix("#204060", 0) == "#204060"


@given(st.integers(0, 0xFFFFFF))
def test_white_text_stands_out_on_every_darkened_colour(number):
    colour = f"#{number:06x}"
    dark = darken(colour)
    assert contrast_with_white(dark) >= 4.5
    if contrast_with_white(colour) >= 4.5:
        assert dark == colour
        palette = palette_of(colour)
        assert palette[PINE] == colour
        # Years alternate on the schedule, with white text on both.
        assert contrast_with_white(palette["#35796f"]) >= 4.5


def test_only_drawings_and_style_sheets_change_their_colours():
    palette = {"#0b4f4a": "#35796f", "#35796f": "#123456"}
    css = ".a { color: #0b4f4a } .b { background: url(\"data:x,fill='%230b4f4a'\") #35796f; }"
    assert _recolour_css(css, palette) == (
        ".a { color: #35796f } .b { background: url(\"data:x,fill='%2335796f'\") #123456; }"
    )
    html = '<rect fill="#0b4f4a"/><p>la couleur #0b4f4a</p>'
    assert _recolour_drawings(html, palette) == '<rect fill="#35796f"/><p>la couleur #0b4f4a</p>'
    assert palette_of("") == {}
