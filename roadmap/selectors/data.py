"""What the page of the data of an authority shows."""

from dataclasses import dataclass
from datetime import datetime

from authorities.models import Authority, Participant
from diagnostics.models import Diagnosis
from levers.models import Ballot
from roadmap.models import Erasure


@dataclass(frozen=True)
class DataPage:
    """People whose name may be erased, what an archive would leave out now, the erasure that is planned."""

    people: list[Participant]
    has_secret_answers: bool
    erasure: Erasure | None


def data_page(authority: Authority, *, now: datetime) -> DataPage:
    """Return what the page shows, in four queries. Somebody of several démarches is shown once, by the latest."""
    people: dict[str, Participant] = {}
    found = Participant.objects.for_authority(authority).filter(erased_at=None).select_related("service", "initiative")
    for person in found.order_by("-initiative__number", "name", "pk"):
        people.setdefault(person.email or f"#{person.pk}", person)
    rounds = Diagnosis.objects.for_authority(authority)
    ballots = Ballot.objects.for_authority(authority)
    return DataPage(
        people=sorted(people.values(), key=lambda person: person.name),
        has_secret_answers=any(item.is_open(now) for item in (*rounds, *ballots)),
        erasure=Erasure.objects.pending().filter(authority=authority).first(),
    )
