"""Two texts compared word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Beyond, the former text and the new one, whole, read better than their crumbs.
MAX_PIECES = 12
MAX_WORD_PAIRS = 4_000_000
_WORDS = re.compile(r"\s+|[^\s]+")


class PieceKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: PieceKind
    text: str


def compare_texts(before: str, after: str, *, max_pieces: int = MAX_PIECES) -> list[Piece]:
    """Return the pieces that make `before` when the added ones are left out, `after` when the removed ones are.

    A space that became a no-break one is no difference. Beyond `max_pieces`, or when the texts are so long that
    comparing them would keep the reader waiting, the former text is removed and the new one added, whole.
    """
    former, current = _WORDS.findall(before), _WORDS.findall(after)
    pieces = _pieces(former, current) if len(former) * len(current) <= MAX_WORD_PAIRS else None
    if pieces is not None and len(pieces) <= max_pieces:
        return pieces
    return [Piece(PieceKind.REMOVED, before), Piece(PieceKind.ADDED, after)]


def _pieces(former: list[str], current: list[str]) -> list[Piece]:
    matcher = SequenceMatcher(None, [_key(word) for word in former], [_key(word) for word in current], autojunk=False)
    pieces = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece(PieceKind.SAME, "".join(current[new_start:new_end])))
            continue
        if end > start:
            pieces.append(Piece(PieceKind.REMOVED, "".join(former[start:end])))
        if new_end > new_start:
            pieces.append(Piece(PieceKind.ADDED, "".join(current[new_start:new_end])))
    return pieces


def _key(word: str) -> str:
    return " " if word.isspace() and "\n" not in word else word
