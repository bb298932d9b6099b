"""State of the step « Prioriser », of one démarche or of many at once: two queries at most."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from authorities.enums import Track
from authorities.models import Initiative
from common.dates import format_day
from common.numbers import pluralise
from common.steps import Awaited, Missing, NextAction, StepState, StepStatus
from common.text import typography
from levers.enums import ShortlistState, Verdict
from levers.models import Ballot, Decision, Shortlist, Turnout
from levers.wording import written_moment

CODE, TITLE = "prioritisation", "Prioriser"
COUNTED = ("shortlist_state", "listed", "set_aside", "ballot_pk", "closes_at", "decided", "retained")


@dataclass(frozen=True)
class _Facts:
    """What the state is worked out from."""

    initiative: Initiative
    now: datetime
    # Of the newest shortlist and the newest ballot; None without one.
    shortlist_state: str | None
    listed: int
    set_aside: int
    ballot_pk: int | None
    closes_at: datetime | None
    decided: int
    retained: int
    # Of each voter of an open ballot: name, service, number of levers answered, whether they dropped a detached paper.
    voters: list[tuple[str, str, int, bool]] = field(default_factory=list)

    @property
    def is_light(self) -> bool:
        return self.initiative.track == Track.LIGHT

    @property
    def kept(self) -> int:
        return self.listed - self.set_aside

    @property
    def undecided(self) -> int:
        return max(0, self.kept - self.decided)

    def url(self, name: str, *args: int) -> str:
        return reverse(f"levers:{name}", args=[self.initiative.authority.slug, *args])


def prioritisation_state(initiative: Initiative, *, now: datetime) -> StepState:
    """Return the state of the choice of levers: what is missing, who is awaited, what to do first."""
    return prioritisation_states([initiative], now=now)[initiative.pk]


def prioritisation_states(initiatives: Sequence[Initiative], *, now: datetime) -> dict[int, StepState]:
    """Return the state of the choice of levers of each démarche, by its key. Two queries at most."""
    return {facts.initiative.pk: _state(facts) for facts in _read(initiatives, now)}


def _state(facts: _Facts) -> StepState:
    if facts.ballot_pk is not None and facts.closes_at is not None and facts.now < facts.closes_at:
        return _voting(facts, facts.ballot_pk, facts.closes_at)
    if facts.ballot_pk is not None or (facts.is_light and facts.decided):
        return _deciding(facts)
    if facts.shortlist_state is None or facts.listed == 0:
        return _starting(facts)
    if facts.shortlist_state == ShortlistState.SUBMITTED:
        return _validating(facts)
    is_validated = facts.shortlist_state == ShortlistState.VALIDATED
    return _to_vote(facts) if is_validated and not facts.is_light else _choosing(facts)


def _read(initiatives: Sequence[Initiative], now: datetime) -> list[_Facts]:
    newest = Shortlist.objects.filter(initiative=OuterRef("pk")).order_by("-number")
    listed = newest.annotate(total=Count("items"))
    set_aside = newest.annotate(total=Count("items", filter=Q(items__is_set_aside=True)))
    ballots = Ballot.objects.filter(initiative=OuterRef("pk")).order_by("-number")
    decisions = Decision.objects.filter(initiative=OuterRef("pk")).order_by()
    by_initiative = decisions.values("initiative").annotate(total=Count("pk")).values("total")
    counted = Initiative.objects.filter(pk__in=[initiative.pk for initiative in initiatives]).annotate(
        shortlist_state=Subquery(newest.values("state")[:1]),
        listed=Coalesce(Subquery(listed.values("total")[:1]), 0),
        set_aside=Coalesce(Subquery(set_aside.values("total")[:1]), 0),
        ballot_pk=Subquery(ballots.values("pk")[:1]),
        closes_at=Subquery(ballots.values("closes_at")[:1]),
        decided=Coalesce(Subquery(by_initiative), 0),
        retained=Coalesce(Subquery(by_initiative.filter(verdict=Verdict.RETAINED)), 0),
    )
    rows: dict[int, dict[str, Any]] = {row.pop("pk"): row for row in counted.values("pk", *COUNTED)}
    open_ballots = [row["ballot_pk"] for row in rows.values() if row["closes_at"] and now < row["closes_at"]]
    voters = _voters(open_ballots)
    return [
        _Facts(initiative=initiative, now=now, voters=voters[initiative.pk], **rows[initiative.pk])
        for initiative in initiatives
    ]


def _voters(ballots: Sequence[int]) -> dict[int, list[tuple[str, str, int, bool]]]:
    """Return the voters of open ballots as in `_Facts.voters`, by démarche. One query at most."""
    voters: dict[int, list[tuple[str, str, int, bool]]] = defaultdict(list)
    if not ballots:
        return voters
    seats: QuerySet[Any] = Ballot.voters.through.objects.filter(ballot__in=ballots)
    answered = Count("participant__votes", filter=Q(participant__votes__ballot=F("ballot")))
    turnout = Turnout.objects.filter(ballot=OuterRef("ballot"), participant=OuterRef("participant"))
    has_turned_out = Exists(turnout)
    rows = (
        seats.annotate(answered=answered, has_turned_out=has_turned_out)
        .order_by("participant__name", "participant_id")
        .values_list(
            "ballot__initiative", "participant__name", "participant__service__name", "answered", "has_turned_out"
        )
    )
    for pk, *voter in rows:
        voters[pk].append(tuple(voter))
    return voters


def _starting(facts: _Facts) -> StepState:
    catalogue = facts.url("lever_list")
    return StepState(
        code=CODE,
        title=TITLE,
        url=catalogue,
        status=StepStatus.TODO,
        summary="",
        detail="Choisir dans le catalogue, faire voter le comité, décider.",
        missing=[Missing("Aucun levier n’est présélectionné", facts.url("shortlist_suggest"))],
        next_action=NextAction(
            title="Présélectionnez des leviers",
            reason=typography("Le site vous en propose, avec ses raisons : gardez, retirez, ajoutez."),
            button="Voir la proposition",
            url=facts.url("shortlist_suggest"),
            duration="une demi-heure",
            then="Validation par le comité de pilotage" if not facts.is_light else "Décision avec l’élu",
        ),
    )


def _choosing(facts: _Facts) -> StepState:
    url = facts.url("shortlist_detail")
    counted = f"{facts.kept} {pluralise(facts.kept, 'levier présélectionné', 'leviers présélectionnés')}"
    if facts.is_light:
        action = NextAction(
            title="Décidez des leviers avec l’élu",
            reason=typography(
                "Le parcours allégé se passe de scrutin : dites pour chacun s’il est retenu, et pourquoi."
            ),
            button="Décider",
            url=facts.url("decision_list"),
            duration="une heure à deux",
            then="Rédaction des fiches actions",
        )
    else:
        action = NextAction(
            title="Soumettez la présélection au comité de pilotage",
            reason=typography(f"{counted} : relisez les points à regarder, puis soumettez la liste."),
            button="Relire la présélection",
            url=url,
            duration="un quart d’heure",
            then="Scrutin du comité technique",
        )
    missing = [Missing("La présélection n’est pas soumise au comité de pilotage", url)] if not facts.is_light else []
    return StepState(CODE, TITLE, url, StepStatus.CURRENT, counted, missing=missing, next_action=action)


def _validating(facts: _Facts) -> StepState:
    url = facts.url("shortlist_validate")
    counted = f"{facts.kept} {pluralise(facts.kept, 'levier', 'leviers')}"
    return StepState(
        code=CODE,
        title=TITLE,
        url=facts.url("shortlist_detail"),
        status=StepStatus.REVIEW,
        summary=f"{counted} à valider",
        missing=[Missing("La validation de la présélection n’est pas enregistrée", url)],
        next_action=NextAction(
            title="Enregistrez l’avis du comité de pilotage",
            reason=typography(f"La présélection de {counted} lui est soumise ; notez la date et ce qu’il écarte."),
            button="Enregistrer la validation",
            url=url,
            duration="dix minutes",
            then="Scrutin du comité technique",
        ),
    )


def _to_vote(facts: _Facts) -> StepState:
    url = facts.url("ballot_create")
    counted = f"{facts.kept} {pluralise(facts.kept, 'levier validé', 'leviers validés')}"
    return StepState(
        code=CODE,
        title=TITLE,
        url=facts.url("shortlist_detail"),
        status=StepStatus.CURRENT,
        summary=counted,
        missing=[Missing("Le scrutin n’est pas ouvert", url)],
        next_action=NextAction(
            title="Ouvrez le scrutin au comité technique",
            reason="Chacun donne son avis seul, avant l’atelier\u00a0: c’est ce qui épargne les réunions.",
            button="Ouvrir le scrutin",
            url=url,
            duration="cinq minutes",
            then="Deux semaines de vote, puis l’atelier",
        ),
    )


def _voting(facts: _Facts, ballot_pk: int, closes_at: datetime) -> StepState:
    url = facts.url("ballot_detail", ballot_pk)
    awaited = [
        Awaited(
            name=name,
            role=service,
            status=f"{answered} sur {facts.kept}" if answered else "Pas commencé",
            has_started=answered > 0,
        )
        for name, service, answered, has_turned_out in facts.voters
        if answered < facts.kept and not has_turned_out
    ]
    started = sum(answered > 0 or has_turned_out for *_, answered, has_turned_out in facts.voters)
    who = f"{started} sur {len(facts.voters)}"
    return StepState(
        code=CODE,
        title=TITLE,
        url=url,
        status=StepStatus.CURRENT,
        summary=f"Scrutin ouvert, {who} ont voté",
        detail=typography(f"Fermeture {written_moment(closes_at)}."),
        awaited=awaited,
        next_action=NextAction(
            title="Suivez la participation au scrutin",
            reason=typography(f"{who} ont commencé à voter ; les résultats restent cachés jusqu’à la fermeture."),
            button="Voir la participation",
            url=url,
            duration="deux minutes",
            before=format_day(closes_at),
            then="Atelier de priorisation",
        ),
    )


def _deciding(facts: _Facts) -> StepState:
    retained = facts.retained
    counted = f"{retained} {pluralise(retained, 'levier retenu', 'leviers retenus')}"
    url = facts.url("decision_list")
    if facts.undecided == 0 and retained:
        return StepState(CODE, TITLE, url, StepStatus.DONE, counted)
    left = f"{facts.undecided} {pluralise(facts.undecided, 'levier', 'leviers')} sans décision"
    has_results = facts.ballot_pk is not None
    return StepState(
        code=CODE,
        title=TITLE,
        url=facts.url("ballot_results", facts.ballot_pk) if facts.ballot_pk else url,
        status=StepStatus.CURRENT,
        summary=counted if facts.decided else "Scrutin clos",
        missing=[Missing(left if facts.undecided else "Aucun levier n’est retenu", url)],
        next_action=NextAction(
            title="Décidez en atelier des leviers à retenir",
            reason=typography(
                f"{left} : confirmez les consensus, puis passez le temps sur ceux qui divisent."
                if has_results
                else f"{left} : dites pour chacun s’il est retenu, et pourquoi."
            ),
            button="Ouvrir les décisions",
            url=url,
            duration="deux heures et demie",
            then="Rédaction des fiches actions",
        ),
    )
