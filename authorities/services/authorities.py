"""Creation and correction of the space of an authority."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from authorities.enums import AuthorityKind, Perimeter, Role
from authorities.events import record_event
from authorities.models import Authority, Initiative, Membership, Participant
from authorities.tracks import propose_track
from common.errors import DomainError
from common.versioning import save_versioned
from reference.models import Service, Territory

# Words that follow /collectivites/ in the routes of the site.
RESERVED_SLUGS = frozenset({"nouvelle", "rejoindre", "participation"})
REFERENT_SERVICE_CODE = "referent"
DEFAULT_PERIOD_YEARS = 3
# An account without name is called by its address, which may be longer than the name of a participant.
NAME_LENGTH = 150


class AuthorityExistsError(DomainError):
    """The authority already has a space; `authority` is the one to join."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(f"{authority.name} a déjà un espace : demandez à le rejoindre.")
        self.authority = authority


@transaction.atomic
def create_authority(
    *,
    user: User,
    name: str,
    kind: AuthorityKind,
    now: datetime,
    territory: Territory | None = None,
    nature: str = "",
    siren: str = "",
    population: int | None = None,
    agent_count: int | None = None,
    member_communes_count: int | None = None,
    has_it_department: bool | None = None,
    is_demonstration: bool = False,
) -> Authority:
    """Open the space of an authority, with its first démarche and its creator as référent and participant.

    A territory of the national list brings its kind, nature, SIREN and municipal population.
    Raises `AuthorityExistsError` when the territory or the SIREN already has a space.
    """
    if territory is not None:
        kind, nature, siren = AuthorityKind(territory.kind), territory.nature, territory.siren
        population = territory.population
    _refuse_twin(territory, siren)
    try:
        with transaction.atomic():
            authority = Authority.objects.create(
                slug=_free_slug(name, territory),
                name=name,
                kind=kind,
                nature=nature,
                siren=siren,
                territory=territory,
                population=population,
                agent_count=agent_count,
                member_communes_count=member_communes_count,
                has_it_department=has_it_department,
                is_demonstration=is_demonstration,
            )
    except IntegrityError:
        _refuse_twin(territory, siren)
        raise DomainError("Une autre personne crée cet espace en ce moment. Recommencez dans un instant.") from None
    Membership.objects.create(authority=authority, user=user, roles=[Role.REFERENT.value])
    initiative = _open_first_initiative(authority, now)
    _add_referent(initiative, user, now)
    record_event(authority=authority, initiative=initiative, verb="a ouvert l’espace", now=now, actor=user)
    return authority


@transaction.atomic
def save_authority(
    *,
    authority: Authority,
    expected_version: int,
    population: int | None,
    agent_count: int | None,
    member_communes_count: int | None,
    has_it_department: bool | None,
    actor: User,
    now: datetime,
) -> Authority:
    """Correct the facts of an authority. The population of a territory of the list is that of the list."""
    if authority.territory_id is None:
        authority.population = population
    authority.agent_count = agent_count
    authority.member_communes_count = member_communes_count
    authority.has_it_department = has_it_department
    save_versioned(
        authority,
        expected_version=expected_version,
        update_fields=["population", "agent_count", "member_communes_count", "has_it_department"],
    )
    record_event(authority=authority, verb="a corrigé la fiche de la collectivité", now=now, actor=actor)
    return authority


def _refuse_twin(territory: Territory | None, siren: str) -> None:
    twin = None
    if territory is not None:
        twin = Authority.objects.filter(territory=territory).first()
    if twin is None and siren:
        twin = Authority.objects.filter(siren=siren).first()
    if twin is not None:
        raise AuthorityExistsError(twin)


def _free_slug(name: str, territory: Territory | None) -> str:
    """Return a slug that nobody has: the name, then with the department, then with a number."""
    base = slugify(name.replace("’", " ").replace("'", " "))[:70].strip("-") or "collectivite"
    taken = set(Authority.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    candidates = [base]
    if territory is not None:
        candidates.append(f"{base}-{territory.department_code.lower()}")
    number = 2
    while candidates and candidates[0] in taken:
        candidates.pop(0)
        if not candidates:
            candidates.append(f"{base}-{number}")
            number += 1
    return candidates[0]


def _open_first_initiative(authority: Authority, now: datetime) -> Initiative:
    return Initiative.objects.create(
        authority=authority,
        number=1,
        track=propose_track(authority.population, authority.has_it_department).track,
        perimeter=Perimeter.INTERNAL,
        period_start_year=first_year_of_period(now),
        period_years=DEFAULT_PERIOD_YEARS,
    )


def first_year_of_period(now: datetime) -> int:
    """Return the first year that a roadmap begun now can cover: this one before July, else the next.

    Four to six months lead to the vote, so that a démarche begun in July is adopted in the following year.
    """
    today = timezone.localdate(now)
    return today.year if today.month < 7 else today.year + 1


def _add_referent(initiative: Initiative, user: User, now: datetime) -> None:
    """Make the creator a participant; without the reference data there is no service to give, and nothing is added."""
    service = Service.objects.filter(code=REFERENT_SERVICE_CODE).first()
    if service is None:
        return
    Participant.objects.create(
        initiative=initiative,
        name=user.get_full_name()[:NAME_LENGTH],
        email=user.email,
        function="Référent numérique responsable",
        service=service,
        roles=[Role.REFERENT.value],
        user=user,
        accepted_at=now,
    )
