"""Spaces of an account, search of an authority, legal duty explained."""

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify

from accounts.models import User
from authorities.enums import AuthorityKind, Role
from authorities.models import Authority, Initiative, Membership, MembershipRequest, Participant
from common.numbers import format_number
from reference.duties import Binding
from reference.models import Territory
from reference.selectors import DutyState, duties_for, search_territories

STRATEGY_DUTY_CODE = "reen-strategie"
REEN_CODES = ("reen-programme", STRATEGY_DUTY_CODE, "reen-bilan-annuel")
MAX_RESULTS = 10


@dataclass(frozen=True)
class OwnSpace:
    """An authority of which the account is a member, with its current démarche and what the account is there."""

    initiative: Initiative
    membership: Membership

    @property
    def authority(self) -> Authority:
        return self.initiative.authority

    @property
    def roles(self) -> frozenset[Role]:
        return self.membership.role_set

    @property
    def role_labels(self) -> str:
        return ", ".join(role.label for role in self.membership.ordered_roles)


@dataclass(frozen=True)
class OwnParticipation:
    """A démarche in which the account is invited as a participant."""

    participant: Participant
    authority: Authority


@dataclass(frozen=True)
class OwnSpaces:
    """Everything that an account can open."""

    spaces: list[OwnSpace]
    participations: list[OwnParticipation]
    requests: list[MembershipRequest]

    @property
    def is_empty(self) -> bool:
        return not (self.spaces or self.participations or self.requests)


@dataclass(frozen=True)
class SearchResult:
    """An authority found: in the national list, or typed by hand by somebody. `authority` has a space already."""

    name: str
    kind_label: str
    place: str
    population: int | None
    territory: Territory | None
    authority: Authority | None


@dataclass(frozen=True)
class DutySummary:
    """A duty in words: what it is, whether it binds, since when, the source."""

    title: str
    binding_label: str
    is_bound: bool
    since_on: date | None
    next_on: date | None
    value: str
    next_value: str
    content: list[str]
    reference: str
    note: str


@dataclass(frozen=True)
class LegalFrame:
    """What the law asks of an authority: a headline, the reason, the REEN duties and the others."""

    binding: Binding
    headline: str
    reason: str
    reen: list[DutySummary]
    others: list[DutySummary]
    doubt: str

    @property
    def is_obliged(self) -> bool:
        return self.binding is Binding.BOUND


def own_spaces(user: User) -> OwnSpaces:
    """Return what the account can open: its authorities, its participations, its pending requests. Four queries."""
    memberships = {
        membership.authority_id: membership for membership in Membership.objects.filter(user=user).order_by()
    }
    current = Initiative.objects.filter(authority__in=memberships).current().select_related("authority")
    spaces = [OwnSpace(item, memberships[item.authority_id]) for item in current.order_by("authority__name")]
    requests = MembershipRequest.objects.filter(user=user, state=MembershipRequest.State.PENDING)
    return OwnSpaces(spaces, own_participations(user), list(requests.select_related("authority")))


def own_participations(user: User) -> list[OwnParticipation]:
    """Return the current démarches in which the account is an active participant. One query."""
    # The addresses of `verified_emails`, read by the base itself.
    addresses = EmailAddress.objects.filter(user=user, verified=True)
    is_mine = Q(user=user) | Q(user=None, email__in=addresses.values_list(Lower("email")))
    participants = (
        Participant.objects.filter(is_mine, is_active=True, initiative__is_current=True)
        .exclude(email="", user=None)
        .select_related("initiative__authority", "service")
    )
    return [OwnParticipation(participant, participant.initiative.authority) for participant in participants]


def search_authorities(query: str) -> list[SearchResult]:
    """Find an authority in the national list and among those typed by hand, best match first. Three queries."""
    query = query.replace("\x00", "")  # PostgreSQL refuses it
    territories = search_territories(query, limit=MAX_RESULTS)
    spaces = {space.territory_id: space for space in Authority.objects.filter(territory__in=territories)}
    key = slugify(query)
    typed = Authority.objects.none()
    if len(key) >= 2:
        typed = Authority.objects.filter(territory=None).filter(Q(slug__contains=key) | Q(siren=query.strip()))[:5]
    found = [_territory_result(territory, spaces.get(territory.pk)) for territory in territories]
    return [*(_typed_result(authority) for authority in typed), *found]


def legal_frame(
    *, kind: AuthorityKind, population: int | None, on: date, population_total: int | None = None, name: str = ""
) -> LegalFrame:
    """Work out what the law asks of an authority of this kind and population on a date. Two queries."""
    states = duties_for(kind, population, on, population_total=population_total)
    strategy = next((state for state in states if state.duty.code == STRATEGY_DUTY_CODE), None)
    binding = strategy.binding if strategy else Binding.TO_CHECK
    threshold = strategy.duty.population_over if strategy else None
    doubt = ""
    if strategy is not None and strategy.populations_disagree:
        doubt = (
            f"La population municipale est de {format_number(population)}\u00a0habitants et la population totale de "
            f"{format_number(population_total)} : elles sont de part et d’autre du seuil de "
            f"{format_number(threshold)}\u00a0habitants. Les textes que nous avons lus ne disent pas laquelle "
            "compte : vérifiez auprès de la préfecture. Le calcul ci-dessus retient la population municipale."
        )
    return LegalFrame(
        binding=binding,
        headline=_HEADLINES[binding],
        reason=_reason(AuthorityKind(kind), population, threshold, binding),
        reen=[_duty_summary(state) for state in states if state.duty.code in REEN_CODES],
        others=[_duty_summary(state) for state in states if state.duty.code not in REEN_CODES],
        doubt=doubt,
    )


def initiatives_of(authority: Authority) -> list[Initiative]:
    """Return the démarches of an authority, the latest first."""
    return list(Initiative.objects.for_authority(authority).order_by("-number"))


def legal_frame_of(authority: Authority, on: date) -> LegalFrame:
    """Work out what the law asks of an authority that has a space."""
    total = authority.territory.population_total if authority.territory else None
    return legal_frame(
        kind=AuthorityKind(authority.kind), population=authority.population, on=on, population_total=total
    )


_HEADLINES = {
    Binding.BOUND: "Stratégie numérique responsable : obligatoire pour vous",
    Binding.VOLUNTARY: "Stratégie numérique responsable : volontaire",
    Binding.TO_CHECK: "Stratégie numérique responsable : à vérifier",
}
# Who the law names: article 35 of the loi REEN.
_NAMED_KINDS = {AuthorityKind.COMMUNE: "Les communes", AuthorityKind.EPCI: "Les EPCI à fiscalité propre"}


def _reason(kind: AuthorityKind, population: int | None, threshold: int | None, binding: Binding) -> str:
    limit = f"{format_number(threshold)}\u00a0habitants"
    if kind not in _NAMED_KINDS:
        return (
            f"La loi nomme les communes et les EPCI à fiscalité propre de plus de {limit}. Les autres organismes "
            "peuvent s’engager de leur propre choix : le chemin est le même."
        )
    if binding is Binding.TO_CHECK:
        return f"La loi vise les communes et les EPCI à fiscalité propre de plus de {limit} : indiquez la population."
    who, count = _NAMED_KINDS[kind], f"{format_number(population)}\u00a0habitants"
    if binding is Binding.BOUND:
        return f"{who} de plus de {limit} élaborent cette stratégie. Vous comptez {count}."
    return (
        f"{who} de plus de {limit} y sont tenus. Vous comptez {count} : votre démarche est volontaire, "
        "et le chemin est le même."
    )


def _duty_summary(state: DutyState) -> DutySummary:
    unit = f"\u00a0{state.duty.unit}" if state.duty.unit else ""
    return DutySummary(
        title=state.duty.title,
        binding_label=state.binding_label,
        is_bound=state.is_bound,
        since_on=state.since_on,
        next_on=state.next_on,
        value=f"{format_number(state.value.normalize())}{unit}" if state.value is not None else "",
        next_value=f"{format_number(state.next_value.normalize())}{unit}" if state.next_value is not None else "",
        content=state.duty.content,
        reference=state.duty.legal_reference,
        note=state.duty.note,
    )


def _territory_result(territory: Territory, authority: Authority | None) -> SearchResult:
    return SearchResult(
        name=territory.name,
        kind_label=territory.nature or territory.get_kind_display(),
        place=territory.department_code,
        population=territory.population,
        territory=territory,
        authority=authority,
    )


def _typed_result(authority: Authority) -> SearchResult:
    return SearchResult(
        name=authority.name,
        kind_label=authority.get_kind_display(),
        place="",
        population=authority.population,
        territory=None,
        authority=authority,
    )
