"""What a démarche put off or set aside comes back at the next one, with its reason."""

import pytest
from django.urls import reverse

from levers.enums import Verdict
from levers.models import Decision
from levers.selectors import shortlist_board
from tests.factories import PARIS_NOON, make_initiative
from tests.factories_levers import make_catalogue, make_shortlist


@pytest.fixture
def levers(initiative):
    return list(make_catalogue(4).levers.all())


def decide(initiative, lever, verdict, reason):
    Decision.objects.create(initiative=initiative, lever=lever, verdict=verdict, reason=reason, decided_at=PARIS_NOON)


@pytest.fixture
def second(authority, initiative, levers):
    decide(initiative, levers[0], Verdict.RETAINED, "oui")
    decide(initiative, levers[1], Verdict.POSTPONED, "Après 2027")
    decide(initiative, levers[2], Verdict.DISMISSED, "Hors de nos compétences")
    initiative.is_current = False
    initiative.save()
    return make_initiative(authority, number=2)


def test_levers_put_off_or_set_aside_come_back_with_their_reason(second, levers):
    assert [(item.lever.code, item.verdict, item.reason) for item in shortlist_board(second).former] == [
        ("LEV-02", "postponed", "Après 2027"),
        ("LEV-03", "dismissed", "Hors de nos compétences"),
    ]


def test_the_last_decision_counts_and_a_lever_taken_up_is_not_told_again(authority, second, levers):
    decide(second, levers[1], Verdict.RETAINED, "cette fois oui")
    second.is_current = False
    second.save()
    third = make_initiative(authority, number=3)
    assert [item.lever.code for item in shortlist_board(third).former] == ["LEV-03"]
    make_shortlist(third, levers[2:3], state="draft")
    assert shortlist_board(third).former == ()


def test_first_demarche_has_nothing_before(initiative, levers):
    assert shortlist_board(initiative).former == ()


def test_one_press_takes_a_lever_up_again(authority, second, levers, referent_client):
    address = reverse("levers:shortlist_detail", args=[authority.slug])
    page = referent_client.get(address).content.decode()
    assert "2 leviers reportés ou écartés à la démarche précédente" in page
    assert "Hors de nos compétences" in page
    referent_client.post(reverse("levers:shortlist_update", args=[authority.slug]), {"add": levers[1].pk})
    page = referent_client.get(address).content.decode()
    assert "1 levier reporté ou écarté à la démarche précédente" in page
    assert "Après 2027" not in page


def test_what_the_steering_committee_set_aside_comes_back_too(authority, initiative, levers, referent_client):
    shortlist = make_shortlist(initiative, levers)
    shortlist.items.filter(lever__in=levers[:3]).update(is_set_aside=True, set_aside_reason="Budget déjà voté")
    # Taken up again since by a second shortlist of the same démarche: the decision counts.
    decide(initiative, levers[1], Verdict.POSTPONED, "Après 2027")
    decide(initiative, levers[2], Verdict.RETAINED, "oui")
    initiative.is_current = False
    initiative.save()
    second = make_initiative(authority, number=2)

    assert [(item.lever.code, item.verdict, item.reason) for item in shortlist_board(second).former] == [
        ("LEV-01", "", "Budget déjà voté"),
        ("LEV-02", "postponed", "Après 2027"),
    ]
    page = referent_client.get(reverse("levers:shortlist_detail", args=[authority.slug])).content.decode()
    assert "Écarté avant le vote&nbsp;: Budget déjà voté" in page


def test_the_last_demarche_that_spoke_of_a_lever_counts(authority, initiative, levers):
    decide(initiative, levers[0], Verdict.RETAINED, "oui")
    initiative.is_current = False
    initiative.save()
    second = make_initiative(authority, number=2, is_current=False)
    make_shortlist(second, levers[:1]).items.update(is_set_aside=True, set_aside_reason="Déjà fait")
    third = make_initiative(authority, number=3)

    assert [(item.lever.code, item.reason) for item in shortlist_board(third).former] == [("LEV-01", "Déjà fait")]
