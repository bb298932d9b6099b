"""Run on the base of the site under test: an authority whose six raters have a link and whose inventory is empty."""

import json
from datetime import timedelta

from django.utils import timezone

from accounts.services import create_confirmed_account
from authorities.enums import AuthorityKind, Role
from authorities.services import add_participant, copy_link, create_authority
from authorities.services.participants import ParticipantValues
from diagnostics.services import RoundValues, create_diagnosis, open_diagnosis
from inventory.services import create_inventory
from reference.models import Service, Territory
from roadmap.demonstration.people import PASSWORD

WHOLE_EMAIL = "entier@exemple.fr"
TERRITORY = "Golfe du Morbihan - Vannes Agglomération"
RATERS = (
    ("Anne Achats", "achats"),
    ("Denis Dsi", "dsi"),
    ("Chloé Com", "communication"),
    ("Rachid Rh", "rh"),
    ("Daphné Dechets", "dechets"),
    ("Tom Transition", "transition"),
)


def print_whole() -> None:
    """Build the authority, and print what the test opens."""
    now = timezone.now()
    referent = create_confirmed_account(email=WHOLE_EMAIL, password=PASSWORD, full_name="Référente")
    territory = Territory.objects.get(name=TERRITORY)
    authority = create_authority(
        user=referent, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=now
    )
    initiative = authority.initiatives.get()
    people = [
        add_participant(
            initiative=initiative,
            values=ParticipantValues(
                name=name,
                service=Service.objects.get(code=code),
                roles=[Role.COMMITTEE],
                email=f"{code}@vannes.example",
            ),
            actor=referent,
            now=now,
        )
        for name, code in RATERS
    ]
    values = RoundValues(now + timedelta(days=10), people)
    diagnosis = create_diagnosis(initiative=initiative, values=values, actor=referent, now=now)
    diagnosis = open_diagnosis(diagnosis=diagnosis, actor=referent, now=now)
    lot = create_inventory(initiative=initiative, dated_on=timezone.localdate(now), actor=referent, now=now)
    told = {
        "slug": authority.slug,
        "diagnosis": diagnosis.pk,
        "lot": lot.pk,
        "codes": [question.code for question in diagnosis.asked_questions()],
        "people": {
            str(person.pk): copy_link(participant=person, actor=referent, now=timezone.now()) for person in people
        },
    }
    print(json.dumps(told))  # noqa: T201
