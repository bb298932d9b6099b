"""From one démarche to the next: what is taken along, what stays readable, what nobody can change any more."""

from datetime import timedelta

import pytest
from django.urls import reverse

from authorities.enums import Scope
from authorities.models import Event, Initiative, Participant
from common.errors import DomainError
from roadmap import services
from tests import factories
from tests.factories_diagnostics import make_diagnosis, make_finished_diagnosis, make_questionnaire
from tests.factories_levers import make_ballot
from tests.factories_roadmap import NOW, make_resolution, make_sheets_from_levers, make_version

pytestmark = pytest.mark.django_db


def open_next(initiative, referent, **fields):
    values = {"period_start_year": 2029, "period_years": 3, "now": NOW, **fields}
    return services.open_initiative(current=initiative, actor=referent, **values)


@pytest.fixture
def former(initiative, referent, roadmap) -> Initiative:
    """The first démarche, with an adopted version, a finished diagnosis and two actions, followed by a second one."""
    make_questionnaire()
    make_finished_diagnosis(initiative, {"ACH-1": 2})
    make_sheets_from_levers(initiative, 2, referent)
    make_resolution(make_version(roadmap))
    open_next(initiative, referent)
    initiative.refresh_from_db()
    return initiative


def address(name, authority, number=1, **parameters):
    return reverse(f"roadmap:{name}", args=[authority.slug, number, *parameters.values()])


def test_the_next_demarche_takes_along_what_stays_true(authority, initiative, referent):
    initiative.uses_summary = "Fibre partout"
    initiative.save()
    known = factories.make_participant(initiative, name="Sans compte")
    factories.make_participant(initiative, name="Avec compte", user=referent)
    factories.make_participant(initiative, name="Partie", is_active=False)
    initiative.territory_actors.create(name="Syndicat d’énergie", nature="public")
    initiative.source_documents.create(title="Plan climat", implication="Sobriété")
    opened = open_next(initiative, referent)
    assert Initiative.objects.for_authority(authority).current().get() == opened
    assert (opened.number, opened.period_label, opened.uses_summary) == (2, "2029–2031", "Fibre partout")
    people = {person.name: person for person in Participant.objects.for_initiative(opened)}
    assert set(people) == {"Sans compte", "Avec compte"}
    assert people["Sans compte"].accepted_at is None and people["Avec compte"].accepted_at is not None
    assert people["Sans compte"].email == known.email and people["Sans compte"].pk != known.pk
    assert [actor.name for actor in opened.territory_actors.all()] == ["Syndicat d’énergie"]
    assert [document.implication for document in opened.source_documents.all()] == ["Sobriété"]
    assert initiative.territory_actors.count() == 1
    assert Event.objects.filter(initiative=opened, verb="a ouvert la démarche 2").count() == 1


def test_a_stale_page_opens_no_third_demarche(authority, initiative, referent):
    open_next(initiative, referent)
    with pytest.raises(DomainError, match="rechargez la page"):
        open_next(Initiative.objects.get(pk=initiative.pk), referent)
    assert Initiative.objects.for_authority(authority).count() == 2


def test_nobody_is_interrupted_while_rating(authority, initiative, referent):
    make_questionnaire()
    make_diagnosis(initiative, opened_at=NOW - timedelta(days=1), closes_at=NOW + timedelta(days=1))
    with pytest.raises(DomainError, match="donnent encore leur avis"):
        open_next(initiative, referent)
    initiative.refresh_from_db()
    assert initiative.is_current and Initiative.objects.for_authority(authority).count() == 1


def test_nobody_is_interrupted_while_voting(authority, initiative, referent):
    make_ballot(initiative, opens_at=NOW - timedelta(days=1), closes_at=NOW + timedelta(days=1))
    with pytest.raises(DomainError, match="votent encore"):
        open_next(initiative, referent)
    assert Initiative.objects.for_authority(authority).current().get() == initiative


def test_a_former_demarche_is_taken_up_again(former, authority, referent):
    second = Initiative.objects.for_authority(authority).current().get()
    services.resume_initiative(current=second, former=former, actor=referent, now=NOW)
    assert Initiative.objects.for_authority(authority).current().get() == former


def test_another_authority_is_never_resumed(initiative, referent, outsider):
    foreign = factories.make_initiative(outsider.memberships.get().authority, number=2, is_current=False)
    with pytest.raises(ValueError, match="different authorities"):
        services.resume_initiative(current=initiative, former=foreign, actor=referent, now=NOW)


def test_the_form_opens_the_next_demarche(authority, initiative, referent_client):
    url = reverse("roadmap:initiative_create", args=[authority.slug])
    assert 'value="2029"' in referent_client.get(url).content.decode()
    refused = referent_client.post(url, {"period_start_year": "1789", "period_years": "3"})
    assert refused.status_code == 422 and Initiative.objects.for_authority(authority).count() == 1
    accepted = referent_client.post(url, {"period_start_year": "2029", "period_years": "3"})
    assert accepted.status_code == 302 and Initiative.objects.for_authority(authority).count() == 2


def test_the_button_takes_a_former_demarche_up_again(former, authority, referent_client):
    listing = referent_client.get(reverse("authorities:initiative_list", args=[authority.slug])).content.decode()
    url = reverse("roadmap:initiative_resume", args=[authority.slug, 1])
    assert f'action="{url}"' in listing
    assert referent_client.post(url).status_code == 302
    assert Initiative.objects.for_authority(authority).current().get() == former
    again = referent_client.post(url, follow=True)
    assert "déjà en cours" in again.content.decode()
    assert Initiative.objects.for_authority(authority).current().get() == former


def test_the_record_tells_what_the_former_demarche_left(former, authority, elected_client):
    content = elected_client.get(address("initiative_detail", authority)).content.decode()
    adopted = address("initiative_adopted_pdf", authority, version=1)
    assert f'href="{adopted}"' in content
    levels = elected_client.get(address("initiative_levels", authority))
    assert "ACH-1" in levels.content.decode()
    assert "2 actions" in elected_client.get(address("initiative_actions", authority)).content.decode()
    decisions = elected_client.get(address("initiative_decisions", authority)).content.decode()
    assert "2 décisions" in decisions and decisions.count("Retenu") == 2
    assert elected_client.get(adopted)["Content-Type"] == "application/pdf"


def test_the_pages_of_a_former_demarche_give_no_right_to_write(former, authority, referent_client):
    response = referent_client.get(address("initiative_detail", authority))
    assert response.wsgi_request.access.initiative == former
    assert {permission.split("_")[0] for permission in response.wsgi_request.access.permissions} == {"view"}


def test_a_demarche_that_does_not_exist_is_not_found(former, authority, referent_client):
    for number in (3, 10**25):
        assert referent_client.get(address("initiative_detail", authority, number)).status_code == 404


def test_an_unfinished_diagnosis_has_no_levels_to_read(authority, initiative, referent, referent_client):
    open_next(initiative, referent)
    assert referent_client.get(address("initiative_levels", authority)).status_code == 404
    content = referent_client.get(address("initiative_detail", authority)).content.decode()
    assert "Aucun diagnostic n’a été mené à son terme." in content


def test_a_contributor_reads_no_former_demarche(former, authority, client):
    client.force_login(factories.make_member(authority, "contributor"))
    assert client.get(address("initiative_detail", authority)).status_code == 403
    listing = client.get(reverse("authorities:initiative_list", args=[authority.slug])).content.decode()
    assert address("initiative_detail", authority) not in listing


def test_a_link_to_a_former_demarche_only_reads(initiative, referent):
    participant = factories.make_participant(initiative)
    browser = factories.participant_client(participant)
    home = reverse("roadmap:participant_home", args=[participant.pk])
    assert browser.get(home).wsgi_request.access.scopes > {Scope.READ}
    open_next(initiative, referent)
    response = browser.get(home)
    assert response.status_code == 200 and response.wsgi_request.access.scopes == {Scope.READ}
    assert "Cette démarche est terminée" in response.content.decode()
    assert browser.get(reverse("diagnostics:rating_list", args=[participant.pk])).status_code == 403


@pytest.mark.parametrize(
    "route", ["initiative_detail", "initiative_levels", "initiative_actions", "initiative_decisions"]
)
def test_queries_do_not_grow(former, authority, referent_client, route, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        assert referent_client.get(address(route, authority)).status_code == 200
