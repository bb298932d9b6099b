"""The insert of the yearly report on sustainable development, to paste: the words and figures of the PDF (part 10).

Two blocks, as the report has: internal functioning, policies on the territory. What only the first review will say is
left blank.
"""

from typing import Any

from common.document import Block, Document, Heading, Paragraph, Table, blank
from common.docx import build_docx
from common.odt import build_odt
from common.slides import shorten
from roadmap.documents.office import facts
from roadmap.documents.presentation.legal import present_insert
from roadmap.documents.presentation.plan import present_means
from roadmap.documents.presentation.texts import counted, every_sheet, lower_first

TO_FILL = "[à compléter]"
LAW = "CGCT, art. L. 2311-1-1"
ELABORATION = (
    "Diagnostic partagé entre services, inventaire daté, {vote}décisions motivées, fiches écrites avec les pilotes."
)
EVALUATION = (
    "Indicateurs relevés selon leur fréquence ; empreinte recalculée chaque année sur le même périmètre ; nouveau "
    "diagnostic en fin de période."
)


def build_insert_odt(content: dict[str, Any]) -> bytes:
    """Return the insert as an odt file."""
    return build_odt(write_insert(content))


def build_insert_docx(content: dict[str, Any]) -> bytes:
    """Return the insert as a docx file."""
    return build_docx(write_insert(content))


def write_insert(content: dict[str, Any]) -> Document:
    """Write the insert: two tables of actions, uses, how it was drawn up, carried out, evaluated, objectives."""
    insert = present_insert(content)
    year = insert["year"]
    blocks: list[Block] = [
        Paragraph(
            f"À reprendre dans le rapport {year}, présenté avant les débats sur le projet de budget "
            f"{insert['budget_year']} ({LAW}). Valeurs de départ ; les valeurs {year} se relèvent au premier bilan."
        ),
        Heading("1. Fonctionnement et activités internes"),
        _rows("Actions internes", insert["internal"], content, insert)
        if insert["internal"]
        else Paragraph("Aucune action ne porte sur le fonctionnement interne."),
        Heading("2. Politiques menées sur le territoire"),
        _rows("Actions sur le territoire", insert["territory"], content, insert)
        if insert["territory"]
        else Paragraph("Aucune action ne porte encore sur le territoire."),
        Heading("Usages du territoire", 2),
        Paragraph(insert["uses"] or "Le bilan des usages du numérique sur le territoire reste à écrire."),
        *_analysis(content),
        *_objectives(content, insert),
        Heading("Lecture par les cinq finalités du développement durable"),
        Table(
            "Code de l’environnement, art. L. 110-1",
            ("Finalité", "Actions qui y contribuent"),
            [(item["name"], item["actions"]) for item in insert["finalities"]],
        ),
    ]
    if content["is_demonstration"]:
        blocks.append(Paragraph(facts.ILLUSTRATION, is_small=True))
    name = facts.name_of(content)
    return Document(
        title=f"Numérique responsable : bilan {year}, {name}",
        author=name,
        blocks=blocks,
        written_at=facts.written_at(content),
    )


def _rows(caption: str, rows: list[dict[str, Any]], content: dict[str, Any], insert: dict[str, Any]) -> Table:
    year, former = insert["year"], insert["former_year"]
    indicators = {sheet["number"]: next(iter(sheet["indicators"]), None) for sheet in every_sheet(content)}
    headers = ("N°", "Action", "État", "Indicateur", "Départ", str(former), str(year), "Cible")
    return Table(
        f"{caption} : valeurs {former} et {year} à relever",
        headers,
        [
            (
                str(row["number"]),
                shorten(row["title"], facts.CELL),
                row["status"],
                shorten(row["indicator"] + (f", {row['unit']}" if row["unit"] else ""), facts.CELL),
                row["baseline"],
                _value_of(former, indicators[row["number"]], row["baseline"]),
                TO_FILL,
                row["target"],
            )
            for row in rows
        ],
        (0.8, 3.3, 1.4, 3.0, 1.7, 2.7, 2.7, 1.4),
    )


def _value_of(year: int, measured: dict[str, Any] | None, baseline: str) -> str:
    """Return the value of a year: that of the start when it is of that year, else a blank."""
    is_known = measured is not None and measured["baseline_year"] == year and measured["baseline"] is not None
    return baseline if is_known else TO_FILL


def _analysis(content: dict[str, Any]) -> list[Block]:
    """Say how the roadmap was drawn up, carried out, evaluated: what the report analyses."""
    choice = content["choice"]
    means = present_means(content, [])
    days = f", {means['days']} jours d’agents" if means["has_days"] else ""
    budget = f", {means['budget']} de dépenses" if means["has_budget"] else ""
    return [
        Heading("Élaboration", 2),
        Paragraph(ELABORATION.format(vote="vote individuel, " if choice and choice["ballot"] else "")),
        Heading("Mise en œuvre", 2),
        Paragraph(
            f"{counted(means['count'], 'action', 'actions')} sur la période {content['initiative']['period_label']}"
            f"{days}{budget}. Écarts et ajustements : {blank('écarts et ajustements')}."
        ),
        Heading("Évaluation", 2),
        Paragraph(EVALUATION),
    ]


def _objectives(content: dict[str, Any], insert: dict[str, Any]) -> list[Block]:
    year, former = insert["year"], insert["former_year"]
    if not content["objectives"]:
        return []
    rows = [
        (
            f"{item['code']} {shorten(item['title'], facts.CELL)}",
            shorten(lower_first(item["unit"]), 60) or "–",
            item["baseline"],
            _value_of(former, objective, item["baseline"]),
            TO_FILL,
            item["target"],
        )
        for item, objective in zip(insert["objectives"], content["objectives"], strict=True)
    ]
    headers = ("Objectif", "Unité", "Départ", str(former), str(year), "Cible")
    return [
        Heading("Objectifs"),
        Table("Objectifs et valeurs relevées", headers, rows, (4.3, 2.6, 1.6, 2.7, 2.7, 1.5)),
    ]
