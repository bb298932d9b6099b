"""Every route, every visitor: the two gates hold, and the objects of another authority do not exist.

Routes come from the resolver, objects are real on both sides. A cell: a route, a method, a visitor; all are counted.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.utils import timezone

import config.urls
from accounts.models import User
from authorities.access import SESSION_KEY
from authorities.enums import Role, Scope
from authorities.models import Meeting, Participant
from authorities.permissions import Permission, permissions_of, scopes_of
from diagnostics.models import Diagnosis, Evidence
from inventory.models import Inventory
from levers.models import Ballot
from roadmap.models import ActionSheet, Objective
from tests import factories
from tests.hostile import forms_of, is_refused
from tests.routes import SHARED, SHARED_ROUTES, Route, all_routes, arguments_of, close_files, variants_of
from tests.spaces import Space, build_space, kept_for_a_while, open_votes
from tests.walks.public import PUBLIC

pytestmark = pytest.mark.one_database

METHODS = ("get", "post")

# What a member who has the right may get instead of a page: redirect, method not allowed, form or state refused.
OPEN_STATUSES = {200, 302, 400, 405, 409, 422}
YEAR = timedelta(days=365)
Failures = list[str]


@dataclass
class Cells:
    """Counts the requests that were checked."""

    count: int = 0


@pytest.fixture(scope="module")
def spaces(space: Space, django_db_blocker) -> Iterator[tuple[Space, Space]]:
    """The authority of the package and a second one, which lasts as long as this module."""
    with kept_for_a_while(django_db_blocker):
        yield space, build_space("Redon Agglomération", "redon.example")


@pytest.fixture(params=["finished", "open"])
def walked(request, spaces, db) -> list[Route]:
    """The routes to walk: all when everything is closed; again, with a round and a ballot open on both sides, those
    of the applications that have rounds and ballots.
    """
    if request.param == "finished":
        return all_routes()
    for space in spaces:
        open_votes(space)
    return [route for route in all_routes() if route.name.startswith(("diagnostics:", "levers:"))]


@pytest.fixture
def cells(record_property: Callable[[str, Any], None]) -> Iterator[Cells]:
    counted = Cells()
    yield counted
    record_property("access cells", counted.count)


# Asking ---------------------------------------------------------------------------------------------------------------


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def ask(client: Client, method: str, url: str, data: dict[str, Any] | None = None) -> HttpResponse:
    """Send a request, by default with an empty body, and undo what it wrote."""
    with transaction.atomic():
        response = getattr(client, method)(url, data)
        transaction.set_rollback(True)
    close_files(response)
    return response


def expect(
    failures: Failures, cells: Cells, client: Client, route: Route, url: str, who: str, statuses: set[int]
) -> None:
    """Ask with each method and note the answers that are none of these statuses."""
    for method in METHODS:
        cells.count += 1
        response = ask(client, method, url)
        if response.status_code not in statuses:
            failures.append(f"{method.upper()} {route.name}, {who}: {response.status_code} ({url})")


def expect_absent(failures: Failures, cells: Cells, client: Client, route: Route, url: str, who: str) -> None:
    """Note the methods that answer anything but 404; one that the view does not take at all may say 405."""
    before = len(failures)
    expect(failures, cells, client, route, url, who, {404, 405})
    if len(failures) == before and all(ask(client, method, url).status_code == 405 for method in METHODS):
        failures.append(f"{route.name}, {who}: no method answers ({url})")


def routes_behind(gate: str, routes: list[Route] | None = None) -> list[Route]:
    return [route for route in routes or all_routes() if route.gate and route.gate[0] == gate]


def url_with(route: Route, arguments: dict[str, Any]) -> str:
    return reverse(route.name, kwargs=arguments)


def sheets_of(participant: Participant) -> QuerySet[ActionSheet]:
    return ActionSheet.objects.filter(lead_participant=participant)


def own_arguments(route: Route, space: Space, participant: Participant | None = None) -> dict[str, Any]:
    """Return what opens a route; a participant sees the sheets that they pilot and no other."""
    arguments = arguments_of(route, space.authority, participant)
    if participant is not None and route.name.startswith("roadmap:participant_sheet"):
        sheet = sheets_of(participant).first()
        arguments["pk"] = sheet.pk
        if "note_pk" in arguments:
            arguments["note_pk"] = sheet.notes.filter(author_participant=participant).first().pk
        if "file_pk" in arguments:
            arguments["file_pk"] = sheet.attachments.filter(added_by_participant=participant).first().pk
    if participant is not None and "evidence_pk" in arguments:
        arguments["evidence_pk"] = Evidence.objects.filter(rating__participant=participant).first().pk
    return arguments


def hostile_addresses(route: Route, own: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (changed parameters, address): each identifier of the other authority alone, then all of them."""
    namespace = route.name.split(":")[0]
    gate = {"authority_slug", "participant_pk"}
    names = [name for name in route.parameters if name not in gate and (namespace, name) not in SHARED]
    if route.name in SHARED_ROUTES:
        return []
    subsets = [[name] for name in names] + ([names] if len(names) > 1 else [])
    for name in names:
        assert own[name] != other[name], f"{route.name}: {name} is the same on both sides"
    return [(", ".join(some), url_with(route, own | {name: other[name] for name in some})) for some in subsets]


# Marks ----------------------------------------------------------------------------------------------------------------


def mark_failures(routes: list[Route]) -> Failures:
    """Return the routes whose gate is not the one that their parameters call for."""
    failures = []
    for route in routes:
        kind, right = route.gate or (None, None)
        if "authority_slug" in route.parameters:
            if kind != "authority" or not isinstance(right, Permission):
                failures.append(f"{route.name} lacks the gate of authorities")
        elif "participant_pk" in route.parameters:
            if kind != "participant" or not (right is None or isinstance(right, Scope)):
                failures.append(f"{route.name} lacks the gate of participants")
        elif kind is not None and kind != "staff":
            failures.append(f"{route.name} has a gate and no parameter for it")
    return failures


def test_every_route_bears_its_gate():
    routes = all_routes()
    assert mark_failures(routes) == []
    assert len(routes) > 100


def test_every_pattern_has_a_name():
    """A route without name would be left out of the list."""

    def unnamed(patterns: list[Any], prefix: str = "") -> Iterator[str]:
        for item in patterns:
            pattern = prefix + str(item.pattern)
            if pattern.startswith("administration/"):
                continue
            if isinstance(item, URLResolver):
                yield from unnamed(item.url_patterns, pattern)
            elif isinstance(item, URLPattern) and not item.name:
                yield pattern

    assert list(unnamed(get_resolver().url_patterns)) == []


def test_names_are_not_shared_between_patterns():
    names = [route.name for route in all_routes()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_routes_without_gate_are_public_by_list_or_ask_for_a_session():
    ungated = {route.name: route for route in all_routes() if route.gate is None}
    public = {name for name, route in ungated.items() if not getattr(route.view, "login_required", True)}
    assert public == set(PUBLIC)


def test_other_routes_send_anonymous_people_to_the_login_page(spaces, db, cells):
    first, _second = spaces
    failures: Failures = []
    for route in all_routes():
        if route.gate is None and route.name not in PUBLIC:
            url = url_with(route, own_arguments(route, first))
            check_login_redirect(failures, cells, route, url)
    assert failures == []


def check_login_redirect(failures: Failures, cells: Cells, route: Route, url: str) -> None:
    for method in METHODS:
        cells.count += 1
        response = ask(Client(), method, url)
        if response.status_code != 302 or not response.headers["Location"].startswith(reverse(settings.LOGIN_URL)):
            failures.append(f"{method.upper()} {route.name}, anonymous: {response.status_code} ({url})")


def test_administration_is_closed_to_members(spaces, db):
    first, _second = spaces
    response = client_of(first.referent).get(reverse("admin:index"))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("admin:login"))


# The gate of authorities --------------------------------------------------------------------------------------------


def test_anonymous_people_are_sent_to_the_login_page(spaces, db, cells):
    first, _second = spaces
    failures: Failures = []
    for route in routes_behind("authority"):
        check_login_redirect(failures, cells, route, url_with(route, own_arguments(route, first)))
    assert failures == []


def stranger_failures(routes: list[Route], victim: Space, stranger: Space, cells: Cells) -> Failures:
    """Return where the référent of an authority gets anything but 404 in the space of another one."""
    failures: Failures = []
    client = client_of(stranger.referent)
    for route in routes:
        url = url_with(route, own_arguments(route, victim))
        expect(failures, cells, client, route, url, "référent of another authority", {404})
    return failures


def test_strangers_do_not_see_the_space(spaces, walked, cells):
    first, second = spaces
    assert stranger_failures(routes_behind("authority", walked), first, second, cells) == []


def hostile_failures(routes: list[Route], own: Space, other: Space, cells: Cells) -> Failures:
    """Return where a référent reaches the objects of another authority from their own space."""
    failures: Failures = []
    client = client_of(own.referent)
    for route in routes:
        for changed, url in hostile_addresses(route, own_arguments(route, own), own_arguments(route, other)):
            expect_absent(failures, cells, client, route, url, f"{changed} of another authority")
    return failures


def test_identifiers_of_another_authority_do_not_exist(spaces, walked, cells):
    first, second = spaces
    assert hostile_failures(routes_behind("authority", walked), first, second, cells) == []


@pytest.mark.parametrize("role", list(Role))
def test_members_may_do_what_their_role_says(role: Role, spaces, walked, cells):
    first, _second = spaces
    granted = permissions_of([role])
    client = client_of(first.members[role])
    failures: Failures = []
    for route in routes_behind("authority", walked):
        url = url_with(route, own_arguments(route, first))
        statuses = OPEN_STATUSES if route.gate[1] in granted else {403}
        expect(failures, cells, client, route, url, role.value, statuses)
    assert failures == []


def foreign_keys(space: Space) -> set[str]:
    """Return identifiers of every kind of object that a form may offer."""
    models = (Participant, Objective, ActionSheet, Inventory, Ballot, Diagnosis, Meeting)
    found = [model.objects.for_initiative(space.initiative).values_list("pk", flat=True) for model in models]
    return {str(pk) for pks in found for pk in pks}


def test_forms_refuse_the_objects_of_another_authority(spaces, walked, cells):
    """Each list of objects that a form offers is sent an object of the other authority, as a forged form would."""
    first, second = spaces
    client, failures = client_of(first.referent), []
    foreign = foreign_keys(second) - foreign_keys(first)
    urls = [
        url_with(route, arguments)
        for route in routes_behind("authority", walked)
        for arguments in variants_of(own_arguments(route, first))
    ]
    for url in urls:
        response = client.get(url)
        html = response.content.decode() if response.headers.get("Content-Type", "").startswith("text/html") else ""
        close_files(response)
        for form in forms_of(url, html):
            for name, options in form.options.items():
                if form.method != "post" or not all(option.isdigit() for option in options if option):
                    continue
                for key in sorted(foreign - options)[:3]:
                    cells.count += 1
                    response = ask(client, "post", form.action, form.values | {name: key})
                    if not is_refused(response):
                        failures.append(f"{form.action}, {name}={key}: {response.status_code}")
    assert failures == []


def test_pages_of_the_administration_open_to_its_accounts_only(spaces, db, cells):
    (first, _second), failures = spaces, []
    for route in routes_behind("staff"):
        url = url_with(route, own_arguments(route, first))
        check_login_redirect(failures, cells, route, url)
        expect(failures, cells, client_of(first.referent), route, url, "référent", {404})
        expect(failures, cells, client_of(first.staff), route, url, "administration", OPEN_STATUSES | {404})
    assert failures == []


# The gate of participants ---------------------------------------------------------------------------------------------


def participant_with(space: Space, scope: Scope | None) -> Participant:
    """Return somebody whose roles open this scope; of the committee, and pilot of an action, when there is one."""
    able = [person for person in space.participants if scope is None or scope in scopes_of(person.role_set)]
    return max(able, key=lambda person: (Role.COMMITTEE in person.role_set, sheets_of(person).exists()))


def browser_with(participant: Participant, *, scopes: list[str] | None = None, **fields: Any) -> Client:
    """Return a browser whose session holds a link of this participant."""
    link = factories.make_link(participant, scopes=[str(scope) for scope in Scope] if scopes is None else scopes)
    if fields:
        type(link).objects.filter(pk=link.pk).update(**fields)
    client = Client(raise_request_exception=False)
    session = client.session
    session[SESSION_KEY] = {str(participant.pk): link.pk}
    session.save()
    return client


def refused_browsers(own: Space, other: Space, participant: Participant) -> dict[str, Client]:
    """Return the browsers that must not open the pages of this participant."""
    now = timezone.now()
    colleague = next(person for person in own.participants if person.pk != participant.pk)
    stranger = other.participants[0]
    forged = browser_with(stranger)
    session = forged.session
    # A session that would hold, under the key of the participant, the link of somebody else.
    session[SESSION_KEY] = {str(participant.pk): session[SESSION_KEY][str(stranger.pk)]}
    session.save()
    return {
        "nobody": Client(raise_request_exception=False),
        "account without link": client_of(own.referent),
        "colleague": browser_with(colleague),
        "participant of another authority": browser_with(stranger),
        "link of somebody else": forged,
        "revoked link": browser_with(participant, revoked_at=now),
        "expired link": browser_with(participant, created_at=now - YEAR, expires_at=now - timedelta(seconds=1)),
    }


def test_personal_pages_open_to_their_own_link_only(spaces, walked, cells):
    first, second = spaces
    failures: Failures = []
    browsers: dict[int, dict[str, Client]] = {}
    for route in routes_behind("participant", walked):
        participant = participant_with(first, route.gate[1])
        if participant.pk not in browsers:
            browsers[participant.pk] = refused_browsers(first, second, participant)
        url = url_with(route, own_arguments(route, first, participant))
        for who, client in browsers[participant.pk].items():
            expect(failures, cells, client, route, url, who, {404})
    assert failures == []


def test_personal_pages_close_with_the_seat_of_the_participant(spaces, db, cells):
    first, _second = spaces
    failures: Failures = []
    for route in routes_behind("participant"):
        participant = participant_with(first, route.gate[1])
        url = url_with(route, own_arguments(route, first, participant))
        client = browser_with(participant)
        with transaction.atomic():
            Participant.objects.filter(pk=participant.pk).update(is_active=False)
            expect(failures, cells, client, route, url, "participant who left", {404})
            transaction.set_rollback(True)
    assert failures == []


def test_personal_pages_ask_for_their_scope(spaces, walked, cells):
    first, _second = spaces
    failures: Failures = []
    for route in routes_behind("participant", walked):
        wanted = route.gate[1]
        participant = participant_with(first, wanted)
        url = url_with(route, own_arguments(route, first, participant))
        others = [str(scope) for scope in Scope if scope != wanted]
        statuses = OPEN_STATUSES if wanted is None else {403}
        expect(failures, cells, browser_with(participant, scopes=others), route, url, "other scopes", statuses)
        expect(failures, cells, browser_with(participant), route, url, "the link", OPEN_STATUSES)
    assert failures == []


def test_personal_pages_refuse_identifiers_of_another_authority(spaces, walked, cells):
    first, second = spaces
    failures: Failures = []
    for route in routes_behind("participant", walked):
        participant, stranger = participant_with(first, route.gate[1]), participant_with(second, route.gate[1])
        own, other = own_arguments(route, first, participant), own_arguments(route, second, stranger)
        client = browser_with(participant)
        for changed, url in hostile_addresses(route, own, other):
            expect_absent(failures, cells, client, route, url, f"{changed} of another authority")
    assert failures == []


# These tests fail when they should ------------------------------------------------------------------------------------


def ungated(route: Route) -> Route:
    """Return the route with the view as it is without its gate."""
    view = inspect.unwrap(route.view)
    return replace(route, view=view)


@pytest.mark.parametrize("gate", ["authority", "participant"])
def test_a_removed_gate_is_seen_by_its_mark(gate: str):
    for route in routes_behind(gate):
        assert mark_failures([ungated(route)]) != []


def everything(request: Any, **_arguments: Any) -> HttpResponse:
    return HttpResponse("tout")


def test_a_gate_that_lets_everybody_in_is_seen(spaces, db, settings):
    """A view that bears the mark and checks nothing is found by each of the walks."""
    first, second = spaces
    route = next(item for item in routes_behind("authority") if item.name == "authorities:document_update")
    urls = ModuleType("urls_with_a_hole")
    vars(urls).update(vars(config.urls), urlpatterns=[path(route.pattern, everything), *config.urls.urlpatterns])
    settings.ROOT_URLCONF = urls
    assert len(stranger_failures([route], first, second, Cells())) == 2
    assert len(hostile_failures([route], first, second, Cells())) == 2


def test_a_route_that_nothing_fills_fails(spaces, db):
    first, _second = spaces
    unknown = Route("authorities:mystery", "mystery/<int:mystery_pk>/", ("mystery_pk",), everything)
    with pytest.raises(KeyError, match="nothing fills mystery_pk"):
        own_arguments(unknown, first)
