"""State of the steps « Construire », « Valider » and « Suivre », from one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.models import User
from authorities.models import Initiative, Participant
from common.dates import format_day
from common.numbers import pluralise
from common.steps import Missing, NextAction, StepState, StepStatus
from common.text import typography
from inventory.models import Inventory
from levers.enums import Verdict
from levers.models import Decision, SecondVote
from roadmap.enums import ActionStatus, ObjectiveKind
from roadmap.models import Objective, RoadmapVersion
from roadmap.selectors.facts import count_of


@dataclass(frozen=True)
class FrozenLot:
    """The last frozen inventory, with its footprint in kg CO₂e per year, as it was the day it was frozen."""

    pk: int
    dated_on: date
    central_kg: float
    low_kg: float
    high_kg: float


@dataclass(frozen=True)
class Seat:
    """The participation of an account in the démarche. `second_vote`: the lever that the room votes on, or empty."""

    pk: int
    name: str
    second_vote: str = ""


@dataclass(frozen=True)
class RoadmapCounts:
    """What the states are worked out from. Counts are those of the sheets that are not abandoned."""

    retained: int = 0
    sheets: int = 0
    unled: int = 0
    unplaced: int = 0
    without_means: int = 0
    without_objective: int = 0
    has_reduction: bool = False
    version_number: int | None = None
    is_reen_usable: bool = False
    validated_on: date | None = None
    adopted_on: date | None = None
    adopted_number: int | None = None
    adopted_reference: str = ""
    frozen_at: datetime | None = None
    frozen_lot: FrozenLot | None = None
    seat: Seat | None = None

    @property
    def is_built(self) -> bool:
        """Tell whether each retained lever has its sheet, and each sheet its lead, place, means and objective."""
        blanks = self.unled + self.unplaced + self.without_means + self.without_objective
        return self.sheets > 0 and self.sheets >= self.retained and blanks == 0 and self.has_reduction


LOT_PATH = "result__reference__criteria__GWP__total"


def roadmap_counts(initiative: Initiative, *, user: User | None = None) -> RoadmapCounts:
    """Count what the roadmap of one démarche holds. One query."""
    return counts_by_initiative([initiative], user=user)[initiative.pk]


def counts_by_initiative(initiatives: Sequence[Initiative], *, user: User | None) -> dict[int, RoadmapCounts]:
    """Count what each roadmap holds, by démarche, with its last frozen inventory and the seat of an account.

    One query.
    """
    live = ~Q(roadmap__sheets__status=ActionStatus.ABANDONED) & Q(roadmap__sheets__isnull=False)
    unled = Q(
        roadmap__sheets__lead_service__isnull=True,
        roadmap__sheets__lead_participant__isnull=True,
        roadmap__sheets__lead_name="",
    )
    without_means = Q(roadmap__sheets__human_days__isnull=True) | Q(roadmap__sheets__budget_eur__isnull=True)
    reduction = Objective.objects.filter(roadmap=OuterRef("roadmap"), kind=ObjectiveKind.REDUCTION)
    newest = RoadmapVersion.objects.filter(roadmap=OuterRef("roadmap")).order_by("-number")
    voted = newest.filter(resolution__isnull=False)

    lots = Inventory.objects.filter(initiative=OuterRef("pk"), result__isnull=False).order_by("-number")
    seats = Participant.objects.filter(initiative=OuterRef("pk"), user=user, is_active=True).order_by("pk")
    own = seats if user is not None else seats.none()
    asked = SecondVote.objects.filter(closed_at=None, workshop__ballot__voters=OuterRef("seat_pk"))

    def counted(condition: Q) -> Count:
        return Count("roadmap__sheets", filter=live & condition, distinct=True)

    rows = (
        Initiative.objects.filter(pk__in=[initiative.pk for initiative in initiatives])
        .annotate(
            retained=count_of(Decision.objects.filter(verdict=Verdict.RETAINED)),
            sheet_total=counted(Q()),
            unled=counted(unled),
            unplaced=counted(Q(roadmap__sheets__start_half="")),
            without_means=counted(without_means),
            without_objective=counted(Q(roadmap__sheets__objectives__isnull=True)),
            has_reduction=Exists(reduction),
            version_number=Subquery(newest.values("number")[:1]),
            is_reen_usable=Subquery(newest.values("is_reen_usable")[:1]),
            frozen_at=Subquery(newest.values("frozen_at")[:1]),
            validated_on=Subquery(newest.values("validation__validated_on")[:1]),
            adopted_on=Subquery(newest.values("resolution__adopted_on")[:1]),
            adopted_number=Subquery(voted.values("number")[:1]),
            adopted_reference=Subquery(voted.values("resolution__reference")[:1]),
            lot_pk=Subquery(lots.values("pk")[:1]),
            lot_on=Subquery(lots.values("dated_on")[:1]),
            lot_total=Subquery(lots.values(LOT_PATH)[:1]),
            seat_pk=Subquery(own.values("pk")[:1]),
            seat_name=Subquery(own.values("name")[:1]),
            seat_second_vote=Subquery(asked.values("lever__title")[:1]),
        )
        .values(
            "pk", "retained", "sheet_total", "unled", "unplaced", "without_means", "without_objective", "has_reduction",
            "version_number", "is_reen_usable", "frozen_at", "validated_on", "adopted_on",
            "adopted_number", "adopted_reference", "lot_pk", "lot_on",
            "lot_total", "seat_pk", "seat_name", "seat_second_vote",
        )
    )  # fmt: skip
    return {row["pk"]: _counts_of(row) for row in rows}


def _counts_of(row: dict[str, Any]) -> RoadmapCounts:
    return RoadmapCounts(
        retained=row["retained"],
        sheets=row["sheet_total"],
        unled=row["unled"],
        unplaced=row["unplaced"],
        without_means=row["without_means"],
        without_objective=row["without_objective"],
        has_reduction=row["has_reduction"],
        version_number=row["version_number"],
        is_reen_usable=bool(row["is_reen_usable"]),
        validated_on=row["validated_on"],
        adopted_on=row["adopted_on"],
        adopted_number=row["adopted_number"],
        adopted_reference=row["adopted_reference"] or "",
        frozen_at=row["frozen_at"],
        frozen_lot=_lot(row),
        seat=Seat(row["seat_pk"], row["seat_name"], row["seat_second_vote"] or "")
        if row["seat_pk"] is not None
        else None,
    )


def _lot(row: dict[str, Any]) -> FrozenLot | None:
    total = row["lot_total"]
    if row["lot_pk"] is None or not total:
        return None
    return FrozenLot(row["lot_pk"], row["lot_on"], total["central"], total["low"], total["high"])


def _url(initiative: Initiative, route: str) -> str:
    return reverse(f"roadmap:{route}", args=[initiative.authority.slug])


def _sheets(count: int) -> str:
    return f"{count} {pluralise(count, 'fiche', 'fiches')}"


def building_state(initiative: Initiative, *, now: datetime, counts: RoadmapCounts | None = None) -> StepState:
    """Return the state of « Construire ». One query, none with the counts given."""
    counts = counts or roadmap_counts(initiative)
    url = _url(initiative, "roadmap_detail")
    if counts.retained == 0 and counts.sheets == 0:
        detail = "Les fiches des leviers retenus seront déjà remplies depuis le catalogue."
        return StepState("building", "Construire", url, StepStatus.TODO, "après le choix des leviers", detail)
    if counts.sheets < counts.retained:
        return _to_create(counts, url)
    missing = _building_gaps(initiative, counts)
    if counts.is_built:
        placed = f"{_sheets(counts.sheets)}, toutes placées au calendrier"
        return StepState("building", "Construire", url, StepStatus.DONE, placed)
    return StepState(
        code="building",
        title="Construire",
        url=url,
        status=StepStatus.CURRENT,
        summary=_sheets(counts.sheets),
        detail=typography(f"Il manque {', '.join(_lower(gap.text) for gap in missing)}."),
        missing=missing,
        next_action=_building_action(initiative, counts),
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _to_create(counts: RoadmapCounts, url: str) -> StepState:
    waiting = counts.retained - counts.sheets
    levers = pluralise(waiting, "levier retenu n’a pas sa fiche", "leviers retenus n’ont pas leur fiche")
    text = f"{waiting} {levers}"
    return StepState(
        code="building",
        title="Construire",
        url=url,
        status=StepStatus.CURRENT if counts.sheets else StepStatus.TODO,
        summary=_sheets(counts.sheets) if counts.sheets else f"{counts.retained} fiches à créer",
        detail="Chaque levier retenu devient une fiche, déjà remplie depuis le catalogue.",
        missing=[Missing(typography(text), url)],
        next_action=NextAction(
            title=typography(f"Créer les fiches actions des {counts.retained} leviers retenus"),
            reason=typography(
                "Chaque fiche est déjà remplie : étapes, indicateurs, moyens, risques, textes de loi. "
                "Il restera à la mettre à la mesure de votre collectivité."
            ),
            button="Voir les leviers retenus",
            url=url,
            duration="1 minute",
            then="compléter les fiches avec leurs pilotes",
        ),
    )


def _building_gaps(initiative: Initiative, counts: RoadmapCounts) -> list[Missing]:
    sheets, schedule, objectives = (
        _url(initiative, route) for route in ("roadmap_detail", "schedule_detail", "objective_list")
    )
    table = [
        (counts.unled, f"Le pilote de {_sheets(counts.unled)}", sheets),
        (counts.without_means, f"Les jours ou le budget de {_sheets(counts.without_means)}", sheets),
        (counts.unplaced, f"La place au calendrier de {_sheets(counts.unplaced)}", schedule),
        (not counts.has_reduction, "Un objectif de réduction de l’empreinte", objectives),
        (counts.without_objective, f"L’objectif que servent {_sheets(counts.without_objective)}", objectives),
    ]
    return [Missing(typography(text), url) for is_missing, text, url in table if is_missing]


def _building_action(initiative: Initiative, counts: RoadmapCounts) -> NextAction:
    if counts.unled or counts.without_means:
        blanks = max(counts.unled, counts.without_means)
        return NextAction(
            title=typography(f"Compléter {_sheets(blanks)} avec {pluralise(blanks, 'son pilote', 'leurs pilotes')}"),
            reason="Un pilote, des jours et un budget, même nul : sans eux, une action ne se lance pas.",
            button="Ouvrir les fiches",
            url=_url(initiative, "roadmap_detail"),
            duration=typography("10 minutes par fiche"),
            then="proposer un calendrier",
        )
    if not counts.has_reduction or counts.without_objective:
        return NextAction(
            title="Fixer les objectifs et y rattacher les actions",
            reason="La loi demande des objectifs de réduction : le site en propose un depuis l’inventaire.",
            button="Ouvrir les objectifs",
            url=_url(initiative, "objective_list"),
            duration=typography("20 minutes"),
            then="proposer un calendrier",
        )
    return NextAction(
        title="Proposer un calendrier",
        reason="Le site place les actions selon leur ordre, les gains rapides et la charge de chaque pilote.",
        button="Ouvrir le calendrier",
        url=_url(initiative, "schedule_detail"),
        duration=typography("5 minutes"),
        then="vérifier le dossier et figer une version",
    )


def validation_state(initiative: Initiative, *, now: datetime, counts: RoadmapCounts | None = None) -> StepState:
    """Return the state of « Valider ». One query, none with the counts given."""
    counts = counts or roadmap_counts(initiative)
    url = _url(initiative, "validation_detail")
    if counts.adopted_on is not None:
        adopted = f"adoptée le {format_day(counts.adopted_on)}"
        detail = typography(f"Version {counts.version_number} de la feuille de route.")
        return StepState("validation", "Valider", url, StepStatus.DONE, adopted, detail)
    if counts.version_number is not None:
        return _frozen_state(initiative, counts, url)
    council = f"conseil du {format_day(initiative.council_on)}" if initiative.council_on else ""
    if not counts.is_built:
        detail = "Le dossier sera vérifié point par point, puis figé pour le vote."
        return StepState("validation", "Valider", url, StepStatus.TODO, council, detail)
    return StepState(
        code="validation",
        title="Valider",
        url=url,
        status=StepStatus.CURRENT,
        summary=council,
        detail="Les fiches sont prêtes : vérifiez la liste légale, puis figez une version.",
        missing=[Missing("Aucune version n’est figée", url)],
        next_action=NextAction(
            title="Vérifier le dossier, puis figer une version",
            reason="Ce que la loi demande est vérifié point par point ; chaque manque renvoie à l’écran qui le comble.",
            button="Ouvrir la vérification",
            url=url,
            duration=typography("15 minutes"),
            then="faire valider par le comité de pilotage",
        ),
    )


def _frozen_state(initiative: Initiative, counts: RoadmapCounts, url: str) -> StepState:
    number = counts.version_number
    council = format_day(initiative.council_on) if initiative.council_on else ""
    if counts.validated_on is None:
        return StepState(
            code="validation",
            title="Valider",
            url=url,
            status=StepStatus.REVIEW,
            summary=typography(f"version {number} à valider par le comité de pilotage"),
            detail=_still_in_force(counts),
            missing=[Missing("La validation du comité de pilotage n’est pas enregistrée", url)],
            next_action=NextAction(
                title=typography(f"Faire valider la version {number} par le comité de pilotage"),
                reason="Le document est figé : ce qui est lu en comité est ce qui sera voté.",
                button="Enregistrer la validation",
                url=url,
                duration=typography("5 minutes après la réunion"),
                then="le vote de l’assemblée",
            ),
        )
    return StepState(
        code="validation",
        title="Valider",
        url=url,
        status=StepStatus.REVIEW,
        summary=typography(f"version {number} à adopter"),
        detail=typography(
            f"Validée le {format_day(counts.validated_on)} par le comité de pilotage. {_still_in_force(counts)}".strip()
        ),
        missing=[Missing("La délibération n’est pas enregistrée", url)],
        next_action=NextAction(
            title="Enregistrer la délibération une fois prise",
            reason="La date et la référence du vote s’ajoutent au document ; son contenu ne change plus.",
            button="Enregistrer l’adoption",
            url=url,
            duration=typography("2 minutes"),
            before=council,
            then="fixer la valeur de départ des indicateurs",
        ),
    )


def _still_in_force(counts: RoadmapCounts) -> str:
    """Say that an adopted version goes on while a newer one waits for its vote."""
    if counts.adopted_number is None:
        return ""
    return f"La version {counts.adopted_number}, adoptée, reste en vigueur jusque-là : son suivi continue."


def follow_up_state(initiative: Initiative, *, counts: RoadmapCounts) -> StepState:
    """Return the state of « Suivre »: it opens with the first adoption, baseline first. No query."""
    url = _url(initiative, "follow_up_detail")
    if counts.adopted_number is None:
        detail = "Après le vote : d’abord la valeur de départ de chaque indicateur, puis l’avancement."
        return StepState("follow_up", "Suivre", url, StepStatus.TODO, "après l’adoption", detail)
    return StepState(
        code="follow_up",
        title="Suivre",
        url=url,
        status=StepStatus.CURRENT,
        summary="valeurs de départ à fixer",
        detail="Commencez par la valeur de départ de chaque indicateur : sans elle, aucun progrès ne se voit.",
        next_action=NextAction(
            title="Fixer la valeur de départ des indicateurs",
            reason="C’est le premier travail après le vote : sans départ, aucun progrès ne se mesure.",
            button="Voir ce qui manque",
            url=url,
            duration=typography("30 minutes"),
            then="le premier comité de pilotage de suivi",
        ),
    )
