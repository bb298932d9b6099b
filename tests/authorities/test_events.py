"""The audit trail: changes of values, its page, the page of an event."""

import csv
import io
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

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


def test_trail_puts_its_lines_under_their_day(authority, referent_client):
    """23:30 UTC on 30 November is already the first of December in Paris."""
    for moment in (datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 30, 23, 30, tzinfo=UTC)):
        record_event(authority=authority, verb="a fait", kind=EventKind.COMMITTEE, now=moment, actor=None)
    html = referent_client.get(reverse("authorities:event_list", args=[authority.slug])).content.decode()
    shown = re.findall(r'<h3 class="day">([^<]+)</h3>|<span class="muted">(\d\d:\d\d)</span>', html)
    assert shown == [("1er décembre 2026", ""), ("", "00:30"), ("30 novembre 2026", ""), ("", "10:00")]


def test_event_of_another_authority_is_not_found(authority, referent_client):
    event = make_event(factories.make_authority(name="Ailleurs"))
    assert referent_client.get(reverse("authorities:event_detail", args=[authority.slug, event.pk])).status_code == 404


def test_values_are_escaped(authority, referent_client):
    event = make_event(authority, changes=[change("aim", "<script>alert(1)</script>", "a & b")])
    content = referent_client.get(reverse("authorities:event_detail", args=[authority.slug, event.pk])).content.decode()
    assert "<script>alert" not in content and "a &amp; b" in content


# Filters and export --------------------------------------------------------------------------------------------------
@pytest.fixture
def trail(authority):
    """Three events: Anne on a sheet in March, Bruno on the committee in April, Anne on a decision in May."""
    anne, bruno = factories.make_user(full_name="Anne Achats"), factories.make_user(full_name="Bruno Bureau")
    values = [change("status", "à lancer", "en cours"), change("lead", "", "Élise d’Été")]
    make_event(authority, actor=anne, verb="a modifié la fiche 1", now=_at(3, 10), changes=values)
    make_event(authority, actor=bruno, verb="a invité 3 personnes", now=_at(4, 30, 23), kind=EventKind.COMMITTEE)
    make_event(authority, actor=anne, verb="a décidé : 100 % =SUM(1)", now=_at(5, 1), kind=EventKind.DECISION)
    make_event(factories.make_authority(name="Ailleurs"), actor=anne, verb="n’est pas d’ici")
    return authority


def _at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, 30, tzinfo=ZoneInfo("Europe/Paris"))


def listed(client, authority, query: str) -> list[str]:
    response = client.get(reverse("authorities:event_list", args=[authority.slug]) + query)
    assert response.status_code == 200
    return [row.event.verb.split()[1] for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("", ["décidé", "invité", "modifié"]),
        ("?qui=Anne+Achats", ["décidé", "modifié"]),
        ("?objet=committee", ["invité"]),
        ("?qui=Anne+Achats&objet=committee", []),
        ("?du=2026-04-30", ["décidé", "invité"]),
        ("?au=2026-04-30", ["invité", "modifié"]),
        ("?du=2026-04-30&au=2026-04-30", ["invité"]),
        ("?mots=FICHE", ["modifié"]),
        ("?mots=bruno", ["invité"]),
        ("?mots=en+cours", ["modifié"]),
        ("?mots=%C3%89lise+d'%C3%89t%C3%A9", ["modifié"]),
        ("?mots=3%C2%A0personnes", ["invité"]),
        ("?mots=100%25", []),
        ("?mots=%25", ["décidé"]),
        ("?mots=%22", []),
        # What cannot be read is told and does not filter.
        ("?qui=Inconnue&objet=zz&du=demain", ["décidé", "invité", "modifié"]),
        ("?du=2026-05-01&au=2026-04-01", ["décidé"]),
        ("?page=zz", ["décidé", "invité", "modifié"]),
    ],
)
def test_trail_is_filtered_by_its_address(trail, referent_client, query, verbs):
    assert listed(referent_client, trail, query) == verbs


def test_filters_stay_from_page_to_page_and_in_the_export(trail, referent_client):
    for _ in range(31):
        make_event(trail, kind=EventKind.INVENTORY)
    url = reverse("authorities:event_list", args=[trail.slug])
    content = referent_client.get(url, {"objet": "inventory", "page": 2}).content.decode()
    assert "?objet=inventory&amp;page=1" in content
    assert f'{reverse("authorities:event_export", args=[trail.slug])}?objet=inventory"' in content


def exported(client, authority, query: str) -> list[list[str]]:
    response = client.get(reverse("authorities:event_export", args=[authority.slug]) + query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f"journal-{authority.slug}-" in response["Content-Disposition"]
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_export_holds_exactly_the_filtered_list(trail, referent_client):
    headers, *rows = exported(referent_client, trail, "?qui=Anne+Achats")
    assert headers == ["Date", "Heure", "Auteur", "Objet", "Action", "Valeur", "Avant", "Après"]
    sheet = ["10/03/2026", "09:30", "Anne Achats", "fiche action", "a modifié la fiche 1"]
    assert rows == [
        ["01/05/2026", "09:30", "Anne Achats", "décision sur un levier", "a décidé : 100 % =SUM(1)", "", "", ""],
        [*sheet, "état", "à lancer", "en cours"],
        [*sheet, "pilote", "", "Élise d’Été"],
    ]


def test_export_holds_every_page_and_no_formula(authority, referent_client):
    for _ in range(40):
        make_event(authority, changes=[change("aim", "=1+1", "")])
    rows = exported(referent_client, authority, "?page=2")
    assert len(rows) == 41
    assert rows[1][6] == "'=1+1"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("route", ["event_list", "event_export"])
def test_trail_takes_the_same_queries_whatever_the_events(
    authority, referent_client, count, route, django_assert_max_num_queries
):
    for _ in range(count):
        make_event(authority, changes=[change("status", "à lancer", "en cours")])
    with django_assert_max_num_queries(7):
        referent_client.get(reverse(f"authorities:{route}", args=[authority.slug]), {"mots": "en cours"})
