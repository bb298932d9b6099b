"""Pages of the workshop: console, projected page, minutes, end. Names stay where the ballot puts them."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document as read_docx

from authorities.models import Initiative
from levers import services
from levers.enums import NamesVisibility, Verdict
from levers.models import Ballot, Decision, ParkedLever, SecondVote, Workshop
from roadmap.models import ActionSheet
from tests.factories import make_initiative
from tests.factories_authorities import make_meeting
from tests.factories_diagnostics import make_finished_diagnosis
from tests.factories_levers import ballot_levers, make_catalogue, make_dimension, make_lever
from tests.hostile import forms_of
from tests.levers.workshop_pages import AUTOSAVE, FRAGMENT, make_closed, read, start, url, words_of

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


# Minutes and end ------------------------------------------------------------------------------------------------------


def test_minutes_say_what_is_decided_so_far(authority, closed, workshop, referent_client, voter):
    lever = ballot_levers(closed)[1]
    counts = {"number": "1", "E": "4", "P": "", "I": "", "C": "", "N": "", "A": ""}
    referent_client.post(url("hands", authority, lever.pk), counts)
    data = {"verdict": "dismissed", "reason": "Hors de nos compétences.", "version": "0"}
    referent_client.post(url("lever", authority, lever.pk), data)
    texts = {
        "place": "Salle du conseil",
        "present": [voter.pk],
        "other_people": "Paul, AMO",
        "notes": "La DSI chiffre.",
    }

    response = referent_client.post(url("minutes", authority), {**texts, "version": str(workshop.version)})

    assert response.status_code == 302
    page = read(referent_client, url("minutes", authority))
    assert "Écartés (1)" in page.replace("Leviers écartés", "Écartés")
    assert "Hors de nos compétences." in page
    assert "Second vote (mains levées)\u00a0: 4\u00a0voix\u00a0: essentiel 4." in page
    document = read_docx(io.BytesIO(referent_client.get(url("document", authority, "docx")).content))
    words = "\n".join([item.text for item in document.paragraphs] + [c.text for t in document.tables for c in t._cells])
    for text in ("Salle du conseil", "Paul, AMO", "La DSI chiffre.", "Levier LEV-02", "Hors de nos compétences."):
        assert text in words, text
    assert "Votante 1" in words and "Votante 2" not in words
    assert "l’atelier n’est pas terminé" in words


@pytest.mark.parametrize(("extension", "status"), [("odt", 200), ("docx", 200), ("exe", 404)])
def test_documents(authority, workshop, referent_client, extension, status):
    response = referent_client.get(url("document", authority, extension))

    assert response.status_code == status
    if status == 200:
        assert f"compte-rendu-atelier-1-{authority.slug}.{extension}" in response["Content-Disposition"]


def test_end_lists_what_is_kept_and_one_gesture_creates_the_sheets(authority, closed, workshop, referent_client):
    levers = ballot_levers(closed)
    data = {"verdict": "retained", "reason": "Oui.", "version": "0"}
    referent_client.post(url("lever", authority, levers[1].pk), data)

    page = read(referent_client, url("end", authority))
    assert "<h1>1 levier retenu, 3 sans décision</h1>" in page
    assert "Continuer : Levier LEV-03" in page.replace("\u00a0", " ")
    form = next(form for form in forms_of("/", page) if form.action.endswith("/fiches/creer/"))
    assert referent_client.post(form.action).status_code == 302
    assert ActionSheet.objects.get().lever == levers[1]
    referent_client.post(url("end", authority), {"is_over": "oui"})
    assert Workshop.objects.get().is_over
    assert "Reprendre l’atelier" in read(referent_client, url("end", authority))
    assert referent_client.post(url("lever", authority, levers[2].pk), data).status_code == 422
    assert "Enregistrer et continuer" not in read(referent_client, url("lever", authority, levers[2].pk))
    assert referent_client.post(url("end", authority), {"is_over": "x"}).status_code == 422
    referent_client.post(url("end", authority), {"is_over": "non"})
    assert not Workshop.objects.get().is_over


def retain(ballot, referent, *levers) -> None:
    for lever in levers:
        services.record_decision(
            initiative=ballot.initiative, lever=lever, verdict=Verdict.RETAINED, reason="Oui.", expected_version=0,
            actor=referent, now=timezone.now(),
        )  # fmt: skip


def test_end_advises_what_is_left_out_and_blocks_nothing(authority, initiative, referent, referent_client):
    catalogue = make_catalogue(4)
    catalogue.exclusive_groups = [["LEV-01", "LEV-02"]]
    catalogue.save()
    make_lever(catalogue, "LEV-05", theme=5, title="Médiation")
    make_lever(catalogue, "LEV-06", theme=5)
    catalogue.levers.filter(code="LEV-01").update(prerequisite_codes=["LEV-03", "LEV-04", "LEV-06"])
    make_finished_diagnosis(initiative, {"TER-2": 0, "PAR-1": 4})
    weak = make_dimension("TER")
    catalogue.levers.filter(code="LEV-05").update(dimension=weak)
    # LEV-06 is no lever of the ballot.
    ballot = make_closed(initiative, levers=5)
    start(ballot, referent)
    levers = ballot_levers(ballot)
    assert "À regarder" not in read(referent_client, url("end", authority))

    retain(ballot, referent, levers[0], levers[1])
    services.record_decision(
        initiative=initiative, lever=levers[2], verdict=Verdict.POSTPONED, reason="2028", expected_version=0,
        actor=referent, now=timezone.now(),
    )  # fmt: skip
    page = read(referent_client, url("end", authority)).replace("\u00a0", " ")
    for told in (
        "Thème du décret sans levier retenu : « Thème 5 ».",
        f"Dimension faible sans levier retenu : « {weak.name} ».",
        "« Levier LEV-03 », conseillé avant « Levier LEV-01 », est reporté.",
        "« Levier LEV-04 », conseillé avant « Levier LEV-01 », n’a pas encore de décision.",
        "« Levier LEV-06 », conseillé avant « Levier LEV-01 », n’est pas retenu.",
        "Ces leviers allongent la vie des mêmes appareils : « Levier LEV-01 », « Levier LEV-02 ».",
    ):
        assert page.count(told) == 1, told
    # One press leads to the lever: its console, or its page when it was not put to the vote.
    advised = page[page.index("À regarder") : page.index("</h2>", page.index("À regarder") + 400)]
    for lever in levers[2:4]:
        assert advised.count(f'<a href="{url("lever", authority, lever.pk)}">Revenir sur ce levier</a>') == 1
    other = catalogue.levers.get(code="LEV-06")
    assert f'<a href="{reverse("levers:lever_detail", args=[authority.slug, other.pk])}">Voir ce levier</a>' in advised
    # The same advice beside the decisions, and in the minutes; the sheets are created all the same.
    decisions = read(referent_client, reverse("levers:decision_list", args=[authority.slug]))
    assert reverse("levers:decision_update", args=[authority.slug, levers[2].pk]) in decisions
    minutes = words_of(referent_client.get(url("document", authority, "odt")).content, "odt")
    assert "« Levier LEV-03 », conseillé avant « Levier LEV-01 », est reporté." in minutes
    referent_client.post(reverse("roadmap:sheets_create", args=[authority.slug]))
    assert ActionSheet.objects.count() == 2

    retain(ballot, referent, levers[3], levers[4])
    page = read(referent_client, url("end", authority)).replace("\u00a0", " ")
    assert "Thème du décret sans levier" not in page and "Dimension faible" not in page
    assert "« Levier LEV-04 », conseillé" not in page


def test_end_says_nothing_of_what_a_former_demarche_engaged(authority, initiative, referent, referent_client):
    catalogue = make_catalogue(2)
    catalogue.levers.filter(code="LEV-01").update(prerequisite_codes=["LEV-02"])
    former = make_initiative(authority, number=7, is_current=False)
    first, second = catalogue.levers.order_by("position")
    Decision.objects.create(
        initiative=former, lever=second, verdict=Verdict.RETAINED, reason="Oui", decided_at=timezone.now()
    )
    ballot = make_closed(initiative, levers=1, votes={})
    start(ballot, referent)
    retain(ballot, referent, first)
    assert "conseillé avant" in read(referent_client, url("end", authority))

    Initiative.objects.filter(pk=initiative.pk).update(number=8)
    assert "conseillé avant" not in read(referent_client, url("end", authority))


@pytest.mark.parametrize(("count", "is_told"), [(20, False), (21, True)])
def test_end_warns_above_twenty(authority, initiative, referent, referent_client, count, is_told):
    ballot = make_closed(initiative, levers=count, votes={})
    start(ballot, referent)
    retain(ballot, referent, *ballot_levers(ballot))

    page = read(referent_client, url("end", authority))
    assert (f"{count}\u00a0leviers retenus, c’est plus que 20" in page.replace(" leviers", "\u00a0leviers")) is is_told


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
