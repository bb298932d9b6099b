"""The people of a grid: each has a label that names nobody else of the round."""

from dataclasses import dataclass

from authorities.models import Participant
from diagnostics.models import Diagnosis


@dataclass(frozen=True)
class GridPerson:
    """Somebody whose answers a grid takes. `label` names them, and nobody else of the round."""

    participant: Participant
    label: str

    @property
    def pk(self) -> int:
        return self.participant.pk


def grid_people(diagnosis: Diagnosis) -> list[GridPerson]:
    """Return the active people of a round, by name; those of one name are told apart by their service. One query."""
    people = list(diagnosis.raters.filter(is_active=True).select_related("service").order_by("name", "pk"))
    names = [person.name for person in people]
    labels = [
        person.name if names.count(person.name) == 1 else f"{person.name} ({person.service.name})" for person in people
    ]
    return [
        GridPerson(person, label if labels.count(label) == 1 else f"{label} {labels[: rank + 1].count(label)}")
        for rank, (person, label) in enumerate(zip(people, labels, strict=True))
    ]
