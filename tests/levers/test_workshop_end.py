"""Minutes and end of the workshop: what is kept, what is advised, the sheets that one gesture creates."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document as read_docx

from authorities.models import Initiative
from levers import services
from levers.enums import Verdict
from levers.models import Decision, Workshop
from roadmap.models import ActionSheet
from tests.factories import make_initiative
from tests.factories_diagnostics import make_finished_diagnosis
from tests.factories_levers import ballot_levers, make_catalogue, make_dimension, make_lever
from tests.hostile import forms_of
from tests.levers.test_workshop_views import closed, make_closed, read, start, url, words_of, workshop

__all__ = ["closed", "workshop"]


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
