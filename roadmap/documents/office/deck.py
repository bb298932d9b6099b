"""The deck of a roadmap, for the steering committee then the assembly. Titles state the finding; no name of anybody."""

import base64
from collections import Counter
from typing import Any

from common.numbers import format_number
from common.odp import build_odp
from common.pptx import build_pptx
from common.slides import (
    LEAD_LENGTH,
    TITLE_LENGTH,
    Block,
    Cover,
    Deck,
    Grid,
    Point,
    Points,
    Radar,
    RadarSlice,
    Slide,
    fit_slide,
    shorten,
)
from reference.duties import Binding
from roadmap.documents.office import facts
from roadmap.documents.office.deck_plan import decision_slide, governance_slide, plan_slides
from roadmap.documents.presentation.choice import present_choice
from roadmap.documents.presentation.inventory import describe_weakest
from roadmap.documents.presentation.overview import present_identity
from roadmap.documents.presentation.texts import counted, long_date

NAME_LENGTH = 70
RADAR_FROM = 3
SHOWN_GROUPS = 8
SHOWN_LEVERS = 5
SHOWN_DUTIES = 5


def build_deck_pptx(content: dict[str, Any]) -> bytes:
    """Return the deck as a PowerPoint file."""
    return build_pptx(roadmap_deck(content))


def build_deck_odp(content: dict[str, Any]) -> bytes:
    """Return the deck as an OpenDocument file."""
    return build_odp(roadmap_deck(content))


def roadmap_deck(content: dict[str, Any]) -> Deck:
    """Return the deck of a roadmap: at most fourteen slides; what is not known yet has none."""
    name, title = facts.name_of(content), facts.title_of(content)
    slides = [
        _law(content),
        *_maturity(content),
        *_footprint(content),
        *_levers(content),
        *plan_slides(content),
        governance_slide(content),
        decision_slide(content),
    ]
    return Deck(
        title=f"{title[:1].upper()}{title[1:]}, {name}",
        author=name,
        foot=shorten(f"{name} · {title}", LEAD_LENGTH),
        written_at=facts.written_at(content),
        cover=_cover(content),
        slides=[fit_slide(slide) for slide in slides],
    )


def _cover(content: dict[str, Any]) -> Cover:
    logo = content["authority"].get("logo")
    sheets = content["sheets"]
    lines = [f"Présentation du {long_date(content['on'])}", present_identity(content["authority"])]
    if sheets:
        means = facts.means_label(sheets)
        lines.insert(0, counted(len(sheets), "action", "actions") + (f", {means}" if means else ""))
    if content["is_demonstration"]:
        lines.append(facts.ILLUSTRATION)
    return Cover(
        over=shorten(facts.name_of(content), NAME_LENGTH),
        title=shorten(f"Feuille de route numérique responsable {content['initiative']['period_label']}", TITLE_LENGTH),
        lines=[shorten(line, LEAD_LENGTH) for line in lines],
        logo=base64.b64decode(logo["data"]) if logo else None,
        logo_type=logo["type"] if logo else "image/png",
        logo_alternative=f"Logo, {facts.name_of(content)}" if logo else "",
        notes="Présentation à adapter : gardez les diapositives utiles à votre réunion. Les chiffres sont ceux de la "
        f"feuille de route du {long_date(content['on'])}.",
    )


_LAW = {
    Binding.BOUND: "La loi demande une stratégie à {name} : cette feuille de route la porte",
    Binding.VOLUNTARY: "{name} s’engage dans une démarche volontaire",
    Binding.TO_CHECK: "La loi demande une stratégie au-delà de 50 000 habitants",
}


def _law(content: dict[str, Any]) -> Slide:
    binding = facts.strategy_binding(content)
    lead = f"Le seuil est de plus de 50 000 habitants. Population : {facts.inhabitants(content)}."
    asked = [
        Point("Un programme de travail", "acteurs associés, impact, usages, actions déjà engagées"),
        Point("Une stratégie", "objectifs de réduction, indicateurs, mesures et moyens"),
        Point("Un bilan chaque année", "dans le rapport développement durable, avant les débats sur le budget"),
    ]
    related = facts.related_duties(content)
    columns: list[Block] = [Points(asked, heading="Ce que demandent les textes")]
    if related:
        items = [
            Point(duty["title"], f"{_numbered(duty['actions'])} ; {duty['legal_reference']}")
            for duty in related[:SHOWN_DUTIES]
        ]
        columns.append(Points(items, heading="Autres obligations que les actions traitent"))
    return Slide(
        title=_LAW[binding].format(name=facts.name_of(content)),
        lead=lead,
        columns=columns,
        source="loi REEN n° 2021-1485, art. 35 ; CGCT, art. L. 2311-1-1 et D. 2311-15-1",
        notes="Les textes n’imposent ni seuil chiffré de réduction, ni méthode de calcul, ni modèle de document. "
        + ("La population municipale et la population totale sont à vérifier." if binding is Binding.TO_CHECK else ""),
    )


def _numbered(numbers: list[int]) -> str:
    return ("action " if len(numbers) == 1 else "actions ") + ", ".join(str(number) for number in numbers)


def _maturity(content: dict[str, Any]) -> list[Slide]:
    maturity, diagnosis = facts.maturity_of(content), content["diagnosis"]
    if maturity is None or diagnosis is None:
        return []
    rows = [
        [
            item["name"],
            "–" if item["score"] is None else format_number(item["score"], 1),
            f"{item['answered']} sur {item['total']}",
        ]
        for item in diagnosis["dimensions"]
    ]
    rows.append(["Ensemble", maturity.score, f"{diagnosis['overall']['answered']} sur {diagnosis['overall']['total']}"])
    headers, widths = ["Dimension", "Niveau", "Répondues"], [3.4, 1.2, 1.6]
    columns: list[Block] = [Grid("Niveau par dimension, de 0 à 4", headers, rows, widths)]
    if len(diagnosis["dimensions"]) >= RADAR_FROM:
        columns.insert(0, _radar(diagnosis["dimensions"]))
    points = diagnosis["attention_points"]
    attention = counted(len(points), "point d’attention légal", "points d’attention légaux") if points else ""
    return [
        Slide(
            title=maturity.headline or f"Une maturité de {maturity.score} sur 4",
            lead=f"Ensemble : {maturity.score} sur 4, {maturity.answered}. {maturity.raters}."
            + (f" {attention}." if attention else ""),
            columns=columns,
            source=f"diagnostic n° {diagnosis['number']} terminé le {maturity.agreed_on}, {diagnosis['questionnaire']}",
            notes="\n".join(
                [
                    "Une dimension est la moyenne des niveaux retenus de ses questions répondues.",
                    *(f"Force : {item['title']}. {item['text']}" for item in diagnosis["strengths"]),
                    *(f"À renforcer : {item['title']}. {item['text']}" for item in diagnosis["weaknesses"]),
                ]
            ),
        )
    ]


def _radar(dimensions: list[dict[str, Any]]) -> Radar:
    axes = [
        RadarSlice(item["name"], item["short_name"], item["score"], None, item["answered"], item["total"])
        for item in dimensions
    ]
    said = ", ".join(
        f"{item['name']} {'–' if item['score'] is None else format_number(item['score'], 1)}" for item in dimensions
    )
    return Radar(axes, f"Radar de maturité, de 0 à 4 : {said}. Les valeurs sont dans le tableau voisin.")


def _footprint(content: dict[str, Any]) -> list[Slide]:
    weight, inventory = facts.weight_of(content), content["inventory"]
    if weight is None or inventory is None:
        return []
    groups = facts.groups_of(content)
    said = []
    if weight.embodied_percent:
        said.append(Point(f"{weight.embodied_percent} %", "viennent des équipements eux-mêmes, avant tout usage"))
    if weight.per_agent_kg:
        said.append(Point(f"{weight.per_agent_kg} kg", "par agent et par an, environ"))
    weakest = describe_weakest(inventory.get("weakest"))
    if weakest:
        said.append(Point("La donnée à améliorer d’abord", weakest["title"]))
    columns: list[Block] = [
        Grid(
            "Empreinte par groupe d’équipements, en t CO₂e par an",
            ["Groupe", "Nombre", "t CO₂e/an", "Plage"],
            [list(group) for group in groups[:SHOWN_GROUPS]],
            [2.6, 1.1, 1.2, 1.4],
        )
    ]
    if said:
        columns.append(Points(said, heading="Ce qu’il faut retenir"))
    state = "" if weight.is_frozen else ", encore modifiable"
    return [
        Slide(
            title=f"Le parc numérique émet de l’ordre de {weight.central} t CO₂e par an, {weight.span}",
            lead="Un ordre de grandeur avec sa plage : il sert à décider, pas à comparer au dixième près.",
            columns=columns,
            source=f"inventaire n° {inventory['number']} daté du {weight.dated_on}{state} ; facteurs cités dans la "
            "feuille de route",
            notes="\n".join(
                [
                    "La plage tient à la qualité des données et à l’écart entre les sources publiques.",
                    *([weakest["text"]] if weakest else []),
                    *(f"{name} : {central} t CO₂e par an ({span})." for name, _, central, span in groups),
                ]
            ),
        )
    ]


def _levers(content: dict[str, Any]) -> list[Slide]:
    choice = content["choice"]
    if choice is None:
        return []
    presented = present_choice(choice)
    ballot = choice["ballot"]
    retained = facts.retained_count(content)
    rows = [
        ["Leviers du catalogue", format_number(choice["catalogue_count"])],
        ["Présélectionnés", format_number(choice["shortlisted_count"])],
        ["Validés avant le vote", format_number(choice["validated_count"])],
        ["Retenus", format_number(retained)],
    ]
    if ballot:
        rows.insert(3, ["Votants du comité technique", f"{ballot['voted_count']} sur {ballot['voter_count']}"])
    first = [lever for lever in choice["levers"] if lever["verdict"] == "retained"][:SHOWN_LEVERS]
    body = f", par {choice['validation_body']}" if choice["validation_body"] else ""
    validated = f"présélection validée le {long_date(choice['validated_on'])}{body}" if choice["validated_on"] else ""
    closed = f"vote clos le {long_date(ballot['closed_on'])}" if ballot else ""
    verdicts = Counter(lever["verdict_label"] for lever in choice["levers"] if lever["verdict"])
    return [
        Slide(
            title=f"{counted(retained, 'levier retenu', 'leviers retenus')} parmi {choice['catalogue_count']}, "
            + ("après un vote individuel" if ballot else "par des décisions motivées"),
            lead="Le vote éclaire, il ne décide pas : chaque décision est prise par une personne, avec son motif.",
            columns=[
                Grid("Du catalogue aux actions", ["Étape", "Nombre"], rows, [3, 1.4]),
                Points(
                    [Point(lever["title"], shorten(lever["reason"], 110)) for lever in first],
                    heading="Les premiers retenus" if presented and presented["has_votes"] else "Quelques retenus",
                    absent="Aucun levier n’est retenu à ce jour.",
                ),
            ],
            source=" ; ".join(text for text in (validated, closed, choice["catalogue"]) if text),
            notes="\n".join(
                [
                    ", ".join(f"{count} {label}" for label, count in verdicts.items()) + ".",
                    *(f"{item['title']} : écarté. {item['reason']}" for item in choice["set_aside"]),
                ]
            ),
        )
    ]
