"""The preparation of one authority taken over by another: its method, never what it says of itself."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import Initiative, Meeting
from authorities.selectors.copies import copy_of
from common.errors import DomainError
from common.versioning import save_versioned

SETTINGS = ("track", "perimeter", "period_years", "calendar_preset")


@transaction.atomic
def copy_preparation(
    *, source: Initiative, target: Initiative, expected_version: int, actor: User, now: datetime
) -> Initiative:
    """Take over the settings and the meetings of another démarche, dated from the council of this one.

    People, documents, texts and places stay where they are. Meetings that are past, or that somebody edited in the
    receiving démarche, keep their date. Both trails say so, neither names the other authority. Raises `DomainError`
    when the council of the receiving démarche has sat.
    """
    planned = copy_of(source, target, today=timezone.localdate(now))
    if planned.refusal:
        raise DomainError(planned.refusal)
    for name in SETTINGS:
        setattr(target, name, getattr(source, name))
    save_versioned(target, expected_version=expected_version, update_fields=list(SETTINGS))
    Meeting.objects.filter(pk__in=[meeting.pk for meeting in planned.replaced]).delete()
    Meeting.objects.bulk_create(planned.meetings)
    for initiative, verb in (
        (target, "a repris le parcours et le calendrier d’une autre collectivité"),
        (source, "a repris le parcours et le calendrier pour une autre collectivité"),
    ):
        record_event(
            authority=initiative.authority,
            kind=EventKind.PREPARATION,
            initiative=initiative,
            verb=verb,
            now=now,
            actor=actor,
        )
    return target
