"""Run on the base of the site under test: list the pages to visit, and who visits them."""

import io
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image

from accounts.models import User
from accounts.preferences import locked_preference, unsubscribe_url
from accounts.services import create_confirmed_account
from authorities.committee_list import read_pasted
from authorities.enums import AuthorityKind
from authorities.models import Authority, Initiative, Participant
from authorities.services import copy_link, create_authority, save_logo
from authorities.services.committee_import import prepare_committee_import
from diagnostics.grids.content import ALL_DIMENSIONS, BLANK, build_grid
from diagnostics.grids.people import grid_people
from diagnostics.grids.workbook import build_grid_file
from diagnostics.models import AgreedLevel, Diagnosis, Evidence, Rating
from diagnostics.selectors.grids import read_received_grid
from diagnostics.services import prepare_grid
from reference.models import Territory
from roadmap.demonstration.people import PASSWORD
from roadmap.enums import ReferenceKind
from roadmap.exchange.names import exchange_names
from roadmap.exchange.workbook import build_exchange_file
from roadmap.models import SheetNote
from roadmap.reference_fields import ENTRY_PARTS
from roadmap.selectors.exchange import exchanged_sheets, read_received_exchange
from roadmap.services import prepare_exchange
from tests.browser.detached import DETACHED_EMAIL, VOTER_EMAIL, detached_voter, ensure_detached_ballot, voter_link
from tests.browser.meeting import MEETING_EMAIL, ensure_closed_round
from tests.browser.published import published_pages
from tests.browser.states import CONTRIBUTOR_EMAIL, REFERENT_EMAIL, STAFF_EMAIL, ensure_moments, ensure_reference_drafts
from tests.browser.workshop import HELD_EMAIL, ensure_held_workshop, held_voter
from tests.browser.workshop import VOTER_EMAIL as HELD_VOTER_EMAIL
from tests.browser.workshop import voter_link as held_voter_link
from tests.factories_roadmap import leave_sheet_life
from tests.routes import MissingObjectError, Route, all_routes, url_of

ANONYMOUS = ""
WORKSHOP_PAGES = ("detail", "confirm", "projection", "minutes", "end")
EMPTY_EMAIL = "vide@exemple.fr"
FILLED = {"Thonon Agglomération": "referente@thonon.example", "Saumur Val de Loire": "referent@saumur.example"}
PARTICIPANTS = {"Thonon Agglomération": "numerique@thonon.example", "Saumur Val de Loire": "numerique@saumur.example"}

# Lines to add, and words whose service is to be chosen: as long as a page of the preview may be.
LONG_LIST = "\n".join(
    f"Personne {rank} ; personne{rank}@exemple.fr ; {'Finances' if rank % 3 else f'Pôle {rank}'} ; Cheffe de service"
    for rank in range(60)
)


@dataclass(frozen=True)
class Visit:
    """A page to visit: its route, its address, and the visitor (an account, a participant, or nobody)."""

    route: str
    path: str
    visitor: str


def _empty_authority() -> Authority:
    """Return an authority in which nobody did anything yet."""
    user = create_confirmed_account(email=EMPTY_EMAIL, password=PASSWORD, full_name="Référente")
    found = Authority.objects.filter(memberships__user=user).first()
    territory = Territory.objects.get(name="Lannion-Trégor Communauté")
    return found or create_authority(
        user=user, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=timezone.now()
    )


def _leave_a_list(authority: Authority, email: str) -> None:
    """Leave a list of people in its preview."""
    initiative = Initiative.objects.for_authority(authority).current().get()
    prepare_committee_import(
        initiative=initiative,
        source="liste collée",
        lines=read_pasted(LONG_LIST),
        actor=User.objects.get(email=email),
        now=timezone.now(),
    )


def _give_a_logo(authority: Authority, email: str) -> None:
    """Give an authority a logo of the largest size, as heavy as pages show one."""
    save_logo(
        authority=authority,
        expected_version=authority.version,
        image=Image.effect_noise((1200, 400), 64).convert("RGB"),
        actor=User.objects.get(email=email),
        now=timezone.now(),
    )


def _latest_round(authority: Authority) -> Diagnosis:
    rounds = Diagnosis.objects.filter(initiative__authority=authority).select_related("initiative__authority")
    return rounds.order_by("-number")[0]


def _leave_a_grid(authority: Authority, email: str) -> None:
    """Leave in its preview the grid of every dimension: new answers, answers to choose, a line that cannot be read."""
    now, author = timezone.now(), User.objects.get(email=email)
    diagnosis = _latest_round(authority)
    people = grid_people(diagnosis)
    grid = build_grid(diagnosis, ALL_DIMENSIONS, people, author=author)
    workbook = load_workbook(io.BytesIO(build_grid_file(grid, "xlsx", now=now)))
    for part in grid.parts:
        sheet = workbook[part.title]
        headers = {cell.value: cell.column for cell in sheet[3]}
        for rank, person in enumerate(people):
            sheet.cell(4 + rank % len(part.questions), headers[person.label]).value = 9 if rank == 0 else rank % 5
    content = io.BytesIO()
    workbook.save(content)
    received = SimpleUploadedFile("grille.xlsx", content.getvalue())
    reading = read_received_grid(diagnosis, received, people, None)
    prepare_grid(diagnosis=diagnosis, file_name="grille.xlsx", reading=reading, actor=author, now=now)


def _leave_a_workbook(authority: Authority, email: str) -> None:
    """Leave in its preview a workbook of sheets: one more, texts changed and to choose, a line that cannot be read."""
    now, author = timezone.now(), User.objects.get(email=email)
    initiative = Initiative.objects.for_authority(authority).current().get()
    sheets, names = exchanged_sheets(initiative), exchange_names(initiative)
    workbook = load_workbook(io.BytesIO(build_exchange_file(initiative, sheets, names, "xlsx", now=now)))
    page = workbook["Fiches"]
    headers = {cell.value: cell.column for cell in page[1]}
    for row in range(2, len(sheets) + 2):
        page.cell(row, headers["Description"]).value = f"Une description écrite hors ligne, {row}."
        page.cell(row, headers["Objectif de l’action"]).value = f"Un but écrit hors ligne, {row}."
    page.cell(2, headers["Effort"]).value = 9
    page.cell(len(sheets) + 2, headers["Intitulé"]).value = "Une action écrite hors ligne"
    content = io.BytesIO()
    workbook.save(content)
    reading = read_received_exchange(initiative, SimpleUploadedFile("fiches.xlsx", content.getvalue()))
    for entry in reading.entries:
        if "aim" in entry.exported:
            entry.exported["aim"] = "ce que le site ne dit plus"
    prepare_exchange(initiative=initiative, file_name="fiches.xlsx", reading=reading, actor=author, now=now)


def _join_evidence(subject: Rating | AgreedLevel, author: User | None) -> None:
    """Join a file, then a link, to an answer or to an agreed level; the round may be over."""
    field = "rating" if isinstance(subject, Rating) else "agreed_level"
    kept = {"diagnosis": subject.diagnosis, field: subject, "added_by": author, "added_at": timezone.now()}
    if not subject.evidence.exists():
        file = ContentFile(b"Un texte.", name="piece.txt")
        Evidence.objects.create(label="Marché", file=file, file_name="marche.txt", size_bytes=9, **kept)
        Evidence.objects.create(label="Page du service", url="https://exemple.fr/parc", **kept)


def _leave_evidence() -> None:
    """Join evidence in the round that is open and in the one that is over."""
    over, under_way = FILLED
    agreed = AgreedLevel.objects.filter(diagnosis__initiative__authority__name=over).order_by("pk")[0]
    _join_evidence(agreed, User.objects.get(email=FILLED[over]))
    answers = Rating.objects.filter(diagnosis__initiative__authority__name=under_way)
    _join_evidence(answers.filter(participant__email=PARTICIPANTS[under_way]).order_by("pk")[0], None)
    for name, email in FILLED.items():
        initiative = Initiative.objects.for_authority(Authority.objects.get(name=name)).current().get()
        if not SheetNote.objects.for_initiative(initiative).exists():
            leave_sheet_life(initiative, User.objects.get(email=email))


def _visits_of(route: Route, spaces: dict[str, Authority], people: dict[str, Participant]) -> list[Visit]:
    visits = []
    if "participant_pk" in route.parameters:
        for email, participant in people.items():
            visits.append((participant.initiative.authority, participant, email))
    elif route.name.startswith("account_") or route.name == "home":
        # The pages of the account show one face to nobody and another to somebody.
        email, authority = next(iter(spaces.items()))
        return [
            Visit(route.name, path, visitor)
            for path in _paths(route, authority, None)
            for visitor in (ANONYMOUS, email)
        ]
    else:
        visits = [(authority, None, email) for email, authority in spaces.items()]
    return [
        Visit(route.name, path, email)
        for authority, participant, email in visits
        for path in _paths(route, authority, participant)
    ]


def _paths(route: Route, authority: Authority, participant: Participant | None) -> list[str]:
    try:
        return [url_of(route, authority, participant)]
    except (MissingObjectError, NoReverseMatch):
        return []


def _visits_of_moments() -> list[Visit]:
    """Return the pages that only open at one moment of a démarche, and those of who belongs to none."""
    moments = ensure_moments()
    slug, contributor = moments.authority.slug, moments.contributor.pk
    closed = ensure_closed_round()
    meeting = [closed.initiative.authority.slug, closed.pk]
    detached = ensure_detached_ballot()
    second = ensure_held_workshop()
    held, voter = second.workshop.ballot.initiative.authority.slug, held_voter().pk
    received, own = moments.received, moments.received_by_contributor
    asked: list[tuple[str, list[object], str]] = [
        ("authorities:participant_list", [slug], REFERENT_EMAIL),
        ("authorities:participant_update", [slug, moments.waiting.pk], REFERENT_EMAIL),
        ("diagnostics:diagnosis_update", [slug, moments.diagnosis.pk], REFERENT_EMAIL),
        ("diagnostics:projection_start", meeting, MEETING_EMAIL),
        ("diagnostics:projection_update", [*meeting, "GOV-1"], MEETING_EMAIL),
        ("levers:decision_confirm", [slug], REFERENT_EMAIL),
        ("levers:shortlist_validate", [slug], REFERENT_EMAIL),
        *(
            visit
            for name in ("detail", "confirm")
            for visit in (
                (f"inventory:import_{name}", [slug, received.inventory_id, received.pk], REFERENT_EMAIL),
                (f"inventory:participant_import_{name}", [contributor, own.inventory_id, own.pk], CONTRIBUTOR_EMAIL),
            )
        ),
        ("roadmap:space_list", [], REFERENT_EMAIL),
        ("authorities:arbitration_list", [], STAFF_EMAIL),
        ("roadmap:national_figures", [], STAFF_EMAIL),
        ("authorities:arbitration_answer", [moments.request.pk], STAFF_EMAIL),
        *((route, arguments, STAFF_EMAIL) for route, arguments in _reference_pages()),
        ("authorities:membership_request_create", [moments.authority.pk], EMPTY_EMAIL),
        ("levers:paper_take", [detached_voter().pk, detached.pk], VOTER_EMAIL),
        *((f"levers:workshop_{name}", [held], HELD_EMAIL) for name in WORKSHOP_PAGES),
        *((f"levers:workshop_{name}", [held, second.lever_id], HELD_EMAIL) for name in ("lever", "hands")),
        ("levers:workshop_document", [held, "odt"], HELD_EMAIL),
        ("levers:second_vote_update", [voter, second.pk], HELD_VOTER_EMAIL),
        ("levers:ballot_detail", [detached.initiative.authority.slug, detached.pk], DETACHED_EMAIL),
        *published_pages(),
    ]
    copy = "authorities:preparation_copy"
    table_pages = [
        ("import_detail", "waiting"),
        ("import_detail", "failed"),
        ("import_detail", "pending"),
        ("import_columns", "columns"),
        ("import_families", "pending"),
        ("import_undo", "applied"),
    ]
    for name, state in table_pages:
        table = moments.tables[state]
        asked.append((f"inventory:{name}", [slug, table.inventory_id, table.pk], REFERENT_EMAIL))
        asked.append((f"inventory:participant_{name}", [contributor, table.inventory_id, table.pk], CONTRIBUTOR_EMAIL))
    return [
        *(Visit(route, reverse(route, args=arguments), visitor) for route, arguments, visitor in asked),
        Visit(copy, f"{reverse(copy, args=[slug])}?depuis={moments.followed.slug}", REFERENT_EMAIL),
    ]


def _reference_pages() -> list[tuple[str, list[Any]]]:
    """Return the pages of the reference content: its versions, the drafts, each part of each kind of entry."""
    pages: list[tuple[str, list[Any]]] = [
        ("roadmap:reference_list", []),
        ("roadmap:reference_upload", []),
        ("roadmap:reference_prepare", ["questionnaire", "proposition-1"]),
        ("roadmap:reference_propose", ["questionnaire", "proposition-1"]),
        ("roadmap:reference_download", ["questionnaire", "proposition-1"]),
    ]
    for draft in ensure_reference_drafts():
        names = ("draft", "update", "compare", "replace", "export", "publish", "abandon")
        if draft.kind == ReferenceKind.FACTORS:
            names = ("draft", "publish", "abandon")
        pages += [(f"roadmap:reference_{name}", [draft.pk]) for name in names]
        for kind, parts in ENTRY_PARTS.items():
            entry = draft.entries.filter(kind=kind).first()
            if entry is None:
                continue
            keys = [draft.pk, entry.pk]
            pages += [(f"roadmap:reference_entry{name}", keys) for name in ("", "_delete")]
            pages += [("roadmap:reference_entry_update", [*keys, part.slug]) for part in parts]
            pages.append(("roadmap:reference_entry_create", [draft.pk, str(kind)]))
    return pages


def visits() -> list[Visit]:
    """Return every page of the site, for filled authorities and for an empty one."""
    spaces = {email: Authority.objects.get(name=name) for name, email in FILLED.items()}
    for email, authority in spaces.items():
        _leave_a_list(authority, email)
    _leave_evidence()
    _leave_a_grid(authority, email)
    grid_url = reverse("diagnostics:grid_export", args=[authority.slug, _latest_round(authority).pk])
    download = Visit("diagnostics:grid_export", f"{grid_url}?grille={BLANK}&format=ods", email)
    email, authority = next(iter(spaces.items()))
    _give_a_logo(authority, email)
    _leave_a_workbook(authority, email)
    spaces[EMPTY_EMAIL] = _empty_authority()
    people = {
        email: Participant.objects.select_related("initiative__authority").get(
            initiative__authority__name=name, email=email
        )
        for name, email in PARTICIPANTS.items()
    }
    stop_url = unsubscribe_url(locked_preference(email)).removeprefix(settings.SITE_URL)
    return [
        *(visit for route in all_routes() for visit in _visits_of(route, spaces, people)),
        *_visits_of_moments(),
        download,
        Visit("mail_unsubscribe", stop_url, ANONYMOUS),
        Visit("authorities:invitation", _living_link().removeprefix(settings.SITE_URL), ANONYMOUS),
    ]


def _living_link() -> str:
    """Return the personal link of somebody who has not confirmed it."""
    moments = ensure_moments()
    voter = Participant.objects.for_initiative(moments.diagnosis.initiative).get(name="Votante 0")
    return copy_link(participant=voter, actor=moments.referent, now=timezone.now())


def personal_links() -> dict[str, str]:
    """Return a fresh personal link for each participant who visits."""
    now = timezone.now()
    links = {}
    for name, email in PARTICIPANTS.items():
        participant = Participant.objects.get(initiative__authority__name=name, email=email)
        referent = User.objects.get(email=FILLED[name])
        links[email] = copy_link(participant=participant, actor=referent, now=now)
    moments = ensure_moments()
    links[CONTRIBUTOR_EMAIL] = copy_link(participant=moments.contributor, actor=moments.referent, now=now)
    links[VOTER_EMAIL] = voter_link()
    links[HELD_VOTER_EMAIL] = held_voter_link(held_voter(), HELD_EMAIL)
    return links


def dump() -> None:
    """Print the names of the routes, the pages and the personal links as JSON."""
    plan = {
        "routes": [route.name for route in all_routes()],
        "visits": [asdict(visit) for visit in visits()],
        "links": personal_links(),
    }
    print(json.dumps(plan))  # noqa: T201
