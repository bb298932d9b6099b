"""A snapshot whose free texts are what nobody should type: very long, other scripts, controls, formulas, markup."""

from itertools import cycle
from typing import Any

from tests.roadmap.sample_content import make_content

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert(1)</script> & ]]> {{ 7*7 }}"
HOSTILE = (
    FORMULA,
    "@SUM(1+1)",
    "+33 1 00 00 00 00",
    "-2+3",
    MARKUP,
    "\u202egauche \u2066droite\u2069 עברית العربية",
    "😀 👩🏽‍💻 \x00\x07\x0b\x1b fin",
    "Un texte très long. " * 2_500,
)
# Keys whose value is a code, a date or a choice, never typed as a free text.
CODED = {
    *("format", "on", "slug", "kind", "nature", "siren", "department_code", "type", "data", "sha256", "track"),
    *("perimeter", "code", "binding", "direction", "level", "verdict", "start_half", "end_half", "due_label"),
    *("planned_on", "agreed_on", "dated_on", "validated_on", "opened_on", "closed_on", "target_on", "since_on"),
    *("next_on", "council_on", "lever_code", "color", "status_label", "commitment_label", "confidence"),
}


def make_hostile_content() -> dict[str, Any]:
    """Return a snapshot where every text that somebody may have typed is one of the hostile ones, in turn."""
    texts = cycle(HOSTILE)

    def replace(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: replace(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [replace(item, key) for item in value]
        return next(texts) if isinstance(value, str) and key not in CODED and value else value

    content = make_content()
    return {**replace(content), "half_years": content["half_years"]}
