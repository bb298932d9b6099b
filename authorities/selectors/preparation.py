"""State of the preparation: sub-steps of the hub, prerequisites, and the step told to the dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from authorities.enums import Perimeter, Role, Scope, Track
from authorities.extensions import coverage_of
from authorities.models import (
    ChecklistItem,
    Initiative,
    Meeting,
    OfInitiativeQuerySet,
    Participant,
    SourceDocument,
    TerritoryActor,
)
from authorities.permissions import scopes_of
from authorities.prerequisites import Derived, Page, PreparationFacts, count_words, derive
from authorities.selectors.participants import current_dimensions
from common.dates import format_day, format_short_day
from common.numbers import format_number, pluralise
from common.steps import Awaited, Missing, NextAction, StepState, StepStatus
from reference.duties import Binding, DutyRule, find_binding
from reference.models import DocumentKind, Duty, Prerequisite

STEP_CODE = "preparation"
PROGRAMME_DUTY_CODE = "reen-programme"
TEXT_FIELDS = ("uses_summary", "engaged_actions", "actors_involvement")
# What must stand before the diagnosis opens; the rest may be completed later and is only reminded.
ESSENTIAL_CODES = ("elu", "cotech", "calendrier", "invitations")

ROUTES = {
    Page.INITIATIVE: "authorities:initiative_update",
    Page.PARTICIPANTS: "authorities:participant_list",
    Page.INVITATIONS: "authorities:participant_invite",
    Page.COVERAGE: "diagnostics:coverage",
    Page.CALENDAR: "authorities:meeting_list",
    Page.DOCUMENTS: "authorities:document_list",
    Page.ACTORS: "authorities:actor_list",
}


@dataclass(frozen=True)
class PrerequisiteRow:
    """A prerequisite and its state. `is_derived`: it ticks itself. `version` is 0 while nobody wrote about it."""

    prerequisite: Prerequisite
    is_done: bool
    detail: str
    url: str
    is_derived: bool
    is_required: bool
    version: int
    note: str


@dataclass(frozen=True)
class SubStep:
    """One line of the hub. `status` is that of a step; `summary` tells what is there or what is missing."""

    code: str
    title: str
    url: str
    status: StepStatus
    summary: str
    permission: str


@dataclass(frozen=True)
class DocumentSuggestion:
    """A kind of document to look for, and the dimensions on which it throws light."""

    kind: DocumentKind
    dimension_names: str


@dataclass(frozen=True)
class DocumentsView:
    """The documents page."""

    documents: list[SourceDocument]
    suggestions: list[DocumentSuggestion]


def page_url(page: Page, slug: str) -> str:
    """Return the address of the page where a prerequisite is completed."""
    return reverse(ROUTES[page], args=[slug])


def gather_facts(initiative: Initiative) -> PreparationFacts:
    """Count what the preparation holds, without the coverage. Two queries."""
    people = active_people([initiative])[initiative.pk]
    return _facts_of(initiative, people, _counts([initiative])[initiative.pk])


def active_people(initiatives: Sequence[Initiative]) -> dict[int, list[Participant]]:
    """Return the people who take part in each démarche, by its key. One query."""
    people: dict[int, list[Participant]] = {initiative.pk: [] for initiative in initiatives}
    for person in Participant.objects.filter(initiative__in=people, is_active=True):
        people[person.initiative_id].append(person)
    return people


def _counts(initiatives: Sequence[Initiative]) -> dict[int, dict[str, Any]]:
    """Return what each démarche holds, and whom the law asks for the programme de travail. One query."""
    duty = Duty.objects.filter(code=PROGRAMME_DUTY_CODE).order_by()
    rows = (
        Initiative.objects.filter(pk__in=[initiative.pk for initiative in initiatives])
        .annotate(
            meeting_total=_count_of(Meeting.objects.all()),
            document_total=_count_of(SourceDocument.objects.all()),
            actor_total=_count_of(TerritoryActor.objects.all()),
            duty_kinds=Subquery(duty.values("kinds")[:1]),
            duty_population_over=Subquery(duty.values("population_over")[:1]),
            duty_unlimited_kinds=Subquery(duty.values("kinds_without_threshold")[:1]),
        )
        .values(
            "pk", "meeting_total", "document_total", "actor_total",
            "duty_kinds", "duty_population_over", "duty_unlimited_kinds",
        )
    )  # fmt: skip
    return {row["pk"]: row for row in rows}


def _facts_of(initiative: Initiative, people: list[Participant], counts: Mapping[str, Any]) -> PreparationFacts:
    return PreparationFacts(
        is_light=initiative.track == Track.LIGHT,
        is_obliged=_is_obliged(initiative, counts),
        participant_count=len(people),
        service_count=len({person.service_id for person in people}),
        referent_names=_names_with(people, Role.REFERENT),
        elected_names=_names_with(people, Role.ELECTED),
        committee_count=sum(Scope.RATE in scopes_of(person.role_set) for person in people),
        accepted_count=sum(person.accepted_at is not None for person in people),
        invited_count=sum(person.invited_at is not None for person in people),
        unreached_names=tuple(
            person.name for person in people if person.accepted_at is None and person.invited_at is None
        ),
        meeting_count=counts["meeting_total"] or 0,
        has_council_date=initiative.council_on is not None,
        document_count=counts["document_total"] or 0,
        actor_count=counts["actor_total"] or 0,
        is_internal_only=initiative.perimeter == Perimeter.INTERNAL,
        has_territory_follow_up=bool(initiative.territory_follow_up.strip()),
        written_text_count=sum(bool(getattr(initiative, name).strip()) for name in TEXT_FIELDS),
    )


def prerequisite_rows(initiative: Initiative, facts: PreparationFacts | None = None) -> list[PrerequisiteRow]:
    """Return the prerequisites of this démarche with their state, coverage included."""
    facts = _with_coverage(initiative, facts or gather_facts(initiative))
    items = {item.prerequisite_id: item for item in ChecklistItem.objects.for_initiative(initiative)}
    wanted = Prerequisite.objects.filter(is_in_light_track=True) if facts.is_light else Prerequisite.objects.all()
    return [_prerequisite_row(initiative, prerequisite, items.get(prerequisite.pk), facts) for prerequisite in wanted]


def find_prerequisite_row(initiative: Initiative, code: str) -> PrerequisiteRow:
    """Return one prerequisite that is ticked by hand; `Http404` for another démarche's, an unknown or a derived one."""
    row = next((row for row in prerequisite_rows(initiative) if row.prerequisite.code == code), None)
    if row is None or row.is_derived:
        raise Http404
    return row


def find_document_kind(code: str) -> DocumentKind | None:
    """Return the kind of document of a code typed in an address, None when there is none."""
    return DocumentKind.objects.filter(code=code).first() if code.isprintable() and code else None


def documents_view(initiative: Initiative) -> DocumentsView:
    """Return the documents listed and the kinds that nobody has listed yet. Three queries."""
    documents = list(SourceDocument.objects.for_initiative(initiative).select_related("kind"))
    names = dict(current_dimensions().values_list("code", "short_name"))
    listed = {document.kind_id for document in documents}
    suggestions = [
        DocumentSuggestion(kind, ", ".join(names[code] for code in kind.dimension_codes if code in names))
        for kind in DocumentKind.objects.all()
        if kind.pk not in listed
    ]
    return DocumentsView(documents, suggestions)


def sub_steps(initiative: Initiative) -> list[SubStep]:
    """Return the lines of the hub, in the order in which one fills them."""
    slug = initiative.authority.slug
    facts = _with_coverage(initiative, gather_facts(initiative))
    rows = prerequisite_rows(initiative, facts)
    done_count = sum(row.is_done for row in rows)
    rules = {code: derive(code, facts) for code in ("perimetre", "cotech", "couverture", "calendrier", "acteurs")}
    authority = initiative.authority
    facts_text = _authority_summary(initiative)
    edit, manage, view = "edit_preparation", "manage_participants", "view_preparation"

    def line(code: str, title: str, route: str, status: StepStatus, summary: str, permission: str = edit) -> SubStep:
        return SubStep(code, title, reverse(route, args=[slug]), status, summary, permission)

    return [
        line(
            "collectivite",
            "La collectivité",
            "authorities:authority_update",
            StepStatus.DONE if authority.agent_count and authority.population is not None else StepStatus.CURRENT,
            facts_text,
        ),
        line(
            "demarche",
            "La démarche",
            "authorities:initiative_update",
            _status(rules["perimetre"], has_begun=True),
            f"{initiative.period_label}, {initiative.get_track_display()}, {initiative.get_perimeter_display()}.",
        ),
        line(
            "participants",
            "Le comité",
            "authorities:participant_list",
            _status(rules["cotech"], has_begun=facts.participant_count > 1),
            _people_summary(facts),
            manage,
        ),
        line(
            "couverture",
            "La couverture",
            "diagnostics:coverage",
            _status(rules["couverture"], has_begun=facts.participant_count > 1),
            _detail(rules["couverture"]),
            "view_results",
        ),
        line(
            "calendrier",
            "Le calendrier",
            "authorities:meeting_list",
            _status(rules["calendrier"], has_begun=facts.has_council_date),
            _detail(rules["calendrier"]),
            view,
        ),
        line(
            "prerequis",
            "Les prérequis",
            "authorities:prerequisite_list",
            _progress_status(done_count, len(rows)),
            f"{done_count} sur {len(rows)} {pluralise(done_count, 'rempli', 'remplis')}.",
        ),
        line(
            "documents",
            "Les documents existants",
            "authorities:document_list",
            StepStatus.DONE if facts.document_count else StepStatus.TODO,
            count_words(facts.document_count, "document recensé.", "documents recensés.")
            if facts.document_count
            else "Aucun document recensé.",
        ),
        line(
            "acteurs",
            "Les acteurs du territoire",
            "authorities:actor_list",
            _status(rules["acteurs"], has_begun=False),
            _detail(rules["acteurs"]) + (" La loi demande de les recenser." if facts.is_obliged else ""),
        ),
        line(
            "etat-des-lieux",
            "L’état des lieux",
            "authorities:state_of_play_update",
            _progress_status(facts.written_text_count, len(TEXT_FIELDS)),
            _texts_summary(facts.written_text_count),
        ),
    ]


def preparation_state(initiative: Initiative, *, now: datetime) -> StepState:
    """Tell where the preparation of one démarche stands. Two queries; the coverage is told by the diagnosis."""
    return preparation_states([initiative], active_people([initiative]))[initiative.pk]


def preparation_states(
    initiatives: Sequence[Initiative], people: Mapping[int, list[Participant]]
) -> dict[int, StepState]:
    """Tell where the preparation of each démarche stands, by its key, from its active people. One query."""
    counts = _counts(initiatives)
    return {
        initiative.pk: _state_of(initiative, people[initiative.pk], counts[initiative.pk]) for initiative in initiatives
    }


def _state_of(initiative: Initiative, people: list[Participant], counts: Mapping[str, Any]) -> StepState:
    facts = _facts_of(initiative, people, counts)
    slug = initiative.authority.slug
    rules = {code: derive(code, facts) for code in ESSENTIAL_CODES}
    blanks = {code: rule for code, rule in rules.items() if rule is not None and not rule.is_done}
    missing = [Missing(rule.detail, page_url(rule.page, slug)) for rule in blanks.values()]
    has_begun = facts.participant_count > 1 or facts.has_council_date
    status = StepStatus.CURRENT if has_begun else StepStatus.TODO
    return StepState(
        code=STEP_CODE,
        title="Préparer",
        url=reverse("authorities:preparation_detail", args=[slug]),
        status=StepStatus.DONE if not blanks else status,
        summary=_people_summary(facts).rstrip(".") if has_begun else "",
        detail=_calendar_detail(initiative),
        missing=[*missing, *_reminders(facts, slug)],
        awaited=[_awaited(person) for person in people if person.accepted_at is None and person.invited_at],
        next_action=_next_action(next(iter(blanks)), slug) if blanks else None,
    )


def _count_of(objects: OfInitiativeQuerySet) -> Subquery:
    """Return the number of objects of each démarche as a sub-query."""
    counted = objects.order_by().filter(initiative=OuterRef("pk")).values("initiative").annotate(total=Count("pk"))
    return Subquery(counted.values("total"))


def _names_with(people: list[Participant], role: Role) -> tuple[str, ...]:
    return tuple(person.name for person in people if role in person.role_set)


def _is_obliged(initiative: Initiative, counts: Mapping[str, Any]) -> bool:
    """Tell whether the law asks this authority for the programme de travail."""
    if counts["duty_kinds"] is None:
        return False
    rule = DutyRule(
        frozenset(counts["duty_kinds"]), counts["duty_population_over"], frozenset(counts["duty_unlimited_kinds"])
    )
    return find_binding(rule, initiative.authority.kind, initiative.authority.population) is Binding.BOUND


def _with_coverage(initiative: Initiative, facts: PreparationFacts) -> PreparationFacts:
    if facts.coverage_total is not None:
        return facts
    coverage = coverage_of(initiative)
    if coverage is None:
        return facts
    return replace(facts, coverage_total=coverage.total, coverage_done=coverage.covered)


def _prerequisite_row(
    initiative: Initiative, prerequisite: Prerequisite, item: ChecklistItem | None, facts: PreparationFacts
) -> PrerequisiteRow:
    slug = initiative.authority.slug
    derived = derive(prerequisite.code, facts)
    is_ticked = item.is_done if item else False
    detail, url = (derived.detail, page_url(derived.page, slug)) if derived else ("", "")
    if prerequisite.code == "documents":
        url = page_url(Page.DOCUMENTS, slug)
        is_ticked = is_ticked or facts.document_count > 0
        detail = count_words(facts.document_count, "document recensé.", "documents recensés.")
        if not facts.document_count:
            detail = "Aucun document recensé. S’il n’y en a pas, marquez ce point comme fait."
    return PrerequisiteRow(
        prerequisite=prerequisite,
        is_done=derived.is_done if derived else is_ticked,
        detail=detail,
        url=url,
        is_derived=derived is not None or (prerequisite.code == "documents" and facts.document_count > 0),
        is_required=prerequisite.is_for_obliged_only and facts.is_obliged,
        version=item.version if item else 0,
        note=item.note if item else "",
    )


def _status(rule: Derived | None, *, has_begun: bool) -> StepStatus:
    if rule is not None and rule.is_done:
        return StepStatus.DONE
    return StepStatus.CURRENT if has_begun else StepStatus.TODO


def _progress_status(done: int, total: int) -> StepStatus:
    if total and done == total:
        return StepStatus.DONE
    return StepStatus.CURRENT if done else StepStatus.TODO


def _detail(rule: Derived | None) -> str:
    return rule.detail if rule else ""


def _authority_summary(initiative: Initiative) -> str:
    authority = initiative.authority
    parts = [str(authority.get_kind_display())]
    if authority.population is not None:
        parts.append(f"{format_number(authority.population)}\u00a0habitants")
    if authority.agent_count:
        parts.append(f"{format_number(authority.agent_count)}\u00a0agents")
    else:
        parts.append("nombre d’agents à compléter")
    return ", ".join(parts) + "."


def _texts_summary(count: int) -> str:
    what = "usages, actions engagées, association des acteurs"
    if not count:
        return f"Trois textes courts à écrire : {what}."
    return f"{count} {pluralise(count, 'texte écrit', 'textes écrits')} sur {len(TEXT_FIELDS)} : {what}."


def _people_summary(facts: PreparationFacts) -> str:
    if not facts.participant_count:
        return "Comité à composer."
    people = count_words(facts.participant_count, "personne", "personnes")
    services = count_words(facts.service_count, "service", "services")
    confirmed = pluralise(facts.accepted_count, "a confirmé", "ont confirmé")
    return f"{people}, {services} ; {facts.accepted_count} {confirmed}."


def _calendar_detail(initiative: Initiative) -> str:
    if initiative.council_on is None:
        return "La date du conseil n’est pas fixée."
    return f"Calendrier calé sur le conseil du {format_day(initiative.council_on)}."


def _awaited(person: Participant) -> Awaited:
    roles = ", ".join(role.label for role in person.ordered_roles)
    status = f"Invitation du {format_short_day(timezone.localdate(person.invited_at))}, pas encore confirmée"
    return Awaited(name=person.name, role=roles.capitalize(), status=status)


def _reminders(facts: PreparationFacts, slug: str) -> list[Missing]:
    """Return what the roadmap will need without holding the diagnosis back."""
    reminders = []
    if facts.is_internal_only and not facts.has_territory_follow_up:
        reminders.append(Missing("Dites quand le territoire suivra.", page_url(Page.INITIATIVE, slug)))
    if facts.is_obliged and not facts.actor_count:
        reminders.append(Missing("Recensez les acteurs du territoire.", page_url(Page.ACTORS, slug)))
    if facts.written_text_count < len(TEXT_FIELDS):
        url = reverse("authorities:state_of_play_update", args=[slug])
        reminders.append(Missing("Rédigez l’état des lieux : usages, actions engagées, acteurs associés.", url))
    return reminders


# What is missing first → the sentence, the reason, the button, the page, the time it takes.
_NEXT: dict[str, tuple[str, str, str, Page, str]] = {
    "elu": (
        "Ajouter l’élu qui porte la démarche",
        "Ce binôme avec vous fait écrire la feuille de route, puis la fait adopter.",
        "Composer le comité",
        Page.PARTICIPANTS,
        "2 minutes",
    ),
    "cotech": (
        "Composer le comité technique",
        "Une personne par service concerné : la qualité du diagnostic en dépend.",
        "Composer le comité",
        Page.PARTICIPANTS,
        "10 minutes",
    ),
    "calendrier": (
        "Dater les réunions",
        "Donnez la date du conseil : les réunions se placent à rebours, hors jours fériés.",
        "Planifier",
        Page.CALENDAR,
        "2 minutes",
    ),
    "invitations": (
        "Inviter le comité",
        "Chacun reçoit un lien personnel, sans mot de passe, et confirme sa participation.",
        "Relire l’invitation",
        Page.INVITATIONS,
        "3 minutes, le message est prêt",
    ),
}


def _next_action(code: str, slug: str) -> NextAction:
    title, reason, button, page, duration = _NEXT[code]
    return NextAction(
        title=title,
        reason=reason,
        button=button,
        url=page_url(page, slug),
        duration=duration,
        then="ouvrir le diagnostic" if code == "invitations" else "",
    )
