"""Writes of decisions: a person decides, with a reason; the vote only informs."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from authorities.enums import EventKind, Track
from authorities.events import changes_between, record_event
from authorities.models import Initiative
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import StaleVersionError, save_versioned
from levers.enums import Verdict
from levers.models import Ballot, Decision, Lever, Shortlist, WorkshopDecision
from levers.selectors.results import tally_of
from levers.tally import Pile

REASON_MAXIMUM_LENGTH = 1000
CONSENSUS_VERDICTS = {Pile.FAVOURABLE: Verdict.RETAINED, Pile.UNFAVOURABLE: Verdict.DISMISSED}


@transaction.atomic
def record_decision(
    *,
    initiative: Initiative,
    lever: Lever,
    verdict: Verdict,
    reason: str,
    expected_version: int,
    actor: User,
    now: datetime,
) -> Decision:
    """Record or change the decision about a lever. `expected_version` is 0 when the person saw none.

    Raises `DomainError` when the lever may not be decided about yet (`deciding_ballot`) or the reason is empty;
    `StaleVersionError` when somebody decided in between.
    """
    ballot = deciding_ballot(initiative, [lever.pk], now)
    reason = _reason(reason)
    decision = Decision.objects.for_initiative(initiative).filter(lever=lever).first()
    before = decision_texts(decision)
    if decision is None and expected_version == 0:
        decision = Decision.objects.create(
            initiative=initiative, lever=lever, ballot=ballot, verdict=verdict, reason=reason, decided_by=actor,
            decided_at=now, version=_first_versions(initiative, [lever.pk])[lever.pk],
        )  # fmt: skip
    elif decision is None:
        raise DomainError(typography("Cette décision n’existe plus : rechargez la page."))
    elif expected_version != decision.version:
        raise StaleVersionError(decision)
    else:
        decision.ballot, decision.verdict, decision.reason = ballot, verdict, reason
        decision.decided_by, decision.decided_at = actor, now
        fields = ["ballot", "verdict", "reason", "decided_by", "decided_at"]
        save_versioned(decision, expected_version=expected_version, update_fields=fields)
    verb = f"a décidé\u00a0: «\u00a0{lever.title}\u00a0», {verdict.label}"
    record_event(
        authority=initiative.authority,
        kind=EventKind.DECISION,
        initiative=initiative,
        subject_key=lever.code,
        verb=typography(verb),
        changes=changes_between(before, decision_texts(decision), DECISION_LABELS.__getitem__),
        actor=actor,
        now=now,
    )
    return decision


@transaction.atomic
def confirm_consensus(
    *, ballot: Ballot, piles: Collection[Pile], reason: str, actor: User, now: datetime
) -> list[Decision]:
    """Decide at once about the levers of the consensus piles that nobody decided about yet; return the decisions.

    Levers of the favourable pile are retained, those of the unfavourable one dismissed, with the same reason. What was
    decided one by one stays. Raises `DomainError` before the closing, on another pile, or when nothing is left.
    """
    initiative = ballot.initiative
    if deciding_ballot(initiative, [], now) != ballot:
        raise DomainError(typography("Seul le dernier scrutin de la démarche se confirme."))
    if not set(piles) <= set(CONSENSUS_VERDICTS) or not piles:
        raise DomainError(typography("Choisissez le consensus favorable, le consensus défavorable, ou les deux."))
    reason = _reason(reason)
    tally = tally_of(ballot, now)
    levers = {item.lever.code: item.lever for item in ballot.shortlist.items.select_related("lever")}
    versions = _first_versions(initiative, [lever.pk for lever in levers.values()])
    decided = set(Decision.objects.for_initiative(initiative).values_list("lever_id", flat=True))
    decisions = [
        Decision(
            initiative=initiative,
            lever=levers[result.code],
            ballot=ballot,
            verdict=CONSENSUS_VERDICTS[result.pile],
            reason=reason,
            decided_by=actor,
            decided_at=now,
            version=versions[levers[result.code].pk],
        )  # fmt: skip
        for result in tally.results
        if tally.has_piles and result.pile in piles and levers[result.code].pk not in decided
    ]
    if not decisions:
        raise DomainError(typography("Tous les leviers consensuels ont déjà une décision."))
    Decision.objects.bulk_create(decisions)
    titles = {code: lever.title for code, lever in levers.items()}
    counted = f"{len(decisions)} {pluralise(len(decisions), 'décision consensuelle', 'décisions consensuelles')}"
    record_event(
        authority=initiative.authority,
        kind=EventKind.DECISION,
        initiative=initiative,
        verb=f"a confirmé {counted}",
        changes=changes_between({}, {item.lever.code: _words(item) for item in decisions}, titles.__getitem__),
        actor=actor,
        now=now,
    )
    return decisions


def deciding_ballot(initiative: Initiative, lever_pks: Collection[int], now: datetime) -> Ballot | None:
    """Return the closed ballot on which these levers are decided, None in the light track without a ballot.

    Raises `DomainError` when a ballot is still open, when the standard track has had none, or when a lever is neither
    shortlisted nor put to the vote.
    """
    ballot = Ballot.objects.for_initiative(initiative).order_by("-number").first()
    if ballot is not None and not ballot.is_closed(now):
        raise DomainError(typography("Le scrutin est encore ouvert : décidez après sa fermeture."))
    if ballot is None and initiative.track != Track.LIGHT:
        raise DomainError(typography("Ouvrez d’abord un scrutin : la décision se prend après le vote du comité."))
    shortlist = ballot.shortlist if ballot else Shortlist.objects.for_initiative(initiative).order_by("-number").first()
    known = set(shortlist.items.filter(is_set_aside=False).values_list("lever_id", flat=True)) if shortlist else set()
    if not set(lever_pks) <= known:
        raise DomainError(typography("Présélectionnez ce levier avant de décider."))
    return ballot


def _first_versions(initiative: Initiative, lever_pks: Collection[int]) -> dict[int, int]:
    """Lever → version of its first decision: 1, or more after one that a workshop undid, whose pages are stale."""
    gone = WorkshopDecision.objects.filter(workshop__ballot__initiative=initiative, lever__in=lever_pks)
    last = dict(gone.order_by().values_list("lever_id").annotate(last=Max("version")))
    return {pk: last.get(pk, 0) + 1 for pk in lever_pks}


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise DomainError(typography("Dites en quelques mots la raison de la décision."))
    if len(reason) > REASON_MAXIMUM_LENGTH:
        raise DomainError(typography(f"La raison tient en {REASON_MAXIMUM_LENGTH} caractères : raccourcissez-la."))
    return reason


DECISION_LABELS = {"verdict": "décision", "reason": "raison"}


def decision_texts(decision: Decision | None) -> dict[str, str]:
    """Return a decision as the trail keeps it: nothing before the first one."""
    if decision is None:
        return {}
    return {"verdict": _words(decision), "reason": decision.reason}


def _words(decision: Decision) -> str:
    return str(decision.get_verdict_display())
