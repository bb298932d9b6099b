"""Complete authorities for the tests that walk every route: each has gone through the whole path, up to the adoption.

They are made by the services of the demonstration, under other names; the PDF, which no such test reads, is not laid
out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.committee_list import read_pasted
from authorities.enums import Role
from authorities.models import Authority, Initiative, Membership, Participant
from authorities.services import add_participant, request_membership, save_logo
from authorities.services.committee_import import prepare_committee_import
from authorities.services.participants import ParticipantValues
from diagnostics.models import AgreedLevel, Diagnosis, Evidence, GridImport, Rating
from diagnostics.services import RoundValues, close_diagnosis, create_diagnosis, open_diagnosis, record_rating
from inventory.models import Inventory
from inventory.readers.rows import Preview
from inventory.services import create_inventory, prepare_import
from levers.enums import NamesVisibility
from levers.models import Ballot, Shortlist
from levers.selectors import catalogue_of
from levers.services import (
    close_ballot,
    open_ballot,
    open_phones,
    reopen_shortlist,
    start_workshop,
    submit_shortlist,
    write_local_lever,
)
from reference.models import Dimension, Service, Theme
from roadmap.demonstration.data import read
from roadmap.demonstration.people import PASSWORD
from roadmap.demonstration.thonon import walk_the_path
from roadmap.enums import ReferenceKind
from roadmap.models import ActionSheet, SheetImport
from roadmap.services.references import prepare_version
from tests import factories
from tests.factories_inventory import fill
from tests.factories_levers import local_values
from tests.factories_roadmap import leave_shares, leave_sheet_life

EMPTY_PDF = b"%PDF-1.7\n%%EOF\n"
# A line to add, one whose service is to be chosen, one to correct.
PASTED_LIST = (
    "Zoé Brun ; zoe.brun@exemple.fr ; Finances\nLéo Pen ; leo.pen@exemple.fr ; Espaces verts\nAna ; ana@ ; Achats"
)
NATIONAL_EMAIL = "administration@national.example"


@dataclass(frozen=True)
class Space:
    """An authority with an object for every route, and somebody for every role."""

    authority: Authority
    initiative: Initiative
    members: dict[Role, User]
    participants: list[Participant]
    staff: User

    @property
    def referent(self) -> User:
        return self.members[Role.REFERENT]


@contextmanager
def pdf_not_laid_out() -> Iterator[list[str]]:
    """Make every PDF a few bytes, and give the HTML of those that would be laid out."""
    pages: list[str] = []

    class Unread:
        def __init__(self, string: str, **_options: Any) -> None:
            pages.append(string)

        def write_pdf(self, **_options: Any) -> bytes:
            return EMPTY_PDF

    with patch("weasyprint.HTML", Unread):
        yield pages


@contextmanager
def kept_for_a_while(django_db_blocker: Any) -> Iterator[None]:
    """Let a fixture of a module or of a package write: what it wrote is there until it ends, then rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _data(territory_name: str, host: str) -> dict[str, Any]:
    """Return the data of the demonstration, under the name of another territory and other addresses."""
    data: dict[str, Any] = read("thonon.yaml")
    data["authority"] |= {"territory_name": territory_name, "name": territory_name}
    for person in [*data["members"], *data["participants"]]:
        if person.get("email"):
            person["email"] = person["email"].split("@")[0] + f"@{host}"
    return data


def build_space(territory_name: str, host: str) -> Space:
    """Walk the whole path for an authority of the national list, then leave something waiting on each screen."""
    with pdf_not_laid_out():
        walk_the_path(_data(territory_name, host), read("thonon_sheets.yaml"))
    now = timezone.now()
    authority = Authority.objects.get(name=territory_name)
    initiative = Initiative.objects.for_authority(authority).current().get()
    members = {role: _member(authority, role, host) for role in Role}
    request_membership(authority=authority, user=factories.make_user(), message="", now=now)
    referent = members[Role.REFERENT]
    provider = ParticipantValues(
        name="Prestataire", service=Service.objects.get(code="dsi"), roles=[Role.CONTRIBUTOR], email=f"parc@{host}"
    )
    add_participant(initiative=initiative, values=provider, actor=referent, now=now)
    prepare_committee_import(
        initiative=initiative, source="liste collée", lines=read_pasted(PASTED_LIST), actor=referent, now=now
    )
    authority = save_logo(
        authority=authority,
        expected_version=authority.version,
        image=Image.new("RGB", (60, 20)),
        actor=referent,
        now=now,
    )
    frozen = Inventory.objects.for_initiative(initiative).get()
    draft = create_inventory(
        initiative=initiative, dated_on=date(2024, 6, 1), copied_from=frozen, actor=referent, now=now
    )
    fill(draft, cloud_vm_medium={"quantity": 20})
    preview = Preview()
    prepare_import(
        inventory=draft,
        file_name="parc.xlsx",
        changes=preview.changes,
        report=preview.report,
        actor=referent,
        now=now,
    )
    finished = Diagnosis.objects.for_initiative(initiative).get()
    _leave_a_grid(finished, referent)
    _leave_evidence(finished, referent)
    _leave_a_workbook(initiative, referent)
    _hold_a_workshop(initiative, referent)
    leave_sheet_life(initiative, referent)
    add_local_lever(authority, initiative, referent)
    leave_shares(initiative, referent)
    participants = list(Participant.objects.for_initiative(initiative).filter(is_active=True).order_by("pk"))
    return Space(authority, initiative, members, participants, ensure_reference_drafts())


def add_local_lever(authority: Authority, initiative: Initiative, referent: User) -> None:
    """Leave a local lever whose text may still change, with the dimensions and services of the site."""
    framework = catalogue_of(initiative).framework
    values = local_values(
        theme=Theme.objects.get(number=1),
        dimension=Dimension.objects.filter(framework=framework).first(),
        lead_service=Service.objects.get(code="dsi"),
    )
    write_local_lever(authority=authority, values=values, actor=referent, now=timezone.now())


def ensure_reference_drafts() -> User:
    """Leave a draft of each reference content that is edited on the site; return the account that administers."""
    found = User.objects.filter(email=NATIONAL_EMAIL).first()
    if found is not None:
        return found
    staff = create_confirmed_account(email=NATIONAL_EMAIL, password=PASSWORD, full_name="Administration nationale")
    staff.is_staff = True
    staff.save(update_fields=["is_staff"])
    for kind, base_code in ((ReferenceKind.QUESTIONNAIRE, "proposition-1"), (ReferenceKind.CATALOGUE, "catalogue-1")):
        prepare_version(
            kind=kind, base_code=base_code, code=f"{kind.value}-2", title="Essai", actor=staff, today=date(2026, 12, 1)
        )
    return staff


def _member(authority: Authority, role: Role, host: str) -> User:
    """Make an account whose address is confirmed, with one role."""
    user = create_confirmed_account(email=f"{role.value}@{host}", password=PASSWORD, full_name=role.label)
    Membership.objects.create(authority=authority, user=user, roles=[role.value])
    return user


def _leave_a_grid(diagnosis: Diagnosis, sender: User) -> None:
    """Leave an interview grid in its preview, with an answer of somebody to a question."""
    answer = {
        "participant_pk": diagnosis.raters.order_by("pk")[0].pk,
        "question_pk": diagnosis.asked_questions()[0].pk,
        "level": 2,
        "comment": "Un plan existe.",
        "version": 0,
    }
    GridImport.objects.create(
        diagnosis=diagnosis, file_name="grille.ods", answers=[answer], read_at=timezone.now(), created_by=sender
    )


def _leave_a_workbook(initiative: Initiative, sender: User) -> None:
    """Leave a workbook of action sheets in its preview: a new one, and a text of the first one to choose."""
    sheet = ActionSheet.objects.for_initiative(initiative).order_by("number").first()
    assert sheet is not None
    changed = {"place": "Fiches", "row": 2, "number": sheet.number, "pk": sheet.pk, "rows": {}}
    added = {"place": "Fiches", "row": 9, "number": None, "pk": None, "exported": {}, "rows": {}}
    SheetImport.objects.create(
        initiative=initiative,
        file_name="fiches.ods",
        content=[
            {**changed, "fields": {"aim": "Un but écrit hors ligne."}, "exported": {"aim": "empreinte"}},
            {**added, "fields": {"title": "Une action écrite hors ligne"}},
        ],
        read_at=timezone.now(),
        created_by=sender,
    )


def _leave_evidence(diagnosis: Diagnosis, referent: User) -> None:
    """Leave a file of the référent under an agreed level, and one of each rater under an answer of theirs."""
    agreed = AgreedLevel.objects.filter(diagnosis=diagnosis).order_by("pk")[0]
    ratings = [
        Rating.objects.filter(diagnosis=diagnosis, participant=rater).first() for rater in diagnosis.raters.all()
    ]
    for subject in (
        {"agreed_level": agreed, "added_by": referent},
        *({"rating": rating} for rating in ratings if rating),
    ):
        content = ContentFile(b"Un texte.", name="piece.txt")
        Evidence.objects.create(
            diagnosis=diagnosis, label="Marché", file=content, file_name="marche.txt", size_bytes=9,
            added_at=timezone.now(), **subject,
        )  # fmt: skip


def _hold_a_workshop(initiative: Initiative, referent: User) -> None:
    """Begin the workshop of the last ballot, with a second vote open to the phones on its first lever."""
    now = timezone.now()
    ballot = Ballot.objects.for_initiative(initiative).select_related("initiative__authority").order_by("-number")[0]
    workshop = start_workshop(ballot=ballot, planned_minutes=120, actor=referent, now=now)
    item = ballot.shortlist.items.filter(is_set_aside=False).select_related("lever").order_by("pk")[0]
    open_phones(workshop=workshop, lever=item.lever, actor=referent, now=now)


def open_votes(space: Space) -> None:
    """Open a second round and a second ballot, from now on, to the whole committee."""
    now = timezone.now()
    closes_at = now + timedelta(days=10)
    committee = [person for person in space.participants if Role.COMMITTEE in person.role_set]
    diagnosis = create_diagnosis(
        initiative=space.initiative, values=RoundValues(closes_at, committee), actor=space.referent, now=now
    )
    diagnosis = open_diagnosis(diagnosis=diagnosis, actor=space.referent, now=now)
    _leave_a_grid(diagnosis, space.referent)
    open_ballot(
        initiative=space.initiative,
        shortlist=Shortlist.objects.for_initiative(space.initiative).get(),
        voters=committee,
        closes_at=closes_at,
        names_visibility=NamesVisibility.REFERENT,
        actor=space.referent,
        now=now,
    )


def close_votes(space: Space) -> None:
    """Rate and vote a little, then close the round and the ballot: the meeting and the decisions are to be held."""
    now = timezone.now()
    diagnosis = Diagnosis.objects.for_initiative(space.initiative).order_by("-number").first()
    ballot = Ballot.objects.for_initiative(space.initiative).order_by("-number").first()
    assert diagnosis is not None
    assert ballot is not None
    for rank, participant in enumerate(diagnosis.raters.all()):
        for question in list(diagnosis.asked_questions())[:3]:
            record_rating(diagnosis=diagnosis, participant=participant, question=question, level=rank % 5, now=now)
    close_diagnosis(diagnosis=diagnosis, actor=space.referent, now=now)
    close_ballot(ballot=ballot, expected_version=ballot.version, actor=space.referent, now=now)
    _hold_a_workshop(space.initiative, space.referent)


def prepare_again(space: Space) -> None:
    """After the closing: prepare a third round without opening it, and submit a new shortlist to the committee."""
    now = timezone.now()
    committee = [person for person in space.participants if Role.COMMITTEE in person.role_set]
    create_diagnosis(
        initiative=space.initiative,
        values=RoundValues(now + timedelta(days=10), committee),
        actor=space.referent,
        now=now,
    )
    validated = Shortlist.objects.for_initiative(space.initiative).order_by("-number").first()
    assert validated is not None
    draft = reopen_shortlist(shortlist=validated, actor=space.referent, now=now)
    submit_shortlist(shortlist=draft, expected_version=draft.version, actor=space.referent, now=now)
