"""Drawings of the schedule and small writings of the pages."""

from datetime import date
from decimal import Decimal

import pytest

from common.charts.gantt import draw_header, draw_span, half_year_pattern
from common.charts.heat import HeatCell, draw_heat
from roadmap.half_years import half_years_of
from roadmap.models import ActionStep
from roadmap.selectors.gantt import build_gantt
from roadmap.selectors.schedule import live_sheets
from roadmap.templatetags import roadmap_tags
from tests.factories_levers import make_dimension
from tests.factories_roadmap import make_full_sheet, make_sheet


def test_a_bar_covers_its_half_years():
    # Second and third of six: from 16.67 % + 0.6 to 50 % - 0.6.
    drawing = draw_span(1, 2, 6, title="S2 2026 à S1 2027")
    assert 'x="17.27%"' in drawing
    assert 'width="32.13%"' in drawing
    assert 'fill="#0b4f4a"' in drawing
    assert "<title>S2 2026 à S1 2027</title>" in drawing


def test_a_quick_win_is_light_and_an_unplaced_row_is_empty():
    assert 'fill="#a9d0c8"' in draw_span(0, 0, 6, title="S1 2026", is_quick_win=True)
    assert "#0b4f4a" not in draw_span(None, None, 6, title="non placée")


def test_a_place_by_hand_has_a_dot_and_a_place_that_is_left_a_dashed_outline():
    assert "<circle" in draw_span(0, 0, 6, title="S1 2026", is_by_hand=True)
    moved = draw_span(2, 2, 6, title="S1 2027", former=(0, 0))
    assert ("<circle" in moved, moved.count("stroke-dasharray")) == (False, 1)


def test_half_years_after_the_period_stand_on_another_ground():
    assert 'x="75.00%" width="25.00%" height="100%" fill="#f5f3ee"' in draw_span(3, 3, 8, title="", period=6)
    assert "#f5f3ee" not in draw_span(3, 3, 6, title="", period=6)
    labels = [half_year.short_label for half_year in half_years_of(2026, 4)]
    assert "De S1 2026 à S2 2029, dont 2 après la période" in draw_header(labels, period=6)


def test_a_bar_that_leaves_the_drawing_is_cut_and_one_outside_is_not_drawn():
    assert draw_span(-2, 1, 4, title="") == draw_span(0, 1, 4, title="")
    assert draw_span(3, 9, 4, title="") == draw_span(3, 3, 4, title="")
    assert "rx=" not in draw_span(4, 5, 4, title="après la période")


# Load -----------------------------------------------------------------------------------------------------------------

NAMES = ["S1 2026", "S2 2026", "S1 2027", "S2 2027"]


@pytest.mark.parametrize(
    ("days", "level"), [(0, 0), (0.5, 1), (10, 1), (10.1, 2), (20, 2), (20.1, 3), (30, 3), (30.1, 4)]
)
def test_levels_of_load_go_by_thirds_of_the_capacity(days, level):
    assert HeatCell(days, 30).level == level


def test_a_capacity_of_nothing_is_over_at_the_first_day():
    assert (HeatCell(0, 0).level, HeatCell(1, 0).level) == (0, 4)


def test_a_strip_joins_what_is_alike_and_writes_what_exceeds():
    strip = draw_heat([HeatCell(5, 20), HeatCell(5, 20), HeatCell(25, 20), HeatCell(0, 20)], NAMES)
    assert strip.count("<rect") == 3  # a light piece of two half-years, one over, the lines
    assert 'x="0.00%" y="50%" width="50.00%"' in strip
    assert ">+5</text>" in strip
    assert "<title>S1 2026 : 5, S2 2026 : 5, S1 2027 : 25, dont 5 de trop, S2 2027 : 0</title>" in strip


@pytest.mark.django_db
def test_the_drawing_goes_on_after_the_period_where_an_action_lies(roadmap):
    make_full_sheet(roadmap, start_half="2028-S2", end_half="2029-S1")
    gantt = build_gantt(roadmap, list(live_sheets(roadmap)))
    assert gantt.codes.split()[-2:] == ["2028-S2", "2029-S1"]
    assert (gantt.allowed_count, gantt.beyond_count) == (6, 1)
    roadmap.has_firm_end = False
    gantt = build_gantt(roadmap, list(live_sheets(roadmap)))
    assert (gantt.allowed_count, gantt.beyond_count) == (8, 2)


def test_titles_are_escaped():
    assert "<script>" not in draw_span(0, 0, 2, title="<script>alert(1)</script>")


def test_the_header_writes_each_year_once_over_its_half_years():
    header = draw_header(["S1 2026", "S2 2026", "S1 2027"])
    assert header.count(">2026<") == 1
    # Two half-years of three: their middle is a third of the width; 2027 stands alone at five sixths.
    assert 'x="33.33%" y="12"' in header
    assert 'x="83.33%" y="12"' in header
    assert "De S1 2026 à S1 2027" in header
    assert "Aucun semestre" in draw_header([])


def test_the_pattern_is_one_half_year_wide():
    assert 'width="0.16667"' in half_year_pattern(6)


@pytest.mark.django_db
def test_rows_are_grouped_by_dimension_in_order(roadmap):
    # The position of the dimensions of the tests follows their letters: ACH comes before PAR.
    make_full_sheet(roadmap, dimension=make_dimension("PAR"), is_placed_by_hand=True)
    make_sheet(roadmap, dimension=make_dimension("ACH"), is_quick_win=True)
    make_sheet(roadmap, dimension=None)
    gantt = build_gantt(roadmap, list(live_sheets(roadmap)))
    assert [(group.title, [row.sheet.number for row in group.rows]) for group in gantt.groups] == [
        ("ACH", [2]),
        ("PAR", [1]),
        ("Sans dimension", [3]),
    ]
    assert (gantt.placed_count, gantt.unplaced_count) == (1, 2)
    assert "du 1er au 2e semestre 2026, placée à la main" in gantt.groups[1].rows[0].drawing
    assert "non placée, gain rapide" in gantt.groups[0].rows[0].drawing
    assert gantt.groups[2].rows[0].lead == "Sans pilote"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (None, "%", "à établir"),
        (Decimal("1.000"), "oui/non", "oui"),
        (Decimal(0), "Oui/Non", "non"),
        (Decimal("12.500"), "%", "12,5"),
        (Decimal("1200.000"), "kg", "1\u202f200"),
    ],
)
def test_values_of_indicators_are_written_in_french(value, unit, expected):
    assert roadmap_tags.indicator_value(value, unit) == expected


def test_money_tonnes_and_days_are_written_in_french():
    assert roadmap_tags.euros(None) == "à préciser"
    assert roadmap_tags.euros(Decimal("3000.00")) == "3\u202f000\u202f€"
    assert roadmap_tags.tonnes(Decimal("4512.3")) == "4,5"
    assert roadmap_tags.tonnes_range(Decimal(2000), Decimal(18_000)) == "entre 2,0 et 18"
    assert roadmap_tags.plain(None) == "–"
    assert roadmap_tags.file_weight(312_400) == "313\u00a0ko"
    assert roadmap_tags.in_groups("a" * 17) == "aaaaaaaa aaaaaaaa a"


def test_a_step_says_its_date_then_its_half_year():
    assert roadmap_tags.step_date(ActionStep(due_on=date(2026, 9, 1), due_half="2026-S1")) == "1er septembre 2026"
    assert roadmap_tags.step_date(ActionStep(due_half="2026-S1")) == "1er semestre 2026"
    assert roadmap_tags.step_date(ActionStep()) == "à dater"


def test_votes_are_drawn_without_the_abstentions():
    drawing = roadmap_tags.vote_bar({"E": 2, "P": 1, "A": 4})
    assert "3\u00a0voix" in drawing
    assert roadmap_tags.vote_pattern().count("<pattern") == 1
