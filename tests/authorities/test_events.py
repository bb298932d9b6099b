"""The audit trail: changes of values, its page, the page of an event."""

import pytest
from django.urls import reverse

from authorities.enums import EventKind
from authorities.events import changes_between, record_event
from authorities.selectors.events import summary_of
from tests import factories
from tests.factories import PARIS_NOON as NOW

pytestmark = pytest.mark.django_db

LABELS = {"status": "état", "lead": "pilote", "aim": "but", "budget": "budget", "risks": "risques"}


def change(field: str, before: str, after: str) -> dict[str, str]:
    return {"field": field, "label": LABELS[field], "before": before, "after": after}


def test_changes_name_only_what_differs_and_an_absent_value_is_empty():
    before = {"status": "à lancer", "lead": "Anne", "aim": "Réduire"}
    after = {"status": "en cours", "aim": "Réduire", "budget": "0"}
    assert changes_between(before, after, LABELS.__getitem__) == [
        change("status", "à lancer", "en cours"),
        change("lead", "Anne", ""),
        change("budget", "", "0"),
    ]


@pytest.mark.parametrize(
    ("changes", "summary"),
    [
        ([], ""),
        (
            [change("status", "à lancer", "en cours")],
            "état\u00a0: «\u00a0à lancer\u00a0» devient «\u00a0en cours\u00a0»",
        ),
        ([change("lead", "", "Anne")], "pilote\u00a0: (vide) devient «\u00a0Anne\u00a0»"),
        ([change("aim", "", "x" * 61)], "but"),
        ([change(field, "", "1") for field in ("status", "lead", "aim")], "état, pilote, but"),
        ([change(field, "", "1") for field in list(LABELS)[:4]], "état, pilote, but et une autre valeur"),
        ([change(field, "", "1") for field in LABELS], "état, pilote, but et 2 autres valeurs"),
    ],
)
def test_summary_tells_one_short_value_or_names_the_fields(changes, summary):
    assert summary_of(changes) == summary


def make_event(authority, **fields):
    values = {"verb": "a modifié la fiche 1", "now": NOW, "actor": None, "kind": EventKind.SHEET}
    return record_event(authority=authority, **{**values, **fields})


def test_event_page_shows_values_and_folds_long_ones(authority, referent_client):
    long_text = "Un long constat. " * 20
    event = make_event(authority, changes=[change("status", "à lancer", "en cours"), change("aim", long_text, "")])
    listed = referent_client.get(reverse("authorities:event_list", args=[authority.slug])).content.decode()
    url = reverse("authorities:event_detail", args=[authority.slug, event.pk])
    assert url in listed and "état, but" in listed
    content = referent_client.get(url).content.decode()
    assert "<small>Avant</small>à lancer</dd>\n<dd><small>Après</small>en cours</dd>" in content
    assert "<summary>Un long constat." in content and "(vide)" in content


def test_event_of_another_authority_is_not_found(authority, referent_client):
    event = make_event(factories.make_authority(name="Ailleurs"))
    assert referent_client.get(reverse("authorities:event_detail", args=[authority.slug, event.pk])).status_code == 404


def test_values_are_escaped(authority, referent_client):
    event = make_event(authority, changes=[change("aim", "<script>alert(1)</script>", "a & b")])
    content = referent_client.get(reverse("authorities:event_detail", args=[authority.slug, event.pk])).content.decode()
    assert "<script>alert" not in content and "a &amp; b" in content
