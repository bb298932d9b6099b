"""The report that comes with the draft of the deliberation: what the members of the assembly read before they vote."""

from typing import Any

from common.document import Block, Bullets, Document, Heading, Paragraph, Table, blank
from common.docx import build_docx
from common.numbers import format_number
from common.odt import build_odt
from common.slides import shorten
from reference.duties import Binding
from roadmap.documents.office import facts
from roadmap.documents.presentation.inventory import describe_weakest
from roadmap.documents.presentation.legal import present_legal
from roadmap.documents.presentation.plan import change_label, present_coverage
from roadmap.documents.presentation.texts import counted, euros, indicator_value, long_date, plain, short_date

SHOWN_POINTS = 3
SHOWN_GROUPS = 8


def build_report_odt(content: dict[str, Any]) -> bytes:
    """Return the report as an odt file."""
    return build_odt(write_report(content))


def build_report_docx(content: dict[str, Any]) -> bytes:
    """Return the report as a docx file."""
    return build_docx(write_report(content))


def write_report(content: dict[str, Any]) -> Document:
    """Write the report: why, how, what was found, objectives, actions, means, follow-up, what is asked."""
    name, title = facts.name_of(content), facts.title_of(content)
    blocks: list[Block] = [
        Paragraph(f"Rapport {_to(facts.the_assembly(content))} de {name}"),
        Paragraph(f"Rapporteur : {blank('nom et fonction')}. Séance du {_session(content)}."),
        *_why(content),
        *_how(content),
        *_found(content),
        *_objectives(content),
        *_actions(content),
        *_follow_up(content),
        *_asked(content),
        Paragraph(_sources(content), is_small=True),
    ]
    return Document(
        title=f"Rapport de présentation : {title}", author=name, blocks=blocks, written_at=facts.written_at(content)
    )


def _to(the_assembly: str) -> str:
    """« au conseil municipal », « à l’assemblée délibérante »."""
    return f"au {the_assembly.removeprefix('le ')}" if the_assembly.startswith("le ") else f"à {the_assembly}"


def _session(content: dict[str, Any]) -> str:
    council_on = content["initiative"]["council_on"]
    return blank(f"date de la séance, prévue le {long_date(council_on)}" if council_on else "date de la séance")


def _why(content: dict[str, Any]) -> list[Block]:
    legal = present_legal(content)
    blocks: list[Block] = [
        Heading("Pourquoi cette délibération"),
        Paragraph(legal["lead"]),
        Paragraph(
            "Article 35 de la loi n° 2021-1485 du 15 novembre 2021, dite loi REEN ; articles L. 2311-1-1 et "
            "D. 2311-15-1 du code général des collectivités territoriales. La stratégie fixe des objectifs "
            "de réduction, des indicateurs, des mesures et des moyens. Les textes n’imposent ni seuil "
            "chiffré ni méthode de calcul."
        ),
    ]
    if legal["disagreement"]:
        blocks.append(Paragraph(legal["disagreement"]))
    return blocks


def _how(content: dict[str, Any]) -> list[Block]:
    maturity, choice = facts.maturity_of(content), content["choice"]
    lines = []
    if maturity:
        lines.append(
            f"Un diagnostic partagé, terminé le {maturity.agreed_on} : {maturity.raters}, {maturity.answered}."
        )
    weight = facts.weight_of(content)
    if weight:
        lines.append(f"Un inventaire du parc numérique daté du {weight.dated_on}, et l’empreinte qui s’en déduit.")
    if choice:
        lines.append(_choice(content, choice))
    if content["actors"]:
        names = ", ".join(shorten(actor["name"], 80) for actor in content["actors"][:8])
        lines.append(f"{counted(len(content['actors']), 'acteur recensé', 'acteurs recensés')} : {names}.")
    if content["committee"]:
        services = len({person["service"] for person in content["committee"]})
        lines.append(
            f"Un comité technique de {counted(len(content['committee']), 'membre', 'membres')}, "
            f"issus de {counted(services, 'service', 'services')}."
        )
    return [
        Heading("Comment la feuille de route a été construite"),
        Bullets(lines) if lines else Paragraph(blank("méthode et personnes associées")),
    ]


def _choice(content: dict[str, Any], choice: dict[str, Any]) -> str:
    ballot = choice["ballot"]
    vote = f", vote de {ballot['voted_count']} personnes sur {ballot['voter_count']}" if ballot else ""
    return (
        f"Un choix tracé : {counted(choice['catalogue_count'], 'levier lu', 'leviers lus')}, "
        f"{counted(choice['shortlisted_count'], 'présélectionné', 'présélectionnés')}{vote}, "
        f"{counted(facts.retained_count(content), 'retenu', 'retenus')}, chacun avec son motif."
    )


def _found(content: dict[str, Any]) -> list[Block]:
    diagnosis, maturity = content["diagnosis"], facts.maturity_of(content)
    blocks: list[Block] = [Heading("Ce que nous avons constaté")]
    if maturity and diagnosis:
        blocks.append(Paragraph(f"{maturity.headline}. Maturité : {maturity.score} sur 4."))
        rows = [
            (
                item["name"],
                "–" if item["score"] is None else format_number(item["score"], 1),
                f"{item['answered']} sur {item['total']}",
            )
            for item in diagnosis["dimensions"]
        ]
        blocks.append(
            Table("Maturité par dimension, de 0 à 4", ("Dimension", "Niveau", "Questions répondues"), rows, (4, 1, 2))
        )
        for label, points in (("Forces", diagnosis["strengths"]), ("À renforcer", diagnosis["weaknesses"])):
            if points:
                said = [f"{item['title']} : {shorten(item['text'], facts.CELL)}" for item in points[:SHOWN_POINTS]]
                blocks += [Paragraph(f"{label} :"), Bullets(said)]
    else:
        blocks.append(Paragraph("Le diagnostic de maturité n’est pas terminé."))
    return [*blocks, *_footprint(content)]


def _footprint(content: dict[str, Any]) -> list[Block]:
    weight = facts.weight_of(content)
    if weight is None:
        return [Paragraph("L’empreinte du parc numérique n’est pas encore calculée.")]
    share = (
        f" {weight.embodied_percent} % viennent des équipements eux-mêmes, avant tout usage."
        if (weight.embodied_percent)
        else ""
    )
    per_agent = f" Soit environ {weight.per_agent_kg} kg par agent." if weight.per_agent_kg else ""
    blocks: list[Block] = [
        Paragraph(
            f"L’empreinte du parc est de l’ordre de {weight.central} t CO₂e par an, {weight.span} t."
            f"{share}{per_agent} C’est un ordre de grandeur : la plage vient des données et de "
            "l’écart entre les sources publiques."
        ),
        Table(
            "Empreinte annuelle par groupe d’équipements",
            ("Groupe", "Nombre", "t CO₂e par an", "Plage"),
            facts.groups_of(content)[:SHOWN_GROUPS],
            (3, 1, 1.5, 1.5),
        ),
    ]
    weakest = describe_weakest(content["inventory"].get("weakest"))
    if weakest:
        blocks.append(Paragraph(f"Donnée à améliorer d’abord : {weakest['title']}. {weakest['text']}", is_small=True))
    return blocks


def _objectives(content: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = [Heading("Ce que nous visons")]
    if not content["objectives"]:
        return [*blocks, Paragraph(blank("objectifs de réduction, départ, cible et échéance"))]
    rows = [
        (
            f"O{item['number']} {shorten(item['title'], facts.CELL)}",
            f"{indicator_value(item['baseline'], item['unit'])} → {indicator_value(item['target'], item['unit'])}",
            shorten(item["unit"], 60) or "–",
            change_label(item) or "–",
            short_date(item["target_on"]) or "–",
        )
        for item in content["objectives"]
    ]
    headers = ("Objectif", "Départ → cible", "Unité", "Écart", "Échéance")
    blocks.append(Table("Objectifs et indicateurs de suivi", headers, rows, (4.8, 2.6, 2.6, 2, 2.2)))
    coverage = present_coverage(content)
    return [*blocks, Paragraph(coverage)] if coverage else blocks


def _actions(content: dict[str, Any]) -> list[Block]:
    sheets = content["sheets"]
    blocks: list[Block] = [Heading("Ce que nous ferons, avec quels moyens")]
    if not sheets:
        return [*blocks, Paragraph(blank("actions, pilotes, calendrier et moyens"))]
    quick = facts.quick_wins(sheets)
    means = facts.means_label(sheets)
    blocks.append(
        Paragraph(
            f"{counted(len(sheets), 'action', 'actions')}{f', dont {quick}' if quick else ''}"
            f"{f' : {means} sur la période' if means else ''}. Les crédits sont proposés chaque année au vote du "
            "budget."
        )
    )
    rows = [
        (
            str(sheet["number"]),
            shorten(sheet["title"], facts.CELL),
            shorten(sheet["lead"], 80) or facts.NO_LEAD,
            facts.short_span(sheet),
            "–" if sheet["human_days"] is None else plain(sheet["human_days"]),
            "–" if sheet["budget_eur"] is None else euros(sheet["budget_eur"]),
        )
        for sheet in sheets
    ]
    return [
        *blocks,
        Table(
            "Actions",
            ("N°", "Action", "Pilote", "Calendrier", "Jours", "Dépenses"),
            rows,
            (0.9, 5.2, 3.7, 2.5, 1.5, 2.2),
        ),
    ]


def _follow_up(content: dict[str, Any]) -> list[Block]:
    governance = content["governance"]
    lines = [
        f"{name} : {count} par an"
        for name, count in (
            ("Comité technique", governance["committee_per_year"]),
            ("Comité de pilotage", governance["steering_per_year"]),
            ("Bilan devant l’assemblée", governance["council_per_year"]),
        )
        if count
    ]
    where = (
        "dans le rapport sur la situation en matière de développement durable, avant les débats sur le projet de budget"
        if facts.report_is_due(content)
        else f"devant {facts.the_assembly(content)}"
    )
    return [
        Heading("Comment nous le suivrons"),
        *([Bullets(lines)] if lines else []),
        Paragraph(f"Un bilan est présenté chaque année {where}. Un nouveau diagnostic est fait en fin de période."),
    ]


def _asked(content: dict[str, Any]) -> list[Block]:
    binding = facts.strategy_binding(content)
    as_what = {
        Binding.BOUND: "qui constitue sa stratégie numérique responsable",
        Binding.VOLUNTARY: "dans le cadre d’une démarche volontaire",
        Binding.TO_CHECK: blank("stratégie prévue par la loi, ou démarche volontaire"),
    }[binding]
    the_assembly = facts.the_assembly(content)
    return [
        Heading("Ce qui est proposé à l’assemblée"),
        Paragraph(
            f"Il est proposé que {the_assembly} adopte la {facts.title_of(content)}, {as_what}, fixe les objectifs "
            "ci-dessus et demande un bilan chaque année. Le projet de délibération est joint."
        ),
    ]


def _sources(content: dict[str, Any]) -> str:
    mark = f" {facts.ILLUSTRATION}" if content["is_demonstration"] else ""
    return (
        f"Chiffres de la feuille de route du {long_date(content['on'])}, où chaque source est citée. Projet écrit par "
        f"Jalons, à relire avant la séance.{mark}"
    )
