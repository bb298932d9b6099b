"""The base of `make load`: a ballot, its voters, a session for each; and what it holds once they have voted.

Run in a process of its own: `python -m bench.load_site prepare COUNT`, which prints a `Plan` as JSON, then
`python -m bench.load_site check`, which reads the grades that were sent and prints a `Check`.
"""

import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

LEVERS = 33


@dataclass(frozen=True)
class Check:
    """What became of the votes: held as they were sent, not held, held twice."""

    held: int
    lost: int
    double: int


def prepare(count: int) -> dict[str, Any]:
    """Build an authority whose ballot of 33 levers is open to this number of voters, each with an open session.

    Return the key of the ballot, those of its levers, and the key and session of each voter.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from accounts.services import create_confirmed_account
    from authorities.access import SESSION_KEY
    from authorities.enums import AuthorityKind, Role, Scope
    from authorities.models import Authority, Participant, PersonalLink
    from authorities.services import create_authority
    from levers import services
    from levers.enums import NamesVisibility
    from levers.models import Lever, Shortlist
    from levers.selectors.catalogue import catalogue_of
    from reference.models import Service, Territory

    call_command("load_reference", verbosity=0)
    now = timezone.now()
    referent = create_confirmed_account(
        email="charge@exemple.fr", password=secrets.token_urlsafe(16), full_name="Référente"
    )
    territory = Territory.objects.get(name="Quimper Bretagne Occidentale")
    authority: Authority = create_authority(
        user=referent, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=now
    )
    initiative = authority.initiatives.get()
    service = Service.objects.get(code="dsi")
    voters = Participant.objects.bulk_create(
        Participant(
            initiative=initiative, service=service, roles=[Role.COMMITTEE], name=f"Votant {rank}",
            email=f"votant{rank}@exemple.fr", accepted_at=now,
        )
        for rank in range(count)
    )  # fmt: skip
    links = PersonalLink.objects.bulk_create(
        PersonalLink(
            participant=voter, token_hash=f"{rank:064d}", scopes=[Scope.VOTE], created_at=now, confirmed_at=now,
            expires_at=now + timedelta(days=60),
        )
        for rank, voter in enumerate(voters)
    )  # fmt: skip
    levers = list(Lever.objects.filter(catalogue=catalogue_of(initiative))[:LEVERS])
    services.shortlist_levers(initiative=initiative, levers=levers, actor=referent, now=now)
    shortlist = Shortlist.objects.get(initiative=initiative)
    shortlist = services.submit_shortlist(
        shortlist=shortlist, expected_version=shortlist.version, actor=referent, now=now
    )
    shortlist = services.validate_shortlist(
        shortlist=shortlist, expected_version=shortlist.version, validated_on=timezone.localdate(), body="Comité",
        set_aside={}, actor=referent, now=now,
    )  # fmt: skip
    ballot = services.open_ballot(
        initiative=initiative, shortlist=shortlist, voters=voters, closes_at=now + timedelta(days=14),
        names_visibility=NamesVisibility.REFERENT, actor=referent, now=now,
    )  # fmt: skip
    store = import_module(settings.SESSION_ENGINE).SessionStore
    people = []
    for voter, link in zip(voters, links, strict=True):
        session = store()
        session[SESSION_KEY] = {str(voter.pk): link.pk}
        session.create()
        people.append({"pk": voter.pk, "session": session.session_key})
    return {"ballot": ballot.pk, "levers": [lever.pk for lever in levers], "voters": people}


def check(sent: list[tuple[int, int, int]]) -> Check:
    """Compare what was sent last (voter, lever, grade) with what the base holds."""
    from levers.models import Vote

    rows = list(Vote.objects.values_list("participant_id", "lever_id", "grade"))
    held = {(voter, lever): grade for voter, lever, grade in rows}
    kept = sum(held.get((voter, lever)) == grade for voter, lever, grade in sent)
    return Check(held=kept, lost=len(sent) - kept, double=len(rows) - len(held))


def main(arguments: list[str]) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if arguments[0] == "prepare":
        answer: Any = prepare(int(arguments[1]))
    else:
        answer = asdict(check([tuple(item) for item in json.load(sys.stdin)]))
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
