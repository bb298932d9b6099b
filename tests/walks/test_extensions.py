"""Two people put the same closing off: both dates are shown, and keeping the other one’s asks for nothing more.

The base is read, not the page: a form proposes another closing than the one that it holds.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from authorities.models import Event
from common.dates import format_day
from diagnostics.models import Diagnosis
from levers.models import Ballot
from tests.routes import all_routes
from tests.spaces import Space, kept_for_a_while, open_votes
from tests.walks.test_stale import EXTENSIONS, browser_for, errors_of, find_form, form_at, text_of

MODELS: dict[str, type[Diagnosis] | type[Ballot]] = {
    "diagnostics:diagnosis_extend": Diagnosis,
    "levers:ballot_extend": Ballot,
}


@pytest.fixture(scope="module")
def space(space: Space, django_db_blocker) -> Iterator[Space]:
    """The authority of the package, with a round and a ballot open while this module runs."""
    with kept_for_a_while(django_db_blocker):
        open_votes(space)
        yield space


def test_every_extension_is_tested():
    assert set(MODELS) == EXTENSIONS


@pytest.mark.parametrize(("mine", "theirs"), [(30, 20), (20, 30)])
@pytest.mark.parametrize("key", MODELS)
def test_two_extensions_show_both_closings_and_either_is_kept(key: str, mine: int, theirs: int, space: Space, db):
    """Keeping the other closing changes nothing and says so; keeping one’s own is refused only when it is earlier."""
    route = next(item for item in all_routes() if item.name == key)
    first_browser, arguments = browser_for(space, route)
    second_browser, _ = browser_for(space, route)
    url = reverse(key, kwargs=arguments)
    one, two = form_at(first_browser, url, key), form_at(second_browser, url, key)
    day = timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0)
    sent = {days: (day + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M") for days in (mine, theirs)}

    def stored() -> tuple[str, int, int]:
        edited = MODELS[key].objects.get(pk=arguments["pk"])
        return timezone.localtime(edited.closes_at).strftime("%Y-%m-%dT%H:%M"), edited.version, Event.objects.count()

    assert first_browser.post(one.action, one.values | {"closes_at": sent[theirs]}).status_code == 302
    before = stored()
    stale = second_browser.post(two.action, two.values | {"closes_at": sent[mine]})
    assert stale.status_code == 409, errors_of(stale)
    again, page = find_form(url, stale, key), text_of(stale)
    assert all(format_day(day + timedelta(days=days)) in page for days in (mine, theirs))
    with transaction.atomic():
        done = second_browser.post(again.action, again.values | {"keep-closes_at": "theirs"}, follow=True)
        assert done.redirect_chain != [], errors_of(done)
        assert "Rien n’a changé" in text_of(done)
        assert format_day(day + timedelta(days=theirs)) in text_of(done)
        assert stored() == before == (sent[theirs], *before[1:])
        transaction.set_rollback(True)
    with transaction.atomic():
        done = second_browser.post(again.action, again.values | {"keep-closes_at": "mine"})
        assert done.status_code == (302 if mine > theirs else 422), errors_of(done)
        assert stored()[0] == sent[max(mine, theirs)]
        transaction.set_rollback(True)
    # A third person moved the closing while the two were being compared: they are shown again, nothing is dropped.
    third = form_at(first_browser, url, key)
    later = (day + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    assert first_browser.post(third.action, third.values | {"closes_at": later}).status_code == 302
    for way in ("mine", "theirs"):
        assert second_browser.post(again.action, again.values | {"keep-closes_at": way}).status_code == 409
    assert stored()[0] == later
