"""The dashboard of an authority: the path, the next action of each role, who is awaited, the figures that count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone

from authorities.access import AuthorityAccess
from authorities.enums import AuthorityKind, Role
from authorities.models import Initiative
from authorities.permissions import Permission
from common.dates import format_day
from common.numbers import format_number, format_range, format_significant, pluralise
from common.steps import Awaited, Missing, NextAction, StepState, StepStatus
from common.text import typography
from diagnostics.models import AgreedLevel
from diagnostics.scoring import score_label
from roadmap.selectors.elected import voted_figures
from roadmap.selectors.path import Path, action_for, awaited_seat, may_see_awaited, read_paths
from roadmap.selectors.shares import ShareCounts, share_counts
from roadmap.selectors.state import FrozenLot, Seat

KG_PER_T = 1000
MAX_AWAITED = 6


@dataclass(frozen=True)
class KeyFigure:
    """A figure of the dashboard: value, unit, range, where it comes from."""

    label: str
    value: str
    unit: str
    range: str
    note: str
    url: str
    link: str


@dataclass(frozen=True)
class AwaitedGroup:
    """Who is awaited for one step, and how many more than those listed."""

    step_title: str
    items: tuple[Awaited, ...]
    more: int


@dataclass(frozen=True)
class Dashboard:
    """What the dashboard shows to one person.

    `action` is theirs; without one, `quiet_title` and `quiet_text` say so and what comes, `quiet_url` and `quiet_link`
    lead to what can be read meanwhile (both or none). `participation`: their
    seat in the committee when they have one and something is asked of it.
    """

    steps: tuple[StepState, ...]
    current: StepState
    action: NextAction | None
    quiet_title: str
    quiet_text: str
    quiet_url: str
    quiet_link: str
    participation: Seat | None
    awaited: tuple[AwaitedGroup, ...]
    missing: tuple[Missing, ...]
    figures: tuple[KeyFigure, ...]
    sharing: ShareCounts
    lede: str
    role_labels: tuple[str, ...]


def dashboard(access: AuthorityAccess, *, now: datetime) -> Dashboard:
    """Return the dashboard of a démarche for this reader. Twelve queries at most, whatever the number of rows."""
    path = read_paths([access.initiative], user=access.user, now=now)[access.initiative.pk]
    current = path.current
    seat = awaited_seat(access.roles, path)
    action = action_for(access.roles, path) if seat is None else None
    quiet_title, quiet_text = ("", "") if action or seat else _quiet(access, path)
    quiet_url = "" if action or seat else _draft_url(access, path)
    can_prepare = Permission.EDIT_PREPARATION in access.permissions
    return Dashboard(
        steps=_openable(path.steps, access),
        current=current,
        action=action,
        quiet_title=quiet_title,
        quiet_text=quiet_text,
        quiet_url=quiet_url,
        quiet_link="Lire le projet tel qu’il est (PDF)" if quiet_url else "",
        participation=seat,
        awaited=_awaited(path) if may_see_awaited(access.roles) else (),
        missing=path.missing if can_prepare else (),
        figures=tuple(_figures(access, path)),
        sharing=ShareCounts(waiting=_proposals_count(access)),
        lede=_lede(access.initiative, current, timezone.localdate(now)),
        role_labels=tuple(role.label for role in Role if role in access.roles),
    )


def _proposals_count(access: AuthorityAccess) -> int:
    """Return how many proposals of shared actions wait for this reader. One query, for who answers them."""
    return share_counts(access.initiative).waiting if Permission.SHARE_SHEETS in access.permissions else 0


def _awaited(path: Path) -> tuple[AwaitedGroup, ...]:
    return tuple(
        AwaitedGroup(step.title, tuple(step.awaited[:MAX_AWAITED]), max(0, len(step.awaited) - MAX_AWAITED))
        for step in path.steps
        if step.awaited
    )


FOLLOW_UP = "follow_up"

# Step → permission to open its page.
STEP_PERMISSIONS = {
    "preparation": Permission.VIEW_PREPARATION,
    "diagnosis": Permission.VIEW_RESULTS,
    "prioritisation": Permission.VIEW_LEVERS,
    "building": Permission.VIEW_ROADMAP,
    "validation": Permission.VIEW_ROADMAP,
    FOLLOW_UP: Permission.VIEW_ROADMAP,
}


def _openable(steps: Sequence[StepState], access: AuthorityAccess) -> tuple[StepState, ...]:
    """Take the address away from the steps that this reader may not open."""
    return tuple(step if STEP_PERMISSIONS[step.code] in access.permissions else _without_url(step) for step in steps)


def _without_url(step: StepState) -> StepState:
    return StepState(step.code, step.title, "", step.status, step.summary, step.detail)


# What each role has to do ---------------------------------------------------------------------------------------------


def _draft_url(access: AuthorityAccess, path: Path) -> str:
    """Return the address of the draft, for the elected official who waits; empty before it says anything."""
    counts = path.counts
    if Role.ELECTED not in access.roles or counts.version_number is not None or not counts.sheets:
        return ""
    return reverse("roadmap:draft_pdf", args=[access.authority.slug])


def _quiet(access: AuthorityAccess, path: Path) -> tuple[str, str]:
    """Return what to say to somebody of whom nothing is asked now."""
    current = path.current
    if access.roles == {Role.CONTRIBUTOR}:
        return "L’inventaire est complet", "Merci : vos chiffres sont datés et figés. Rien d’autre ne vous est demandé."
    if current.status is StepStatus.DONE:
        return "Tout est fait", "La feuille de route est adoptée ; la suite est affaire de suivi."
    if current.code == FOLLOW_UP:
        adopted = "La feuille de route est adoptée : son document se lit à l’étape « Valider »."
        return "Rien ne vous est demandé aujourd’hui", typography(adopted)
    later = {
        Role.ELECTED: "On vous demandera de valider la présélection des leviers, puis la feuille de route.",
        Role.COMMITTEE: "Vous recevrez un lien pour donner vos avis, puis pour voter sur les leviers.",
        Role.ADVISER: "La suite appartient à la collectivité ; vous pouvez relire chaque étape.",
    }
    text = next((later[role] for role in later if role in access.roles), "Vous pouvez relire chaque étape.")
    return "Rien ne vous est demandé aujourd’hui", typography(f"L’étape en cours est « {current.title} ». {text}")


# Words and figures ----------------------------------------------------------------------------------------------------

_COUNCILS = {
    AuthorityKind.COMMUNE: "conseil municipal",
    AuthorityKind.EPCI: "conseil communautaire",
    AuthorityKind.DEPARTMENT: "conseil départemental",
    AuthorityKind.REGION: "conseil régional",
    AuthorityKind.SYNDICATE: "comité syndical",
}


def _lede(initiative: Initiative, current: StepState, today: date) -> str:
    """Return where the démarche stands and how long is left before the council."""
    begun = f"L’étape en cours est « {current.title} »."
    council_on = initiative.council_on
    if council_on is None or council_on < today or current.code == FOLLOW_UP:
        return typography(begun)
    council = _COUNCILS.get(AuthorityKind(initiative.authority.kind), "vote de l’assemblée")
    days = (council_on - today).days
    written = format_day(council_on)
    if days == 0:
        return typography(f"{begun} Le {council} est aujourd’hui.")
    many = pluralise(days, "jour", "jours")
    return typography(f"{begun} Il reste {format_number(days)} {many} avant le {council} du {written}.")


def _figures(access: AuthorityAccess, path: Path) -> list[KeyFigure]:
    """Return the figures that this reader may see and that exist. One query at most.

    An elected official reads those of the adopted document, as it prints them.
    """
    figures = []
    slug = access.authority.slug
    number = path.counts.adopted_number
    if number is not None and Role.ELECTED in access.roles and Role.REFERENT not in access.roles:
        url = reverse("roadmap:version_detail", args=[slug, number])
        return [
            KeyFigure(item.label, item.value, item.unit, item.range, item.note, url, "version adoptée")
            for item in voted_figures(access.initiative, number)
        ]
    if Permission.VIEW_RESULTS in access.permissions and path.maturity.status is StepStatus.DONE:
        figures += _maturity_figure(access.initiative, slug)
    if Permission.VIEW_INVENTORY in access.permissions:
        figures += _footprint_figure(path.counts.frozen_lot, slug)
    if Permission.VIEW_LEVERS in access.permissions and path.counts.retained:
        retained = path.counts.retained
        figures.append(
            KeyFigure(
                label="Leviers retenus",
                value=str(retained),
                unit=pluralise(retained, "levier", "leviers"),
                range="",
                note=f"{path.counts.sheets} {pluralise(path.counts.sheets, 'fiche action', 'fiches actions')}",
                url=reverse("levers:decision_list", args=[slug]),
                link="décisions",
            )
        )
    return figures


def _maturity_figure(initiative: Initiative, slug: str) -> list[KeyFigure]:
    """Average the dimensions of the last finished round, each with the same weight. One query."""
    levels = AgreedLevel.objects.filter(diagnosis__initiative=initiative, diagnosis__agreed_at__isnull=False)
    rows = list(
        levels.filter(level__isnull=False)
        .order_by()
        .values("diagnosis_id", "diagnosis__number", "question__dimension")
        .annotate(total=Sum("level"), count=Count("pk"))
    )
    if not rows:
        return []
    last = max(rows, key=lambda row: row["diagnosis__number"])
    means = [Fraction(row["total"], row["count"]) for row in rows if row["diagnosis_id"] == last["diagnosis_id"]]
    score = sum(means, Fraction(0)) / len(means)
    return [
        KeyFigure(
            label=f"Maturité, moyenne de {len(means)} dimensions",
            value=score_label(score),
            unit="sur 4",
            range="",
            note="niveaux arrêtés en réunion",
            url=reverse("diagnostics:diagnosis_results", args=[slug, last["diagnosis_id"]]),
            link="résultats",
        )
    ]


def _footprint_figure(lot: FrozenLot | None, slug: str) -> list[KeyFigure]:
    """Return the footprint of the last frozen lot, as it was the day it was frozen. No query."""
    if lot is None:
        return []
    dated = format_day(lot.dated_on)
    return [
        KeyFigure(
            label="Empreinte du parc numérique",
            value=format_significant(lot.central_kg / KG_PER_T),
            unit="t CO₂e/an",
            range=format_range(lot.low_kg / KG_PER_T, lot.high_kg / KG_PER_T),
            note=typography(f"inventaire du {dated}"),
            url=reverse("inventory:footprint_detail", args=[slug, lot.pk]),
            link="détail",
        )
    ]
