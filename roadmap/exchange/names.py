"""What a cell may name: states, services, people, objectives, half-years."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from authorities.models import Initiative, Participant
from common.text import normalise
from reference.models import Dimension, Service, Theme
from roadmap.enums import Direction, Frequency, StepProgress
from roadmap.half_years import half_years_of
from roadmap.models import ActionSheet, Objective
from roadmap.sheet_texts import NO, YES


@dataclass(frozen=True)
class Names:
    """Field → the words that it takes, in the order in which they are offered."""

    words: dict[str, list[str]]
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)

    def found(self, name: str, text: str) -> list[str]:
        """Return the words that a text may mean: none, one, or several people with the same name."""
        key = normalise(text)
        exact = [word for word in self.words[name] if word == text.strip()]
        found = exact or [word for word in self.words[name] if normalise(word) == key and key]
        alias = self.aliases.get(name, {}).get(key)
        return found or ([alias] if alias else [])


def exchange_names(initiative: Initiative) -> Names:
    """Return what the workbook of a démarche may name. Five queries."""
    objectives = list(Objective.objects.for_initiative(initiative).order_by("number"))
    people = Participant.objects.for_initiative(initiative).filter(is_active=True).order_by("name", "pk")
    services = _texts(Service.objects.all())
    half_years = half_years_of(initiative.period_start_year, initiative.period_years)
    return Names(
        words={
            **{name: _choices(ActionSheet, name) for name in ("status", "perimeter", "commitment")},
            "is_quick_win": [YES, NO],
            "dimension": list(dict.fromkeys(_texts(Dimension.objects.all()))),
            "theme": _texts(Theme.objects.order_by("number")),
            "lead_participant": _texts(people),
            "lead_service": services,
            "associated_services": services,
            "objectives": [str(objective) for objective in objectives],
            "due_half": [half.label for half in half_years],
            "progress": [str(label) for label in StepProgress.labels],
            "direction": [str(label) for label in Direction.labels],
            "frequency": [str(label) for label in Frequency.labels],
        },
        aliases={
            "objectives": {
                key: str(item) for item in objectives for key in (str(item.number), f"objectif {item.number}")
            }
        },
    )


def _choices(model: type[models.Model], name: str) -> list[str]:
    column: Any = model._meta.get_field(name)
    return [str(label) for _value, label in column.flatchoices]


def _texts(rows: models.QuerySet[Any]) -> list[str]:
    return [str(row) for row in rows]


def listed(names: Names) -> Sequence[tuple[str, list[str]]]:
    """Return field → words, without repetition, for the sheet of lists; a field that has none is left out."""
    return [(name, list(dict.fromkeys(words))) for name, words in names.words.items() if words]
