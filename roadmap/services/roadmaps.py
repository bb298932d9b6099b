"""Writes about the roadmap itself: its texts, the themes that it leaves aside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import Change, record_event
from authorities.models import Initiative
from common.errors import DomainError
from common.text import typography
from common.versioning import save_versioned
from reference.models import Theme
from roadmap.models import Roadmap, ThemeExplanation

TEXT_FIELDS = frozenset(
    {
        "foreword",
        "foreword_author",
        "governance",
        "committee_meetings_per_year",
        "steering_meetings_per_year",
        "council_reports_per_year",
    }
)


def record(roadmap: Roadmap, verb: str, actor: User, now: datetime, changes: Sequence[Change] = ()) -> None:
    """Write an event of this roadmap in the audit trail."""
    initiative = roadmap.initiative
    record_event(
        authority=initiative.authority,
        kind=EventKind.ROADMAP,
        initiative=initiative,
        verb=typography(verb),
        changes=changes,
        now=now,
        actor=actor,
    )


def require_valid(instance: models.Model) -> None:
    """Check the fields and the constraints of a row; raise `DomainError` with its French messages."""
    try:
        instance.full_clean(validate_unique=False)
    except ValidationError as error:
        raise DomainError(typography(" ".join(error.messages))) from error


@transaction.atomic
def ensure_roadmap(*, initiative: Initiative) -> Roadmap:
    """Return the roadmap of a démarche, created empty the first time somebody writes in it."""
    roadmap, _is_new = Roadmap.objects.get_or_create(initiative=initiative)
    roadmap.initiative = initiative
    return roadmap


@transaction.atomic
def save_roadmap_texts(
    *, roadmap: Roadmap, expected_version: int, changes: Mapping[str, Any], actor: User, now: datetime
) -> Roadmap:
    """Save the foreword, the governance and its rhythm. Raises `StaleVersionError`, or `DomainError` on a bad value."""
    unknown = set(changes) - TEXT_FIELDS
    if unknown:
        raise ValueError(f"not texts of a roadmap: {sorted(unknown)}")
    for name, value in changes.items():
        setattr(roadmap, name, value)
    require_valid(roadmap)
    save_versioned(roadmap, expected_version=expected_version, update_fields=list(changes))
    record(roadmap, "a écrit les textes de la feuille de route", actor, now)
    return roadmap


@transaction.atomic
def save_theme_explanations(
    *, roadmap: Roadmap, expected_version: int, reasons: Mapping[Theme, str], actor: User, now: datetime
) -> None:
    """Keep why some themes of the decree are « non retenus »; an empty reason removes the explanation.

    Themes that are not in `reasons` keep theirs. Raises `StaleVersionError`.
    """
    save_versioned(roadmap, expected_version=expected_version, update_fields=[])
    for theme, reason in reasons.items():
        if reason.strip():
            ThemeExplanation.objects.update_or_create(roadmap=roadmap, theme=theme, defaults={"reason": reason.strip()})
        else:
            ThemeExplanation.objects.filter(roadmap=roadmap, theme=theme).delete()
    record(roadmap, "a expliqué les thèmes non retenus", actor, now)
