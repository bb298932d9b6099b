"""What the documents print, worked out from a snapshot: texts, figures written in French, charts. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from roadmap.documents.presentation.choice import present_choice
from roadmap.documents.presentation.diagnosis import present_diagnosis
from roadmap.documents.presentation.inventory import present_inventory
from roadmap.documents.presentation.legal import cited_texts, present_checks, present_insert, present_legal
from roadmap.documents.presentation.overview import (
    assembly_of,
    present_identity,
    present_initiative,
    present_summary,
)
from roadmap.documents.presentation.plan import (
    present_coverage,
    present_index,
    present_means,
    present_objectives,
    present_savings,
    present_schedule,
    present_theme_index,
)
from roadmap.documents.presentation.sheets import present_sheets
from roadmap.documents.presentation.texts import long_date, split_blocks
from roadmap.enums import PublicationStatus

TITLE = "Feuille de route numérique responsable"
LONG_FOREWORD = 1_500  # beyond, the page is set in smaller type


@dataclass(frozen=True)
class Adoption:
    """The vote that adopted a frozen version."""

    adopted_on: date
    reference: str
    body: str = ""


def present_frame(
    content: dict[str, Any],
    *,
    status: PublicationStatus,
    created_at: datetime,
    version_number: int | None = None,
    adoption: Adoption | None = None,
    title: str = TITLE,
) -> dict[str, Any]:
    """Return what every document prints around its text: who, which period, which version, on which day."""
    authority, period = content["authority"], content["initiative"]["period_label"]
    version = f"version {version_number}" if version_number is not None else "projet"
    mark = "    ◊ donnée d’illustration" if content["is_demonstration"] else ""
    draft = "" if status != PublicationStatus.DRAFT else ", non validé"
    return {
        "title": f"{title} {period}",
        "document_title": f"{title} {period} – {authority['name']}",
        "footer": f"{title} {period} · {version}{draft}{mark}",
        "version": version,
        "status_sentence": _status_sentence(content, status, adoption),
        "is_draft": status == PublicationStatus.DRAFT,
        "is_demonstration": content["is_demonstration"],
        "dated_on": long_date(content["on"]),
        "created_at": created_at.isoformat(),
        "authority": authority,
        "logo": _logo_address(authority.get("logo")),
        "identity": present_identity(authority),
        "assembly": assembly_of(authority),
        "period": period,
        "first_year": content["initiative"]["period_start_year"],
        "last_year": content["initiative"]["period_end_year"],
    }


def present(
    content: dict[str, Any],
    *,
    status: PublicationStatus,
    created_at: datetime,
    version_number: int | None = None,
    adoption: Adoption | None = None,
) -> dict[str, Any]:
    """Return the context of the whole roadmap. Every figure comes from the snapshot; nothing is computed anew."""
    authority = content["authority"]
    inventory = present_inventory(content["inventory"])
    objectives = present_objectives(content)
    frame = present_frame(
        content, status=status, created_at=created_at, version_number=version_number, adoption=adoption
    )
    return {
        **frame,
        "foreword": split_blocks(content["foreword"]["text"]),
        "foreword_is_long": len(content["foreword"]["text"]) > LONG_FOREWORD,
        "foreword_author": content["foreword"]["author"],
        "summary": present_summary(content, inventory=inventory),
        "initiative": present_initiative(content),
        "committee": content["committee"],
        "actors": content["actors"],
        "source_documents": content["source_documents"],
        "legal": present_legal(content),
        "diagnosis": present_diagnosis(content["diagnosis"]),
        "inventory": inventory,
        "choice": present_choice(content["choice"]),
        "objectives": objectives,
        "savings": present_savings(content),
        "schedule": present_schedule(content),
        "sheets": present_sheets(content),
        "abandoned": content.get("abandoned", []),
        "means": present_means(content, objectives),
        "governance": {**content["governance"], "blocks": split_blocks(content["governance"]["text"])},
        "insert": present_insert(content),
        "coverage": present_coverage(content),
        "texts": cited_texts(content["on"]),
        "checks": present_checks(content, is_adopted=adoption is not None),
        "is_reen_usable": content["is_reen_usable"],
        "sources": content["sources"],
        "index": present_index(content["sheets"]),
        "theme_index": present_theme_index(content),
        "adoption": None if adoption is None else _adoption(adoption, authority),
    }


def _status_sentence(content: dict[str, Any], status: PublicationStatus, adoption: Adoption | None) -> str:
    assembly = assembly_of(content["authority"])
    if adoption is not None:
        return f"Adoptée le {long_date(adoption.adopted_on)}"
    if status == PublicationStatus.DRAFT:
        return "Projet, non validé"
    council_on = content["initiative"]["council_on"]
    the = "à l’" if assembly.startswith("assemblée") else "au "
    # A date that was past when the version was frozen is that of a former vote.
    is_to_come = bool(council_on) and council_on >= content["on"]
    return f"Soumise {the}{assembly}" + (f" du {long_date(council_on)}" if is_to_come else "")


def _logo_address(logo: dict[str, str] | None) -> str:
    """Return the logo as a `data:` address; empty without one, as in the versions frozen before there were logos."""
    return f"data:{logo['type']};base64,{logo['data']}" if logo else ""


def _adoption(adoption: Adoption, authority: dict[str, Any]) -> dict[str, str]:
    body = adoption.body or assembly_of(authority)
    return {
        "adopted_on": long_date(adoption.adopted_on),
        "reference": adoption.reference,
        "body": body[:1].upper() + body[1:],
    }
