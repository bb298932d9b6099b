"""What happens to a sheet: texts kept, submission, validation, several at once, a copy, notes and files."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from authorities.models import ActivityItem, Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from roadmap import services
from roadmap.enums import ActionStatus, SheetReview
from roadmap.models import ActionSheet, SheetAttachment, SheetNote
from roadmap.prefill import COMPARED_FIELDS
from roadmap.selectors.sheets import detailed_sheets, sheet_row
from roadmap.services.sheet_life import mentioned_in
from tests import factories
from tests.factories_roadmap import (
    NOW,
    make_full_sheet,
    make_objective,
    make_roadmap,
    make_sheet,
    make_sheets_from_levers,
    save_as,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def address(name, sheet, *arguments):
    return reverse(f"roadmap:sheet_{name}", args=[sheet.roadmap.initiative.authority.slug, sheet.pk, *arguments])


def submit(sheet, actor):
    services.submit_sheet(sheet=sheet, expected_version=sheet.version, actor=actor, now=NOW)


def validate(sheets, actor, **fields):
    asked = {"validated_on": TODAY, "body": "Comité de pilotage", **fields}
    pks = [sheet.pk for sheet in sheets]
    return services.validate_sheets(roadmap=sheets[0].roadmap, sheet_pks=pks, actor=actor, now=NOW, **asked)


# Prefill --------------------------------------------------------------------------------------------------------------
def test_a_new_sheet_proposes_the_public_and_the_elected_official(initiative, referent):
    factories.make_participant(initiative, roles=["elected"], function="Vice-présidente chargée du numérique")
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    assert (sheet.target_public, sheet.elected_lead) == ("Agents et élus", "Vice-présidente chargée du numérique")


def test_two_elected_officials_leave_the_choice_open(initiative, referent):
    for rank in range(2):
        factories.make_participant(initiative, roles=["elected"], function=f"Élue {rank}")
    assert make_sheets_from_levers(initiative, 1, referent)[0].elected_lead == ""


# Texts of the catalogue -----------------------------------------------------------------------------------------------
def test_a_text_of_the_catalogue_is_marked_until_somebody_keeps_it(referent_client, initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    page = referent_client.get(address("detail", sheet)).content.decode()
    assert "À relire : 7 textes du catalogue" in page
    response = referent_client.post(address("confirm", sheet), {"texte": "steps"})
    assert response.status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.confirmed_fields, stored.version) == (["steps"], 1)
    assert "À relire : 6 textes du catalogue" in referent_client.get(address("detail", sheet)).content.decode()
    assert Event.objects.order_by("pk").last().verb == (
        "a relu et gardé de la fiche 1 le texte du catalogue\u00a0: les étapes"
    )


def test_five_texts_read_over_make_a_sheet_the_authoritys_own(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    kept = ["title", "aim", "steps", "indicators"]
    services.confirm_catalogue_texts(sheet=sheet, names=kept, actor=referent, now=NOW)
    assert sheet_row(detailed_sheets(sheet.roadmap).get()).is_still_catalogue
    services.confirm_catalogue_texts(sheet=sheet, names=["risks"], actor=referent, now=NOW)
    assert not sheet_row(detailed_sheets(sheet.roadmap).get()).is_still_catalogue


@pytest.mark.parametrize("names", [[], ["inconnu"], ["context"], ["steps", "title'--"]])
def test_what_is_no_text_of_the_catalogue_is_not_kept(referent_client, initiative, referent, names):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    assert "context" in COMPARED_FIELDS
    assert referent_client.post(address("confirm", sheet), {"texte": names}).status_code == 422
    assert ActionSheet.objects.get().confirmed_fields == []


# Submission and validation --------------------------------------------------------------------------------------------
def test_a_sheet_goes_from_its_lead_to_the_committee(roadmap, referent):
    lead = factories.make_participant(roadmap.initiative, name="Anne Achats")
    sheet = make_full_sheet(roadmap, lead_participant=lead)
    submit(sheet, lead)
    stored = ActionSheet.objects.get()
    assert (stored.review_state, stored.submitted_by_label, stored.submitted_at) == ("submitted", "Anne Achats", NOW)
    assert validate([sheet], referent) == 1
    stored = ActionSheet.objects.get()
    assert (stored.review_state, stored.validated_on, stored.validation_body) == (
        SheetReview.VALIDATED, TODAY, "Comité de pilotage",
    )  # fmt: skip
    assert [event.actor_label for event in Event.objects.order_by("pk")][0] == "Anne Achats"


def test_a_validated_sheet_that_is_rewritten_says_so_and_one_that_is_followed_does_not(roadmap, referent):
    sheet = make_full_sheet(roadmap)
    submit(sheet, referent)
    validate([sheet], referent)
    sheet = ActionSheet.objects.get()
    steps = [services.StepValues("Commencer", "DSI", "2026-S1", progress="done")]
    save_as(referent, sheet, status=ActionStatus.ONGOING, steps=steps)
    assert ActionSheet.objects.get().review_state == SheetReview.VALIDATED
    save_as(referent, sheet, aim="Un autre but")
    stored = ActionSheet.objects.get()
    assert (stored.review_state, stored.validated_on) == (SheetReview.REVISED, TODAY)
    submit(stored, referent)
    assert validate([stored], referent) == 1


def test_a_step_that_changes_is_a_rewriting(roadmap, referent):
    sheet = make_full_sheet(roadmap)
    submit(sheet, referent)
    validate([sheet], referent)
    save_as(referent, ActionSheet.objects.get(), steps=[services.StepValues("Autre chose", "DSI", "2026-S1")])
    assert ActionSheet.objects.get().review_state == SheetReview.REVISED


def test_a_sheet_without_lead_or_submitted_twice_is_refused(roadmap, referent):
    with pytest.raises(DomainError, match="Désignez d’abord le pilote"):
        submit(make_sheet(roadmap), referent)
    sheet = make_full_sheet(roadmap)
    submit(sheet, referent)
    with pytest.raises(DomainError, match="déjà soumise"):
        submit(sheet, referent)


def test_a_stale_submission_is_refused(referent_client, roadmap, referent):
    sheet = make_full_sheet(roadmap)
    save_as(referent, ActionSheet.objects.get(), aim="Entre-temps")
    assert referent_client.post(address("submit", sheet), {"version": "1"}).status_code == 409
    assert ActionSheet.objects.get().review_state == SheetReview.DRAFT


def test_a_returned_sheet_keeps_what_is_asked_as_a_note(referent_client, roadmap, referent):
    lead = factories.make_participant(roadmap.initiative, name="Anne Achats")
    sheet = make_full_sheet(roadmap, lead_participant=lead)
    submit(sheet, lead)
    assert referent_client.post(address("return", sheet), {"reason": ""}).status_code == 422
    assert referent_client.post(address("return", sheet), {"reason": "Ajoutez une cible."}).status_code == 302
    note = SheetNote.objects.get()
    assert note.text == "Fiche rendue à son pilote\u00a0: Ajoutez une cible."
    assert list(note.mentions.all()) == [lead]
    assert ActionSheet.objects.get().review_state == SheetReview.DRAFT
    assert referent_client.post(address("return", sheet), {"reason": "Encore."}).status_code == 422


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"validated_on": TODAY + timedelta(days=1)}, "jour à venir"),
        ({"body": "  "}, "Nommez l’instance"),
    ],
)
def test_a_bad_validation_is_refused_whole(roadmap, referent, fields, message):
    sheet = make_full_sheet(roadmap)
    submit(sheet, referent)
    with pytest.raises(DomainError, match=message):
        validate([sheet], referent, **fields)
    assert ActionSheet.objects.get().review_state == SheetReview.SUBMITTED


def test_a_sheet_that_is_not_submitted_stops_the_validation_of_the_others(roadmap, referent):
    submitted, draft = make_full_sheet(roadmap), make_full_sheet(roadmap)
    submit(submitted, referent)
    with pytest.raises(DomainError, match="La fiche 2 n’est plus soumise"):
        validate([submitted, draft], referent)
    assert ActionSheet.objects.get(pk=submitted.pk).review_state == SheetReview.SUBMITTED


def test_the_elected_official_validates_from_the_page(authority, roadmap, referent, elected_client):
    sheet = make_full_sheet(roadmap)
    submit(sheet, referent)
    page = reverse("roadmap:sheets_validate", args=[authority.slug])
    assert "1. Action 1" in elected_client.get(page).content.decode()
    data = {"sheets": [sheet.pk], "validated_on": "10/03/2026", "body": "Comité de pilotage"}
    assert elected_client.post(page, data).status_code == 302
    assert ActionSheet.objects.get().validated_on == date(2026, 3, 10)


# Several at once ------------------------------------------------------------------------------------------------------
def test_several_sheets_take_the_same_values_in_one_gesture(referent_client, authority, roadmap):
    sheets = [make_full_sheet(roadmap) for _ in range(3)]
    lead = factories.make_participant(roadmap.initiative, name="Anne Achats", service="achats")
    more = make_objective(roadmap, title="Un autre")
    data = {
        "sheets": [f"{sheet.pk}:{sheet.version}" for sheet in sheets[:2]],
        "lead_participant": lead.pk,
        "status": "ongoing",
        "objectives": [more.pk],
    }
    assert referent_client.post(reverse("roadmap:sheets_update", args=[authority.slug]), data).status_code == 302
    changed = list(ActionSheet.objects.values_list("lead_participant", "status", "lead_service__code"))
    assert changed == [(lead.pk, "ongoing", "achats")] * 2 + [(None, "planned", "dsi")]
    assert [sheet.objectives.count() for sheet in sheets] == [2, 2, 1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"status": "ongoing"}, "Cochez au moins une case"),
        ({"sheets": ["{pk}:1"]}, "Choisissez au moins une chose à changer"),
        ({"sheets": ["999:1"], "status": "ongoing"}, "Choisissez parmi les réponses proposées"),
        ({"sheets": ["{pk}:abc"], "status": "ongoing"}, "Choisissez parmi les réponses proposées"),
        ({"sheets": ["{pk}:7"], "status": "ongoing"}, "La fiche 1 a changé depuis que vous avez ouvert cette page"),
    ],
)
def test_a_bad_change_of_several_sheets_writes_nothing(referent_client, authority, roadmap, data, message):
    sheet = make_full_sheet(roadmap)
    sent = {name: [v.format(pk=sheet.pk) for v in value] if name == "sheets" else value for name, value in data.items()}
    response = referent_client.post(reverse("roadmap:sheets_update", args=[authority.slug]), sent)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert ActionSheet.objects.get().status == "planned"


def test_a_stale_sheet_stops_the_change_of_the_others(roadmap, referent):
    first, second = make_full_sheet(roadmap), make_full_sheet(roadmap)
    with pytest.raises(DomainError, match="La fiche 2 a changé"):
        services.update_sheets(
            roadmap=roadmap,
            versions={first.pk: 1, second.pk: 3},
            changes={"status": "ongoing"},
            actor=referent,
            now=NOW,
        )
    assert set(ActionSheet.objects.values_list("status", flat=True)) == {"planned"}


def test_a_copy_says_the_same_and_is_nobodys_vote(referent_client, initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    ActionSheet.objects.update(vote_counts={"E": 3}, start_half="2026-S1", end_half="2026-S2")
    assert referent_client.post(address("duplicate", sheet)).status_code == 302
    source, copy = ActionSheet.objects.order_by("number")
    assert (copy.title, copy.lever, copy.vote_counts, copy.start_half) == (f"{source.title} (copie)", None, {}, "")
    assert (copy.aim, copy.lead_service, copy.risks) == (source.aim, source.lead_service, source.risks)
    assert [step.text for step in copy.steps.all()] == [step.text for step in source.steps.all()]
    assert [item.name for item in copy.indicators.all()] == [item.name for item in source.indicators.all()]


# What is missing ------------------------------------------------------------------------------------------------------
def test_the_list_counts_what_is_missing_and_keeps_those_that_miss_it(referent_client, authority, roadmap):
    make_full_sheet(roadmap)
    make_full_sheet(roadmap, lead_service=None)
    make_full_sheet(roadmap, lead_service=None)
    page = reverse("roadmap:roadmap_detail", args=[authority.slug])
    text = referent_client.get(page).content.decode()
    assert '<a href="?manque=pilote">2 fiches sans pilote</a>' in text
    text = referent_client.get(page, {"manque": "pilote"}).content.decode()
    assert "2. Action 2" in text
    assert "1. Action 1" not in text
    assert "1. Action 1" in referent_client.get(page, {"manque": "autre chose"}).content.decode()


# Notes ----------------------------------------------------------------------------------------------------------------
def add_note(sheet, actor, **fields):
    asked = {"text": "Réunion tenue.", "dated_on": TODAY, "mentions": [], **fields}
    return services.add_note(sheet=sheet, actor=actor, now=NOW, **asked)


def test_a_note_calls_whom_it_names_and_whom_is_ticked(roadmap, referent):
    named = factories.make_participant(roadmap.initiative, name="Anne Achats", accepted_at=NOW)
    ticked = factories.make_participant(roadmap.initiative, name="Bruno Bureau", accepted_at=NOW)
    factories.make_participant(roadmap.initiative, name="Anne Achatsson", accepted_at=NOW)
    note = add_note(make_full_sheet(roadmap), referent, text="Vu avec @anne achats, à suivre.", mentions=[ticked])
    assert set(note.mentions.all()) == {named, ticked}
    items = ActivityItem.objects.order_by("participant_id")
    assert [(item.participant, item.kind, item.object_pk) for item in items] == [
        (named, "sheet_note", note.pk),
        (ticked, "sheet_note", note.pk),
    ]


def test_nobody_is_told_of_their_own_note(roadmap):
    lead = factories.make_participant(roadmap.initiative, name="Anne Achats", accepted_at=NOW)
    add_note(make_full_sheet(roadmap, lead_participant=lead), lead, mentions=[lead])
    assert not ActivityItem.objects.exists()


@pytest.mark.parametrize(
    ("text", "called"),
    [("@Éva Élan", True), ("@eva elan:", True), ("Éva Élan", False), ("@Éva", False), ("@Éva Élanne", False)],
)
def test_a_name_is_called_by_its_sign(roadmap, text, called):
    person = factories.make_participant(roadmap.initiative, name="Éva Élan")
    assert mentioned_in(text, [person]) == ([person] if called else [])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": "   "}, "Écrivez la note"),
        ({"text": "x" * 5001}, "sous 5\u202f000 caractères"),
        ({"dated_on": TODAY + timedelta(days=1)}, "d’aujourd’hui ou d’avant"),
    ],
)
def test_a_bad_note_is_refused(roadmap, referent, fields, message):
    with pytest.raises(DomainError, match=message):
        add_note(make_full_sheet(roadmap), referent, **fields)
    assert not SheetNote.objects.exists()


def test_a_person_of_another_demarche_is_not_called(roadmap, referent, outsider):
    stranger = factories.make_participant(outsider.memberships.get().authority.initiatives.get())
    with pytest.raises(DomainError, match="personnes de la démarche"):
        add_note(make_full_sheet(roadmap), referent, mentions=[stranger])


def test_a_committee_member_writes_and_removes_their_own_note_only(roadmap, referent, committee_member):
    sheet = make_full_sheet(roadmap)
    of_referent = add_note(sheet, referent)
    client = Client()
    client.force_login(committee_member)
    data = {"text": "Bloqué par le <b>marché</b>.", "dated_on": "10/03/2026"}
    assert client.post(address("notes", sheet), data).status_code == 302
    page = client.get(address("notes", sheet)).content.decode()
    assert "Bloqué par le &lt;b&gt;marché&lt;/b&gt;." in page
    own = SheetNote.objects.get(author_user=committee_member)
    assert client.post(address("note_delete", sheet, of_referent.pk)).status_code == 422
    assert client.post(address("note_delete", sheet, own.pk)).status_code == 302
    assert list(SheetNote.objects.all()) == [of_referent]


def test_the_home_of_a_participant_shows_the_notes_that_call_them(roadmap, referent):
    person = factories.make_participant(roadmap.initiative, name="Anne Achats", accepted_at=NOW)
    note = add_note(make_full_sheet(roadmap), referent, text="@Anne Achats : un devis ?")
    SheetNote.objects.filter(pk=note.pk).update(written_at=factories.timezone.now())
    home = reverse("roadmap:participant_home", args=[person.pk])
    assert "un devis" in factories.participant_client(person).get(home).content.decode()
    other = factories.make_participant(roadmap.initiative)
    home = reverse("roadmap:participant_home", args=[other.pk])
    assert "un devis" not in factories.participant_client(other).get(home).content.decode()


# Files ----------------------------------------------------------------------------------------------------------------
def test_a_file_is_joined_read_and_removed_with_its_bytes(referent_client, roadmap, settings):
    sheet = make_full_sheet(roadmap)
    file = SimpleUploadedFile("devis.txt", b"Dix euros.")
    assert referent_client.post(address("files", sheet), {"label": "Devis", "file": file}).status_code == 302
    attachment = SheetAttachment.objects.get()
    assert attachment.file.name.endswith(".txt")
    response = referent_client.get(address("file", sheet, attachment.pk))
    assert (response.content, response["Content-Disposition"]) == (b"Dix euros.", 'attachment; filename="devis.txt"')
    stored = attachment.file.path
    assert referent_client.post(address("file_delete", sheet, attachment.pk)).status_code == 302
    assert not SheetAttachment.objects.exists()
    assert attachment.file.storage.exists(stored)  # the test never commits: it goes with the transaction


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"label": "Devis"}, "Donnez une adresse ou un fichier"),
        ({"label": "Devis", "url": "javascript:alert(1)"}, "Indiquez une adresse web complète"),
    ],
)
def test_a_bad_file_is_told(referent_client, roadmap, data, message):
    sheet = make_full_sheet(roadmap)
    response = referent_client.post(address("files", sheet), data)
    assert response.status_code == 422
    assert message in response.content.decode()


def test_the_eleventh_file_is_refused(roadmap, referent, referent_client):
    sheet = make_full_sheet(roadmap)
    for rank in range(10):
        data = {"label": f"Lien {rank}", "url": "https://exemple.fr/"}
        assert referent_client.post(address("files", sheet), data).status_code == 302
    response = referent_client.post(address("files", sheet), {"label": "De trop", "url": "https://exemple.fr/"})
    assert response.status_code == 422
    assert SheetAttachment.objects.count() == 10


# The lead, by a personal link -----------------------------------------------------------------------------------------
@pytest.fixture
def own(roadmap):
    person = factories.make_participant(roadmap.initiative, name="Anne Achats", accepted_at=NOW)
    return make_full_sheet(roadmap, lead_participant=person)


def own_address(name, sheet, *arguments):
    return reverse(f"roadmap:participant_sheet_{name}", args=[sheet.lead_participant_id, sheet.pk, *arguments])


def test_the_lead_completes_and_submits_without_an_account(own):
    client = factories.participant_client(own.lead_participant)
    data = {"version": "1", "context": "Dix postes.", "aim": "Vingt postes.", "description": ""}
    assert client.post(own_address("update", own, "constat"), data).status_code == 302
    data = {"version": "2", "status": "ongoing", "progress-0": "done"}
    assert client.post(own_address("update", own, "avancement"), data).status_code == 302
    assert client.post(own_address("submit", own), {"version": "3"}).status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.aim, stored.status, stored.steps.get().progress) == ("Vingt postes.", "ongoing", "done")
    assert (stored.review_state, stored.submitted_by_label) == ("submitted", "Anne Achats")
    assert [event.actor_participant for event in Event.objects.all()] == [own.lead_participant] * 3


@pytest.mark.parametrize("part", ["identite", "equipe", "inconnue"])
def test_the_lead_does_not_write_what_is_decided_together(own, part):
    client = factories.participant_client(own.lead_participant)
    assert client.get(own_address("update", own, part)).status_code == 404
    assert client.post(own_address("update", own, part), {"version": "1", "title": "x"}).status_code == 404


def test_a_stale_lead_sees_both_texts(own, referent):
    save_as(referent, ActionSheet.objects.get(), aim="Le but de la référente")
    client = factories.participant_client(own.lead_participant)
    data = {"version": "1", "context": "", "aim": "Le but du pilote", "description": ""}
    response = client.post(own_address("update", own, "constat"), data)
    assert response.status_code == 409
    assert "Le but de la référente" in response.content.decode()
    assert "Le but du pilote" in response.content.decode()


def test_another_person_does_not_reach_the_sheet(own, roadmap):
    other = factories.make_participant(roadmap.initiative, accepted_at=NOW)
    client = factories.participant_client(other)
    for name, arguments in (("detail", ()), ("update", ("constat",)), ("notes", ()), ("files", ())):
        page = reverse(f"roadmap:participant_sheet_{name}", args=[other.pk, own.pk, *arguments])
        assert client.get(page).status_code == 404


def test_services_refuse_a_stale_version(roadmap, referent):
    sheet = make_full_sheet(make_roadmap(roadmap.initiative))
    with pytest.raises(StaleVersionError):
        services.submit_sheet(sheet=sheet, expected_version=9, actor=referent, now=NOW)
