"""Settings of the démarche and texts of the state of play."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from authorities.enums import EventKind, Perimeter, Track
from authorities.events import record_event
from authorities.models import Event, Initiative
from authorities.services.calendar import move_meetings
from common.versioning import save_versioned


@transaction.atomic
def save_initiative(
    *,
    initiative: Initiative,
    expected_version: int,
    track: Track,
    perimeter: Perimeter,
    territory_follow_up: str,
    period_start_year: int,
    period_years: int,
    council_on: date | None,
    actor: User,
    now: datetime,
) -> Initiative:
    """Save the settings of the démarche. Another council date moves the meetings that nobody edited by hand."""
    has_moved = council_on is not None and council_on != initiative.council_on
    initiative.track, initiative.perimeter = track, perimeter
    initiative.territory_follow_up = territory_follow_up
    initiative.period_start_year, initiative.period_years = period_start_year, period_years
    initiative.council_on = council_on
    save_versioned(
        initiative,
        expected_version=expected_version,
        update_fields=[
            "track",
            "perimeter",
            "territory_follow_up",
            "period_start_year",
            "period_years",
            "council_on",
        ],
    )
    if has_moved:
        move_meetings(initiative)
    record_event(
        authority=initiative.authority,
        kind=EventKind.PREPARATION,
        initiative=initiative,
        verb="a réglé la démarche",
        now=now,
        actor=actor,
    )
    return initiative


# Texts are saved while somebody types: one line of the trail for an hour of writing.
WRITING_VERB = "a rédigé l’état des lieux"
WRITING_SPAN = timedelta(hours=1)


@transaction.atomic
def save_state_of_play(
    *,
    initiative: Initiative,
    expected_version: int,
    uses_summary: str,
    engaged_actions: str,
    actors_involvement: str,
    actor: User,
    now: datetime,
) -> Initiative:
    """Save the texts of the state of play that the law asks for."""
    initiative.uses_summary, initiative.engaged_actions = uses_summary, engaged_actions
    initiative.actors_involvement = actors_involvement
    save_versioned(
        initiative,
        expected_version=expected_version,
        update_fields=["uses_summary", "engaged_actions", "actors_involvement"],
    )
    _record_writing_once(initiative, actor, now)
    return initiative


def _record_writing_once(initiative: Initiative, actor: User, now: datetime) -> None:
    recent = Event.objects.filter(
        initiative=initiative, actor_user=actor, verb=WRITING_VERB, occurred_at__gt=now - WRITING_SPAN
    )
    if not recent.exists():
        record_event(
            authority=initiative.authority,
            kind=EventKind.PREPARATION,
            initiative=initiative,
            verb=WRITING_VERB,
            now=now,
            actor=actor,
        )
