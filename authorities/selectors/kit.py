"""What the documents of the kick-off say of an authority."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from authorities.enums import MeetingKind, Role
from authorities.extensions import closing_of, coverage_of
from authorities.kit.texts import KitTexts, kit_texts
from authorities.kit.writing import (
    KitDate,
    KitDuty,
    KitFacts,
    KitPerson,
    write_argument,
    write_invitation,
    write_mission,
)
from authorities.models import Initiative, Meeting, Participant
from authorities.planning import COUNCIL_CODE, estimate_effort
from authorities.selectors.authorities import legal_frame_of
from authorities.selectors.calendar import meetings_of
from common.document import Document
from reference.models import Duty
from reference.selectors import duties_for

RATING_DEADLINE_CODE = "diagnostic_cloture"


@dataclass(frozen=True)
class KitDocument:
    """A document of the kit: its word in the address, what it is for, how it is written."""

    slug: str
    title: str
    purpose: str
    write: Callable[[KitFacts, KitTexts], Document]


KIT = (
    KitDocument(
        "invitation",
        "Invitation au comité technique",
        "La date de la première réunion, ce qui est demandé, combien de temps et pour quand.",
        write_invitation,
    ),
    KitDocument(
        "argumentaire",
        "Argumentaire sur une page",
        "Des chiffres avec leur source, ce que la loi demande, ce que la démarche prend de temps.",
        write_argument,
    ),
    KitDocument(
        "lettre-de-mission",
        "Lettre de mission du référent",
        "La part de temps, la durée, les tâches et les moyens.",
        write_mission,
    ),
)
BY_SLUG = {document.slug: document for document in KIT}


def write_kit_document(initiative: Initiative, slug: str, *, now: datetime) -> Document:
    """Return a document of the kit, filled with what is known today. `slug`: a key of `BY_SLUG`."""
    return BY_SLUG[slug].write(kit_facts(initiative, now=now), kit_texts())


def missing_facts(facts: KitFacts) -> list[str]:
    """Name what the preparation does not say yet, and that the documents leave to be completed."""
    wanted = {
        "la date de la première réunion": facts.first_meeting,
        "la date limite des avis": facts.rating_deadline,
        "le nom du référent": facts.referents,
        "le nom de l’élu": facts.elected,
        "la date du conseil": facts.council_on,
        "la population": facts.population,
        "le nombre d’agents": facts.agent_count,
    }
    return [words for words, value in wanted.items() if not value]


def kit_facts(initiative: Initiative, *, now: datetime) -> KitFacts:
    """Gather what the documents say."""
    authority, today = initiative.authority, timezone.localdate(now)
    frame = legal_frame_of(authority, today)
    meetings = meetings_of(initiative)
    # A letter speaks of what is to come.
    coming = [item for item in meetings if item.day >= today]
    held = [item for item in coming if item.kind and item.code != COUNCIL_CODE]
    people = Participant.objects.for_initiative(initiative).filter(is_active=True)
    named = [(person, KitPerson(person.name, person.function)) for person in people]
    coverage = coverage_of(initiative)
    council_on = initiative.council_on
    effort = estimate_effort(meetings[0].day, council_on) if meetings and council_on else None
    committee = [item for item in held if item.kind != MeetingKind.STEERING]
    return KitFacts(
        authority=authority.name,
        population=authority.population,
        agent_count=authority.agent_count,
        period=initiative.period_label,
        perimeter=str(initiative.get_perimeter_display()),
        binding=frame.binding,
        duties=_duties(initiative, now),
        referents=[written for person, written in named if Role.REFERENT in person.role_set],
        elected=[written for person, written in named if Role.ELECTED in person.role_set],
        first_meeting=_date((committee or held)[0]) if held else None,
        rating_deadline=_rating_deadline(initiative, coming, now),
        dates=[_date(item) for item in held],
        council_on=council_on,
        question_count=coverage.total if coverage else None,
        working_days=effort.working_days if effort else None,
        weeks=effort.weeks if effort else None,
        today=today,
        now=now,
    )


def _rating_deadline(initiative: Initiative, coming: Sequence[Meeting], now: datetime) -> KitDate | None:
    """Return the day by which one answers: that of the open round, which the calendar only foresaw."""
    closing = closing_of(initiative, now)
    if closing is not None:
        local = timezone.localtime(closing)
        return KitDate("Clôture des avis", local.date(), _hour(local.time()))
    return next((_date(item) for item in coming if item.code == RATING_DEADLINE_CODE), None)


def _duties(initiative: Initiative, now: datetime) -> list[KitDuty]:
    """Return the duties of the kit that bind this authority today, in the order of the file."""
    authority = initiative.authority
    total = authority.territory.population_total if authority.territory else None
    states = duties_for(authority.kind, authority.population, timezone.localdate(now), population_total=total)
    bound = {state.duty.code: state for state in states if state.is_bound and state.is_in_force}
    obligations = {code: state for code, state in bound.items() if state.duty.nature == Duty.Nature.OBLIGATION}
    return [
        KitDuty(obligations[code].duty.title, obligations[code].duty.legal_reference)
        for code in kit_texts().duty_codes
        if code in obligations
    ]


def _date(meeting: Meeting) -> KitDate:
    return KitDate(meeting.label, meeting.day, _hour(meeting.hour), meeting.place)


def _hour(hour: time | None) -> str:
    """« 14 h », « 14 h 30 », or nothing."""
    return f"{hour:%H h %M}".replace(" h 00", " h") if hour else ""
