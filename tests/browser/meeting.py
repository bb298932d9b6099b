"""Run on the base of the site under test: an authority whose ratings have just closed; two questions diverge."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.enums import AuthorityKind, Role
from authorities.models import Authority
from authorities.services import add_participant, create_authority
from authorities.services.participants import ParticipantValues
from diagnostics.models import Diagnosis
from diagnostics.services import RoundValues, close_diagnosis, create_diagnosis, open_diagnosis, record_rating
from reference.models import Service, Territory
from roadmap.demonstration.people import PASSWORD

MEETING_EMAIL = "reunion@exemple.fr"
TERRITORY = "Cholet Agglomération"
# Question → levels of the three raters: two diverge, one does not.
RATINGS = {"GOV-1": (0, 2, 4), "GOV-2": (1, 1, 3), "ACH-1": (2, 2, 3)}


def ensure_closed_round() -> Diagnosis:
    """Return the closed round of the authority, built by the services the first time."""
    if not User.objects.filter(email=MEETING_EMAIL).exists():
        _build()
    return Diagnosis.objects.get(initiative__authority__name=TERRITORY)


def print_address() -> None:
    """Print the address of the meeting."""
    diagnosis = ensure_closed_round()
    print(f"/collectivites/{diagnosis.initiative.authority.slug}/diagnostics/{diagnosis.pk}/reunion/")  # noqa: T201


def _build() -> None:
    now = timezone.now()
    referent = create_confirmed_account(email=MEETING_EMAIL, password=PASSWORD, full_name="Référente de la réunion")
    territory = Territory.objects.get(name=TERRITORY)
    authority: Authority = create_authority(
        user=referent, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=now
    )
    initiative = authority.initiatives.get()
    people = [
        add_participant(
            initiative=initiative,
            values=ParticipantValues(
                name=name,
                service=Service.objects.get(code="dsi"),
                roles=[Role.COMMITTEE],
                email=f"{rank}@cholet.example",
            ),
            actor=referent,
            now=now,
        )
        for rank, name in enumerate(("Anne Achats", "Denis Dsi", "Chloé Com"))
    ]
    values = RoundValues(now + timedelta(days=10), people)
    diagnosis = create_diagnosis(initiative=initiative, values=values, actor=referent, now=now)
    diagnosis = open_diagnosis(diagnosis=diagnosis, actor=referent, now=now)
    for question in diagnosis.asked_questions().filter(code__in=RATINGS):
        for person, level in zip(people, RATINGS[question.code], strict=True):
            record_rating(
                diagnosis=diagnosis, participant=person, question=question, level=level, comment="Un mot.", now=now
            )
    close_diagnosis(diagnosis=diagnosis, actor=referent, now=timezone.now())
