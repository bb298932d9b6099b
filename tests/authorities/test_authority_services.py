"""Opening and correcting the space of an authority."""

from datetime import datetime

import pytest
from django.utils import timezone

from authorities.enums import AuthorityKind, Role, Track
from authorities.models import Authority, Event, Initiative, Membership
from authorities.services import AuthorityExistsError, create_authority, save_authority
from authorities.services.authorities import first_year_of_period
from authorities.tracks import propose_track
from common.versioning import StaleVersionError
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import make_territory

pytestmark = pytest.mark.django_db


def _create(user, territory=None, **fields) -> Authority:
    defaults = {"name": territory.name if territory else "Syndicat d’énergie", "kind": AuthorityKind.SYNDICATE}
    return create_authority(user=user, territory=territory, now=PARIS_NOON, **{**defaults, **fields})


def test_a_territory_brings_its_kind_population_and_siren():
    territory = make_territory(population=65_507, population_total=67_000)
    authority = _create(factories.make_user(), territory, agent_count=320, has_it_department=True)
    assert (authority.kind, authority.population, authority.siren, authority.territory) == (
        "epci_fp",
        65_507,
        territory.siren,
        territory,
    )
    assert authority.slug == "morlaix-communaute"
    assert authority.department_code == "29"


def test_the_creator_is_referent_and_participant_and_the_first_initiative_is_open():
    factories.make_service("referent")
    user = factories.make_user("ref@exemple.fr", full_name="Référente")
    authority = _create(user, make_territory())
    assert Membership.objects.get(authority=authority).role_set == {Role.REFERENT}
    initiative = Initiative.objects.get(authority=authority)
    # PARIS_NOON is 10 March 2026: the period begins this year and lasts three years.
    assert (initiative.number, initiative.is_current, initiative.period_label) == (1, True, "2026–2028")
    participant = initiative.participants.get()
    assert (participant.name, participant.email, participant.user, participant.accepted_at) == (
        "Référente",
        "ref@exemple.fr",
        user,
        PARIS_NOON,
    )
    assert Event.objects.get(authority=authority).verb == "a ouvert l’espace"


@pytest.mark.parametrize(
    ("month", "year"),
    [(1, 2026), (6, 2026), (7, 2027), (12, 2027)],
)
def test_the_first_year_is_the_next_one_from_july(month, year):
    assert first_year_of_period(datetime(2026, month, 15, tzinfo=timezone.get_default_timezone())) == year


@pytest.mark.parametrize(
    ("population", "has_it_department", "track"),
    [
        (3_499, True, Track.LIGHT),
        (3_500, True, Track.STANDARD),
        (60_000, False, Track.LIGHT),
        (60_000, True, Track.STANDARD),
        (None, True, Track.STANDARD),
        (None, False, Track.LIGHT),
        (3_500, None, Track.STANDARD),
        (800, None, Track.LIGHT),
    ],
)
def test_the_track_follows_population_and_it_department(population, has_it_department, track):
    proposal = propose_track(population, has_it_department)
    assert proposal.track == track
    assert proposal.reason.endswith(".")


def test_the_first_initiative_takes_the_proposed_track():
    territory = make_territory("Plougasnou", kind="commune", population=2_800, population_total=2_900)
    authority = _create(factories.make_user(), territory, has_it_department=False)
    assert authority.initiatives.get().track == Track.LIGHT


def test_slugs_are_unique_by_name_then_department_then_number():
    user = factories.make_user()
    first = _create(user, make_territory("Saint-Denis", department_code="93"))
    second = _create(user, make_territory("Saint-Denis", department_code="974"))
    third = _create(user, name="Saint-Denis")
    fourth = _create(user, name="Saint-Denis")
    slugs = [authority.slug for authority in (first, second, third, fourth)]
    assert slugs == ["saint-denis", "saint-denis-974", "saint-denis-2", "saint-denis-3"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Nouvelle", "nouvelle-2"),  # a word of the routes
        ("Rejoindre", "rejoindre-2"),
        ("Pays de L’Haÿ-les-Roses", "pays-de-l-hay-les-roses"),
        ("中文", "collectivite"),
        ("É" * 150, "e" * 70),
    ],
)
def test_slugs_of_odd_names(name, slug):
    assert _create(factories.make_user(), name=name).slug == slug


def test_a_territory_or_a_siren_opens_one_space_only():
    user = factories.make_user()
    territory = make_territory(siren="242900835")
    authority = _create(user, territory)
    with pytest.raises(AuthorityExistsError) as caught:
        _create(factories.make_user(), territory)
    assert caught.value.authority == authority
    with pytest.raises(AuthorityExistsError):
        _create(factories.make_user(), siren="242900835")
    assert Authority.objects.count() == 1


def test_two_authorities_without_siren_may_be_typed():
    _create(factories.make_user(), name="Syndicat A")
    _create(factories.make_user(), name="Syndicat B")
    assert Authority.objects.count() == 2


def _save(authority, user, **fields):
    values = {"population": 1, "agent_count": 400, "member_communes_count": 26, "has_it_department": True}
    save_authority(
        authority=authority,
        expected_version=fields.pop("expected_version", authority.version),
        actor=user,
        now=PARIS_NOON,
        **{**values, **fields},
    )


def test_facts_are_corrected_but_the_population_of_the_list_stays():
    user = factories.make_user()
    listed, typed = _create(user, make_territory(population=65_507)), _create(user, population=100)
    _save(listed, user)
    _save(typed, user)
    listed.refresh_from_db()
    typed.refresh_from_db()
    assert (listed.population, listed.agent_count, listed.member_communes_count) == (65_507, 400, 26)
    assert typed.population == 1


def test_a_stale_correction_is_refused():
    user = factories.make_user()
    authority = _create(user)
    _save(authority, user, agent_count=10)
    with pytest.raises(StaleVersionError) as caught:
        _save(Authority.objects.get(), user, agent_count=20, expected_version=1)
    assert caught.value.current.agent_count == 10
    assert Authority.objects.get().agent_count == 10


def test_an_account_called_by_a_long_address_opens_a_space():
    factories.make_service("referent")
    address = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 40}.fr"
    authority = _create(factories.make_user(address), name="Syndicat")
    participant = authority.initiatives.get().participants.get()
    assert (participant.name, participant.email) == (address[:150], address)
    assert Event.objects.get().actor_label == address[:150]
