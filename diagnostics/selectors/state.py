"""State of the step « Diagnostiquer » : the maturity round and the flash inventory, told as one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from authorities.enums import Track
from authorities.models import Initiative, Participant
from authorities.selectors import active_people
from common.dates import format_moment
from common.numbers import pluralise
from common.steps import Awaited, Missing, NextAction, StepState, StepStatus
from diagnostics.enums import DiagnosisState
from diagnostics.models import AgreedLevel, Diagnosis, Question, Rating
from diagnostics.selectors.rounds import RaterProgress, progress_by_round
from diagnostics.services import may_rate
from inventory.selectors import inventory_state

STEP_CODE = "diagnosis"
STEP_TITLE = "Diagnostiquer"


def diagnosis_state(initiative: Initiative, *, now: datetime) -> StepState:
    """Tell the dashboard where the diagnosis and the inventory stand."""
    return merge_states(maturity_state(initiative, now=now), inventory_state(initiative, now=now))


@dataclass(frozen=True)
class _Round:
    """The latest round with the counts that the states need. `remaining`: rated questions that nobody settled."""

    diagnosis: Diagnosis
    agreed: int
    asked: int
    remaining: int


def merge_states(maturity: StepState, inventory: StepState) -> StepState:
    """Make one step of its two halves. While ratings are awaited, the inventory is what can be done meanwhile."""
    halves = (maturity, inventory)
    actions = [half.next_action for half in halves if half.next_action]
    waits_for_people = maturity.status is StepStatus.CURRENT and bool(maturity.awaited)
    if waits_for_people and inventory.next_action:
        actions = [inventory.next_action]
    return StepState(
        code=STEP_CODE,
        title=STEP_TITLE,
        url=maturity.url,
        status=_merged_status(maturity.status, inventory.status),
        summary="\u202f; ".join(part for part in (maturity.summary, _inventory_summary(inventory)) if part),
        detail=" ".join(half.detail for half in halves if half.detail),
        missing=[*maturity.missing, *inventory.missing],
        awaited=[*maturity.awaited, *inventory.awaited],
        next_action=actions[0] if actions else None,
    )


def maturity_state(initiative: Initiative, *, now: datetime) -> StepState:
    """Tell where the maturity diagnosis of one démarche stands. At most three queries."""
    return maturity_states([initiative], active_people([initiative]), now=now)[initiative.pk]


def maturity_states(
    initiatives: Sequence[Initiative], people: Mapping[int, Sequence[Participant]], *, now: datetime
) -> dict[int, StepState]:
    """Tell where the diagnosis of each démarche stands, by its key, from its active people. At most three queries."""
    rounds = _latest(initiatives)
    states = {pk: latest.diagnosis.state_at(now) for pk, latest in rounds.items()}
    progress = progress_by_round([rounds[pk].diagnosis for pk, state in states.items() if state == DiagnosisState.OPEN])
    unopened = [item for item in initiatives if states.get(item.pk, DiagnosisState.DRAFT) == DiagnosisState.DRAFT]
    gaps = _coverage_gaps(unopened, people)

    def tell(initiative: Initiative) -> StepState:
        latest, state = rounds.get(initiative.pk), states.get(initiative.pk)
        if latest is None or state == DiagnosisState.DRAFT:
            return _before_opening(initiative, latest.diagnosis if latest else None, gaps[initiative.pk])
        if state == DiagnosisState.OPEN:
            return _while_open(initiative, latest.diagnosis, progress[latest.diagnosis.pk])
        return _after_agreement(initiative, latest) if state == DiagnosisState.AGREED else _meeting(initiative, latest)

    return {initiative.pk: tell(initiative) for initiative in initiatives}


def _latest(initiatives: Sequence[Initiative]) -> dict[int, _Round]:
    """Return the latest round of each démarche that has one, by its key. One query."""
    asked = Question.objects.filter(questionnaire=OuterRef("questionnaire")).order_by()
    rated = Rating.objects.filter(diagnosis=OuterRef(OuterRef("pk")), question=OuterRef("pk"), level__isnull=False)
    settled = AgreedLevel.objects.filter(diagnosis=OuterRef(OuterRef("pk")), question=OuterRef("pk"))
    rounds: QuerySet[Any] = Diagnosis.objects.filter(initiative__in=initiatives)
    counted = rounds.annotate(
        agreed_count=Count("agreed_levels", filter=Q(agreed_levels__level__isnull=False)),
        all_count=_counted(asked),
        flash_count=_counted(asked.filter(is_flash=True)),
        remaining_count=_counted(asked.filter(Exists(rated)).exclude(Exists(settled))),
    ).order_by("number")
    # By ascending numbers: the latest of each démarche stays.
    return {
        item.initiative_id: _Round(
            diagnosis=item,
            agreed=item.agreed_count,
            asked=item.flash_count if item.track == Track.LIGHT else item.all_count,
            remaining=item.remaining_count,
        )
        for item in counted
    }


def _counted(questions: QuerySet[Question]) -> Coalesce:
    counted = questions.values("questionnaire").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _before_opening(initiative: Initiative, diagnosis: Diagnosis | None, uncovered: int) -> StepState:
    slug = initiative.authority.slug
    if diagnosis is None:
        url, button = reverse("diagnostics:diagnosis_create", args=[slug]), "Préparer le diagnostic"
    else:
        url, button = reverse("diagnostics:diagnosis_update", args=[slug, diagnosis.pk]), "Ouvrir le diagnostic"
    return _state(
        slug,
        StepStatus.CURRENT if diagnosis else StepStatus.TODO,
        summary="Diagnostic en préparation" if diagnosis else "",
        missing=[*_uncovered(initiative, uncovered), Missing("Les avis du comité ne sont pas encore ouverts.", url)],
        next_action=NextAction(
            title="Demandez leur avis aux personnes du comité",
            reason="Chacun note seul ce qu’il connaît\u202f; la réunion ne discute ensuite que ce qui diverge.",
            button=button,
            url=url,
            duration="10 minutes",
            then="La réunion de partage",
        ),
    )


def _coverage_gaps(initiatives: Iterable[Initiative], people: Mapping[int, Sequence[Participant]]) -> dict[int, int]:
    """Return how many questions no present service usually knows, by démarche; 0 without raters. One query at most."""
    present = {
        initiative: {person.service_id for person in people[initiative.pk] if may_rate(person)}
        for initiative in initiatives
    }
    if not any(present.values()):
        return dict.fromkeys((initiative.pk for initiative in present), 0)
    knowing: dict[tuple[int, bool], set[int | None]] = defaultdict(set)
    asked = Question.objects.filter(questionnaire__is_current=True).order_by()
    for pk, is_flash, service in asked.values_list("pk", "is_flash", "services"):
        knowing[pk, is_flash].add(service)
    return {
        initiative.pk: sum(
            known.isdisjoint(services)
            for (_pk, is_flash), known in knowing.items()
            if is_flash or initiative.track != Track.LIGHT
        )
        if services
        else 0
        for initiative, services in present.items()
    }


def _uncovered(initiative: Initiative, count: int) -> list[Missing]:
    if not count:
        return []
    words = pluralise(
        count,
        f"{count} question n’a pas de service présent qui la connaisse d’ordinaire.",
        f"{count} questions n’ont pas de service présent qui les connaisse d’ordinaire.",
    )
    return [Missing(words, reverse("diagnostics:coverage", args=[initiative.authority.slug]))]


def _while_open(initiative: Initiative, diagnosis: Diagnosis, raters: Sequence[RaterProgress]) -> StepState:
    slug = initiative.authority.slug
    done = sum(rater.is_done for rater in raters)
    url = reverse("diagnostics:diagnosis_follow", args=[slug, diagnosis.pk])
    closing = _closing_label(diagnosis)
    answered = pluralise(done, "a tout répondu", "ont tout répondu")
    return _state(
        slug,
        StepStatus.CURRENT,
        summary=f"{done} sur {len(raters)} {answered}",
        detail=f"Les avis sont ouverts jusqu’au {closing}.",
        awaited=[_awaited(rater) for rater in raters if not rater.is_done],
        next_action=NextAction(
            title="Suivez les réponses du comité" if done < len(raters) else "Tout le monde a répondu",
            reason="Les avis restent cachés jusqu’à la clôture\u202f; relancez seulement les personnes silencieuses."
            if done < len(raters)
            else "Vous pouvez clore les avis sans attendre et tenir la réunion de partage.",
            button="Suivre les réponses",
            url=url,
            duration="5 minutes",
            before=closing,
            then="La réunion de partage",
        ),
    )


def _meeting(initiative: Initiative, latest: _Round) -> StepState:
    slug = initiative.authority.slug
    url = reverse("diagnostics:agreement_list", args=[slug, latest.diagnosis.pk])
    count = latest.remaining
    missing = []
    if count:
        words = pluralise(count, f"{count} question reste à trancher.", f"{count} questions restent à trancher.")
        missing = [Missing(words, url)]
    return _state(
        slug,
        StepStatus.REVIEW,
        summary="Avis clos, niveaux à retenir",
        missing=missing,
        next_action=NextAction(
            title="Retenez un niveau par question" if count else "Terminez le diagnostic",
            reason="Les questions sont rangées par écart\u00a0: seules celles qui divergent demandent une discussion."
            if count
            else "Toutes les questions notées sont tranchées.",
            button="Tenir la réunion" if count else "Voir les niveaux retenus",
            url=url,
            duration="Une réunion de deux heures" if count else "5 minutes",
            then="Les résultats et les leviers recommandés",
        ),
    )


def _after_agreement(initiative: Initiative, latest: _Round) -> StepState:
    answered = pluralise(latest.agreed, "question répondue", "questions répondues")
    return _state(
        initiative.authority.slug,
        StepStatus.DONE,
        summary=f"Maturité\u00a0: {latest.agreed} {answered} sur {latest.asked}",
    )


def _state(slug: str, status: StepStatus, **fields: object) -> StepState:
    url = reverse("diagnostics:diagnosis_detail", args=[slug])
    return StepState(code=STEP_CODE, title=STEP_TITLE, url=url, status=status, **fields)  # type: ignore[arg-type]


def _inventory_summary(inventory: StepState) -> str:
    return f"inventaire\u00a0: {inventory.summary}" if inventory.summary else ""


def _merged_status(maturity: StepStatus, inventory: StepStatus) -> StepStatus:
    if maturity is inventory:
        return maturity
    if StepStatus.REVIEW in (maturity, inventory):
        return StepStatus.REVIEW
    return StepStatus.CURRENT


def _awaited(rater: RaterProgress) -> Awaited:
    return Awaited(
        name=rater.participant.name,
        role=rater.participant.service.name,
        status=rater.status,
        has_started=not rater.is_silent,
    )


def _closing_label(diagnosis: Diagnosis) -> str:
    return format_moment(diagnosis.closes_at, is_short=True) if diagnosis.closes_at else ""
