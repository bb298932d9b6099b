"""Drawings of the diagnosis: what they say in words, and where their points are."""

import re

import pytest

from common.charts.bars import draw_bar
from common.charts.radar import RadarAxis, draw_radar
from common.charts.spread import describe_spread, draw_scale, draw_spread


def axes(*values: float | None) -> list[RadarAxis]:
    return [RadarAxis(f"Axe {rank}", value, str(value)) for rank, value in enumerate(values, start=1)]


def polygon(svg: str) -> str:
    return re.search(r'<path d="([^"]+)" fill="#0b4f4a" fill-opacity', svg).group(1)


def test_radar_places_each_value_on_its_axis():
    # Four axes: up, right, down, left of (230, 205); level 4 is 150 away, so level 2 is 75 away.
    svg = draw_radar(axes(4, 2, 0, 1), title="Titre", description="Dit en mots.")

    assert polygon(svg) == "M230.0 55.0L305.0 205.0L230.0 205.0L192.5 205.0z"
    assert '<title id="radar-title">Titre</title><desc id="radar-desc">Dit en mots.</desc>' in svg


def test_radar_leaves_out_an_axis_that_was_not_assessed():
    svg = draw_radar(axes(4, None, 4, 4), title="t", description="d")

    assert polygon(svg).count("L") == 2
    assert svg.count("<text") == 4 + 4


def test_radar_without_any_value_draws_no_area():
    assert "fill-opacity" not in draw_radar(axes(None, None, None), title="t", description="d")


def test_radar_draws_the_previous_values_as_a_dashed_line():
    axis = [RadarAxis("a", 1, "1", previous=2), RadarAxis("b", 1, "1", previous=2), RadarAxis("c", 1, "1", previous=2)]

    assert "stroke-dasharray" in draw_radar(axis, title="t", description="d")


def test_radar_needs_three_axes():
    with pytest.raises(ValueError, match="3 axes"):
        draw_radar(axes(1, 2), title="t", description="d")


def test_radar_escapes_its_texts():
    svg = draw_radar([RadarAxis("<b>", 1, "<i>"), *axes(1, 2)], title="<script>", description='"')

    assert "<script>" not in svg
    assert "<b>" not in svg
    assert "&lt;b&gt;" in svg


def test_spread_says_each_level_and_the_agreed_one():
    assert (
        describe_spread((1, 0, 2, 0, 0), agreed=2)
        == "Avis\u00a0: 1 au niveau 0, 2 au niveau 2. Niveau retenu\u00a0: 2."
    )
    assert describe_spread((0, 0, 1, 0, 0), proposed=2) == "Avis\u00a0: 1 au niveau 2. Niveau proposé\u00a0: 2."
    assert describe_spread((0, 0, 0, 0, 0)) == "Aucun avis."


def test_spread_draws_one_dot_per_person():
    svg = draw_spread((1, 0, 3, 0, 0), agreed=2)

    assert [path.count("M") for path in re.findall(r'<path d="([^"]+)"', svg)] == [1, 3]
    assert '<svg x="10%"' in svg
    assert '<svg x="50%"' in svg
    # The range goes from level 0 (10 %) to level 2 (50 %); the agreed level is the ink bar at 50 %.
    assert '<rect x="10%" y="18" width="40%"' in svg
    assert '<rect x="50%" y="2" width="4"' in svg


def test_spread_stays_light_with_a_large_committee():
    assert draw_spread((40, 40, 40, 40, 40), agreed=2).count("<") < 40


def test_scale_bears_the_five_levels():
    assert re.findall(r">(\d)</text>", draw_scale()) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("value", "width"), [(None, "0.0%"), (0, "0.0%"), (1.8, "45.0%"), (4, "100.0%"), (9, "100.0%")]
)
def test_bar_width(value, width):
    assert f'width="{width}" height="8" rx="2" fill="#0b4f4a"' in draw_bar(value, maximum=4)


def test_bar_needs_a_positive_maximum():
    with pytest.raises(ValueError, match="positive"):
        draw_bar(1, maximum=0)
