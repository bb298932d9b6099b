"""Every route of the site and the objects that open it: the access tests and the browser tests walk the same list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from authorities.models import (
    Authority,
    CommitteeImport,
    Event,
    Initiative,
    Meeting,
    Membership,
    MembershipRequest,
    Participant,
    SourceDocument,
    TerritoryActor,
)
from authorities.prerequisites import DERIVED_CODES
from authorities.selectors.kit import BY_SLUG
from diagnostics.models import Diagnosis, Evidence, GridImport
from inventory.models import Inventory, InventoryImport, Scenario, ScenarioChange
from levers.models import Ballot, Lever, LeverCatalogue, SecondVote
from reference.models import Prerequisite, Territory
from roadmap.desk import LEAD_PARTS
from roadmap.enums import EntryKind
from roadmap.forms.sheets import SHEET_PARTS
from roadmap.models import ActionSheet, DraftEntry, Objective, SheetAttachment, SheetImport, SheetNote, SheetShare
from roadmap.reference_fields import ENTRY_PARTS

OWN_NAMESPACES = {"", "authorities", "inventory", "diagnostics", "levers", "roadmap"}


@dataclass(frozen=True)
class Route:
    """A route: its full name, its parameters, and the gate that its view bears (None without one)."""

    name: str
    pattern: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def gate(self) -> tuple[str, Any] | None:
        return getattr(self.view, "gate", None)


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for item in patterns:
        pattern = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, pattern, item.namespace or namespace)
        elif isinstance(item, URLPattern) and item.name and not pattern.startswith("administration/"):
            name = f"{namespace}:{item.name}" if namespace else item.name
            yield Route(name, pattern, tuple(_parameters(pattern)), item.callback)


def _parameters(pattern: str) -> Iterator[str]:
    for part in pattern.split("<")[1:]:
        yield part.split(">")[0].split(":")[-1]


def all_routes() -> list[Route]:
    """Return every named route of the site, the administration of reference data left out."""
    return list(_walk(get_resolver().url_patterns, "", ""))


class MissingObjectError(LookupError):
    """The authority has nothing that opens this route (an empty authority has no ballot, say)."""


Finder = Callable[[Initiative], Any]


def _first(queryset: Any) -> Any:
    found = queryset.first()
    if found is None:
        raise MissingObjectError(queryset.model.__name__)
    return found.pk


def _of(model: Any, **filters: Any) -> Finder:
    return lambda initiative: _first(model.objects.filter(initiative=initiative, **filters).order_by("-pk"))


def _grid(initiative: Initiative) -> GridImport:
    """Return the grid that waits; the round in preparation has none."""
    return GridImport.objects.get(pk=_first(GridImport.objects.for_initiative(initiative).order_by("-pk")))


def _member(model: Any) -> Finder:
    return lambda initiative: _first(model.objects.filter(authority=initiative.authority).order_by("-pk"))


def _lever(initiative: Initiative) -> Any:
    ballot = Ballot.objects.filter(initiative=initiative).first()
    if ballot is not None:
        return ballot.shortlist.items.filter(is_set_aside=False).first().lever_id
    return _first(Lever.objects.filter(catalogue=LeverCatalogue.objects.first()))


def _draft_entry(kind: EntryKind) -> DraftEntry:
    entry = DraftEntry.objects.filter(kind=kind).order_by("draft", "position").first()
    if entry is None:
        raise MissingObjectError("DraftEntry")
    return entry


def _voter(initiative: Initiative) -> Any:
    return _first(Ballot.objects.get(pk=_of(Ballot)(initiative)).voters.order_by("pk"))


def _rater(initiative: Initiative) -> Any:
    return _first(Diagnosis.objects.get(pk=_of(Diagnosis)(initiative)).raters.order_by("pk"))


def _scenario(initiative: Initiative) -> Any:
    return _first(Scenario.objects.for_initiative(initiative).order_by("pk"))


# (namespace, parameter, prefix of the route name) → what fills it; the first line that fits is taken.
FINDERS: list[tuple[str, str, str, Finder]] = [
    ("", "uidb36", "", lambda _initiative: "1"),
    ("", "key", "", lambda _initiative: "cle-inconnue"),
    ("", "code", "erasure_receipt", lambda _initiative: "recu-inconnu"),
    ("", "signature", "", lambda _initiative: "signature-inconnue"),
    # Nobody of these authorities has a security key nor another session: such an address is that of nothing.
    ("", "pk", "mfa_", lambda _initiative: 1),
    ("", "session_pk", "", lambda _initiative: 1),
    ("authorities", "pk", "authorities:membership_request", _member(MembershipRequest)),
    ("authorities", "pk", "authorities:arbitration", _member(MembershipRequest)),
    ("authorities", "pk", "authorities:member", _member(Membership)),
    ("authorities", "pk", "authorities:meeting", _of(Meeting)),
    ("authorities", "pk", "authorities:document", _of(SourceDocument)),
    ("authorities", "pk", "authorities:actor", _of(TerritoryActor)),
    ("authorities", "pk", "authorities:event", _member(Event)),
    ("authorities", "pk", "authorities:", _of(Participant)),
    ("authorities", "import_pk", "", _of(CommitteeImport)),
    ("authorities", "place", "", lambda _initiative: 1),
    ("authorities", "kit_slug", "", lambda _initiative: "invitation"),
    ("authorities", "extension", "", lambda _initiative: "odt"),
    ("authorities", "authority_pk", "", lambda initiative: initiative.authority_id),
    ("authorities", "territory_code", "", lambda _initiative: Territory.objects.get(name="Morlaix Communauté").code),
    ("authorities", "token", "", lambda _initiative: "jeton-inconnu"),
    ("authorities", "code", "", lambda _initiative: Prerequisite.objects.exclude(code__in=DERIVED_CODES).first().code),
    ("inventory", "inventory_pk", "", _of(Inventory)),
    ("inventory", "import_pk", "", lambda i: _first(InventoryImport.objects.filter(inventory__initiative=i))),
    ("inventory", "scenario_pk", "", _scenario),
    ("inventory", "change_pk", "", lambda i: _first(ScenarioChange.objects.filter(scenario=_scenario(i)))),
    ("inventory", "kind_slug", "", lambda _initiative: "allongement"),
    ("inventory", "group_code", "", lambda _initiative: "ordinateurs"),
    ("inventory", "category_code", "", lambda _initiative: "laptop"),
    ("inventory", "machine_code", "", lambda _initiative: "cloud_vm_medium"),
    ("inventory", "export_slug", "", lambda _initiative: "beges"),
    ("diagnostics", "pk", "diagnostics:grid_import_", lambda i: _grid(i).diagnosis_id),
    ("diagnostics", "pk", "", _of(Diagnosis)),
    ("diagnostics", "extension", "", lambda _initiative: "odt"),
    ("diagnostics", "diagnosis_pk", "", _of(Diagnosis)),
    # What supports an agreed level is read by every member, whatever the latest round.
    (
        "diagnostics",
        "evidence_pk",
        "diagnostics:evidence",
        lambda i: _first(Evidence.objects.for_initiative(i).filter(rating=None).exclude(file="")),
    ),
    (
        "diagnostics",
        "evidence_pk",
        "diagnostics:participant",
        lambda i: _first(Evidence.objects.for_initiative(i).filter(agreed_level=None).exclude(file="")),
    ),
    ("diagnostics", "grid_pk", "", lambda i: _grid(i).pk),
    ("diagnostics", "rater_pk", "", _rater),
    ("diagnostics", "dimension_code", "", lambda _initiative: "GOV"),
    ("diagnostics", "question_code", "", lambda _initiative: "GOV-1"),
    ("levers", "pk", "levers:lever_detail", _lever),
    ("levers", "pk", "levers:local_lever_", lambda i: _first(Lever.objects.for_authority(i.authority))),
    ("levers", "pk", "", _of(Ballot)),
    ("levers", "lever_pk", "", _lever),
    ("levers", "scenario_pk", "", _scenario),
    ("levers", "voter_pk", "", _voter),
    (
        "levers",
        "vote_pk",
        "",
        lambda i: _first(SecondVote.objects.filter(workshop__ballot__initiative=i).order_by("-pk")),
    ),
    ("levers", "extension", "", lambda _initiative: "odt"),
    ("levers", "pile", "", lambda _initiative: "favorable"),
    ("levers", "export_slug", "", lambda _initiative: "xlsx"),
    (
        "roadmap",
        "pk",
        "roadmap:participant_sheet",
        lambda i: _first(_own_sheets(i)),
    ),
    ("roadmap", "import_pk", "", lambda i: _first(SheetImport.objects.for_initiative(i))),
    ("roadmap", "note_pk", "roadmap:participant", lambda i: _first(_own_notes(i))),
    ("roadmap", "note_pk", "", lambda i: _first(_notes(i).filter(author_user__isnull=False))),
    ("roadmap", "file_pk", "roadmap:participant", lambda i: _first(_own_files(i))),
    ("roadmap", "file_pk", "", lambda i: _first(_files(i).filter(added_by_user__isnull=False))),
    ("roadmap", "share_pk", "roadmap:share_accept", lambda i: _share(i, "proposed")),
    ("roadmap", "share_pk", "roadmap:share_decline", lambda i: _share(i, "proposed")),
    ("roadmap", "share_pk", "", lambda i: _share(i, "accepted")),
    ("roadmap", "pk", "roadmap:person_", _of(Participant)),
    ("roadmap", "pk", "roadmap:reference", lambda _initiative: _draft_entry(EntryKind.QUESTION).draft_id),
    ("roadmap", "entry_pk", "", lambda _initiative: _draft_entry(EntryKind.QUESTION).pk),
    ("roadmap", "entry_part", "", lambda _initiative: "question"),
    ("roadmap", "entry_kind", "", lambda _initiative: "question"),
    ("roadmap", "reference_kind", "", lambda _initiative: "questionnaire"),
    ("roadmap", "version_code", "", lambda _initiative: "proposition-1"),
    ("roadmap", "pk", "roadmap:objective", lambda i: _first(Objective.objects.for_initiative(i))),
    ("roadmap", "pk", "", lambda i: _first(ActionSheet.objects.for_initiative(i))),
    ("roadmap", "diagnosis_pk", "", _of(Diagnosis)),
    ("roadmap", "part_slug", "", lambda _initiative: "constat"),
    ("roadmap", "document_code", "", lambda _initiative: "synthese-elus"),
    ("roadmap", "document_key", "", lambda _initiative: "0" * 32),
    ("roadmap", "public_slug", "", lambda initiative: initiative.authority.slug),
    ("roadmap", "number", "", lambda _initiative: 1),
    ("roadmap", "initiative_number", "", lambda initiative: initiative.number),
]


def _share(initiative: Initiative, state: str) -> Any:
    """A share in this state; any other one once the walk itself has answered or withdrawn it."""
    shares = SheetShare.objects.for_initiative(initiative)
    return _first(shares.filter(state=state) if shares.filter(state=state).exists() else shares)


def _own_sheets(initiative: Initiative) -> QuerySet[ActionSheet]:
    """The sheets of the participant as whom the pages of a lead are opened."""
    return ActionSheet.objects.for_initiative(initiative).filter(lead_participant__email__startswith="numerique@")


def _notes(initiative: Initiative) -> QuerySet[SheetNote]:
    return SheetNote.objects.filter(sheet=_first(ActionSheet.objects.for_initiative(initiative)))


def _files(initiative: Initiative) -> QuerySet[SheetAttachment]:
    return SheetAttachment.objects.filter(sheet=_first(ActionSheet.objects.for_initiative(initiative)))


def _own_notes(initiative: Initiative) -> QuerySet[SheetNote]:
    return SheetNote.objects.filter(sheet=_first(_own_sheets(initiative)), author_participant__isnull=False)


def _own_files(initiative: Initiative) -> QuerySet[SheetAttachment]:
    return SheetAttachment.objects.filter(sheet=_first(_own_sheets(initiative)), added_by_participant__isnull=False)


# Parameters that name no object of an authority, hence the same on both sides.
SHARED = {
    ("authorities", "code"): "prerequisite of the reference data",
    ("authorities", "kit_slug"): "word",
    ("authorities", "extension"): "word",
    ("authorities", "place"): "rank within a list of people",
    ("inventory", "group_code"): "group of the reference data",
    ("inventory", "category_code"): "family of the reference data",
    ("inventory", "machine_code"): "family of the reference data",
    ("inventory", "export_slug"): "word",
    ("diagnostics", "extension"): "word",
    ("inventory", "kind_slug"): "word",
    ("diagnostics", "dimension_code"): "dimension of the reference data",
    ("diagnostics", "question_code"): "question of the reference data",
    ("levers", "pile"): "word",
    ("levers", "export_slug"): "word",
    ("levers", "extension"): "word",
    ("levers", "lever_pk"): "lever of the common catalogue",
    ("roadmap", "part_slug"): "word",
    ("roadmap", "number"): "rank within the roadmap of the authority",
    ("roadmap", "document_code"): "word",
    ("roadmap", "document_key"): "digest of the content of a document",
    ("roadmap", "initiative_number"): "rank within the démarches of the authority",
}
SHARED_ROUTES = {"levers:lever_detail": "lever of the common catalogue"}


def find_argument(route: Route, parameter: str, initiative: Initiative) -> Any:
    """Return the value of a parameter. Raises `MissingObjectError`, or `KeyError` when the table does not know it."""
    namespace = route.name.split(":")[0] if ":" in route.name else ""
    for owner, name, prefix, finder in FINDERS:
        if (owner, name) == (namespace, parameter) and route.name.startswith(prefix):
            return finder(initiative)
    raise KeyError(f"{route.name}: nothing fills {parameter}")


def arguments_of(route: Route, authority: Authority, participant: Participant | None = None) -> dict[str, Any]:
    """Return the keyword arguments that open a route for an authority, and for a participant of it."""
    initiative = Initiative.objects.for_authority(authority).current().get()
    fixed = {"authority_slug": authority.slug, "participant_pk": participant.pk if participant else None}
    return {
        name: fixed[name] if fixed.get(name) is not None else find_argument(route, name, initiative)
        for name in route.parameters
    }


# Parameters whose every word is a page of its own.
WORDS = {"part_slug": tuple(SHEET_PARTS), "kit_slug": tuple(BY_SLUG)}


def variants_of(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the arguments as they are, or once for each word when a parameter is a word that names a page."""
    if "entry_part" in arguments:
        for kind, parts in ENTRY_PARTS.items():
            entry = _draft_entry(EntryKind(kind))
            for part in parts:
                yield {"pk": entry.draft_id, "entry_pk": entry.pk, "entry_part": part.slug}
        return
    for name, words in WORDS.items():
        if name in arguments:
            # The lead of an action opens fewer of its parts.
            kept = [word for word in words if "participant_pk" not in arguments or word in LEAD_PARTS]
            yield from (arguments | {name: word} for word in kept)
            return
    yield arguments


def close_files(response: Any) -> None:
    """Close the file of a download.

    Not `response.close()`: it tells Django that the request is over, and Django then closes the connection on which
    the objects of the test are not committed.
    """
    for close in getattr(response, "_resource_closers", []):
        close()


def url_of(route: Route, authority: Authority, participant: Participant | None = None) -> str:
    """Return the address of a route opened on the objects of an authority."""
    return reverse(route.name, kwargs=arguments_of(route, authority, participant))
