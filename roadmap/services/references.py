"""Writes of the national administration about the reference content: drafts, their entries, publication.

A draft is published by the loaders of the files: one validation, one writing. A published version is never written
here, save for which one is proposed to new work.
"""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

import diagnostics.loader
import inventory.loader
import levers.loader
from accounts.models import User
from common.errors import DomainError
from common.text import typography
from common.versioning import StaleVersionError, save_versioned
from reference.fixtures import SLUG, FixtureError, plain_content, propose
from roadmap.enums import EntryKind, ReferenceKind
from roadmap.models import DraftEntry, ReferenceDraft
from roadmap.reference_content import Content, ContentEntry, split_content
from roadmap.selectors.references import (
    VERSION_MODELS,
    factor_contents,
    factor_fields,
    find_version,
    fingerprint,
    whole_content,
)

logger = logging.getLogger(__name__)

CODE_LENGTH = 40
TAKEN = "Le code « {code} » est déjà celui d’une version ou d’un brouillon : choisissez-en un autre."


def require_free_code(kind: ReferenceKind, code: str, *, draft: ReferenceDraft | None = None) -> None:
    """Refuse a code that cannot be an address, or that a version or another draft bears."""
    if kind != ReferenceKind.FACTORS and not SLUG.fullmatch(code):
        raise DomainError("Écrivez un code sans espace ni accent : lettres, chiffres et tirets.")
    drafts = ReferenceDraft.objects.filter(kind=kind, code=code)
    others = drafts if draft is None else drafts.exclude(pk=draft.pk)
    if find_version(kind, code) is not None or others.exists():
        raise DomainError(typography(TAKEN.format(code=code)))


@transaction.atomic
def prepare_version(
    *, kind: ReferenceKind, base_code: str, code: str, title: str, actor: User, today: date
) -> ReferenceDraft:
    """Open the draft of a version that starts from a published one."""
    require_free_code(kind, code)
    base = find_version(kind, base_code)
    source = getattr(base, "source", None)
    if not source:
        raise DomainError(
            "Le contenu de cette version n’est pas gardé sur le site : faites relancer le chargement des données de "
            "référence, puis recommencez."
        )
    content = split_content(kind, source)
    header = dict(content.header)
    if kind == ReferenceKind.CATALOGUE:
        header["published_on"] = today.isoformat()
    draft = ReferenceDraft.objects.create(
        kind=kind, code=code, title=title, base_code=base_code, header=header, author=actor
    )
    _write_entries(draft, content)
    return draft


@transaction.atomic
def save_draft_header(
    *, draft: ReferenceDraft, expected_version: int, code: str, title: str, header: Mapping[str, Any]
) -> ReferenceDraft:
    """Save what a version says of itself; the fields of the header that are not given stay."""
    require_free_code(ReferenceKind(draft.kind), code, draft=draft)
    stored = ReferenceDraft.objects.select_for_update().get(pk=draft.pk)
    draft.code, draft.title, draft.header = code, title, {**stored.header, **header}
    return save_versioned(draft, expected_version=expected_version, update_fields=["code", "title", "header"])


@transaction.atomic
def save_draft_entry(*, entry: DraftEntry, expected_version: int, content: Mapping[str, Any]) -> DraftEntry:
    """Save some fields of an entry; the others stay."""
    stored = DraftEntry.objects.select_for_update().filter(pk=entry.pk).first()
    if stored is None:
        raise DomainError("Cette entrée a été retirée entre-temps.")
    entry.content = {**stored.content, **content}
    return save_versioned(entry, expected_version=expected_version, update_fields=["content"])


@transaction.atomic
def add_draft_entry(
    *, draft: ReferenceDraft, kind: EntryKind, code: str, content: Mapping[str, Any], parent: DraftEntry | None = None
) -> DraftEntry:
    """Add an entry at the end of its list; what it does not say yet is to be completed before the publication."""
    if not SLUG.fullmatch(code):
        raise DomainError("Écrivez un code sans espace ni accent : lettres, chiffres et tirets.")
    if draft.entries.filter(kind=kind, code=code).exists():
        raise DomainError(typography(f"Le code « {code} » est déjà celui d’une autre entrée : choisissez-en un autre."))
    if parent is not None and parent.draft_id != draft.pk:
        raise DomainError("Choisissez une dimension de ce brouillon.")
    last = draft.entries.aggregate(last=Max("position"))["last"] or 0
    return DraftEntry.objects.create(
        draft=draft, kind=kind, code=code, parent=parent, position=last + 1, content=dict(content)
    )


@transaction.atomic
def remove_draft_entry(*, entry: DraftEntry) -> int:
    """Remove an entry, with the questions of a dimension, and what other levers say of it. Return the levers touched.

    Without that, a removed lever would be named by others and the version could not be published.
    """
    touched = 0
    if entry.kind == EntryKind.LEVER:
        for lever in entry.draft.entries.exclude(pk=entry.pk):
            cleared = {
                name: [code for code in lever.content.get(name) or [] if code != entry.code]
                for name in ("prerequisites", "synergies")
            }
            if any(cleared[name] != (lever.content.get(name) or []) for name in cleared):
                save_versioned(_with_content(lever, cleared), expected_version=lever.version, update_fields=["content"])
                touched += 1
        _forget_exclusive(entry)
    entry.delete()
    return touched


def _with_content(entry: DraftEntry, content: Mapping[str, Any]) -> DraftEntry:
    entry.content = {**entry.content, **content}
    return entry


def _forget_exclusive(entry: DraftEntry) -> None:
    """Take a lever out of the groups whose savings do not add up; a group of one says nothing."""
    draft = ReferenceDraft.objects.select_for_update().get(pk=entry.draft_id)
    simulation = draft.header.get("simulation") or {}
    groups = [[code for code in group if code != entry.code] for group in simulation.get("exclusive") or []]
    kept = [group for group in groups if len(group) > 1]
    if kept != simulation.get("exclusive"):
        draft.header["simulation"] = {**simulation, "exclusive": kept}
        save_versioned(draft, expected_version=draft.version, update_fields=["header"])


@transaction.atomic
def replace_draft_content(*, draft: ReferenceDraft, expected: str, raw: Mapping[str, Any]) -> ReferenceDraft:
    """Put the content of a file in place of that of a draft. Raises `FixtureError`, and writes nothing, on an error.

    `expected`: fingerprint of the content that the reader replaces.
    """
    kind = ReferenceKind(draft.kind)
    stored = _locked(draft, expected)
    check_content(kind, raw)
    content = split_content(kind, plain_content(raw))
    require_free_code(kind, content.code, draft=stored)
    stored.code, stored.title, stored.header = content.code, content.title, dict(content.header)
    save_versioned(stored, expected_version=stored.version, update_fields=["code", "title", "header"])
    stored.entries.all().delete()
    _write_entries(stored, content)
    return stored


@transaction.atomic
def prepare_factor_set(*, fields: Mapping[str, str], files: Mapping[str, bytes], actor: User) -> ReferenceDraft:
    """Keep the three files of a set of factors until its preview is confirmed. Raises `FixtureError` on an error."""
    require_free_code(ReferenceKind.FACTORS, fields["version"])
    inventory.loader.check_factor_set(fields, files)
    return ReferenceDraft.objects.create(
        kind=ReferenceKind.FACTORS,
        code=fields["version"],
        title=fields["name"],
        header={
            "published_on": fields["published_on"],
            "zone": fields["zone"],
            "files": {name: content.decode("utf-8-sig") for name, content in files.items()},
        },
        author=actor,
    )


@transaction.atomic
def publish_draft(*, draft: ReferenceDraft, expected: str, actor: User) -> None:
    """Publish a draft as a new version, proposed to new work; the draft goes.

    `expected`: fingerprint of what the reader was shown. Raises `FixtureError`, and writes nothing, on an error.
    """
    kind = ReferenceKind(draft.kind)
    stored = _locked(draft, expected)
    if find_version(kind, stored.code) is not None:
        raise DomainError(typography(TAKEN.format(code=stored.code)))
    if kind == ReferenceKind.FACTORS:
        inventory.loader.publish_factor_set(factor_fields(stored), factor_contents(stored))
    else:
        load = levers.loader.load_content if kind == ReferenceKind.CATALOGUE else diagnostics.loader.load_content
        load(whole_content(stored))
    code = stored.code
    stored.delete()
    logger.info("reference %s %s published by user %s", kind.value, code, actor.pk)


@transaction.atomic
def abandon_draft(*, draft: ReferenceDraft, actor: User) -> None:
    """Erase a draft; the published versions are not concerned."""
    logger.info("draft of reference %s %s abandoned by user %s", draft.kind, draft.code, actor.pk)
    draft.delete()


@transaction.atomic
def propose_version(*, kind: ReferenceKind, code: str, actor: User) -> None:
    """Choose the published version that new work starts with. What is under way keeps its own."""
    version = find_version(kind, code)
    if version is None:
        raise DomainError("Cette version n’existe pas.")
    propose(VERSION_MODELS[kind], version)
    logger.info("reference %s %s proposed by user %s", kind.value, code, actor.pk)


def check_content(kind: ReferenceKind, raw: Mapping[str, Any]) -> None:
    """Raise the `FixtureError` that publishing this content would."""
    if kind == ReferenceKind.CATALOGUE:
        extra = sorted(set(map(str, raw)) - {"catalogue", "weights", "simulation", "levers"})
        if extra:
            raise FixtureError(
                "catalogue", "", extra[0], "champ inconnu ; le fichier tient catalogue, weights, simulation et levers."
            )
        levers.loader.check_content(raw)
    else:
        diagnostics.loader.check_content(raw)


def _locked(draft: ReferenceDraft, expected: str) -> ReferenceDraft:
    """Return the draft as it stands, locked. Refuse when it is not what the reader was shown."""
    stored = ReferenceDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if stored is None:
        raise DomainError("Ce brouillon a été publié ou abandonné entre-temps.")
    if fingerprint(stored) != expected:
        raise StaleVersionError(stored)
    return stored


def _write_entries(draft: ReferenceDraft, content: Content) -> None:
    def row(entry: ContentEntry, position: int, parent: DraftEntry | None = None) -> DraftEntry:
        return DraftEntry(
            draft=draft,
            kind=entry.kind,
            code=entry.code,
            parent=parent,
            position=position,
            content=dict(entry.content),
        )

    ranked = list(enumerate(content.entries, start=1))
    roots = DraftEntry.objects.bulk_create(row(entry, rank) for rank, entry in ranked if not entry.parent)
    parents = {root.code: root for root in roots if root.kind == EntryKind.DIMENSION}
    DraftEntry.objects.bulk_create(row(entry, rank, parents[entry.parent]) for rank, entry in ranked if entry.parent)
