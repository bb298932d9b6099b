"""Pages of the workshop: console, projected page, phones, minutes, end. Names stay where the ballot puts them."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from levers import services
from levers.enums import Grade, NamesVisibility, Verdict
from levers.models import Ballot, Decision, ParkedLever, SecondVote, SecondVoteAnswer, Workshop
from levers.views.results import EXPORTS
from tests.factories import make_participant, participant_client
from tests.factories_authorities import make_meeting
from tests.factories_levers import ballot_levers, fill_ballot, make_ballot
from tests.hostile import forms_of
from tests.levers.test_exports import cells_of

AUTOSAVE = {"X-Autosave": "1"}
FRAGMENT = {"X-Fragment": "1"}
# LEV-01 favourable, LEV-02 the most divided, LEV-03 debated, LEV-04 unfavourable.
VOTES = {"LEV-01": "EEP", "LEV-02": "ENI", "LEV-03": "EIC", "LEV-04": "NNC"}


def make_closed(initiative, *, levers=4, voters=3, names=NamesVisibility.REFERENT, votes=None) -> Ballot:
    now = timezone.now()
    people = [
        make_participant(initiative, service=f"service{rank}", name=f"Votante {rank}") for rank in range(1, voters + 1)
    ]
    ballot = make_ballot(
        initiative, levers=levers, voters=people, names=names, opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=1),
    )  # fmt: skip
    fill_ballot(ballot, VOTES if votes is None else votes)
    return ballot


@pytest.fixture
def closed(initiative) -> Ballot:
    return make_closed(initiative)


@pytest.fixture
def workshop(closed, referent) -> Workshop:
    return start(closed, referent)


def start(ballot, referent) -> Workshop:
    return services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=timezone.now())


def url(name: str, authority, *args) -> str:
    return reverse(f"levers:workshop_{name}", args=[authority.slug, *args])


def read(client: Client, address: str, status: int = 200, **options) -> str:
    response = client.get(address, **options)
    assert response.status_code == status, address
    return response.content.decode()


# Opening page ---------------------------------------------------------------------------------------------------------


def test_opening_page_proposes_the_length_of_the_calendar(authority, initiative, closed, referent_client):
    make_meeting(initiative, code="atelier_priorisation", duration_minutes=180)

    page = read(referent_client, url("detail", authority))
    assert "<h1>2 leviers à discuter en atelier</h1>" in page
    assert 'value="180"' in page
    # The widest disagreement first.
    assert page.index("Levier LEV-02") < page.index("Levier LEV-03")
    response = referent_client.post(url("detail", authority), {"planned_minutes": "90"})

    assert (response.status_code, Workshop.objects.get().planned_minutes) == (302, 90)
    page = read(referent_client, url("detail", authority))
    assert "0 levier tranché sur 2" in page
    assert "2 leviers se confirment en un geste" in page.replace("\n", " ")
    assert "Commencer : Levier LEV-02" in page.replace("\u00a0", " ")


@pytest.mark.parametrize("minutes", ["", "abc", "5", "900"])
def test_a_bad_length_is_refused(authority, closed, referent_client, minutes):
    response = referent_client.post(url("detail", authority), {"planned_minutes": minutes})

    assert (response.status_code, Workshop.objects.count()) == (422, 0)


def test_nothing_before_the_closing(authority, ballot, referent_client):
    Ballot.objects.update(closes_at=timezone.now() + timedelta(days=1))

    for name in ("detail", "end", "projection", "minutes", "confirm"):
        assert referent_client.get(url(name, authority)).status_code == 302, name
    assert referent_client.post(url("detail", authority), {"planned_minutes": "90"}).status_code == 422
    assert not Workshop.objects.exists()


def test_nothing_before_it_begins(authority, closed, referent_client):
    lever = ballot_levers(closed)[0]
    for name, args in (("lever", [lever.pk]), ("projection", []), ("minutes", []), ("end", []), ("hands", [lever.pk])):
        response = referent_client.get(url(name, authority, *args))
        assert (response.status_code, response["Location"]) == (302, url("detail", authority)), name
    for name in ("show", "park", "phones"):
        assert referent_client.post(url(name, authority, lever.pk)).status_code == 422, name


# Console --------------------------------------------------------------------------------------------------------------


def test_console_shows_the_vote_who_to_hear_and_proposes_a_reason(authority, closed, workshop, referent_client):
    lever = ballot_levers(closed)[1]

    page = read(referent_client, url("lever", authority, lever.pk))
    assert "<b>1 sur 2</b> · 0 tranché sur 2 · 0 retenu" in page
    assert "À entendre d’abord" in page
    assert 'data-timer="10"' in page
    assert "Échange en atelier. Scrutin\u00a0: 3\u00a0voix, 1 favorable, 1 défavorable.</textarea>" in page


def test_console_keeps_the_names_that_the_ballot_hides(authority, initiative, referent, referent_client):
    ballot = make_closed(initiative, names=NamesVisibility.NOBODY)
    ballot.votes.update(reason="Un mot.")
    start(ballot, referent)

    page = read(referent_client, url("lever", authority, ballot_levers(ballot)[1].pk))
    assert "Un mot." in page
    assert not [word for word in ("Votante 1", "service1", "À entendre d’abord") if word in page]


def test_one_key_decides_and_opens_the_next_lever(authority, closed, workshop, referent_client, referent):
    levers = ballot_levers(closed)
    data = {"verdict": "postponed", "reason": "Après 2027.", "version": "0"}

    response = referent_client.post(url("lever", authority, levers[1].pk), data, headers=AUTOSAVE)

    assert (response.status_code, response["X-Next"]) == (204, url("lever", authority, levers[2].pk))
    decision = Decision.objects.get()
    assert (decision.verdict, decision.reason, decision.decided_by) == ("postponed", "Après 2027.", referent)
    # Without a script the page itself leads on; the last one leads to the end.
    response = referent_client.post(url("lever", authority, levers[2].pk), data)
    assert response["Location"] == url("end", authority)


def test_refusals_keep_what_was_typed(authority, closed, workshop, referent_client):
    lever = ballot_levers(closed)[1]
    services.decide_in_workshop(
        workshop=workshop, lever=lever, verdict=Verdict.RETAINED, reason="motif de l’autre", expected_version=0,
        following=None, actor=None, now=timezone.now(),
    )  # fmt: skip

    stale = referent_client.post(
        url("lever", authority, lever.pk), {"verdict": "dismissed", "reason": "motif tapé", "version": "0"}
    )
    wrong = referent_client.post(
        url("lever", authority, lever.pk), {"verdict": "peut-être", "reason": "long motif", "version": "1"}
    )

    page = stale.content.decode()
    assert stale.status_code == 409
    assert "motif de l’autre" in page and "motif tapé" in page
    assert wrong.status_code == 422
    assert ">long motif</textarea>" in wrong.content.decode()
    assert Decision.objects.get().reason == "motif de l’autre"


def test_parked_levers_come_last(authority, closed, workshop, referent_client):
    levers = ballot_levers(closed)
    assert referent_client.post(url("park", authority, levers[1].pk), {"is_parked": "oui"}).status_code == 302

    page = read(referent_client, url("lever", authority, levers[1].pk))
    assert "<b>2 sur 2</b>" in page
    assert "gardé pour la fin" in page
    # Deciding the other one comes back to it.
    data = {"verdict": "retained", "reason": "Oui", "version": "0"}
    response = referent_client.post(url("lever", authority, levers[2].pk), data)
    assert response["Location"] == url("lever", authority, levers[1].pk)
    assert referent_client.post(url("park", authority, levers[1].pk), {"is_parked": "peut-être"}).status_code == 422
    referent_client.post(url("park", authority, levers[1].pk), {"is_parked": "non"})
    assert not ParkedLever.objects.exists()


def test_consensus_then_undo_from_the_console(authority, closed, workshop, referent_client):
    lever = ballot_levers(closed)[1]
    data = {"piles": ["favorable", "defavorable"], "reason": "Consensus."}
    assert referent_client.post(url("confirm", authority), data).status_code == 302
    assert Decision.objects.count() == 2

    page = read(referent_client, url("lever", authority, lever.pk))
    assert "2 leviers consensuels" in page
    form = next(form for form in forms_of("/", page) if form.action == url("undo", authority))
    response = referent_client.post(form.action, form.values, headers=AUTOSAVE)

    assert (response.status_code, response["X-Next"]) == (204, url("detail", authority))
    assert not Decision.objects.exists()
    assert referent_client.post(form.action, {"number": "7"}).status_code == 422


def test_hands_are_typed_and_shown(authority, closed, workshop, referent_client):
    lever = ballot_levers(closed)[1]
    counts = {"number": "1", "E": "4", "P": "", "I": "1", "C": "0", "N": "2", "A": "3"}

    response = referent_client.post(url("hands", authority, lever.pk), counts, headers=AUTOSAVE)

    assert (response.status_code, response["X-Next"]) == (204, url("lever", authority, lever.pk))
    assert (SecondVote.objects.get().grades, SecondVote.objects.get().abstentions) == ((4, 0, 1, 0, 2), 3)
    page = read(referent_client, url("lever", authority, lever.pk))
    assert "Second vote, mains levées" in page
    assert "Second vote\u00a0: 7\u00a0voix, 4 favorables, 2 défavorables.</textarea>" in page


@pytest.mark.parametrize(
    "wrong", [{"E": "beaucoup"}, {"E": "-1"}, {"E": "9999"}, {"E": ""}, {"number": "5"}, {"number": ""}]
)
def test_bad_counts_are_refused_with_what_was_typed(authority, closed, workshop, referent_client, wrong):
    lever = ballot_levers(closed)[1]
    counts = {"number": "1", "E": "4", "P": "", "I": "", "C": "", "N": "", "A": ""} | wrong

    response = referent_client.post(url("hands", authority, lever.pk), counts)

    assert (response.status_code, SecondVote.objects.count()) == (422, 0)
    assert f'name="E" value="{counts["E"]}"' in response.content.decode()


def test_levers_of_nowhere_do_not_exist(authority, closed, workshop, referent_client, other_initiative, catalogue):
    extra = catalogue.levers.create(
        **{
            field.name: getattr(ballot_levers(closed)[0], field.name)
            for field in type(ballot_levers(closed)[0])._meta.concrete_fields
            if field.name not in {"id", "code"}
        },
        code="LEV-98",
    )
    for pk in (extra.pk, 10**9):
        assert referent_client.get(url("lever", authority, pk)).status_code == 404
        for name in ("show", "park", "phones", "hands"):
            assert referent_client.post(url(name, authority, pk)).status_code == 404, name


# Projected page -------------------------------------------------------------------------------------------------------


def test_screen_follows_the_console(authority, closed, workshop, referent_client, referent):
    lever = ballot_levers(closed)[1]
    assert "<h1>2 leviers à discuter</h1>" in read(referent_client, url("projection", authority))

    referent_client.post(url("show", authority, lever.pk))
    page = read(referent_client, url("projection", authority), headers=FRAGMENT)

    assert "<h1>Levier LEV-02</h1>" in page
    assert "<html" not in page
    data = {"verdict": "retained", "reason": "Utile à tous.", "version": "0"}
    referent_client.post(url("lever", authority, lever.pk), data)
    page = read(referent_client, url("projection", authority), headers=FRAGMENT)
    assert "<h1>Levier LEV-03</h1>" in page
    assert "Dernière décision\u00a0: Levier LEV-02, <b>retenu</b>" in page
    assert "<b>1</b> levier retenu" in page
    referent_client.post(url("lever", authority, ballot_levers(closed)[2].pk), data)
    assert "<h1>1 levier retenu</h1>" not in read(referent_client, url("projection", authority))
    assert "<h1>2 leviers retenus</h1>" in read(referent_client, url("projection", authority))
    referent_client.post(url("welcome", authority))
    assert Workshop.objects.get().current is None


@pytest.mark.parametrize(
    ("names", "is_shown"),
    [(NamesVisibility.EVERYONE, True), (NamesVisibility.REFERENT, False), (NamesVisibility.NOBODY, False)],
)
def test_screen_names_nobody_unless_everybody_may_read(
    authority, initiative, referent, referent_client, names, is_shown
):
    ballot = make_closed(initiative, names=names)
    ballot.votes.update(reason="Un mot.")
    workshop = start(ballot, referent)
    services.show_lever(workshop=workshop, lever=ballot_levers(ballot)[1], now=timezone.now())

    page = read(referent_client, url("projection", authority))
    assert ("À entendre d’abord" in page) is is_shown
    assert ("service2" in page) is is_shown
    assert "Votante" not in page and "Un mot." not in page


# Phones ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def voter(closed):
    return closed.voters.order_by("pk")[0]


@pytest.fixture
def opened(authority, closed, workshop, referent_client) -> SecondVote:
    lever = ballot_levers(closed)[1]
    referent_client.post(url("show", authority, lever.pk))
    assert referent_client.post(url("phones", authority, lever.pk), {"is_open": "oui"}).status_code == 302
    return SecondVote.objects.get()


def phone_url(voter, vote) -> str:
    return reverse("levers:second_vote_update", args=[voter.pk, vote.pk])


def answer_as_others(vote, voter, count=None) -> None:
    """Answer prioritaire as the first other voters."""
    for other in vote.workshop.ballot.voters.exclude(pk=voter.pk).order_by("pk")[:count]:
        services.answer_second_vote(
            second_vote=vote, participant=other, grade=Grade.PRIORITY, expected_version=0, now=timezone.now()
        )


def words_of(content: bytes, extension: str) -> str:
    """Return what a document says, whatever its format."""
    if extension == "pdf":
        pages = PdfReader(io.BytesIO(content)).pages
        return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    name = "word/document.xml" if extension == "docx" else "content.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = re.sub(r"<[^>]+>", "", archive.read(name).decode())
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    ("names", "others", "is_shown"),
    [
        (NamesVisibility.EVERYONE, 1, True),
        (NamesVisibility.REFERENT, 1, False),
        (NamesVisibility.NOBODY, 1, False),
        (NamesVisibility.NOBODY, 2, True),
    ],
)
def test_two_answers_say_nothing_anywhere_when_names_are_hidden(
    authority, closed, workshop, opened, voter, referent_client, names, others, is_shown
):
    Ballot.objects.update(names_visibility=names)
    phone = participant_client(voter)
    phone.post(phone_url(voter, opened), {"choice": "N", "version": "0"})
    answer_as_others(opened, voter, others)
    referent_client.post(url("phones", authority, opened.lever_id), {"is_open": "non"})

    console = read(referent_client, url("lever", authority, opened.lever_id))
    decided = {"verdict": "postponed", "reason": "Après 2027.", "version": "0"}
    referent_client.post(url("lever", authority, opened.lever_id), decided)
    referent_client.post(url("show", authority, opened.lever_id))
    pages = {
        "console": console,
        "screen": read(referent_client, url("projection", authority), headers=FRAGMENT),
        "phone": read(phone, phone_url(voter, opened)),
        "minutes": read(referent_client, url("minutes", authority)),
        **{
            extension: words_of(referent_client.get(url("document", authority, extension)).content, extension)
            for extension in ("odt", "docx", "pdf")
        },
    }
    told = {name: "réponses, trop peu pour montrer un compte" in page for name, page in pages.items()}
    assert told == dict.fromkeys(pages, not is_shown)
    assert "dirait le vote d’une personne" in pages["console"] or is_shown
    assert ("Comptez les mains levées, ou rouvrez le vote" in console) is not is_shown
    # The ballot itself said E, N and I: a second vote said N and P, which no page tells.
    second = console[console.index("Second vote, téléphones") :]
    assert ("<svg" in second[: second.index("<details")]) is is_shown
    assert ("Second vote\u00a0: 2\u00a0voix" in console) is (is_shown and others == 1)
    assert ('<table class="tally">' in pages["screen"].split("Second vote, téléphones")[1]) is is_shown
    for extension in ("minutes", "odt", "docx", "pdf"):
        assert bool(re.search(r"téléphones\)\s:\s\d\svoix", pages[extension])) is is_shown, extension
    # Few voices are told as such wherever they are counted.
    for name in ("console", "screen", "minutes", "odt", "docx", "pdf"):
        assert ("Peu de voix" in pages[name]) is (is_shown and others == 1), name
    assert voter.name not in pages["screen"]


@pytest.mark.parametrize("slug", sorted(EXPORTS))
def test_exports_of_the_ballot_never_hold_a_second_vote(closed, opened, voter, authority, referent_client, slug):
    address = reverse("levers:ballot_export", args=[authority.slug, closed.pk, slug])
    before = cells_of(referent_client.get(address).content, slug)
    participant_client(voter).post(phone_url(voter, opened), {"choice": "C", "version": "0"})
    referent_client.post(url("phones", authority, opened.lever_id), {"is_open": "non"})

    assert SecondVote.objects.get().complex == 1
    assert cells_of(referent_client.get(address).content, slug) == before


def test_phone_is_led_to_its_vote_changes_its_mind_and_the_room_sees_the_count(
    authority, closed, opened, voter, referent_client
):
    phone = participant_client(voter)
    entry = reverse("levers:workshop_entry")
    assert phone.get(entry)["Location"] == phone_url(voter, opened)

    phone.post(phone_url(voter, opened), {"choice": "E", "version": "0"})
    saved = phone.post(phone_url(voter, opened), {"choice": "C", "version": "1"}, headers=AUTOSAVE)
    assert (saved.status_code, saved["X-Version"]) == (204, "2")
    screen = read(referent_client, url("projection", authority), headers=FRAGMENT)
    assert "<b>1</b> réponse sur 3 votants" in screen
    assert "data:image/svg+xml;base64," in screen and entry in screen
    # The room sees how many, not what, until it closes.
    assert "Second vote, téléphones" not in screen
    console = url("lever", authority, opened.lever_id)
    assert "<b>1</b> réponse sur 3 votants" in read(referent_client, console, headers=FRAGMENT)
    assert "Attendez au moins 3 réponses" in read(referent_client, console).replace("\u00a0", " ")
    answer_as_others(opened, voter)
    referent_client.post(url("phones", authority, opened.lever_id), {"is_open": "non"})

    assert SecondVote.objects.get().grades == (0, 2, 0, 1, 0)
    screen = read(referent_client, url("projection", authority), headers=FRAGMENT)
    assert '<table class="tally">' in screen.split("Second vote, téléphones")[1]
    assert "Peu de voix" not in screen
    page = read(phone, phone_url(voter, opened))
    assert "Ce second vote est fermé" in page and "Le résultat est à l’écran de la salle." in page
    refused = phone.post(phone_url(voter, opened), {"choice": "E", "version": "2"})
    assert (refused.status_code, SecondVoteAnswer.objects.get(participant=voter).grade) == (422, Grade.COMPLEX)
    assert "Aucun second vote n’est ouvert" in read(phone, entry)


def test_unknown_phone_is_told_to_open_its_link(opened):
    page = read(Client(), reverse("levers:workshop_entry"))

    assert "<h1>Ouvrez d’abord votre lien personnel</h1>" in page
    assert "Levier" not in page


def test_a_revoked_link_and_a_stranger_vote_on_nothing(opened, voter, initiative, other_initiative):
    revoked = participant_client(voter)
    voter.links.update(revoked_at=timezone.now())
    assert revoked.get(reverse("levers:workshop_entry")).status_code == 200
    assert revoked.get(phone_url(voter, opened)).status_code == 404
    for person in (make_participant(initiative), make_participant(other_initiative)):
        phone = participant_client(person)
        assert phone.get(phone_url(person, opened)).status_code == 404
        assert phone.post(phone_url(person, opened), {"choice": "E", "version": "0"}).status_code == 404
    assert not SecondVoteAnswer.objects.exists()


@pytest.mark.parametrize("choice", ["", "Z"])
def test_a_bad_answer_is_refused(opened, voter, choice):
    response = participant_client(voter).post(phone_url(voter, opened), {"choice": choice, "version": "0"})

    assert (response.status_code, SecondVoteAnswer.objects.count()) == (422, 0)


def test_detached_papers_have_no_phones_and_the_console_says_why(authority, initiative, referent, referent_client):
    ballot = make_closed(initiative, voters=5, names=NamesVisibility.DETACHED, votes={})
    start(ballot, referent)
    lever = ballot_levers(ballot)[0]

    assert "garderait un lien avec son auteur" in read(referent_client, url("lever", authority, lever.pk))
    response = referent_client.post(url("phones", authority, lever.pk), {"is_open": "oui"})
    assert (response.status_code, SecondVote.objects.count()) == (422, 0)


def test_pages_belong_to_who_decides(authority, closed, workshop, elected_client, outsider_client):
    lever = ballot_levers(closed)[1]
    for name, args in (("detail", []), ("lever", [lever.pk]), ("projection", []), ("minutes", []), ("end", [])):
        assert elected_client.get(url(name, authority, *args)).status_code == 403, name
        assert outsider_client.get(url(name, authority, *args)).status_code == 404, name


# Budgets --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "queries"),
    [("detail", 13), ("lever", 14), ("projection", 12), ("minutes", 17), ("end", 15), ("hands", 8)],
)
@pytest.mark.parametrize("count", [2, 4])
def test_query_counts(
    authority, initiative, referent, referent_client, django_assert_num_queries, name, queries, count
):
    votes = {f"LEV-{number:02d}": "EIN" for number in range(1, count + 1)}
    ballot = make_closed(initiative, levers=count, votes=votes)
    workshop = start(ballot, referent)
    lever = ballot_levers(ballot)[0]
    for item in ballot_levers(ballot)[1:]:
        services.record_hands(
            workshop=workshop, lever=item, number=1, counts=services.second_votes.Counts((1, 0, 0, 0, 0)),
            actor=referent, now=timezone.now(),
        )  # fmt: skip
    services.decide_in_workshop(
        workshop=workshop, lever=ballot_levers(ballot)[1], verdict=Verdict.RETAINED, reason="Oui", expected_version=0,
        following=lever, actor=referent, now=timezone.now(),
    )  # fmt: skip
    arguments = [lever.pk] if name in {"lever", "hands"} else []

    with django_assert_num_queries(queries):
        assert referent_client.get(url(name, authority, *arguments)).status_code == 200
