"""Nothing typed is lost: drafts of a form, texts of a lost session, and what nobody else may read."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities import drafts
from authorities.drafts import Writer, find_place, sign_mark
from authorities.middleware import MAX_KEPT_PER_HOUR
from authorities.models import Draft, Membership
from authorities.services.drafts import MAX_DRAFTS_PER_PATH, MAX_DRAFTS_PER_WRITER, keep_draft
from common.errors import DomainError
from tests import factories
from tests.factories import PARIS_NOON, participant_client
from tests.factories_authorities import client_of
from tests.factories_diagnostics import make_diagnosis, make_questionnaire, relative_round
from tests.hostile import HtmlForm, forms_of

pytestmark = pytest.mark.django_db

KEEP = "/brouillons/"
DISCARD = "/brouillons/effacer/"
TEXT = "Vingt-deux lieux de médiation, et <b>la fibre</b> partout."


@pytest.fixture
def url(authority) -> str:
    return reverse("authorities:state_of_play_update", args=[authority.slug])


def _form(client: Client, url: str) -> HtmlForm:
    """Return the form of a page that is marked as worth keeping."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return next(form for form in forms_of(url, response.content.decode()) if drafts.MARK_NAME in form.values)


def _keep(client: Client, url: str, text: str = TEXT, **fields: str):
    values = _form(client, url).values | {"uses_summary": text, "draft-path": url} | fields
    return client.post(KEEP, values)


def _page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def _resume_url(page: str) -> str:
    return re.search(r'href="([^"]*brouillon=[^"]*)"', page)[1].replace("&amp;", "&")


# Drafts of somebody who is signed in ----------------------------------------------------------------------------------


def test_a_text_is_offered_then_given_back_then_forgotten_once_saved(referent_client, referent, initiative, url):
    assert _keep(referent_client, url).status_code == 204
    draft = Draft.objects.get()
    assert (draft.user, draft.authority, draft.path) == (referent, initiative.authority, url)
    assert draft.fields["uses_summary"] == [TEXT]
    assert not {"csrfmiddlewaretoken", "draft", "draft-path"} & set(draft.fields)

    page = _page(referent_client, url)
    assert "Vous aviez commencé un texte le" in page
    assert "la fibre" not in page
    resume = _resume_url(page)
    filled = _form(referent_client, resume)
    assert filled.values["uses_summary"][0].strip() == TEXT
    assert "<b>la fibre" not in _page(referent_client, resume)

    response = referent_client.post(url, filled.values)
    assert response.status_code in {302, 303}
    initiative.refresh_from_db()
    assert initiative.uses_summary == TEXT
    assert not Draft.objects.exists()
    assert "Vous aviez commencé" not in _page(referent_client, url)


def test_a_draft_of_an_older_version_shows_both_texts(referent_client, initiative, url):
    _keep(referent_client, url)
    colleague = factories.make_member(initiative.authority, "referent")
    form = _form(client_of(colleague), url)
    client_of(colleague).post(url, form.values | {"uses_summary": "Texte de la collègue."})
    filled = _form(referent_client, _resume_url(_page(referent_client, url)))
    response = referent_client.post(url, filled.values)
    assert response.status_code == 409
    content = response.content.decode()
    assert "Texte de la collègue." in content
    assert "Vingt-deux lieux de médiation" in content
    assert Draft.objects.count() == 1


def test_a_page_refused_keeps_its_mark_so_that_the_same_draft_goes_on(referent_client, url):
    form = _form(referent_client, url)
    response = referent_client.post(url, form.values | {"uses_summary": "x" * 7_000})
    assert response.status_code == 422
    (again,) = [item for item in forms_of(url, response.content.decode()) if "draft" in item.values]
    assert drafts.read_mark(again.values["draft"][0]) == drafts.read_mark(form.values["draft"][0])


def test_two_windows_keep_two_texts(referent_client, url):
    _keep(referent_client, url, "Première fenêtre.")
    _keep(referent_client, url, "Seconde fenêtre.")
    assert _page(referent_client, url).count("Vous aviez commencé un texte") == 2
    assert {draft.fields["uses_summary"][0] for draft in Draft.objects.all()} == {
        "Première fenêtre.",
        "Seconde fenêtre.",
    }


def test_what_says_the_same_as_the_page_is_not_offered(referent_client, url):
    _keep(referent_client, url, "")
    assert "Vous aviez commencé" not in _page(referent_client, url)


def test_a_draft_is_erased_on_demand(referent_client, url):
    _keep(referent_client, url)
    page = _page(referent_client, url)
    (form,) = [item for item in forms_of(url, page) if item.action == DISCARD]
    response = referent_client.post(DISCARD, form.values)
    assert response.url == url
    assert not Draft.objects.exists()


@pytest.mark.parametrize("page", ["https://ailleurs.example/", "//ailleurs.example/", "/inconnue/", ""])
def test_erasing_leads_to_a_page_of_this_site(referent_client, url, page: str):
    response = referent_client.post(DISCARD, {"draft-path": url, "key": "k", "page": page})
    assert response.url == url


def test_the_version_and_the_passwords_are_no_text(referent_client, url):
    form = _form(referent_client, url)
    blank = dict.fromkeys(form.values, "") | {"version": "1", "password": "secret"}
    referent_client.post(KEEP, blank | {"draft": form.values["draft"][0], "draft-path": url})
    assert not Draft.objects.exists()


def test_a_nul_does_not_reach_the_base(referent_client, url):
    assert _keep(referent_client, url, "a\x00b").status_code == 204
    assert Draft.objects.get().fields["uses_summary"] == ["ab"]


# Whose text it is -----------------------------------------------------------------------------------------------------


def test_nobody_else_is_offered_the_text(referent_client, initiative, url):
    _keep(referent_client, url)
    key = Draft.objects.get().key
    other = client_of(factories.make_member(initiative.authority, "referent"))
    assert "Vous aviez commencé" not in _page(other, url)
    assert "Vingt-deux lieux" not in _page(other, f"{url}?brouillon={key}")
    other.post(DISCARD, {"draft-path": url, "key": key})
    assert Draft.objects.count() == 1


def test_a_mark_of_somebody_else_or_forged_keeps_nothing(referent_client, initiative, url):
    other = client_of(factories.make_member(initiative.authority, "referent"))
    values = _form(referent_client, url).values | {"uses_summary": TEXT, "draft-path": url}
    assert other.post(KEEP, values).status_code == 401
    assert referent_client.post(KEEP, values | {"draft": "u1:cle:faux"}).status_code == 401
    assert Client().post(KEEP, values).status_code == 401
    assert not Draft.objects.exists()


def test_a_stranger_keeps_nothing_in_a_space(url):
    user = factories.make_user()
    values = {"uses_summary": TEXT, "draft-path": url, "draft": sign_mark(Writer(user_pk=user.pk), "cle")}
    assert client_of(user).post(KEEP, values).status_code == 422
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "//exemple.fr/", "https://exemple.fr/", "/compte/connexion/", "/compte/", "/administration/",
        "/invitations/jeton/", "/brouillons/", "/inconnue/", "/collectivites/x/preparer/?" + "a" * 500,
    ],
)  # fmt: skip
def test_only_the_forms_of_the_spaces_have_a_place(address: str, referent_client):
    assert find_place(address) is None
    assert referent_client.post(KEEP, {"draft-path": address, "texte": TEXT}).status_code == 400


def test_the_place_is_the_address_without_the_draft_that_it_asks_for(authority):
    path = f"/collectivites/{authority.slug}/preparer/demarche/"
    assert find_place(f"{path}?page=2&brouillon=cle").path == f"{path}?page=2"
    assert find_place(f"{path}?brouillon=cle").path == path


# Limits ---------------------------------------------------------------------------------------------------------------


def test_drafts_are_few_short_and_young(referent, authority, url):
    writer, place = Writer(user_pk=referent.pk), find_place(url)
    for rank in range(MAX_DRAFTS_PER_PATH + 2):
        now = PARIS_NOON + timedelta(minutes=rank)
        keep_draft(writer=writer, place=place, key=f"k{rank}", fields={"a": ["texte"]}, now=now)
    assert set(Draft.objects.values_list("key", flat=True)) == {"k2", "k3", "k4"}
    for pk in range(MAX_DRAFTS_PER_WRITER + 5):
        elsewhere = find_place(f"/collectivites/{authority.slug}/preparer/acteurs/{pk}/")
        keep_draft(
            writer=writer, place=elsewhere, key="k", fields={"a": ["texte"]}, now=PARIS_NOON + timedelta(hours=1)
        )
    assert Draft.objects.count() == MAX_DRAFTS_PER_WRITER
    late = PARIS_NOON + timedelta(days=31)
    keep_draft(writer=writer, place=place, key="late", fields={"a": ["texte"]}, now=late)
    assert Draft.objects.get().key == "late"
    with pytest.raises(DomainError, match="trop long"):
        keep_draft(writer=writer, place=place, key="k", fields={"a": ["é" * 100_001]}, now=late)


def test_an_old_draft_is_not_offered(referent_client, url):
    _keep(referent_client, url)
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=31))
    assert "Vous aviez commencé" not in _page(referent_client, url)


def test_drafts_go_with_the_space_and_with_the_account(referent_client, referent, authority, url):
    _keep(referent_client, url)
    authority.delete()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_offer_takes_one_query(referent_client, referent, url, count: int, django_assert_max_num_queries):
    for rank in range(count):
        keep_draft(
            writer=Writer(user_pk=referent.pk), place=find_place(url), key=f"k{rank}",
            fields={"uses_summary": [f"Texte {rank}"]}, now=timezone.now(),
        )  # fmt: skip
    # Session, account, membership, démarche, the reads of the page, and one for the drafts.
    with django_assert_max_num_queries(9):
        page = _page(referent_client, url)
    assert page.count("Vous aviez commencé") == count


# A session that is over -----------------------------------------------------------------------------------------------


def _lose_session(client: Client) -> None:
    del client.cookies["sessionid"]


def test_a_text_sent_after_the_session_is_given_back_after_signing_in(referent_client, referent, initiative, url):
    form = _form(referent_client, url)
    _lose_session(referent_client)
    response = referent_client.post(url, form.values | {"uses_summary": TEXT})
    assert response.status_code == 302
    assert response.url.startswith("/compte/connexion/")
    assert "Votre texte est gardé" in referent_client.get(response.url).content.decode()
    assert not Draft.objects.exists()

    referent_client.force_login(referent)
    page = _page(referent_client, url)
    assert "Vous aviez commencé un texte" in page
    filled = _form(referent_client, _resume_url(page))
    assert filled.values["uses_summary"][0].strip() == TEXT
    initiative.refresh_from_db()
    assert initiative.uses_summary == ""
    referent_client.post(url, filled.values)
    initiative.refresh_from_db()
    assert initiative.uses_summary == TEXT
    assert "Vous aviez commencé" not in _page(referent_client, url)
    assert referent_client.session[drafts.SESSION_KEY] == {}


def test_the_text_of_a_session_is_not_given_to_another_account(referent_client, authority, url):
    form = _form(referent_client, url)
    _lose_session(referent_client)
    referent_client.post(url, form.values | {"uses_summary": TEXT})
    other = factories.make_member(authority, "referent")
    referent_client.force_login(other)
    assert "Vous aviez commencé" not in _page(referent_client, url)


def test_a_short_form_is_given_back_to_who_signs_in_in_this_browser(referent, authority):
    """Its page bears the mark too: the text goes to its author only."""
    url = reverse("authorities:actor_create", args=[authority.slug])
    client = client_of(referent)
    form = _form(client, url)
    _lose_session(client)
    client.post(url, form.values | {"name": "Une association", "involvement": "Invitée au lancement"})
    client.force_login(referent)
    filled = _form(client, _resume_url(_page(client, url)))
    assert filled.values["name"] == ["Une association"]


def test_a_script_is_told_that_the_session_is_over(referent_client, url):
    form = _form(referent_client, url)
    _lose_session(referent_client)
    response = referent_client.post(url, form.values, headers={"X-Autosave": "1"})
    assert response.status_code == 401
    assert drafts.SESSION_KEY not in referent_client.session


def test_texts_of_unknown_visitors_are_few_and_short(url):
    client = Client()
    for rank in range(5):
        client.post(f"{url}?n={rank}", {"uses_summary": f"Texte {rank}"})
    assert [item["path"][-1] for item in client.session[drafts.SESSION_KEY].values()] == ["2", "3", "4"]
    client.post(url, {"uses_summary": "é" * 40_000})
    assert len(client.session[drafts.SESSION_KEY]) == 3
    for _ in range(MAX_KEPT_PER_HOUR):
        client.post(url, {"uses_summary": "encore"})
    fresh = Client()
    fresh.post(url, {"uses_summary": TEXT})
    assert drafts.SESSION_KEY not in fresh.session


# Participants ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def rating(initiative) -> tuple[object, str]:
    """A participant of an open round, and the address of a question."""
    make_questionnaire()
    participant = factories.make_participant(initiative)
    diagnosis = make_diagnosis(initiative, [participant], **relative_round(timezone.now()))
    question = diagnosis.asked_questions()[0]
    arguments = {"participant_pk": participant.pk, "diagnosis_pk": diagnosis.pk, "question_code": question.code}
    return participant, reverse("diagnostics:rating_update", kwargs=arguments)


def test_a_participant_is_given_back_what_their_link_lost(rating):
    participant, url = rating
    client = participant_client(participant)
    form = _form(client, url)
    _lose_session(client)
    response = client.post(url, form.values | {"comment": TEXT})
    assert response.status_code == 404
    assert "Votre texte est gardé dans ce navigateur" in response.content.decode()
    # The same browser, the link confirmed again.
    session = client.session
    session["participations"] = {str(participant.pk): factories.make_link(participant).pk}
    session.save()
    page = _page(client, url)
    filled = _form(client, _resume_url(page))
    assert filled.values["comment"][0].strip() == TEXT


def test_a_participant_keeps_a_draft_and_a_colleague_does_not_see_it(rating, initiative):
    participant, url = rating
    client = participant_client(participant)
    values = _form(client, url).values | {"comment": TEXT, "draft-path": url}
    assert client.post(KEEP, values).status_code == 204
    draft = Draft.objects.get()
    assert (draft.participant, draft.user) == (participant, None)
    assert "Vous aviez commencé" in _page(client, url)
    colleague = participant_client(factories.make_participant(initiative))
    assert colleague.post(KEEP, values).status_code == 401
    assert colleague.post(DISCARD, {"draft-path": url, "key": draft.key}).status_code == 404


def test_a_vote_is_kept_nowhere_beside_the_ballot_box(initiative):
    participant = factories.make_participant(initiative)
    url = f"/participation/{participant.pk}/votes/1/2/"
    assert find_place(url).is_secret
    assert find_place(f"/collectivites/{initiative.authority.slug}/votes/1/votants/2/").is_secret
    mark = sign_mark(Writer(participant_pk=participant.pk), "cle")
    response = participant_client(participant).post(KEEP, {"draft-path": url, "draft": mark, "reason": TEXT})
    assert response.status_code == 422
    assert not Draft.objects.exists()


# A stale form -------------------------------------------------------------------------------------------------------


def _strict(referent) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(referent)
    return client


def test_a_stale_form_of_this_site_gives_its_text_back(referent, url):
    client = _strict(referent)
    response = client.post(url, {"uses_summary": TEXT, "version": "1"}, headers={"Origin": "http://testserver"})
    assert response.status_code == 403
    resume = _resume_url(response.content.decode())
    assert _form(client, resume).values["uses_summary"][0].strip() == TEXT


def test_a_form_of_another_site_is_neither_kept_nor_shown(referent, url):
    client = _strict(referent)
    for headers in ({}, {"Origin": "https://ailleurs.example"}, {"Origin": "null"}):
        response = client.post(url, {"uses_summary": TEXT}, headers=headers)
        assert response.status_code == 403
        assert "Vingt-deux lieux" not in response.content.decode()
    assert not Draft.objects.exists()


def test_an_unknown_author_of_a_stale_form_may_copy_the_text(url):
    client = Client(enforce_csrf_checks=True)
    response = client.post(url, {"uses_summary": TEXT}, headers={"Origin": "http://testserver"})
    assert response.status_code == 403
    assert "Vingt-deux lieux de médiation, et &lt;b&gt;" in response.content.decode()
    assert "sessionid" not in response.cookies


def test_a_password_is_never_shown_again():
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        "/compte/connexion/", {"password": "un-mot-de-passe-tres-long"}, headers={"Origin": "http://testserver"}
    )
    assert response.status_code == 403
    assert "mot-de-passe-tres-long" not in response.content.decode()


def test_a_member_who_left_keeps_nothing(referent_client, referent, url):
    form = _form(referent_client, url)
    Membership.objects.filter(user=referent).delete()
    values = form.values | {"uses_summary": TEXT, "draft-path": url}
    assert referent_client.post(KEEP, values).status_code == 422
