"""The demonstration: two authorities built by the services of the screens, never by raw inserts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.outbox import withholding
from authorities.models import Authority, Participant
from roadmap.demonstration.data import read
from roadmap.demonstration.people import PASSWORD
from roadmap.demonstration.thonon import walk_the_path
from roadmap.demonstration.visit import open_space_to_visit, visitor_link
from roadmap.models import CouncilResolution, RoadmapVersion


@dataclass(frozen=True)
class DemonstrationReport:
    """What the command prints: the adopted version, the accounts with who they are, a personal link."""

    version: RoadmapVersion
    password: str
    accounts: list[tuple[str, str]]
    visitor: str
    visitor_link: str


NO_MAIL = "Reconstitué pour la démonstration\u00a0: rien n’est parti."


def _find(data: dict[str, Any]) -> Authority | None:
    return Authority.objects.filter(is_demonstration=True, name=data["authority"]["name"]).first()


def ensure_demonstration(*, now: datetime) -> DemonstrationReport:
    """Build what is not there yet and leave the rest alone: running it twice is harmless.

    Each authority is built in one transaction, whole or not at all. The visitor gets one more personal link each time.
    """
    thonon, sheets, visit = read("thonon.yaml"), read("thonon_sheets.yaml"), read("visit.yaml")
    with withholding(NO_MAIL):
        if _find(thonon) is None:
            with transaction.atomic():
                walk_the_path(thonon, sheets)
        if _find(visit) is None:
            with transaction.atomic():
                open_space_to_visit(visit, thonon, now=now)
    resolution = CouncilResolution.objects.select_related("version__roadmap__initiative__authority").get(
        version__roadmap__initiative__authority=_find(thonon)
    )
    authority = _find(visit)
    visitor = next(row for row in visit["participants"] if row["key"] == visit["visitor"])
    participant = Participant.objects.get(initiative__authority=authority, email=visitor["email"])
    referent = User.objects.get(email=visit["members"][0]["email"])
    accounts = [
        (member["email"], f"{member['full_name']}, {data['authority']['name']}")
        for data in (thonon, visit)
        for member in data["members"]
    ]
    return DemonstrationReport(
        version=resolution.version,
        password=PASSWORD,
        accounts=accounts,
        visitor=f"{participant.name}, {visit['authority']['name']}",
        visitor_link=visitor_link(participant, actor=referent, now=now),
    )
