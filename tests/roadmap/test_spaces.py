"""« Vos collectivités »: the state of each authority as its dashboard says it, the order of urgency, the filters."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from authorities.access import AuthorityAccess
from authorities.enums import Role
from authorities.models import Initiative, Membership, Participant
from authorities.permissions import permissions_of
from authorities.selectors import own_spaces
from levers.models import Ballot
from roadmap.models import RoadmapVersion
from roadmap.selectors.dashboard import dashboard
from roadmap.selectors.path import read_paths
from roadmap.selectors.spaces import ASKED, SpaceFilters, SpaceOrder, choose_rows, space_rows
from tests import factories, factories_levers
from tests.factories import PARIS_NOON
from tests.factories_authorities import client_of, make_meeting
from tests.factories_diagnostics import make_diagnosis, make_finished_diagnosis, relative_round
from tests.factories_inventory import make_frozen
from tests.factories_roadmap import make_decision, make_full_sheet, make_resolution, make_roadmap, make_version
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
NOW = PARIS_NOON
MAX_QUERIES = 15


def _prepare(initiative: Initiative) -> list[Participant]:
    """Complete the preparation; the committee is returned."""
    factories.make_participant(initiative, roles=("elected",))
    make_meeting(initiative)
    return [factories.make_participant(initiative, service=code) for code in ("dsi", "achats", "rh", "finances")]


def _rating(initiative: Initiative) -> None:
    make_diagnosis(initiative, _prepare(initiative), **relative_round(NOW))


def _agreeing(initiative: Initiative) -> None:
    make_diagnosis(initiative, _prepare(initiative), **relative_round(NOW, days_left=-5))


def _agreed(initiative: Initiative) -> None:
    _prepare(initiative)
    make_frozen(initiative, factories.make_user())
    make_finished_diagnosis(initiative, {"PAR-1": 1, "PAR-2": 2})


def _voting(initiative: Initiative, *, days_left: int = 3) -> Ballot:
    _agreed(initiative)
    voters = [person for person in initiative.participants.all() if person.roles == ["committee"]]
    closes_at = NOW + timedelta(days=days_left)
    return factories_levers.make_ballot(
        initiative, voters=voters, opens_at=NOW - timedelta(days=9), closes_at=closes_at
    )


def _retained(initiative: Initiative) -> None:
    for lever in factories_levers.ballot_levers(_voting(initiative, days_left=-1)):
        make_decision(initiative, lever)


def _frozen(initiative: Initiative) -> RoadmapVersion:
    _retained(initiative)
    roadmap = make_roadmap(initiative)
    for _ in range(3):
        make_full_sheet(roadmap)
    return make_version(roadmap)


def _adopted(initiative: Initiative) -> None:
    make_resolution(_frozen(initiative))


STAGES = {
    "Bords": lambda initiative: None,
    "Avis": _rating,
    "Accord": _agreeing,
    "Constat": _agreed,
    "Vote": _voting,
    "Choix": _retained,
    "Figée": _frozen,
    "Votée": _adopted,
}


def _join(user: User, name: str, *roles: str, **fields) -> Initiative:
    authority = factories.make_authority(name)
    Membership.objects.create(authority=authority, user=user, roles=list(roles))
    Initiative.objects.filter(authority=authority).update(**fields)
    return authority.initiatives.select_related("authority").get()


def _every_stage(user: User, *roles: str, times: int = 1) -> list[Initiative]:
    """Make one authority at each stage of the path, `times` times over."""
    initiatives = []
    for turn in range(times):
        for name, advance in STAGES.items():
            initiative = _join(user, f"{name} {turn}", *roles)
            advance(initiative)
            initiatives.append(initiative)
    return initiatives


def _rows(user: User):
    return space_rows(own_spaces(user).spaces, user=user, now=NOW)


def _names(rows) -> list[str]:
    return [row.authority.name for row in rows]


@pytest.mark.parametrize(
    "roles", [("referent",), ("adviser",), ("elected",), ("contributor",), ("committee",), ("adviser", "elected")]
)
def test_each_line_says_what_the_dashboard_says(roles):
    user = factories.make_user()
    for initiative in _every_stage(user, *roles):
        factories.make_participant(initiative, user=user, name="Moi")
    rows = _rows(user)
    assert len(rows) == len(STAGES)
    for row in rows:
        found = frozenset(Role(role) for role in roles)
        access = AuthorityAccess(row.authority, row.space.initiative, user, found, permissions_of(found))
        board = dashboard(access, now=NOW)
        assert row.current == board.current
        assert row.action == board.action
        assert row.is_seat_awaited == (board.participation is not None)
        assert row.awaited_count == sum(len(group.items) + group.more for group in board.awaited)


def test_the_paths_of_many_are_those_of_each():
    user = factories.make_user()
    initiatives = _every_stage(user, "referent", times=2)
    together = read_paths(initiatives, user=user, now=NOW)
    assert list(together) == [initiative.pk for initiative in initiatives]
    for initiative in initiatives:
        assert together[initiative.pk] == read_paths([initiative], user=user, now=NOW)[initiative.pk]
    assert len({path.current.title + path.current.summary for path in together.values()}) == len(STAGES)


def test_the_nearest_council_comes_first_and_the_adopted_last():
    user = factories.make_user()
    for name, role, council_on in [
        ("Loin", "adviser", date(2026, 12, 1)),
        ("Proche", "adviser", date(2026, 3, 20)),
        ("Passé", "adviser", date(2026, 3, 1)),
        ("Sans date", "adviser", None),
        ("Rien à faire", "committee", date(2026, 3, 12)),
    ]:
        _join(user, name, role, council_on=council_on)
    _adopted(_join(user, "Adoptée", "adviser", council_on=date(2026, 3, 11)))
    rows = _rows(user)
    assert _names(rows) == ["Passé", "Proche", "Loin", "Sans date", "Rien à faire", "Adoptée"]
    labels = [row.council_label for row in rows]
    assert labels[0] == "Le conseil du 1er mars 2026 est passé, sans vote enregistré"
    assert labels[1] == "Conseil dans 10 jours, le 20 mars 2026"
    assert labels[3] == "Date du conseil à fixer"
    assert labels[5] == "Feuille de route adoptée"
    assert [row.is_late for row in rows] == [True, False, False, False, False, False]


def test_a_version_frozen_after_the_adoption_leaves_it_recorded():
    user = factories.make_user()
    adopted = _frozen(_join(user, "Adoptée", "referent", council_on=date(2026, 3, 1)))
    make_resolution(adopted)
    make_version(adopted.roadmap, number=2)
    _join(user, "Proche", "referent", council_on=date(2026, 3, 20))

    proche, row = _rows(user)

    assert (proche.authority.name, row.authority.name) == ("Proche", "Adoptée")
    assert (row.is_adopted, row.is_settled, row.is_late) == (True, False, False)
    assert row.council_label == "Feuille de route adoptée"
    Initiative.objects.filter(pk=adopted.roadmap.initiative_id).update(council_on=date(2026, 3, 15))
    assert _rows(user)[0].council_label == "Conseil dans 5 jours, le 15 mars 2026"


def test_somebody_added_during_the_ballot_does_not_bring_the_path_back():
    user = factories.make_user()
    initiative = _join(user, "Vote", "referent")
    _rating(initiative)
    [row] = _rows(user)
    assert row.step_label.startswith("Étape 2 sur 6")
    for _ in range(30):
        factories.make_participant(initiative, accepted_at=None)

    [row] = _rows(user)
    path = read_paths([initiative], user=user, now=NOW)[initiative.pk]

    assert row.step_label.startswith("Étape 2 sur 6")
    assert path.step("preparation").missing
    assert path.missing == (*path.step("preparation").missing, *path.step("diagnosis").missing)


def test_an_inventory_alone_does_not_leave_the_preparation():
    user = factories.make_user()
    initiative = _join(user, "Parc", "referent")
    make_frozen(initiative, user)
    assert _rows(user)[0].current.code == "preparation"


def test_the_adviser_is_never_asked_to_vote_or_to_validate():
    user = factories.make_user()
    _every_stage(user, "adviser")
    actions = {row.authority.name: row.action.title if row.action else "" for row in _rows(user)}
    assert actions["Bords 0"] == "Ajouter l’élu qui porte la démarche"
    assert not [title for title in actions.values() if "alid" in title or "délibération" in title or "scrutin" in title]


def test_filters_keep_what_they_say():
    user = factories.make_user()
    _every_stage(user, "referent")
    _join(user, "Étel", "committee")
    rows = _rows(user)
    assert _names(choose_rows(rows, SpaceFilters(words="etel"))) == ["Étel"]
    assert "Étel" not in _names(choose_rows(rows, SpaceFilters(shown=ASKED)))
    assert _names(choose_rows(rows, SpaceFilters(shown="follow_up"))) == ["Votée 0"]
    assert "Bords 0" in _names(choose_rows(rows, SpaceFilters(shown="preparation")))
    by_name = _names(choose_rows(rows, SpaceFilters(order=SpaceOrder.NAME)))
    assert by_name[:3] == ["Accord 0", "Avis 0", "Bords 0"]


@pytest.mark.parametrize("times", [1, 4])
def test_the_page_stays_within_its_budgets(times):
    user = factories.make_user()
    for initiative in _every_stage(user, "adviser", "committee", times=times):
        person = factories.make_participant(initiative, user=user)
        if initiative.authority.name == "Bords 0":
            # A round in preparation reads the coverage of its questions.
            make_diagnosis(initiative, [person], opened_at=None)
    client = client_of(user)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse("roadmap:space_list"))
    assert len(queries) <= MAX_QUERIES
    html = response.content.decode()
    assert html.count('class="space"') == min(8 * times, 12)
    assert ("Pages de la liste" in html) == (times > 1)


def test_what_the_address_cannot_mean_is_said_and_does_not_filter():
    user = factories.make_user()
    _join(user, "Une", "referent")
    _join(user, "Deux", "referent")
    response = client_of(user).get(reverse("roadmap:space_list"), {"montrer": "inconnu", "tri": "x", "page": "99999"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Une" in html and "Deux" in html and "Choisissez" in html


def test_one_authority_is_shown_without_filters():
    user = factories.make_user()
    _join(user, "Seule", "referent")
    html = client_of(user).get(reverse("roadmap:space_list")).content.decode()
    assert "Chercher et ranger" not in html and "Étape 1 sur 6" in html


def test_an_empty_answer_says_what_to_try():
    user = factories.make_user()
    _join(user, "Une", "referent")
    _join(user, "Deux", "referent")
    html = client_of(user).get(reverse("roadmap:space_list"), {"mots": "introuvable"}).content.decode()
    assert "Essayez un autre nom" in html and 'class="space"' not in html
