"""Run on the base of the site under test: moments of a démarche that neither authority of the demonstration is in.

One authority that a ballot has just left (consensual levers wait for their confirmation), with a second round in
preparation, a second shortlist at the steering committee, a spreadsheet received but not confirmed, and somebody who
was invited and has not confirmed. Beside it, a request to join that nobody answered.
"""

import io
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.enums import AuthorityKind, Role
from authorities.models import Authority, Initiative, Membership, MembershipRequest, Participant
from authorities.services import add_participant, create_authority, invite_participants, request_membership
from authorities.services.participants import ParticipantValues
from diagnostics.models import Diagnosis
from diagnostics.services import RoundValues, create_diagnosis
from inventory.loader import FACTOR_SET_FILES, FACTORS_FILE
from inventory.models import Inventory, InventoryImport
from inventory.selectors import preview_import
from inventory.services import create_inventory, prepare_import
from inventory.spreadsheet import LINES_SHEET, build_inventory_workbook
from levers.enums import Grade, NamesVisibility
from levers.models import Lever, Shortlist
from levers.selectors.catalogue import catalogue_of
from levers.services import (
    cast_vote,
    close_ballot,
    open_ballot,
    reopen_shortlist,
    shortlist_levers,
    submit_shortlist,
    validate_shortlist,
)
from reference.models import Service, Territory
from roadmap.demonstration.people import PASSWORD
from roadmap.enums import EntryKind, ReferenceKind
from roadmap.models import ReferenceDraft
from roadmap.services import references
from tests.factories_inventory import make_table_import

REFERENT_EMAIL = "moments@exemple.fr"
STAFF_EMAIL = "administration@exemple.fr"
CONTRIBUTOR_EMAIL = "parc@exemple.fr"
WAITING_EMAIL = "invitee@exemple.fr"
TERRITORY = "Quimper Bretagne Occidentale"
FOLLOWED = "Saumur Val de Loire"
# One table of the estate at each moment of its import.
TABLE_STATES = ("waiting", "failed", "columns", "pending", "applied")


@dataclass(frozen=True)
class Moments:
    """The authority between two moments, and what waits in it."""

    authority: Authority
    referent: User
    contributor: Participant
    waiting: Participant
    diagnosis: Diagnosis
    received: InventoryImport
    received_by_contributor: InventoryImport
    tables: dict[str, InventoryImport]
    request: MembershipRequest
    followed: Authority


def ensure_moments() -> Moments:
    """Return the authority, built by the services the first time."""
    referent = User.objects.filter(email=REFERENT_EMAIL).first() or _build()
    authority = Authority.objects.get(name=TERRITORY)
    initiative = Initiative.objects.for_authority(authority).current().get()
    return Moments(
        authority=authority,
        referent=referent,
        contributor=Participant.objects.for_initiative(initiative).get(email=CONTRIBUTOR_EMAIL),
        waiting=Participant.objects.for_initiative(initiative).get(email=WAITING_EMAIL),
        diagnosis=Diagnosis.objects.for_initiative(initiative).get(),
        received=InventoryImport.objects.get(inventory__initiative=initiative, created_by=referent),
        received_by_contributor=InventoryImport.objects.exclude(created_by_participant=None).get(
            inventory__initiative=initiative
        ),
        tables={item.state: item for item in InventoryImport.objects.filter(file_name="glpi.csv")},
        request=MembershipRequest.objects.get(authority=authority),
        followed=Authority.objects.get(name=FOLLOWED),
    )


def _build() -> User:
    now = timezone.now()
    referent = create_confirmed_account(email=REFERENT_EMAIL, password=PASSWORD, full_name="Référente")
    territory = Territory.objects.get(name=TERRITORY)
    authority = create_authority(
        user=referent, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=now
    )
    initiative = authority.initiatives.get()
    voters = [_person(initiative, f"Votante {rank}", Role.COMMITTEE, f"votante{rank}@exemple.fr") for rank in range(3)]
    contributor = _person(initiative, "Prestataire du parc", Role.CONTRIBUTOR, CONTRIBUTOR_EMAIL)
    waiting = _person(initiative, "Responsable de la prévention des déchets", Role.COMMITTEE, WAITING_EMAIL)
    invite_participants(
        initiative=initiative, participants=[waiting], note="", actor=referent, now=now - timedelta(days=2)
    )
    _vote(initiative, voters, referent)
    create_diagnosis(
        initiative=initiative, values=RoundValues(now + timedelta(days=10), voters), actor=referent, now=now
    )
    inventory = create_inventory(initiative=initiative, dated_on=date(now.year, 1, 1), actor=referent, now=now)
    for sender in (referent, contributor):
        _receive_a_spreadsheet(inventory, sender)
    for state in TABLE_STATES:
        make_table_import(inventory, state=state)
    staff = create_confirmed_account(email=STAFF_EMAIL, password=PASSWORD, full_name="Administration nationale")
    staff.is_staff = True
    staff.save(update_fields=["is_staff"])
    stranger = create_confirmed_account(email="collegue@exemple.fr", password=PASSWORD, full_name="Collègue")
    request_membership(
        authority=authority, user=stranger, message="Je reprends le dossier.", now=now - timedelta(days=30)
    )
    # She follows a second authority, whose preparation she may take over.
    Membership.objects.create(authority=Authority.objects.get(name=FOLLOWED), user=referent, roles=[Role.ADVISER])
    return referent


def ensure_reference_drafts() -> list[ReferenceDraft]:
    """Return a draft of each reference content, with entries changed, added, removed and wrong."""
    drafts = list(ReferenceDraft.objects.all())
    if drafts:
        return drafts
    staff = User.objects.get(email=STAFF_EMAIL)
    for kind, base_code in ((ReferenceKind.QUESTIONNAIRE, "proposition-1"), (ReferenceKind.CATALOGUE, "catalogue-1")):
        draft = references.prepare_version(
            kind=kind,
            base_code=base_code,
            code=f"{kind.value}-2",
            title=f"{kind.label.capitalize()}, version 2",
            actor=staff,
            today=timezone.localdate(),
        )
        entries = list(draft.entries.exclude(kind=EntryKind.DIMENSION)[:30])
        for entry in entries[:20]:
            title = f"{entry.content['title'].split()[0]} autrement"
            references.save_draft_entry(entry=entry, expected_version=1, content={"title": title})
        references.save_draft_entry(entry=entries[20], expected_version=1, content={"title": ""})
        references.remove_draft_entry(entry=entries[21])
    _leave_factors(staff)
    return list(ReferenceDraft.objects.all())


def _leave_factors(staff: User) -> None:
    """Leave in its preview a set of factors in which many values change."""
    files = {name: (settings.BASE_DIR / "fixtures" / name).read_bytes() for name in FACTOR_SET_FILES}
    changed = files[FACTORS_FILE].decode().replace(",distribution,per unit,", ",distribution,per unit,1")
    references.prepare_factor_set(
        fields={"version": "2027.03", "name": "Facteurs de mars 2027", "published_on": "2027-03-01", "zone": "FRA"},
        files=files | {FACTORS_FILE: changed.encode()},
        actor=staff,
    )


def _person(initiative: Initiative, name: str, role: Role, email: str) -> Participant:
    values = ParticipantValues(name=name, service=Service.objects.get(code="dsi"), roles=[role], email=email)
    actor = User.objects.get(email=REFERENT_EMAIL)
    return add_participant(initiative=initiative, values=values, actor=actor, now=timezone.now())


def _vote(initiative: Initiative, voters: list[Participant], referent: User) -> None:
    """Hold a ballot on six levers, of which some are consensual; then reopen the shortlist and submit it again."""
    now = timezone.now()
    levers = list(Lever.objects.filter(catalogue=catalogue_of(initiative))[:6])
    shortlist = _submit(initiative, levers, referent)
    validate_shortlist(
        shortlist=shortlist,
        expected_version=shortlist.version,
        validated_on=timezone.localdate(),
        body="Comité de pilotage",
        set_aside={},
        actor=referent,
        now=now,
    )
    ballot = open_ballot(
        initiative=initiative,
        shortlist=shortlist,
        voters=voters,
        closes_at=now + timedelta(days=14),
        names_visibility=NamesVisibility.REFERENT,
        actor=referent,
        now=now,
    )
    for voter in voters:
        for rank, lever in enumerate(levers):
            grade = Grade.ESSENTIAL if rank < 4 else list(Grade)[(rank + voter.pk) % len(Grade)]
            cast_vote(ballot=ballot, participant=voter, lever=lever, grade=grade, now=timezone.now())
    close_ballot(ballot=ballot, expected_version=ballot.version, actor=referent, now=timezone.now())
    reopen_shortlist(shortlist=shortlist, actor=referent, now=timezone.now())
    _submit(initiative, levers, referent)


def _submit(initiative: Initiative, levers: list[Lever], referent: User) -> Shortlist:
    shortlist_levers(initiative=initiative, levers=levers, actor=referent, now=timezone.now())
    shortlist = Shortlist.objects.for_initiative(initiative).order_by("-number").first()
    assert shortlist is not None
    return submit_shortlist(shortlist=shortlist, expected_version=shortlist.version, actor=referent, now=timezone.now())


def _receive_a_spreadsheet(inventory: Inventory, sender: User | Participant) -> None:
    """Leave in its preview our own spreadsheet, filled: every family changes, one line is refused."""
    now = timezone.now()
    workbook = load_workbook(io.BytesIO(build_inventory_workbook(inventory, now=now)))
    sheet = workbook[LINES_SHEET]
    quantity = next(cell.column for cell in sheet[1] if cell.value == "Nombre en service")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, quantity).value = "beaucoup" if row == 2 else 10 * row
    content = io.BytesIO()
    workbook.save(content)
    preview = preview_import(inventory, SimpleUploadedFile("parc.xlsx", content.getvalue()))
    assert preview.changes
    prepare_import(
        inventory=inventory,
        file_name="parc.xlsx",
        changes=preview.changes,
        report=preview.report,
        actor=sender,
        now=now,
    )
