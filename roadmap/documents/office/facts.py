"""What the files of the dossier say alike, read from the snapshot: who votes, what the law asks, the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from common.document import blank
from common.numbers import format_number, format_significant
from reference.duties import Binding
from roadmap.documents.presentation.legal import STRATEGY_CODE
from roadmap.documents.presentation.overview import assembly_of
from roadmap.documents.presentation.texts import KG_PER_T, counted, euros, long_date, plain, tonnes, tonnes_range
from roadmap.half_years import HalfYear

RDD_CODE = "rdd"
# Where the law came into force: a text signed later than the document is not cited.
DECREE_ON = "2022-07-31"
ILLUSTRATION = "Exemple de démonstration : données d’illustration."
# A cell of a table on paper or on a slide holds no more.
CELL = 240
NO_LEAD = "à désigner"
Snapshot = dict[str, Any]


def written_at(content: Snapshot) -> datetime:
    """Return the moment that the properties of a file bear: noon of the day of the snapshot, never the clock."""
    return datetime.combine(date.fromisoformat(content["on"]), time(12), tzinfo=UTC)


def title_of(content: Snapshot) -> str:
    return f"feuille de route numérique responsable {content['initiative']['period_label']}"


def name_of(content: Snapshot) -> str:
    return str(content["authority"]["name"])


def the_assembly(content: Snapshot) -> str:
    """« le conseil municipal », « l’assemblée délibérante »."""
    assembly = assembly_of(content["authority"])
    return f"l’{assembly}" if assembly[0] in "aeéo" else f"le {assembly}"


def executive_of(content: Snapshot) -> str:
    """Name who carries out the decision: « le maire ou la maire », « le président ou la présidente »."""
    is_commune = content["authority"]["kind"] == "commune"
    return "le maire ou la maire" if is_commune else "le président ou la présidente"


def find_duty(content: Snapshot, code: str) -> Snapshot | None:
    return next((duty for duty in content["duties"] if duty["code"] == code), None)


def strategy_binding(content: Snapshot) -> Binding:
    """Tell whether the law asks this authority for a strategy; to check when the snapshot does not say."""
    duty = find_duty(content, STRATEGY_CODE)
    if duty is None or duty["populations_disagree"]:
        return Binding.TO_CHECK
    return Binding(duty["binding"])


def report_is_due(content: Snapshot) -> bool:
    """Tell whether the authority presents a yearly report on sustainable development by law."""
    duty = find_duty(content, RDD_CODE)
    return duty is not None and duty["binding"] == Binding.BOUND


def related_duties(content: Snapshot) -> list[Snapshot]:
    """Return the duties in force for this authority, beside the strategy itself, that actions answer."""
    return [
        duty
        for duty in content["duties"]
        if not duty["code"].startswith("reen-")
        and duty["code"] != RDD_CODE
        and duty["binding"] == Binding.BOUND
        and duty["is_in_force"]
        and duty["actions"]
    ]


def inhabitants(content: Snapshot) -> str:
    population = content["authority"]["population"]
    return counted(population, "habitant", "habitants") if population else blank("population")


@dataclass(frozen=True)
class Maturity:
    """The level of the diagnosis, written: « 1,5 », « 34 questions répondues sur 36 »."""

    score: str
    answered: str
    raters: str
    agreed_on: str
    headline: str


def maturity_of(content: Snapshot) -> Maturity | None:
    diagnosis = content["diagnosis"]
    if diagnosis is None or diagnosis["overall"]["score"] is None:
        return None
    overall = diagnosis["overall"]
    answered = counted(overall["answered"], "question répondue", "questions répondues")
    return Maturity(
        score=format_number(overall["score"], 1),
        answered=f"{answered} sur {overall['total']}",
        raters=counted(diagnosis["rater_count"], "personne a noté", "personnes ont noté"),
        agreed_on=long_date(diagnosis["agreed_on"]),
        headline=diagnosis["headline"],
    )


@dataclass(frozen=True)
class Weight:
    """The footprint in t CO₂e per year, written: « 51 », « entre 19 et 160 », « 86 »; per agent in kg."""

    central: str
    span: str
    embodied_percent: str
    per_agent_kg: str
    dated_on: str
    is_frozen: bool


def weight_of(content: Snapshot) -> Weight | None:
    inventory = content["inventory"]
    if inventory is None or inventory["total"] is None:
        return None
    total, per_agent = inventory["total"], inventory["per_agent"]
    percent = total["embodied_percent"]
    return Weight(
        central=tonnes(total["central_kg"]),
        span=tonnes_range(total["low_kg"], total["high_kg"]),
        embodied_percent="" if percent is None else format_number(percent, 0),
        per_agent_kg="" if per_agent is None else format_significant(per_agent["central_kg"]),
        dated_on=long_date(inventory["dated_on"]),
        is_frozen=inventory["is_frozen"],
    )


def groups_of(content: Snapshot) -> list[tuple[str, str, str, str]]:
    """Return the groups of equipment, the heaviest first: name, quantity, t CO₂e per year, range."""
    groups = content["inventory"]["groups"] if content["inventory"] else []
    ordered = sorted(groups, key=lambda group: -(group["embodied_kg"] + group["use_kg"]))
    return [
        (
            group["name"],
            format_number(round(group["quantity"])),
            tonnes(group["embodied_kg"] + group["use_kg"]),
            short_range(group["low_kg"] / KG_PER_T, group["high_kg"] / KG_PER_T),
        )
        for group in ordered
    ]


def short_range(low: float, high: float) -> str:
    return f"{format_significant(low)} à {format_significant(high)}"


def retained_count(content: Snapshot) -> int:
    choice = content["choice"]
    return sum(lever["verdict"] == "retained" for lever in choice["levers"]) if choice else 0


def days_label(sheets: Sequence[Snapshot]) -> str:
    """« 393 jours d’agents », empty when no sheet says any."""
    known = [sheet["human_days"] for sheet in sheets if sheet["human_days"] is not None]
    total = sum(known)
    return f"{plain(total)} {'jours' if total >= 2 else 'jour'} d’agents" if known else ""


def budget_label(sheets: Sequence[Snapshot]) -> str:
    """« 120 000 € de dépenses prévues », empty when no sheet says any."""
    known = [sheet["budget_eur"] for sheet in sheets if sheet["budget_eur"] is not None]
    return f"{euros(sum(known))} de dépenses prévues" if known else ""


def means_label(sheets: Sequence[Snapshot]) -> str:
    return " et ".join(label for label in (days_label(sheets), budget_label(sheets)) if label)


def quick_wins(sheets: Sequence[Snapshot]) -> str:
    count = sum(sheet["is_quick_win"] for sheet in sheets)
    return counted(count, "gain rapide", "gains rapides") if count else ""


def short_span(sheet: Snapshot) -> str:
    """« S1 2024 à S2 2025 », « S1 2024 », « à placer »."""
    if not sheet["start_half"]:
        return "à placer"
    start = HalfYear.from_code(sheet["start_half"]).short_label
    end = HalfYear.from_code(sheet["end_half"] or sheet["start_half"]).short_label
    return start if start == end else f"{start} à {end}"
