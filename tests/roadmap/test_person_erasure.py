"""A person is erased: no column made to name somebody keeps the name, no answer moves."""

import io
import zipfile

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.enums import MailFate, MailReason
from accounts.models import MailPreference, OutboxMessage
from accounts.outbox import post
from authorities.enums import Role
from authorities.events import record_event
from authorities.models import AuthorityMessage, CommitteeImport, Draft, Event, Membership, Participant
from authorities.services import copy_link, issue_link, reactivate_participant
from common.errors import DomainError
from diagnostics.models import Diagnosis, GridImport, Rating
from roadmap.archive import build_archive
from roadmap.archive.tables import LEFT_OUT
from roadmap.models import ActionSheet, RoadmapVersion, SheetImport
from roadmap.personal_data import AUTHORITY_LOOKUPS, NAMED_COLUMNS, PRIVATE_TABLES
from roadmap.services import erase_person
from tests.factories import (
    PARIS_NOON,
    make_initiative,
    make_member,
    make_participant,
    make_user,
    participant_client,
)
from tests.factories_diagnostics import make_diagnosis, make_questionnaire
from tests.factories_roadmap import make_roadmap, make_sheet, make_version

NAME, EMAIL, FUNCTION = "Maëlys O’Brien", "maelys.obrien@exemple.fr", "Cheffe du parc lunaire"

# Text columns that name nobody by design, or in which a person writes what they like: never rewritten.
FREE_TEXTS = {
    "accounts.OutboxMessage",  # treated apart, by message
    "authorities.Authority", "authorities.Initiative", "authorities.Meeting", "authorities.ChecklistItem",
    "authorities.SourceDocument", "authorities.TerritoryActor", "authorities.MembershipRequest.message",
    "authorities.MembershipRequest.answer_reason", "authorities.PersonalLink", "authorities.ActivityItem",
    "inventory.Inventory", "inventory.InventoryLine", "inventory.InventoryFigure", "inventory.InventoryImport",
    "inventory.ColumnMemory", "inventory.DeviceChoice",
    "inventory.Scenario", "inventory.ScenarioChange", "inventory.Recalculation",
    "diagnostics.Diagnosis", "diagnostics.Rating.comment", "diagnostics.AgreedLevel",
    "diagnostics.MeetingMinutes.place", "diagnostics.MeetingMinutes.decisions", "diagnostics.MeetingMinutes.notes",
    "diagnostics.Evidence.label", "diagnostics.Evidence.url", "diagnostics.Evidence.file",
    "diagnostics.Evidence.file_name",
    "levers.Lever", "levers.Shortlist", "levers.ShortlistedLever", "levers.Ballot", "levers.Vote", "levers.Decision",
    "levers.BallotPaper", "levers.Workshop.place", "levers.Workshop.notes", "levers.WorkshopDecision",
    "levers.SecondVote",
    "roadmap.Roadmap.foreword", "roadmap.Roadmap.governance", "roadmap.ThemeExplanation", "roadmap.LeadCapacity",
    "roadmap.BudgetCeiling",
    "roadmap.Objective", "roadmap.Indicator", "roadmap.Erasure",
    "roadmap.DossierOrder.failures",
    "roadmap.SteeringValidation", "roadmap.CouncilResolution",
    "roadmap.ActionStep.text", "roadmap.ActionStep.due_half", "roadmap.SheetHumanMeans", "roadmap.SheetBudgetLine",
    "roadmap.SheetShare", "roadmap.SheetNote.text", "roadmap.SheetAttachment.label", "roadmap.SheetAttachment.url",
    "roadmap.SheetAttachment.file", "roadmap.SheetAttachment.file_name",
    "roadmap.RoadmapVersion.content", "roadmap.RoadmapVersion.pdf", "roadmap.RoadmapVersion.pdf_sha256",
    "roadmap.RoadmapVersion.note", "authorities.Event.subject_key", "authorities.Membership.roles",
}  # fmt: skip
# Emptied, or erased with their row, by the service itself.
TREATED_APART = {
    "authorities.Participant", "authorities.Draft", "authorities.CommitteeImport",
    "diagnostics.GridImport", "roadmap.SheetImport",
}  # fmt: skip


def make_person(initiative, **fields) -> Participant:
    return make_participant(initiative, name=NAME, email=EMAIL, function=FUNCTION, **fields)


def erase(participant, referent) -> Participant:
    erase_person(participant=participant, actor=referent, now=PARIS_NOON)
    return Participant.objects.get(pk=participant.pk)


def unzipped(authority) -> str:
    with zipfile.ZipFile(io.BytesIO(build_archive(authority=authority, now=PARIS_NOON))) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist() if name.endswith((".json", ".csv")))


def write_message(authority, participant, *, to=EMAIL, body=f"Bonjour {NAME}", **fields) -> OutboxMessage:
    message = EmailMultiAlternatives(subject=f"Pour {NAME}", body=body, to=[to], reply_to=fields.pop("reply_to", []))
    row = post(message, reason=MailReason.INVITATION, now=PARIS_NOON, withheld="Essai.")
    AuthorityMessage.objects.create(
        authority=authority, participant=participant, message=row, recipient=NAME, part=f"Pour {NAME}"
    )
    return row


def test_name_address_and_function_leave_the_row_and_the_answers_stay(initiative, referent):
    person = make_person(initiative, invitation_note=f"Chère {NAME}", user=None)
    erased = erase(person, referent)
    assert (erased.name, erased.email, erased.function, erased.invitation_note) == ("Personne effacée 1", "", "", "")
    assert (erased.is_active, erased.erased_at, erased.user) == (False, PARIS_NOON, None)
    assert erased.service == person.service, "the service says whose view the answer is"


def test_two_people_get_two_names(initiative, referent):
    first, second = make_person(initiative), make_participant(initiative)
    assert erase(first, referent).name == "Personne effacée 1"
    assert erase(second, referent).name == "Personne effacée 2"


def test_archive_holds_neither_the_name_nor_the_address(authority, initiative, referent):
    user = make_user("maelys.compte@exemple.fr", full_name=NAME.upper())
    Membership.objects.create(authority=authority, user=user, roles=["committee"])
    person = make_person(initiative, user=user)
    former = make_person(make_initiative(authority, number=2, is_current=False))
    roadmap = make_roadmap(initiative, foreword_author=f"{NAME}, présidente")
    sheet = make_sheet(roadmap, lead_participant=person, lead_name=NAME, elected_lead=f"Mme {NAME}")
    sheet.steps.create(position=1, text="Commencer", who=f"{NAME} et DSI", due_half="2026-S1")
    make_version(roadmap, frozen_by=user, frozen_by_label=NAME)
    record_event(authority=authority, verb=f"a ajouté {NAME} au comité", now=PARIS_NOON, actor=user)
    changes = [{"field": "lead_name", "label": "pilote", "before": "", "after": NAME.replace(" ", "\u00a0")}]
    record_event(authority=authority, verb="a modifié la fiche 1", now=PARIS_NOON, actor=person, changes=changes)
    before = unzipped(authority)
    assert NAME in before and EMAIL in before and user.email in before and FUNCTION in before
    erase(person, referent)
    after = unzipped(authority)
    for word in (NAME, NAME.replace(" ", "\u00a0"), NAME.upper(), EMAIL, user.email, FUNCTION, "maelys"):
        assert word not in after, word
    assert "Personne effacée 1 et DSI" in after and "a ajouté Personne effacée 1 au comité" in after
    former.refresh_from_db()
    assert former.erased_at == PARIS_NOON
    assert ActionSheet.objects.get().lead_participant == person, "the sheet keeps who leads it"
    assert not Membership.objects.filter(user=user).exists()


def test_free_texts_and_frozen_content_are_kept(authority, initiative, referent):
    person = make_person(initiative)
    roadmap = make_roadmap(initiative, governance=f"{NAME} réunit le comité.")
    version = make_version(roadmap, content={"format": "essai", "lead": NAME})
    erase(person, referent)
    roadmap.refresh_from_db()
    assert NAME in roadmap.governance
    kept = RoadmapVersion.objects.get(pk=version.pk)
    assert kept.content["lead"] == NAME and kept.pdf_sha256 == version.pdf_sha256


def test_ratings_do_not_move(initiative, referent):
    person = make_person(initiative)
    make_questionnaire()
    diagnosis: Diagnosis = make_diagnosis(initiative, [person])
    question = diagnosis.questionnaire.questions.first()
    rating = Rating.objects.create(
        diagnosis=diagnosis, participant=person, question=question, level=3, entered_by=referent,
        entered_by_label=NAME, rated_at=PARIS_NOON,
    )  # fmt: skip
    erase(person, referent)
    kept = Rating.objects.get(pk=rating.pk)
    assert (kept.participant_id, kept.level, kept.entered_by_label) == (person.pk, 3, "Personne effacée 1")


def test_grids_that_wait_with_their_answers_are_erased(initiative, referent):
    person = make_person(initiative)
    make_questionnaire()
    diagnosis = make_diagnosis(initiative, [person])
    for participant_pk in (person.pk, 0):
        GridImport.objects.create(
            diagnosis=diagnosis, file_name="grille.xlsx", created_by=referent, read_at=PARIS_NOON,
            answers=[{"participant_pk": participant_pk, "comment": NAME}],
        )  # fmt: skip
    erase(person, referent)
    assert [waiting.answers[0]["participant_pk"] for waiting in GridImport.objects.all()] == [0]


def test_workbooks_of_sheets_that_name_the_person_are_erased(initiative, referent):
    person = make_person(initiative)
    for number, text in ((1, f"Réunion avec {NAME}"), (2, "Réunion avec le pilote")):
        SheetImport.objects.create(
            initiative=initiative, file_name="fiches.xlsx", created_by=referent, read_at=PARIS_NOON,
            content=[{"number": number, "fields": {"context": text}}],
        )  # fmt: skip
    erase(person, referent)
    assert [waiting.content[0]["number"] for waiting in SheetImport.objects.all()] == [2]


def test_one_event_tells_it_without_the_name(authority, initiative, referent):
    erase(make_person(initiative), referent)
    event = Event.objects.get(authority=authority)
    assert event.verb == "a effacé une personne ; ses réponses restent, sans son nom"
    assert event.actor_user == referent


def test_messages_to_them_are_emptied_and_those_to_others_lose_the_name(authority, initiative, referent):
    person, colleague = make_person(initiative), make_participant(initiative)
    own = write_message(authority, person)
    other = write_message(
        authority, colleague, to="collegue@exemple.fr", body=f"De la part de {NAME}", reply_to=[EMAIL]
    )
    elsewhere = post(
        EmailMultiAlternatives(subject="Code", body="Code", to=[EMAIL]), reason=MailReason.ACCOUNT, now=PARIS_NOON
    )
    waiting = write_message(authority, person)
    OutboxMessage.objects.filter(pk=waiting.pk).update(fate=MailFate.PENDING)
    erase(person, referent)
    for row in (own, waiting):
        row.refresh_from_db()
        assert (row.to, row.subject, row.body, row.html) == ("", "", "", "")
        assert row.fate == MailFate.WITHHELD
    other.refresh_from_db()
    assert other.body == "De la part de Personne effacée 1" and other.to == "collegue@exemple.fr"
    assert other.reply_to == "" and NAME not in other.subject
    elsewhere.refresh_from_db()
    assert elsewhere.to == EMAIL, "of no authority"
    for tie in AuthorityMessage.objects.all():
        assert NAME not in tie.recipient + tie.part


def test_lists_and_drafts_about_them_go(authority, initiative, referent):
    person = make_person(initiative)
    line = {"number": 1, "service": "", "function": "", "role": "", "problem": "", "place": 1}
    CommitteeImport.objects.create(
        initiative=initiative, source="liste", read_at=PARIS_NOON,
        lines=[
            {**line, "name": "Autre", "email": EMAIL.upper()},
            {**line, "name": "Maelys O Brien", "email": "", "place": 2},
            {**line, "name": "Zoé Brun", "email": "zoe@exemple.fr", "place": 3},
        ],
    )  # fmt: skip
    for number, fields in enumerate([{"name": [NAME]}, {"name": ["Zoé"]}]):
        Draft.objects.create(
            user=referent, authority=authority, path="/x/", key=str(number), fields=fields, saved_at=PARIS_NOON
        )
    Draft.objects.create(participant=person, path="/y/", key="k", fields={"a": ["b"]}, saved_at=PARIS_NOON)
    MailPreference.objects.create(email=EMAIL)
    erase(person, referent)
    assert [item["name"] for item in CommitteeImport.objects.get().lines] == ["Zoé Brun"]
    assert Draft.objects.get().fields == {"name": ["Zoé"]}
    assert not MailPreference.objects.exists()


def test_choice_of_mail_stays_with_an_address_that_is_known_elsewhere(initiative, referent, outsider):
    person = make_person(initiative)
    make_person(outsider.memberships.get().authority.initiatives.get())
    MailPreference.objects.create(email=EMAIL)
    erase(person, referent)
    assert MailPreference.objects.exists()


def test_another_authority_is_left_alone(initiative, referent, outsider):
    other_authority = outsider.memberships.get().authority
    user = make_user(EMAIL)
    Membership.objects.create(authority=other_authority, user=user, roles=["committee"])
    elsewhere = make_person(other_authority.initiatives.get(), user=user)
    erase(make_person(initiative, user=user), referent)
    elsewhere.refresh_from_db()
    assert (elsewhere.name, elsewhere.user, elsewhere.is_active) == (NAME, user, True)
    assert Membership.objects.filter(user=user).count() == 1


def test_links_and_their_sessions_die(initiative, referent):
    person = make_person(initiative)
    client = participant_client(person)
    url = reverse("roadmap:participant_home", args=[person.pk])
    assert client.get(url).status_code == 200
    erase(person, referent)
    assert client.get(url).status_code == 404
    erased = Participant.objects.get(pk=person.pk)
    with pytest.raises(DomainError):
        issue_link(participant=erased, now=PARIS_NOON)
    with pytest.raises(DomainError):
        copy_link(participant=erased, actor=referent, now=PARIS_NOON)
    with pytest.raises(DomainError, match="effacée"):
        reactivate_participant(participant=erased, actor=referent, now=PARIS_NOON)


def test_twice_is_refused(initiative, referent, referent_client):
    person = make_person(initiative)
    erase(person, referent)
    with pytest.raises(DomainError, match="déjà effacée"):
        erase(person, referent)
    url = reverse("roadmap:person_erase", args=[initiative.authority.slug, person.pk])
    for response in (referent_client.get(url), referent_client.post(url)):
        assert response.status_code == 422
        assert "déjà effacée" in response.content.decode()


def test_last_referent_is_refused(initiative, referent, referent_client):
    person = make_person(initiative, user=referent)
    url = reverse("roadmap:person_erase", args=[initiative.authority.slug, person.pk])
    response = referent_client.post(url)
    assert response.status_code == 422
    assert "garde au moins un référent" in response.content.decode()
    person.refresh_from_db()
    assert person.name == NAME and not Event.objects.filter(authority=initiative.authority).exists()


def test_a_referent_may_erase_herself_when_another_stays(authority, initiative, referent, referent_client):
    make_member(authority, "referent")
    person = make_person(initiative, user=referent)
    response = referent_client.post(reverse("roadmap:person_erase", args=[authority.slug, person.pk]))
    assert response.url == reverse("roadmap:space_list")
    assert Event.objects.get(authority=authority).actor_label == "Personne effacée 1"
    assert Event.objects.get(authority=authority).actor_user is None


def test_account_of_the_same_address_is_the_same_person(authority, initiative, referent):
    member = make_member(authority, "committee")
    person = make_participant(initiative, email=member.email)
    erase(person, referent)
    assert not Membership.objects.filter(user=member).exists()


def test_page_says_what_goes_and_what_stays(initiative, referent_client):
    person = make_person(initiative)
    url = reverse("roadmap:person_erase", args=[initiative.authority.slug, person.pk])
    html = referent_client.get(url).content.decode()
    assert "versions figées" in html and "texte libre" in html
    form = referent_client.get(reverse("authorities:participant_update", args=[initiative.authority.slug, person.pk]))
    assert url in form.content.decode()
    response = referent_client.post(url, follow=True)
    assert NAME not in response.content.decode() and "Personne effacée" not in response.content.decode()
    gone = referent_client.get(reverse("authorities:participant_update", args=[initiative.authority.slug, person.pk]))
    assert gone.status_code == 404


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.REFERENT])
def test_only_the_referent_may(authority, initiative, role):
    person = make_person(initiative)
    client = Client()
    client.force_login(make_member(authority, role))
    assert client.post(reverse("roadmap:person_erase", args=[authority.slug, person.pk])).status_code == 403


def test_somebody_of_another_authority_does_not_exist(initiative, outsider_client, outsider, referent_client):
    foreign = make_person(outsider.memberships.get().authority.initiatives.get())
    for client, slug, pk in (
        (referent_client, initiative.authority.slug, foreign.pk),
        (referent_client, initiative.authority.slug, 999_999_999),
        (outsider_client, initiative.authority.slug, make_participant(initiative).pk),
    ):
        assert client.post(reverse("roadmap:person_erase", args=[slug, pk])).status_code == 404
    foreign.refresh_from_db()
    assert foreign.name == NAME


def test_every_text_column_is_scrubbed_or_said_to_be_free():
    named = {(columns.model._meta.label, name) for columns in NAMED_COLUMNS for name in columns.fields}
    unknown = []
    for model in AUTHORITY_LOOKUPS:
        label = model._meta.label
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
            known = {label, f"{label}.{field.name}"} & (FREE_TEXTS | TREATED_APART)
            if is_text and not known and (label, field.name) not in named and label != "roadmap.ActionSheet":
                unknown.append(f"{label}.{field.name}")
    assert unknown == []


def test_every_private_table_leads_to_its_authority():
    contents = {"roadmap.ReferenceDraft", "roadmap.DraftEntry"}
    national = {"accounts.OutboxMessage", "accounts.MailPreference"} | contents
    assert {model._meta.label for model in PRIVATE_TABLES} == set(LEFT_OUT) - national
