"""National figures: groups of five authorities at least, no illustration, no answer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorities.models import Authority
from common.aggregates import Quartiles
from levers.enums import Verdict
from reference.models import PopulationStratum
from roadmap.selectors.national import GroupCount, RetainedLever, national_figures
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import client_of
from tests.factories_diagnostics import make_finished_diagnosis
from tests.factories_inventory import make_frozen
from tests.factories_levers import make_catalogue
from tests.factories_roadmap import make_decision
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
URL = reverse("roadmap:national_figures")
QUERIES = 18


@pytest.fixture(autouse=True)
def strata():
    for position, (code, kind, start) in enumerate(
        [("villes", "commune", 0), ("petits", "epci_fp", 0), ("grands", "epci_fp", 50_001)]
    ):
        PopulationStratum.objects.create(
            code=code, name=code.capitalize(), kind=kind, population_from=start, position=position
        )


@pytest.fixture
def staff():
    return factories.make_user("national@exemple.fr", is_staff=True)


def _make_authorities(count: int, **fields) -> list[Authority]:
    return [factories.make_authority(**fields) for _ in range(count)]


def _walk(authority: Authority, rank: int) -> None:
    """Give it a diagnosis at level `rank`, a frozen inventory, and the first lever kept by all, the second by one."""
    initiative = authority.initiatives.get()
    make_finished_diagnosis(initiative, {"ACH-1": rank})
    Authority.objects.filter(pk=authority.pk).update(agent_count=100 * (rank + 1))
    initiative.authority.refresh_from_db()
    make_frozen(initiative, factories.make_member(authority, "referent"))
    first, second = make_catalogue(2).levers.all()
    make_decision(initiative, first)
    make_decision(initiative, second, Verdict.RETAINED if rank == 0 else Verdict.DISMISSED)


def _read(**fields):
    return national_figures(**{"group": "", "now": PARIS_NOON, **fields})


def test_nothing_is_said_of_four_authorities():
    for authority in _make_authorities(4):
        _walk(authority, 1)
    figures = _read()
    assert (figures.total, figures.maturity, figures.ratios, figures.levers, figures.steps) == (None, [], [], [], [])
    assert figures.groups == [GroupCount("grands", "Grands", None)]


def test_five_authorities_have_quartiles_and_shares():
    for rank, authority in enumerate(_make_authorities(5)):
        _walk(authority, rank)
    figures = _read()
    purchases = next(spread for spread in figures.maturity if spread.label == "Achats et commande publique")
    assert (figures.total, figures.deciding_count) == (5, 5)
    assert purchases.quartiles == Quartiles(count=5, low=1, median=2, high=3)
    # 1 500 terminals of the worked example, for 100 to 500 agents.
    terminals = figures.ratios[0].quartiles
    assert terminals is not None and terminals.median == pytest.approx(terminals.high * 200 / 300)
    # The second lever is kept by one authority alone: it is not told.
    assert figures.levers == [RetainedLever("Levier LEV-01", 5, 100)]


def test_an_illustration_does_not_count():
    _make_authorities(4)
    _make_authorities(1, is_demonstration=True)
    assert _read().total is None


def test_a_small_group_is_hidden_with_another_and_has_no_figure():
    _make_authorities(6, population=60_000)
    _make_authorities(7, kind="commune", population=60_000)
    _make_authorities(2, population=1_000)
    figures = _read()
    # 15 in all: two small ones alone could be worked out, so that the six others are hidden too.
    assert figures.groups == [
        GroupCount("villes", "Villes", 7),
        GroupCount("petits", "Petits", None),
        GroupCount("grands", "Grands", None),
    ]
    assert _read(group="villes").total == 7
    assert [_read(group=code).total for code in ("petits", "grands", "inconnue")] == [None, None, None]


def test_queries_do_not_grow():
    for rank, authority in enumerate(_make_authorities(5)):
        _walk(authority, rank)
    with CaptureQueriesContext(
        connection,
    ) as few:
        _read()
    for authority in _make_authorities(4):
        _walk(authority, 2)
    with CaptureQueriesContext(connection) as many:
        _read()
    assert (len(few), len(many)) == (QUERIES, QUERIES)


def test_the_page_is_for_the_national_administration(staff, authority, referent):
    named = [authority, *_make_authorities(5)]
    answer = client_of(staff).get(URL)
    assert answer.status_code == 200
    content = answer.content.decode()
    assert "6 collectivités" in content
    assert [item.name for item in named if item.name in content] == []
    assert client_of(referent).get(URL).status_code == 404
