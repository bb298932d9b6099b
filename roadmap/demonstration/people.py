"""The authority, its people and its preparation, through the services of the screens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.enums import ActorNature, AuthorityKind, Perimeter, Role, Track
from authorities.models import Authority, Initiative, Participant
from authorities.prerequisites import DERIVED_CODES
from authorities.services import (
    add_actor,
    add_document,
    add_participant,
    answer_membership_request,
    confirm_link,
    create_authority,
    issue_link,
    plan_calendar,
    request_membership,
    save_checklist_item,
    save_initiative,
    save_participant,
    save_state_of_play,
)
from authorities.services.participants import ParticipantValues
from reference.models import CalendarPreset, Dimension, DocumentKind, Prerequisite, Service, Territory

PASSWORD = "demonstration-jalons"  # noqa: S105 — printed by the command, for accounts that hold no real data
CONFIRMATION_DELAY = timedelta(days=2)


@dataclass
class Scene:
    """What the following steps need: the authority, its référent, its people by key."""

    authority: Authority
    initiative: Initiative
    referent: User
    elected: User
    participants: dict[str, Participant] = field(default_factory=dict)

    def refresh(self) -> Initiative:
        """Return the démarche as the base holds it now, with its version."""
        self.initiative.refresh_from_db()
        return self.initiative


def open_space(data: dict[str, Any], *, now: datetime) -> Scene:
    """Create the accounts, the authority from the national list, and its members."""
    accounts = [
        create_confirmed_account(email=member["email"], password=PASSWORD, full_name=member["full_name"])
        for member in data["members"]
    ]
    referent, *others = accounts
    described = data["authority"]
    territory = Territory.objects.get(name=described["territory_name"], kind=Territory.Kind.EPCI)
    authority = create_authority(
        user=referent,
        name=described["name"],
        kind=AuthorityKind.EPCI,
        territory=territory,
        agent_count=described["agent_count"],
        member_communes_count=described["member_communes_count"],
        has_it_department=True,
        is_demonstration=True,
        now=now,
    )
    for account, member in zip(others, data["members"][1:], strict=True):
        request = request_membership(authority=authority, user=account, message="", now=now)
        roles = [Role(role) for role in member["roles"]]
        answer_membership_request(request=request, is_accepted=True, roles=roles, actor=referent, now=now)
    initiative = Initiative.objects.for_authority(authority).current().get()
    return Scene(authority, initiative, referent, others[0])


def describe_initiative(scene: Scene, data: dict[str, Any], *, now: datetime) -> None:
    """Fill in the démarche, its calendar and its state of play."""
    described = data["initiative"]
    save_initiative(
        initiative=scene.initiative,
        expected_version=scene.initiative.version,
        track=Track.STANDARD,
        perimeter=Perimeter(described["perimeter"]),
        territory_follow_up=described["territory_follow_up"],
        period_start_year=described["period_start_year"],
        period_years=described["period_years"],
        council_on=described["council_on"],
        actor=scene.referent,
        now=now,
    )
    initiative = scene.refresh()
    plan_calendar(
        initiative=initiative,
        expected_version=initiative.version,
        preset=CalendarPreset.objects.get(code=described["calendar_preset"]),
        council_on=described["council_on"],
        actor=scene.referent,
        now=now,
    )
    initiative = scene.refresh()
    save_state_of_play(
        initiative=initiative,
        expected_version=initiative.version,
        uses_summary=described["uses_summary"],
        engaged_actions=described["engaged_actions"],
        actors_involvement=described["actors_involvement"],
        actor=scene.referent,
        now=now,
    )
    scene.refresh()


def gather_people(scene: Scene, data: dict[str, Any], *, now: datetime) -> None:
    """Add the participants; each confirms their personal link two days later."""
    services = {service.code: service for service in Service.objects.all()}
    dimensions = {dimension.code: dimension for dimension in Dimension.objects.all()}
    own = Participant.objects.for_initiative(scene.initiative).get(user=scene.referent)
    for row in data["participants"]:
        is_referent = "referent" in row["roles"]
        values = ParticipantValues(
            name=row["name"],
            service=services[row["service"]],
            roles=[Role(role) for role in row["roles"]],
            email=scene.referent.email if is_referent else row["email"],
            function=row["function"],
            dimensions=[dimensions[code] for code in row["dimensions"]],
        )
        if is_referent:
            participant = save_participant(
                participant=own, expected_version=own.version, values=values, actor=scene.referent, now=now
            )
        else:
            participant = add_participant(initiative=scene.initiative, values=values, actor=scene.referent, now=now)
            link, _token = issue_link(participant=participant, now=now, actor=scene.referent)
            user = scene.elected if participant.email == scene.elected.email else None
            confirm_link(link=link, now=now + CONFIRMATION_DELAY, user=user)
        scene.participants[row["key"]] = participant


def gather_documents(scene: Scene, data: dict[str, Any], *, now: datetime) -> None:
    """Tick the prerequisites; list the existing documents and the actors of the territory."""
    for prerequisite in Prerequisite.objects.exclude(code__in=DERIVED_CODES):
        save_checklist_item(
            initiative=scene.initiative,
            prerequisite=prerequisite,
            expected_version=0,
            is_done=True,
            note="",
            actor=scene.referent,
            now=now,
        )
    for row in data["documents"]:
        add_document(
            initiative=scene.initiative,
            kind=DocumentKind.objects.get(code=row["kind"]),
            title=row["title"],
            year=row["year"],
            implication=row["implication"],
            actor=scene.referent,
            now=now,
        )
    for row in data["actors"]:
        add_actor(
            initiative=scene.initiative,
            name=row["name"],
            nature=ActorNature(row["nature"]),
            involvement=row["involvement"],
            actor=scene.referent,
            now=now,
        )


def prepare(data: dict[str, Any], *, now: datetime) -> Scene:
    """Go through the first step of the path."""
    scene = open_space(data, now=now)
    gather_people(scene, data, now=now)
    describe_initiative(scene, data, now=now)
    gather_documents(scene, data, now=now)
    return scene
