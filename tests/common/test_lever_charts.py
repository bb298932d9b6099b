"""Drawings of the choice of levers: what they show, what they say without being seen."""

import xml.etree.ElementTree as ET

import pytest

from common.charts.matrix import MatrixPoint, effort_impact_matrix
from common.charts.merit import grade_key, hatch_pattern, merit_bar, merit_title


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ((6, 3, 0, 0, 0), "9\u00a0voix\u00a0: essentiel 6, prioritaire 3"),
        ((0, 0, 0, 0, 1), "1\u00a0voix\u00a0: inapproprié 1"),
        ((0, 0, 0, 0, 0), "Aucune voix exprimée"),
    ],
)
def test_merit_bar_says_its_figures(counts, title):
    assert merit_title(counts) == title
    assert parse(merit_bar(counts)).find("title").text == title


def test_merit_bar_fills_the_width_from_the_best_grade():
    drawing = parse(merit_bar((1, 0, 2, 0, 1)))

    pieces = [(rect.get("x"), rect.get("width"), rect.get("fill")) for rect in drawing.findall("rect")]
    assert pieces == [
        ("0.00%", "25.00%", "#0b4f4a"),
        ("25.00%", "50.00%", "#a9d0c8"),
        ("75.00%", "25.00%", "url(#hatch)"),
    ]
    assert [text.text for text in drawing.findall("text")] == ["E 1", "I 2", "N 1"]


def test_narrow_piece_keeps_its_letter_only():
    assert [text.text for text in parse(merit_bar((19, 0, 0, 0, 1))).findall("text")] == ["E 19", "N"]


def test_key_names_the_five_grades_and_the_pattern_is_there():
    assert grade_key().count("<li>") == 5
    assert 'id="hatch"' in hatch_pattern()


def test_matrix_numbers_each_lever_and_counts_what_does_not_fit():
    points = [MatrixPoint(number, 2, 4) for number in range(1, 15)] + [MatrixPoint(15, 5, 1, is_quick_win=True)]

    drawing = parse(effort_impact_matrix(points, "15 leviers <selon> l’effort"))

    assert drawing.find("title").text == "15 leviers <selon> l’effort"
    assert len(drawing.findall("circle")) == 13
    assert "+ 2" in [text.text for text in drawing.findall("text")]
    assert drawing.findall("circle")[-1].get("fill") == "#fff"
