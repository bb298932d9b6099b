"""An authority leaves with its data: archive, delay, erasure of every row and file, receipt that names nobody."""

import hashlib
import json
import logging
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import MailReason
from accounts.models import MailPreference, OutboxMessage, User
from accounts.outbox import post
from authorities.enums import Role
from authorities.models import (
    ActivityItem,
    Authority,
    AuthorityMessage,
    CommitteeImport,
    Draft,
    Event,
    Initiative,
)
from common.errors import DomainError
from diagnostics.models import Evidence, GridImport
from inventory.models import ImportFile, InventoryImport
from roadmap.models import DossierOrder, Erasure, Publication, Roadmap, SheetImport
from roadmap.personal_data import PRIVATE_TABLES
from roadmap.services import authority_erasure, cancel_erasure, erase_due_authorities, export_archive, plan_erasure
from tests.factories import (
    PARIS_NOON,
    make_link,
    make_member,
    make_participant,
)
from tests.factories_diagnostics import make_diagnosis, make_questionnaire, make_rating
from tests.factories_roadmap import make_version

NOW = PARIS_NOON
DAY = timedelta(days=1)
OWN_APPS = ("accounts", "authorities", "inventory", "diagnostics", "levers", "roadmap")


def url(name: str, authority: Authority) -> str:
    return reverse(f"roadmap:{name}", args=[authority.slug])


def plan(authority: Authority, actor: User, now=NOW) -> Erasure:
    export_archive(authority=authority, actor=actor, now=now)
    return plan_erasure(authority=authority, actor=actor, now=now)


@pytest.fixture(autouse=True)
def commits_at_once(monkeypatch):
    """A test never commits: the files go at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda job: job())


def rows_of(authority_pk: int) -> dict[str, set[int]]:
    """Return every row that hangs on an authority, by walking the foreign keys of all models from it."""
    found: dict[str, set[int]] = {"authorities.Authority": {authority_pk}}
    is_growing = True
    while is_growing:
        is_growing = False
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label == "roadmap.Erasure":
                continue
            for field in model._meta.concrete_fields:
                target = field.related_model
                if target is None or target._meta.label not in found or target._meta.label == "accounts.User":
                    continue
                pks = set(
                    model._base_manager.filter(**{f"{field.attname}__in": list(found[target._meta.label])}).values_list(
                        "pk", flat=True
                    )
                )
                if pks - found.get(model._meta.label, set()):
                    found.setdefault(model._meta.label, set()).update(pks)
                    is_growing = True
    return found


def count_all() -> dict[str, int]:
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OWN_APPS
    }


def leave_a_row_in_each_private_table(authority: Authority, referent: User) -> OutboxMessage:
    """Add what the demonstration does not hold: messages, news, drafts, lists."""
    initiative: Initiative = authority.initiatives.current().get()
    person = make_participant(initiative, email="seule@exemple.fr", roles=("elected",))
    link = make_link(person)
    row = post(
        EmailMultiAlternatives(subject="A", body="B", to=[person.email]),
        reason=MailReason.ACTIVITY, now=NOW, withheld="Essai.",
    )  # fmt: skip
    tie = AuthorityMessage.objects.create(
        authority=authority, participant=person, link=link, message=row, recipient=person.name
    )
    ActivityItem.objects.create(
        participant=person, kind="ballot_opened", object_pk=1, queued_at=NOW, due_at=NOW, message=tie
    )
    Draft.objects.create(user=referent, authority=authority, path="/x/", key="k", saved_at=NOW)
    Draft.objects.create(participant=person, path="/y/", key="k", saved_at=NOW)
    CommitteeImport.objects.create(initiative=initiative, source="liste", read_at=NOW)
    roadmap, _is_new = Roadmap.objects.get_or_create(initiative=initiative)
    DossierOrder.objects.create(roadmap=roadmap, asked_at=NOW, asked_by=referent)
    version = roadmap.versions.first() or make_version(roadmap)
    Publication.objects.create(version=version, published_at=NOW, published_by=referent)
    SheetImport.objects.create(initiative=initiative, file_name="fiches.ods", read_at=NOW, created_by=referent)
    inventory = apps.get_model("inventory", "Inventory").objects.filter(initiative=initiative).first()
    if inventory is not None:
        waiting = InventoryImport.objects.create(
            inventory=inventory, inventory_version=1, file_name="parc.xlsx", created_at=NOW, created_by=referent
        )
        ImportFile.objects.create(waiting=waiting, content=b"x")
    diagnosis = apps.get_model("diagnostics", "Diagnosis").objects.filter(initiative=initiative).first()
    if diagnosis is not None:
        GridImport.objects.create(diagnosis=diagnosis, file_name="grille.ods", read_at=NOW, created_by=referent)
        Evidence.objects.create(
            diagnosis=diagnosis, rating=diagnosis.ratings.first(), label="Marché", added_at=NOW,
            file=ContentFile(b"Un texte.", name="marche.txt"), file_name="marche.txt", size_bytes=9,
        )  # fmt: skip
    MailPreference.objects.create(email=person.email)
    return row


def test_receipt_names_nobody_and_knows_the_last_archive(authority, initiative, referent, settings):
    make_participant(initiative, name="Zoé Brun", email="zoe.brun@exemple.fr", roles=("elected",))
    erasure = plan(authority, referent)
    content = export_archive(authority=authority, actor=referent, now=NOW + DAY)
    erase_due_authorities(now=NOW + 30 * DAY)
    erasure.refresh_from_db()
    assert erasure.archive_sha256 == hashlib.sha256(content).hexdigest()
    assert (erasure.authority, erasure.asked_by, erasure.erased_at) == (None, None, NOW + 30 * DAY)
    response = Client().get(reverse("erasure_receipt", args=[erasure.code]))
    text = response.content.decode()
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    assert erasure.archive_sha256 in text and authority.name in text and "participants\u00a0: 1" in text
    for word in ("Zoé", "Brun", "zoe.brun", referent.email):
        assert word not in text + json.dumps(erasure.counts)
    told = OutboxMessage.objects.filter(subject__contains="est effacé")
    assert {row.to for row in told} == {referent.email, "zoe.brun@exemple.fr"}
    assert all(erasure.code in row.body for row in told)


def test_unknown_codes_and_spaces_not_yet_erased_have_no_receipt(authority, referent):
    erasure = plan(authority, referent)
    for code in ("inconnu", erasure.code, "a" * 500, "%00"):
        assert Client().get(f"/vos-donnees/recus/{code}/").status_code == 404


def test_archive_comes_first(authority, referent):
    with pytest.raises(DomainError, match="Téléchargez d’abord"):
        plan_erasure(authority=authority, actor=referent, now=NOW)
    export_archive(authority=authority, actor=referent, now=NOW)
    with pytest.raises(DomainError, match="moins d’un jour"):
        plan_erasure(authority=authority, actor=referent, now=NOW + DAY)
    assert not Erasure.objects.exists()


def test_plan_tells_referents_and_elected_officials_and_is_written_once(authority, initiative, referent, settings):
    settings.ERASURE_DELAY_DAYS = 12
    elected, adviser = make_member(authority, "elected"), make_member(authority, "adviser")
    make_participant(initiative, email="copil@exemple.fr", roles=("elected",))
    make_participant(initiative, email="silence@exemple.fr", roles=("elected",), accepted_at=None)
    make_participant(initiative, email="expert@exemple.fr")
    erasure = plan(authority, referent)
    assert erasure.due_at == NOW + 12 * DAY
    rows = OutboxMessage.objects.filter(reason=MailReason.ERASURE)
    assert {row.to for row in rows} == {referent.email, elected.email, "copil@exemple.fr"}
    assert adviser.email not in {row.to for row in rows}
    assert AuthorityMessage.objects.filter(authority=authority).count() == 3
    with pytest.raises(DomainError, match="déjà prévu"):
        plan_erasure(authority=authority, actor=referent, now=NOW)
    assert Erasure.objects.count() == 1


def test_cancelled_erasure_never_happens_and_may_be_asked_again(authority, referent):
    plan(authority, referent)
    cancel_erasure(authority=authority, actor=referent, now=NOW + DAY)
    assert OutboxMessage.objects.filter(subject__contains="reste ouvert").count() == 1
    assert erase_due_authorities(now=NOW + 400 * DAY) == (0, 0)
    with pytest.raises(DomainError, match="rien à annuler"):
        cancel_erasure(authority=authority, actor=referent, now=NOW + DAY)
    plan(authority, referent, now=NOW + 2 * DAY)
    assert erase_due_authorities(now=NOW + 400 * DAY) == (1, 0)
    assert Erasure.objects.count() == 1, "the cancelled one went with the space"


def test_nothing_happens_before_the_hour(authority, referent):
    erasure = plan(authority, referent)
    assert erase_due_authorities(now=erasure.due_at - timedelta(seconds=1)) == (0, 0)
    assert erase_due_authorities(now=erasure.due_at) == (1, 0)
    assert erase_due_authorities(now=erasure.due_at) == (0, 0)


def test_one_failure_stops_no_other_and_is_logged(authority, referent, outsider, monkeypatch, caplog):
    other = outsider.memberships.get().authority
    first, second = plan(authority, referent), plan(other, outsider)
    real = authority_erasure._files_of

    def break_the_first(given: Authority) -> list[str]:
        if given.pk == authority.pk:
            raise RuntimeError(f"à {referent.email}")
        return real(given)

    monkeypatch.setattr(authority_erasure, "_files_of", break_the_first)
    with caplog.at_level(logging.ERROR):
        assert erase_due_authorities(now=NOW + 40 * DAY) == (1, 1)
    assert f"erasure {first.pk} failed: RuntimeError" in caplog.text and referent.email not in caplog.text
    assert Authority.objects.filter(pk=authority.pk).exists()
    second.refresh_from_db()
    assert second.erased_at is not None
    with pytest.raises(CommandError, match="en échec"):
        Erasure.objects.filter(pk=first.pk).update(asked_at=NOW - 90 * DAY, due_at=NOW - 60 * DAY)
        call_command("erase_due_authorities", verbosity=0)


def test_a_message_shared_with_another_authority_stays_theirs(authority, initiative, referent, outsider):
    other = outsider.memberships.get().authority
    row = leave_a_row_in_each_private_table(authority, referent)
    AuthorityMessage.objects.create(authority=other, message=row, recipient="X")
    make_participant(other.initiatives.get(), email="seule@exemple.fr")
    plan(authority, referent)
    erase_due_authorities(now=NOW + 40 * DAY)
    assert OutboxMessage.objects.filter(pk=row.pk).exists()
    assert MailPreference.objects.filter(email="seule@exemple.fr").exists()


def test_base_refuses_two_pending_erasures_and_a_receipt_with_a_name(authority, referent):
    erasure = plan(authority, referent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.create(authority=authority, code="x", asked_at=NOW, due_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(erased_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(due_at=NOW - DAY)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_whole_path_on_the_pages(authority, referent_client):
    page = referent_client.get(url("data_detail", authority)).content.decode()
    assert url("authority_erase", authority) in page
    response = referent_client.post(url("authority_erase", authority), {"name": authority.name})
    assert response.status_code == 422 and "Téléchargez d’abord" in response.content.decode()
    archive = referent_client.post(url("archive_download", authority))
    assert archive["Content-Type"] == "application/zip" and archive.content.startswith(b"PK")
    digest = hashlib.sha256(archive.content).hexdigest()
    assert Event.objects.get(verb__contains="archive").subject_key == f"archive {digest}"
    for wrong in ("", "Autre Pays", "x" * 200):
        response = referent_client.post(url("authority_erase", authority), {"name": wrong})
        assert response.status_code == 422
    assert not Erasure.objects.exists()
    response = referent_client.post(url("authority_erase", authority), {"name": "pays d'exemple"}, follow=True)
    assert "Cet espace va être effacé" in response.content.decode()
    response = referent_client.post(url("authority_erase", authority), {"name": authority.name})
    assert response.status_code == 422 and "déjà prévu" in response.content.decode()
    response = referent_client.post(url("authority_erase_cancel", authority), follow=True)
    assert "reste ouvert" in response.content.decode()
    assert referent_client.post(url("authority_erase_cancel", authority)).status_code == 422


@pytest.mark.parametrize("name", ["data_detail", "archive_download", "authority_erase", "authority_erase_cancel"])
def test_only_the_referent_of_the_authority(authority, outsider_client, name):
    address = url(name, authority)
    for role in (role.value for role in Role if role is not Role.REFERENT):
        client = Client()
        client.force_login(make_member(authority, role))
        assert client.post(address).status_code == 403, role
    assert outsider_client.post(address).status_code == 404
    assert not Event.objects.filter(authority=authority).exists()
    assert not Erasure.objects.filter(authority=authority).exists()


def test_page_counts_its_queries(authority, initiative, referent_client, django_assert_max_num_queries):
    for _turn in range(3):
        make_participant(initiative)
        with django_assert_max_num_queries(12):
            referent_client.get(url("data_detail", authority))


def test_every_lookup_of_private_tables_finds_a_row(authority, initiative, referent):
    make_questionnaire(is_current=False)
    make_rating(make_diagnosis(initiative), make_participant(initiative), "ACH-1", 2)
    leave_a_row_in_each_private_table(authority, referent)
    plan(authority, referent)
    for model, lookup in PRIVATE_TABLES.items():
        if model not in {InventoryImport, ImportFile}:
            assert model._base_manager.filter(**{lookup: authority.pk}).exists(), model
