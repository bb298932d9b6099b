"""Slides of the restitution beyond the levels: the round before, other authorities, the inventory."""

from collections.abc import Sequence

from django.utils import timezone

from common.dates import format_day
from common.numbers import format_number, format_range, format_significant
from common.slides import Grid, Point, Points, Slide
from diagnostics.selectors import QuestionChange
from inventory.footprint import Range
from inventory.selectors import FootprintPage
from roadmap.documents.restitution_material import SHOWN, Material, counted

SHOWN_GROUPS = 8


def previous_slides(material: Material) -> list[Slide]:
    found = material.comparison
    if found is None or found.previous.agreed_at is None:
        return []
    day = format_day(timezone.localdate(found.previous.agreed_at))
    rose = f"{counted(len(found.rose), 'question monte', 'questions montent')}"
    fell = f"{counted(len(found.fell), 'descend', 'descendent')}"
    return [
        Slide(
            title=f"{rose}, {fell} depuis le {day}",
            lead=f"{counted(len(found.changes), 'question comparée', 'questions comparées')}, par leur code."
            + ("" if found.is_same_questionnaire else " Le questionnaire a changé de version."),
            columns=[
                _changed("Ce qui monte", found.rose, "Aucune question n’a gagné de niveau."),
                _changed("Ce qui descend", found.fell, "Aucune question n’a perdu de niveau."),
            ],
            source=f"niveaux retenus des diagnostics du {day} et du {format_day(material.held_on)}",
            notes="\n".join(
                [
                    "Un niveau plus bas dit parfois une meilleure connaissance, pas un recul.",
                    *(f"{item.question.title} : {item.before} → {item.after}." for item in [*found.rose, *found.fell]),
                ]
            ),
        )
    ]


def _changed(heading: str, changes: Sequence[QuestionChange], absent: str) -> Points:
    items = [
        Point(f"{item.question.title}, {item.before} → {item.after}", "question reformulée" if item.is_reworded else "")
        for item in changes[: SHOWN + 1]
    ]
    if len(changes) > len(items):
        heading = f"{heading} : {len(items)} sur {len(changes)}"
    return Points(items, heading=heading, absent=absent)


def peer_slides(material: Material) -> list[Slide]:
    found = material.peers
    if found.count is None:
        return []
    rows = [[item.dimension.name, item.dimension.label, *(item.cells or ["–"] * 3)] for item in found.spreads]
    return [
        Slide(
            title=f"À côté de {found.count} collectivités comparables, dimension par dimension",
            lead=f"{found.stratum_name}, sans compter la nôtre. Des quartiles, pas un classement.",
            columns=[
                Grid(
                    "Notre niveau et les quartiles des autres",
                    [
                        "Dimension",
                        "Nous",
                        "Un quart, au\u00a0plus",
                        "La moitié, au\u00a0plus",
                        "Trois quarts, au\u00a0plus",
                    ],
                    rows,
                    [4, 1.2, 1.8, 1.8, 1.8],
                )
            ],
            source=f"derniers diagnostics terminés de {found.count} autres collectivités sur Jalons",
            notes=f"Rien n’est dit de moins de {found.minimum} autres collectivités ; « – » : trop peu l’ont évaluée.",
        )
    ]


def inventory_slides(material: Material) -> list[Slide]:
    page = material.footprint
    if page is None or page.total is None:
        return []
    total, unit = page.total, f"{page.unit} CO₂e par an"
    per_agent = page.footprint["GWP"].per_agent
    items = [
        Point(
            "Ordre de grandeur", f"{format_significant(total.central)} {unit}, {format_range(total.low, total.high)}"
        ),
        Point("Équipements comptés", format_number(page.equipment_count)),
    ]
    if per_agent is not None:
        written = f"{format_significant(per_agent.central)} kg, {format_range(per_agent.low, per_agent.high)}"
        items.append(Point("Par agent et par an", written))
    if page.leader:
        items.append(Point("Ce qui pèse le plus", page.leader))
    dated_on = format_day(page.data.inventory.dated_on)
    return [
        Slide(
            title=page.finding,
            lead=f"Inventaire figé, daté du {dated_on}. Des ordres de grandeur, avec leur fourchette.",
            columns=[
                Points(items),
                Grid("Par groupe d’équipements", ["Groupe", "Nombre", unit], _group_rows(page, total), [3, 1.2, 2]),
            ],
            source=f"inventaire flash du {dated_on}, facteurs d’impact {page.data.factor_set.version}",
            notes="Chaque facteur a sa source dans la page de l’empreinte. La fourchette additionne les bornes les "
            "plus défavorables : elle est large parce que les données le sont. Chaque valeur est arrondie ; le total "
            "l’est après la somme.",
        )
    ]


def _group_rows(page: FootprintPage, total: Range) -> list[list[str]]:
    """Return the heaviest groups, the others in one row, then the totals of the page of the footprint."""
    shown = page.bars if len(page.bars) <= SHOWN_GROUPS else page.bars[: SHOWN_GROUPS - 1]
    others = page.bars[len(shown) :]
    rows = [[bar.name, format_number(bar.quantity), format_significant(bar.total.central)] for bar in shown]
    if others:
        weight = sum(bar.total.central for bar in others)
        count = sum(bar.quantity for bar in others)
        rows.append([f"{len(others)} autres groupes", format_number(count), format_significant(weight)])
    unweighed = page.equipment_count - sum(bar.quantity for bar in page.bars)
    if unweighed:
        rows.append(["Sans empreinte calculée", format_number(unweighed), "–"])
    return [*rows, ["Ensemble", format_number(page.equipment_count), format_significant(total.central)]]
