"""Slides of the restitution beyond the levels: the round before, other authorities, the inventory, what follows."""

from collections.abc import Sequence

from django.utils import timezone

from common.dates import format_day
from common.numbers import format_number, format_range, format_significant
from common.slides import Block, Grid, Point, Points, Slide, shorten
from diagnostics.selectors import QuestionChange
from roadmap.documents.restitution_material import SHOWN, Material, counted


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
            source=f"niveaux retenus des diagnostics du {day} et de ce jour",
            notes="Un niveau plus bas dit parfois une meilleure connaissance, pas un recul.",
        )
    ]


def _changed(heading: str, changes: Sequence[QuestionChange], absent: str) -> Points:
    items = [
        Point(f"{item.question.title}, {item.before} → {item.after}", "question reformulée" if item.is_reworded else "")
        for item in changes[: SHOWN + 1]
    ]
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
                    ["Dimension", "Nous", "Un quart au plus à", "La moitié au plus à", "Trois quarts au plus à"],
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
        Point("Équipements comptés", format_number(sum(line.quantity or 0 for line in page.data.lines))),
    ]
    if per_agent is not None:
        written = f"{format_significant(per_agent.central)} kg, {format_range(per_agent.low, per_agent.high)}"
        items.append(Point("Par agent et par an", written))
    if page.leader:
        items.append(Point("Ce qui pèse le plus", page.leader))
    dated_on = format_day(page.data.inventory.dated_on)
    rows = [[bar.name, format_number(bar.quantity), format_significant(bar.total.central)] for bar in page.bars[:7]]
    return [
        Slide(
            title=page.finding,
            lead=f"Inventaire figé, daté du {dated_on}. Des ordres de grandeur, avec leur fourchette.",
            columns=[
                Points(items),
                Grid("Par groupe d’équipements", ["Groupe", "Nombre", unit], rows, [3, 1.2, 2]),
            ],
            source=f"inventaire flash du {dated_on}, facteurs d’impact {page.data.factor_set.version}",
            notes="Chaque facteur a sa source dans la page de l’empreinte. La fourchette additionne les bornes les "
            "plus défavorables : elle est large parce que les données le sont.",
        )
    ]


def lever_slides(material: Material) -> list[Slide]:
    if not material.levers:
        return []
    rows = [
        [item.lever.title, shorten(item.first_clause, 120), f"{item.lever.effort} sur 5", f"{item.lever.impact} sur 5"]
        for item in material.levers
    ]
    return [
        Slide(
            title=f"{len(rows)} leviers répondent d’abord à ce diagnostic",
            lead="Une proposition classée et expliquée : le comité de pilotage valide la présélection.",
            columns=[
                Grid(
                    "Premiers leviers recommandés",
                    ["Levier", "Recommandé parce que", "Effort", "Impact"],
                    rows,
                    [3.4, 4, 1, 1],
                    frozenset({1}),
                )
            ],
            source=f"catalogue de leviers, {material.levers[0].lever.catalogue.title}",
            notes="Le classement vient des niveaux retenus, des obligations en vigueur, de l’inventaire, de l’effort "
            "et du périmètre ; chaque point du score est expliqué dans la page du levier.",
        )
    ]


def next_steps_slide(material: Material) -> Slide:
    meetings = material.meetings
    if meetings:
        rows = [[item.label, format_day(item.planned_on)] for item in meetings]
        title = f"Prochaine étape : {meetings[0].label}, le {format_day(meetings[0].planned_on)}"
        columns: list[Block] = [
            Grid("Prochaines dates", ["Étape", "Date"], rows, [3, 2]),
            Points(_STEPS, heading="Le chemin"),
        ]
    else:
        title = "La suite : choisir les leviers, puis écrire les actions"
        columns = [Points(_STEPS)]
    return Slide(
        title=title,
        lead="Présélection des leviers, vote du comité technique, atelier, fiches actions, feuille de route.",
        columns=columns,
        source="calendrier de la démarche",
        notes="Décision attendue de cette réunion : prendre acte du diagnostic et valider la présélection des leviers.",
    )


_STEPS = [
    Point("Présélectionner", "une trentaine de leviers, validés par le comité de pilotage"),
    Point("Voter", "le comité technique donne son avis sur chacun"),
    Point("Décider", "l’atelier ne discute que les leviers qui divisent"),
    Point("Écrire", "une fiche pour chaque action retenue, puis la feuille de route à adopter"),
]
