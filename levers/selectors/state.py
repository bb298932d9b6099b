"""State of the step « Prioriser » for the dashboard: four queries at most."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from authorities.enums import Track
from authorities.models import Initiative
from common.dates import format_day
from common.numbers import pluralise
from common.steps import Awaited, Missing, NextAction, StepState, StepStatus
from common.text import typography
from levers.enums import Verdict
from levers.models import Ballot, Decision, Shortlist
from levers.wording import written_moment

CODE, TITLE = "prioritisation", "Prioriser"


@dataclass(frozen=True)
class _Facts:
    """What the state is worked out from."""

    initiative: Initiative
    now: datetime
    shortlist: Shortlist | None
    listed: int
    set_aside: int
    ballot: Ballot | None
    verdicts: dict[str, int]
    # Name, service and number of levers answered of each voter of an open ballot.
    voters: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def is_light(self) -> bool:
        return self.initiative.track == Track.LIGHT

    @property
    def kept(self) -> int:
        return self.listed - self.set_aside

    @property
    def decided(self) -> int:
        return sum(self.verdicts.values())

    @property
    def undecided(self) -> int:
        return max(0, self.kept - self.decided)

    def url(self, name: str, *args: int) -> str:
        return reverse(f"levers:{name}", args=[self.initiative.authority.slug, *args])


def prioritisation_state(initiative: Initiative, *, now: datetime) -> StepState:
    """Return the state of the choice of levers: what is missing, who is awaited, what to do first."""
    facts = _read(initiative, now)
    if facts.ballot is not None and not facts.ballot.is_closed(now):
        return _voting(facts, facts.ballot)
    if facts.ballot is not None or (facts.is_light and facts.decided):
        return _deciding(facts)
    if facts.shortlist is None or facts.listed == 0:
        return _starting(facts)
    if facts.shortlist.is_submitted:
        return _validating(facts)
    return _to_vote(facts) if facts.shortlist.is_validated and not facts.is_light else _choosing(facts)


def _read(initiative: Initiative, now: datetime) -> _Facts:
    shortlist = (
        Shortlist.objects.for_initiative(initiative)
        .annotate(listed=Count("items"), aside=Count("items", filter=Q(items__is_set_aside=True)))
        .order_by("-number")
        .first()
    )
    ballot = Ballot.objects.for_initiative(initiative).order_by("-number").first()
    counted = Decision.objects.for_initiative(initiative).values_list("verdict").annotate(count=Count("pk"))
    verdicts = dict(counted.order_by())
    voters: list[tuple[str, str, int]] = []
    if ballot is not None and not ballot.is_closed(now):
        answered = Count("votes", filter=Q(votes__ballot=ballot))
        voters = list(
            ballot.voters.annotate(answered=answered)
            .order_by("name", "pk")
            .values_list("name", "service__name", "answered")
        )
    return _Facts(
        initiative=initiative,
        now=now,
        shortlist=shortlist,
        listed=shortlist.listed if shortlist else 0,
        set_aside=shortlist.aside if shortlist else 0,
        ballot=ballot,
        verdicts=verdicts,
        voters=voters,
    )


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


def _voting(facts: _Facts, ballot: Ballot) -> StepState:
    url = facts.url("ballot_detail", ballot.pk)
    awaited = [
        Awaited(
            name=name,
            role=service,
            status=f"{answered} sur {facts.kept}" if answered else "Pas commencé",
            has_started=answered > 0,
        )
        for name, service, answered in facts.voters
        if answered < facts.kept
    ]
    started = sum(answered > 0 for _name, _service, answered in facts.voters)
    who = f"{started} sur {len(facts.voters)}"
    return StepState(
        code=CODE,
        title=TITLE,
        url=url,
        status=StepStatus.CURRENT,
        summary=f"Scrutin ouvert, {who} ont voté",
        detail=typography(f"Fermeture {written_moment(ballot.closes_at)}."),
        awaited=awaited,
        next_action=NextAction(
            title="Suivez la participation au scrutin",
            reason=typography(f"{who} ont commencé à voter ; les résultats restent cachés jusqu’à la fermeture."),
            button="Voir la participation",
            url=url,
            duration="deux minutes",
            before=format_day(ballot.closes_at),
            then="Atelier de priorisation",
        ),
    )


def _deciding(facts: _Facts) -> StepState:
    retained = facts.verdicts.get(Verdict.RETAINED, 0)
    counted = f"{retained} {pluralise(retained, 'levier retenu', 'leviers retenus')}"
    url = facts.url("decision_list")
    if facts.undecided == 0 and retained:
        return StepState(CODE, TITLE, url, StepStatus.DONE, counted)
    left = f"{facts.undecided} {pluralise(facts.undecided, 'levier', 'leviers')} sans décision"
    has_results = facts.ballot is not None
    return StepState(
        code=CODE,
        title=TITLE,
        url=facts.url("ballot_results", facts.ballot.pk) if facts.ballot else url,
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
