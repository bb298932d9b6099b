"""Erase everything that is past its age, whatever the application that holds it."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from authorities.services.retention import prune_people
from diagnostics.models import GridImport
from inventory.services import drop_old_imports
from roadmap.models import SheetImport
from roadmap.services.dossier import prune_dossiers


@transaction.atomic
def prune_data(*, now: datetime) -> dict[str, int]:
    """Erase what is past its age, but for messages; return the count of each kind, by its French name."""
    counts = prune_people(now=now)
    counts["imports d’inventaire"] = drop_old_imports(now)
    oldest = now - timedelta(days=settings.IMPORT_RETENTION_DAYS)
    counts["grilles déposées"] = GridImport.objects.filter(read_at__lt=oldest).delete()[0]
    counts["tableurs de fiches"] = SheetImport.objects.filter(read_at__lt=oldest).delete()[0]
    counts["sessions"] = Session.objects.filter(expire_date__lt=now).delete()[0]
    # The address and the browser of a session go with it.
    alive = Session.objects.values("session_key")
    counts["traces de sessions"] = UserSession.objects.exclude(session_key__in=alive).delete()[0]
    counts["documents de dossier"] = prune_dossiers(now=now, age=timedelta(days=settings.DOSSIER_RETENTION_DAYS))
    return counts
