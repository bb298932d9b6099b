"""Interview grids read back: they wait in their preview, and nothing is written before the confirmation."""

from collections import Counter
from collections.abc import Set
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from diagnostics.enums import DiagnosisState
from diagnostics.grids.preview import grid_preview
from diagnostics.grids.reader import GridReading
from diagnostics.models import Diagnosis, GridImport
from diagnostics.services.ratings import Answer, check_answer, write_rating
from diagnostics.services.rules import locked, record

CLOSED = "Les avis sont clos\u00a0: une grille ne se dépose plus, et rien n’est enregistré."
NOT_OPEN = "Ce diagnostic n’est pas encore ouvert\u00a0: les grilles se déposent après l’ouverture."
MOVED = "Des réponses ont changé depuis l’aperçu\u00a0: le voici à jour, relisez-le avant d’enregistrer."
KEPT_REFUSALS = 200


class GridMovedError(DomainError):
    """Recorded answers changed since the preview: nothing was written."""


@transaction.atomic
def prepare_grid(
    *, diagnosis: Diagnosis, file_name: str, reading: GridReading, actor: User, now: datetime
) -> GridImport:
    """Keep what a grid says until it is confirmed; what the same person had left waiting on this round is dropped."""
    diagnosis = locked(diagnosis)
    require_open(diagnosis, now)
    if not reading.answers and not reading.refused and not reading.untouched_count:
        raise DomainError("Cette grille est vide\u00a0: remplissez au moins un niveau, puis déposez-la.")
    GridImport.objects.filter(read_at__lt=now - timedelta(days=settings.IMPORT_RETENTION_DAYS)).delete()
    diagnosis.grids.filter(created_by=actor).delete()
    return GridImport.objects.create(
        diagnosis=diagnosis,
        file_name=file_name[:150],
        answers=[asdict(answer) for answer in reading.answers],
        refused=[asdict(line) for line in reading.refused[:KEPT_REFUSALS]],
        untouched_count=reading.untouched_count,
        read_at=now,
        created_by=actor,
    )


@transaction.atomic
def confirm_grid(*, waiting: GridImport, token: str, taken: Set[str], actor: User, now: datetime) -> int:
    """Write the answers of a grid; return how many. They are the participants'; who typed them is kept.

    `taken`: keys of the conflicts settled for the grid; elsewhere the recorded answer stays. Raises `GridMovedError`
    when an answer changed since the preview that bore `token`, `DomainError` out of the time of the answers.
    """
    diagnosis = locked(waiting.diagnosis)
    require_open(diagnosis, now)
    waiting = GridImport.objects.select_for_update().get(pk=waiting.pk)
    if waiting.applied_at is not None:
        raise DomainError("Cette grille est déjà enregistrée\u00a0: rien n’est ajouté une seconde fois.")
    waiting.diagnosis = diagnosis
    preview = grid_preview(waiting)
    if preview.token != token:
        raise GridMovedError(MOVED)
    changes = preview.chosen(set(taken))
    if not changes:
        raise DomainError("Aucune réponse n’est à enregistrer\u00a0: choisissez celles de la grille, ou abandonnez-la.")
    for change in changes:
        answer = Answer(change.question, change.level, change.comment)
        check_answer(diagnosis, change.participant, answer, now)
        write_rating(diagnosis, change.participant, answer, actor, now, replaces_others=change.is_hidden)
    # The answers are where they belong; the row tells that it was done.
    waiting.answers, waiting.refused, waiting.applied_at = [], [], now
    waiting.save(update_fields=["answers", "refused", "applied_at"])
    written = Counter(change.participant.name for change in changes)
    replaced = Counter(change.participant.name for change in changes if change.is_hidden)
    for name, count in written.items():
        record(diagnosis, _verb(name, count, replaced[name]), actor, now)
    return len(changes)


@transaction.atomic
def discard_grid(*, waiting: GridImport) -> None:
    """Forget a grid that was not confirmed."""
    waiting.delete()


def require_open(diagnosis: Diagnosis, now: datetime) -> None:
    """Raise `DomainError` unless the answers of this round may be given."""
    state = diagnosis.state_at(now)
    if state != DiagnosisState.OPEN:
        raise DomainError(NOT_OPEN if state == DiagnosisState.DRAFT else CLOSED)


def _verb(name: str, count: int, replaced: int) -> str:
    words = "une réponse" if count == 1 else f"{count}\u00a0réponses"
    instead = f", dont {replaced} à la place d’une réponse déjà donnée" if replaced else ""
    return f"a enregistré {words} d’entretien de {name}, d’une grille déposée{instead}"
