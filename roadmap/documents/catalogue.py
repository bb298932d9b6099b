"""The documents of the dossier: one registry, read by the pages, the downloads, the zip and the demonstration.

A document is added by one entry of `DOCUMENTS`. Its builder takes an edition and returns bytes; it reads the snapshot
only, neither the base nor the clock. Pure.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from common.pdf import PdfAttachment
from common.text import typography
from roadmap.documents.edition import Edition
from roadmap.documents.office.files import OFFICE_FILES, OfficeFile
from roadmap.documents.pdf import render_roadmap_pdf
from roadmap.documents.presentation.texts import objectives_of
from roadmap.documents.shelf import key_of
from roadmap.documents.short_pdfs import build_insert_pdf, build_sheet_pdf, build_summary_pdf

PDF = "application/pdf"
SHEET_CODE = "fiche-"
# What every document prints around its text.
FRAME = ("on", "authority", "initiative", "is_demonstration", "themes", "half_years")
Builder = Callable[[Edition], bytes]


class UnknownSheetError(LookupError):
    """The snapshot has no sheet of this number."""


class DocumentGroup(StrEnum):
    """Under which title a document is shown; the order is that of the page."""

    VOTE = "À lire et à voter"
    PRESENT = "À présenter"
    REUSE = "À reprendre dans vos outils"
    SHEETS = "Fiche par fiche"


@dataclass(frozen=True)
class DossierDocument:
    """A document of the dossier.

    `code` stands in its address. Its file is named « <stem>-<authority>-<v2|projet>.<extension> ». `reads` returns the
    part of the snapshot that it prints: a change elsewhere does not make it again. `is_attached`: embedded in the full
    PDF as data. `is_light`: made in well under a second.
    """

    code: str
    label: str
    purpose: str
    group: DocumentGroup
    stem: str
    extension: str
    media_type: str
    build: Builder
    reads: Callable[[dict[str, Any]], Any] = lambda content: content
    is_attached: bool = False
    is_light: bool = True

    def file_name(self, authority_slug: str, suffix: str) -> str:
        """Return the name of its file; `suffix` is that of the edition."""
        return f"{self.stem}-{authority_slug}-{suffix}.{self.extension}"

    def key(self, edition: Edition) -> str:
        """Return the digest of all that this document prints."""
        marks = {name: value for name, value in vars(edition).items() if name not in {"content", "adoption"}}
        adoption = asdict(edition.adoption) if edition.adoption else None
        printed = {"code": self.code, "marks": marks, "adoption": adoption, "content": self.reads(edition.content)}
        return key_of(printed)


def build_full_pdf(edition: Edition) -> bytes:
    """Return the whole roadmap, with the data of the dossier attached."""
    attachments = [
        PdfAttachment(f"{document.stem}.{document.extension}", document.label, document.build(edition))
        for document in DOCUMENTS
        if document.is_attached
    ]
    return render_roadmap_pdf(
        edition.content,
        status=edition.status,
        created_at=edition.created_at,
        version_number=edition.version_number,
        adoption=edition.adoption,
        attachments=attachments,
    )


FULL_PDF = DossierDocument(
    code="feuille-de-route",
    label="Feuille de route complète",
    purpose="Le document que l’assemblée vote, avec ses données jointes.",
    group=DocumentGroup.VOTE,
    stem="feuille-de-route",
    extension="pdf",
    media_type=PDF,
    build=build_full_pdf,
    is_light=False,
)
SUMMARY_PDF = DossierDocument(
    code="synthese-elus",
    label="Synthèse pour les élus",
    purpose="Deux pages pour décider : où nous en sommes, ce que nous ferons, ce qui est adopté.",
    group=DocumentGroup.VOTE,
    stem="synthese-elus",
    extension="pdf",
    media_type=PDF,
    build=build_summary_pdf,
)
INSERT_PDF = DossierDocument(
    code="encart-rdd",
    label="Encart du rapport développement durable",
    purpose="Deux pages à joindre au rapport annuel : fonctionnement interne, politiques sur le territoire.",
    group=DocumentGroup.VOTE,
    stem="encart-rdd",
    extension="pdf",
    media_type=PDF,
    build=build_insert_pdf,
)


# The snapshot itself is attached too, as json.
ATTACHED_EXTENSION = "xlsx"


def _office(file: OfficeFile) -> DossierDocument:
    """Return the entry of an office file, made from the snapshot alone."""
    return DossierDocument(
        code=file.code,
        label=file.label,
        purpose=file.purpose,
        group=DocumentGroup[file.group],
        stem=file.stem,
        extension=file.extension,
        media_type=file.content_type,
        build=lambda edition: file.make(edition.content, edition.suffix),
        is_attached=file.extension == ATTACHED_EXTENSION,
    )


DOCUMENTS: tuple[DossierDocument, ...] = (
    FULL_PDF,
    SUMMARY_PDF,
    INSERT_PDF,
    *(_office(file) for file in OFFICE_FILES),
)


def documents_of(content: dict[str, Any]) -> Iterator[DossierDocument]:
    """Give the documents of a snapshot: those of the registry, then one for each action sheet."""
    yield from DOCUMENTS
    for sheet in content["sheets"]:
        yield sheet_document(sheet["number"], sheet["title"])


def find_document(code: str) -> DossierDocument | None:
    """Return the document of a code, whatever the snapshot: the one of a sheet has no title. None for another word."""
    number = code.removeprefix(SHEET_CODE)
    if code.startswith(SHEET_CODE) and number.isdecimal() and len(number) < 5:
        return sheet_document(int(number))
    return next((document for document in DOCUMENTS if document.code == code), None)


def sheet_document(number: int, title: str = "") -> DossierDocument:
    """Return the document of one action sheet."""
    return DossierDocument(
        code=f"{SHEET_CODE}{number}",
        label=typography(f"Fiche {number} : {title}"),
        purpose="",
        group=DocumentGroup.SHEETS,
        stem=f"fiche-{number:02}",
        extension="pdf",
        media_type=PDF,
        build=partial(build_sheet_pdf, number=number),
        reads=partial(_read_by_sheet, number=number),
    )


def _read_by_sheet(content: dict[str, Any], *, number: int) -> dict[str, Any]:
    """Return what the page of one sheet prints: another sheet may change without it being made again."""
    sheet = next((sheet for sheet in content["sheets"] if sheet["number"] == number), None)
    if sheet is None:
        raise UnknownSheetError(number)
    served = objectives_of(sheet)
    objectives = [(item["number"], item["title"]) for item in content["objectives"] if item["number"] in served]
    return {**{name: content[name] for name in FRAME}, "sheet": sheet, "objectives": objectives}
