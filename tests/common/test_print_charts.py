import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest

from common.charts.print_base import fit, nice_scale, text_width, wrap
from common.charts.print_choice import Merit, Stage, draw_funnel, draw_merits, draw_one_merit, votes_sentence
from common.charts.print_footprint import PrintedFamily, draw_printed_footprint
from common.charts.print_maturity import PrintedDimension, draw_printed_bars, draw_printed_radar
from common.charts.print_schedule import (
    GanttRow,
    LoadRow,
    Milestone,
    draw_loads,
    draw_milestones,
    draw_printed_gantt,
    draw_progress,
    draw_small_calendar,
)

HALF_YEARS = ["S1 2026", "S2 2026", "S1 2027", "S2 2027"]
NASTY = 'Achats <b> & "parc"'


def read(svg: str) -> ET.Element:
    """Parse an SVG: it must be well formed."""
    return ET.fromstring(svg)  # noqa: S314 (our own drawing)


def title_of(svg: str) -> str:
    return read(svg)[0].text or ""


def make_dimensions(*scores):
    return [PrintedDimension(f"Dimension {n}", f"D{n}", score, 0, 3, 5, 5) for n, score in enumerate(scores)]


CHARTS = [
    draw_printed_radar([PrintedDimension(NASTY, NASTY, 1.5, 0, 3, 4, 5)] * 7),
    draw_printed_bars([PrintedDimension(NASTY, NASTY, None, None, None, 0, 5)]),
    draw_printed_footprint([PrintedFamily(NASTY, 1.5, 0.2, 1, 4)]),
    draw_funnel([Stage(81, "leviers", NASTY), Stage(17, "retenus", "x")]),
    draw_merits([Merit(NASTY, (3, 0, 0, 1, 1), "retenu")], heading=NASTY, note_heading="x"),
    draw_one_merit((1, 0, 0, 2, 3), NASTY),
    draw_printed_gantt([GanttRow(1, NASTY, NASTY, 0, 2, True), GanttRow(2, "x", "", None, None)], HALF_YEARS),
    draw_small_calendar(1, 0, 1, HALF_YEARS),
    draw_loads([LoadRow(NASTY, (0, 12.5, 30, 2), 20)], HALF_YEARS),
    draw_milestones([Milestone(date(2026, 1, 1), NASTY), Milestone(date(2026, 3, 1), "Conseil")]),
    draw_progress(50, 41),
]


@pytest.mark.parametrize("chart", CHARTS)
def test_chart_is_well_formed_and_titled(chart):
    assert read(chart).tag == "{http://www.w3.org/2000/svg}svg"
    assert read(chart)[0].tag == "{http://www.w3.org/2000/svg}title"
    assert title_of(chart)
    assert "style=" not in chart


@pytest.mark.parametrize(
    "chart",
    [
        draw_printed_radar(make_dimensions(1, 2)),
        draw_printed_footprint([]),
        draw_funnel([]),
        draw_merits([], heading="", note_heading=""),
        draw_one_merit((0, 0, 0, 0, 0), "x"),
        draw_printed_gantt([], HALF_YEARS),
        draw_small_calendar(1, None, None, HALF_YEARS),
        draw_loads([], HALF_YEARS),
        draw_milestones([Milestone(date(2026, 1, 1), "seul")]),
    ],
)
def test_chart_without_anything_to_say_is_empty(chart):
    assert chart == ""


def test_the_radar_draws_the_round_before_when_there_is_one():
    now = make_dimensions(2, 2, 3)
    then = [replace(item, previous=level) for item, level in zip(now, (1, 1.5, 4), strict=True)]

    drawing = draw_printed_radar(then)

    assert "En pointillés, le diagnostic précédent :" in title_of(drawing).replace("\u00a0", " ")
    assert drawing.count("<polygon") == draw_printed_radar(now).count("<polygon") + 1


def test_radar_says_its_values():
    title = title_of(draw_printed_radar(make_dimensions(1.25, None, 3)))

    assert "Dimension 0 1,3, Dimension 1 non évaluée, Dimension 2 3,0" in title


def test_gantt_says_what_is_to_place():
    title = title_of(draw_printed_gantt([GanttRow(4, "Titre", "DSI", None, None)], HALF_YEARS))

    assert "4, Titre : à placer" in title


def test_votes_sentence():
    assert votes_sentence((6, 1, 0, 2, 0)) == "6 essentiels, 1 prioritaire, 2 trop complexes"
    assert votes_sentence((0, 0, 0, 0, 0)) == "aucune voix exprimée"


@pytest.mark.parametrize("width", [10, 30, 80, 200])
def test_fit_never_exceeds_the_width(width):
    text = fit("Contractualiser garantie longue, pièces détachées et mises à jour", width)

    assert text_width(text) <= width or len(text) <= 2


def test_fit_keeps_what_fits():
    assert fit("Achats", 200) == "Achats"


def test_wrap_cuts_between_words():
    lines = wrap("Transition écologique et développement durable", 150, lines=2)

    assert lines == ["Transition écologique et", "développement durable"]
    assert len(wrap("mot " * 60, 100, lines=2)) == 2


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (39, [0, 10, 20, 30, 40]),
        (4, [0, 1, 2, 3, 4]),
        (0.9, [0, 0.25, 0.5, 0.75, 1.0]),
        (0, [0, 1]),
        (160, [0, 50, 100, 150, 200]),
    ],
)
def test_nice_scale(highest, expected):
    assert nice_scale(highest) == pytest.approx(expected)


def test_two_charts_never_share_an_identifier():
    one = draw_small_calendar(1, 0, 0, HALF_YEARS)
    two = draw_small_calendar(2, 0, 0, HALF_YEARS)

    identifiers = [element.get("id") for svg in (one, two) for element in read(svg).iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers)) == 2
