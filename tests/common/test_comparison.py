"""Two texts compared word by word."""

import pytest

from common.comparison import MAX_WORD_PAIRS, PieceKind, compare_texts

SAME, REMOVED, ADDED = PieceKind


def pieces(before: str, after: str, **options) -> list[tuple[PieceKind, str]]:
    return [(piece.kind, piece.text) for piece in compare_texts(before, after, **options)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("Réduire", "Réduire", [(SAME, "Réduire")]),
        ("", "Réduire", [(ADDED, "Réduire")]),
        ("Réduire", "", [(REMOVED, "Réduire")]),
        ("12", "12,5", [(REMOVED, "12"), (ADDED, "12,5")]),
        (
            "Réduire de 10 %.",
            "Réduire de 20 %.",
            [(SAME, "Réduire de "), (REMOVED, "10"), (ADDED, "20"), (SAME, " %.")],
        ),
        ("Qui : DSI", "Qui\u00a0: DSI", [(SAME, "Qui\u00a0: DSI")]),
        ("un\ndeux", "un deux", [(SAME, "un"), (REMOVED, "\n"), (ADDED, " "), (SAME, "deux")]),
    ],
)
def test_pieces_say_what_went_and_what_came(before, after, expected):
    assert pieces(before, after) == expected


def test_crumbs_give_way_to_the_whole_texts():
    before = " ".join(f"a{rank} commun{rank}" for rank in range(5))
    after = " ".join(f"b{rank} commun{rank}" for rank in range(5))
    assert pieces(before, after) == [(REMOVED, before), (ADDED, after)]
    assert len(pieces(before, after, max_pieces=15)) == 15


def test_very_long_texts_are_shown_whole():
    words = "mot " * (int(MAX_WORD_PAIRS**0.5) + 1)
    assert pieces(words, words + "fin") == [(REMOVED, words), (ADDED, words + "fin")]
