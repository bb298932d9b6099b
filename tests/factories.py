"""Factories: each makes the least that the object needs; what matters to a test is said in the test."""

from datetime import date, datetime, timedelta
from itertools import count

from django.test import Client
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from authorities.access import SESSION_KEY
from authorities.models import Authority, Initiative, Membership, Participant, PersonalLink
from authorities.permissions import scopes_of
from reference.models import Service

_numbers = count(1)

PARIS_NOON = datetime(2026, 3, 10, 11, 0, tzinfo=timezone.get_fixed_timezone(60))


def make_user(email: str = "", **fields) -> User:
    return User.objects.create_user(email or f"personne{next(_numbers)}@exemple.fr", "mot-de-passe-long", **fields)


def make_authority(name: str = "", *, kind: str = "epci_fp", population: int | None = 60_000, **fields) -> Authority:
    name = name or f"Collectivité {next(_numbers)}"
    authority = Authority.objects.create(slug=slugify(name), name=name, kind=kind, population=population, **fields)
    make_initiative(authority)
    return authority


def make_initiative(authority: Authority, **fields) -> Initiative:
    return Initiative.objects.create(
        authority=authority, **{"period_start_year": 2026, "council_on": date(2026, 9, 15), **fields}
    )


def make_member(authority: Authority, *roles: str) -> User:
    user = make_user()
    Membership.objects.create(authority=authority, user=user, roles=list(roles))
    return user


def make_service(code: str = "dsi", name: str = "") -> Service:
    return Service.objects.get_or_create(code=code, defaults={"name": name or code})[0]


def make_participant(
    initiative: Initiative, *, service: str = "dsi", roles: tuple[str, ...] = ("committee",), **fields
) -> Participant:
    number = next(_numbers)
    defaults = {"name": f"Participant {number}", "email": f"participant{number}@exemple.fr", "accepted_at": PARIS_NOON}
    return Participant.objects.create(
        initiative=initiative, service=make_service(service), roles=list(roles), **{**defaults, **fields}
    )


def make_link(participant: Participant, *, scopes: list[str] | None = None, **fields) -> PersonalLink:
    now = timezone.now()
    return PersonalLink.objects.create(
        participant=participant,
        token_hash=f"{next(_numbers):064d}",
        scopes=sorted(scopes_of(participant.role_set)) if scopes is None else scopes,
        **{"created_at": now, "expires_at": now + timedelta(days=60), "confirmed_at": now, **fields},
    )


def participant_client(participant: Participant, *, scopes: list[str] | None = None) -> Client:
    """A browser in which the participant confirmed their personal link."""
    client = Client()
    link = make_link(participant, scopes=scopes)
    session = client.session
    session[SESSION_KEY] = {str(participant.pk): link.pk}
    session.save()
    return client
