"""Factories of the roadmap application."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from accounts.models import User
from authorities.models import Authority, Initiative
from levers.enums import Verdict
from levers.models import Decision, Lever
from roadmap import services
from roadmap.models import (
    ActionSheet,
    CouncilResolution,
    Objective,
    Roadmap,
    RoadmapVersion,
    SheetAttachment,
    SheetNote,
    SheetShare,
)
from roadmap.services import ShareValues, create_sheets_from_decisions
from roadmap.sheet_rows import ROW_KINDS
from roadmap.sheet_texts import LISTS
from tests.factories import PARIS_NOON, make_authority, make_service, make_user
from tests.factories_levers import make_catalogue, make_dimension, make_theme
from tests.roadmap.sample_content import make_empty_content

NOW = PARIS_NOON


def make_decision(initiative: Initiative, lever: Lever, verdict: str = Verdict.RETAINED) -> Decision:
    return Decision.objects.create(
        initiative=initiative, lever=lever, verdict=verdict, reason="Utile ici.", decided_at=NOW
    )


def retain_levers(initiative: Initiative, count: int = 2) -> list[Lever]:
    """Retain the first levers of the catalogue, made when needed."""
    levers = list(make_catalogue(count).levers.all()[:count])
    for lever in levers:
        make_decision(initiative, lever)
    return levers


def make_roadmap(initiative: Initiative, **fields) -> Roadmap:
    roadmap = Roadmap.objects.get_or_create(initiative=initiative, defaults=fields)[0]
    roadmap.initiative = initiative
    return roadmap


def make_sheet(roadmap: Roadmap, **fields) -> ActionSheet:
    number = ActionSheet.objects.filter(roadmap=roadmap).count() + 1
    if "lead_service" in fields and isinstance(fields["lead_service"], str):
        fields["lead_service"] = make_service(fields["lead_service"])
    return ActionSheet.objects.create(
        roadmap=roadmap,
        **{
            "number": number,
            "title": f"Action {number}",
            "identified_on": date(2026, 3, 10),
            "dimension": make_dimension(),
            "theme": make_theme(),
            **fields,
        },
    )


def make_full_sheet(roadmap: Roadmap, **fields) -> ActionSheet:
    """Make a sheet that misses nothing."""
    objective = Objective.objects.filter(roadmap=roadmap).first() or make_objective(roadmap)
    sheet = make_sheet(
        roadmap,
        **{
            "aim": "Réduire de 10 %.",
            "context": "Le diagnostic le dit.",
            "lead_service": "dsi",
            "associated_note": "Achats",
            "human_days": Decimal(12),
            "budget_eur": Decimal(0),
            "start_half": "2026-S1",
            "end_half": "2026-S2",
            **fields,
        },
    )
    sheet.objectives.add(objective)
    sheet.steps.create(position=1, text="Commencer", who="DSI", due_half="2026-S1")
    sheet.indicators.create(position=1, name="Part", unit="%", baseline=1, target=2)
    return sheet


def save_as(actor, sheet: ActionSheet, *, version: int | None = None, **fields) -> ActionSheet:
    """Save a sheet through its service: fields, rows and links by their name."""
    rows = {name: fields.pop(name) for name in ROW_KINDS if name in fields}
    links = {name: fields.pop(name) for name in LISTS if name in fields}
    return services.save_sheet(
        sheet=sheet,
        expected_version=version or sheet.version,
        changes=fields,
        rows=rows,
        links=links,
        actor=actor,
        now=NOW,
    )


def leave_sheet_life(initiative: Initiative, author: User) -> None:
    """Leave a note and a file of the référent on each sheet, and a note and a link of whoever leads it."""
    for sheet in ActionSheet.objects.for_initiative(initiative).select_related("lead_participant", "roadmap"):
        content = ContentFile(b"Un texte.", name="piece.txt")
        kept = {"sheet": sheet, "added_at": NOW}
        SheetAttachment.objects.create(
            label="Marché", file=content, file_name="marche.txt", size_bytes=9, added_by_user=author,
            added_by_label=str(author), **kept,
        )  # fmt: skip
        written = {"sheet": sheet, "dated_on": NOW.date(), "written_at": NOW}
        note = SheetNote.objects.create(text="Réunion tenue.", author_user=author, author_label=str(author), **written)
        lead = sheet.lead_participant
        if lead is not None:
            note.mentions.add(lead)
            SheetNote.objects.create(text="C’est noté.", author_participant=lead, author_label=str(lead), **written)
            content = ContentFile(b"Un texte.", name="piece.txt")
            SheetAttachment.objects.create(
                label="Note", file=content, file_name="note.txt", size_bytes=9, added_by_participant=lead,
                added_by_label=str(lead), **kept,
            )  # fmt: skip


def make_share(sheet: ActionSheet, other: Authority, *, accepted: bool = True, **values) -> SheetShare:
    """Propose a sheet to another authority and let it accept; return the side of the host."""
    parts = {"host_part": "Prête le matériel.", "guest_part": "Forme ses agents.", "equipment": "each"}
    host = services.propose_share(
        sheet=sheet, other_slug=other.slug, values=ShareValues(**{**parts, **values}), actor=make_user(), now=NOW
    )
    if accepted:
        guest = SheetShare.objects.get(pair=host.pair, side="guest")
        services.accept_share(share=guest, sheet=None, actor=make_user(), now=NOW)
    return SheetShare.objects.get(pk=host.pk)


def leave_shares(initiative: Initiative, referent: User) -> None:
    """Leave an action shared with a neighbour, and a proposal of that neighbour."""
    is_demonstration = initiative.authority.is_demonstration
    neighbour = make_authority(f"Voisine de {initiative.authority.slug}", is_demonstration=is_demonstration)
    make_share(ActionSheet.objects.for_initiative(initiative).order_by("-number")[0], neighbour)
    own = make_roadmap(neighbour.initiatives.get())
    make_share(
        make_sheet(own, title="Charte commune", theme=None, dimension=None), initiative.authority, accepted=False
    )


def make_objective(roadmap: Roadmap, **fields) -> Objective:
    number = Objective.objects.filter(roadmap=roadmap).count() + 1
    return Objective.objects.create(
        roadmap=roadmap,
        **{
            "number": number,
            "kind": "reduction",
            "title": f"Objectif {number}",
            "indicator_name": "Empreinte",
            "unit": "t CO₂e par an",
            "baseline": Decimal(50),
            "target": Decimal(41),
            "target_on": date(2028, 12, 31),
            "source": "inventaire",
            "frequency": "yearly",
            **fields,
        },
    )


def make_sheets_from_levers(initiative: Initiative, count: int = 2, actor: User | None = None) -> list[ActionSheet]:
    """Go through the service: retained levers, then their sheets."""
    retain_levers(initiative, count)
    report = create_sheets_from_decisions(initiative=initiative, actor=actor or make_user(), now=NOW)
    return report.created


def make_version(roadmap: Roadmap, number: int = 1, frozen_at: datetime | None = None, **fields) -> RoadmapVersion:
    """Make a frozen version whose file holds a few bytes: rendering is tested elsewhere."""
    version = RoadmapVersion(
        roadmap=roadmap,
        number=number,
        frozen_at=frozen_at or NOW - timedelta(days=1),
        **{
            "content": make_empty_content(),
            "pdf_sha256": "a" * 64,
            "pdf_size_bytes": 12,
            "frozen_by_label": "Référente",
            **fields,
        },
    )
    version.pdf.save("version.pdf", ContentFile(b"%PDF-1.7 test"), save=False)
    version.save()
    return version


def make_resolution(version: RoadmapVersion, **fields) -> CouncilResolution:
    """Make the deliberation that adopts a version, with a file of a few bytes."""
    values = {
        "adopted_on": NOW.date(), "reference": "2026-03-01", "pdf_sha256": "c" * 64, "pdf_size_bytes": 12,
        "recorded_at": NOW,
    }  # fmt: skip
    resolution = CouncilResolution(version=version, **{**values, **fields})
    resolution.pdf.save("adoption.pdf", ContentFile(b"%PDF-1.7 voted"), save=False)
    resolution.save()
    return resolution
