"""The draft of the deliberation: recitals and articles from the figures of the snapshot; what nobody knows is blank.

No legal duty is added to those of the snapshot. An authority that the law does not aim at votes a voluntary approach.
"""

from typing import Any

from common.document import Block, Bullets, Document, Heading, Paragraph, Table, blank
from common.docx import build_docx
from common.odt import build_odt
from common.slides import shorten
from common.text import enumerate_french
from reference.duties import Binding
from roadmap.documents.office import facts
from roadmap.documents.presentation.overview import assembly_of
from roadmap.documents.presentation.plan import change_label
from roadmap.documents.presentation.texts import counted, indicator_value, long_date, lower_first


def build_resolution_odt(content: dict[str, Any]) -> bytes:
    """Return the draft as an odt file."""
    return build_odt(write_resolution(content))


def build_resolution_docx(content: dict[str, Any]) -> bytes:
    """Return the draft as a docx file."""
    return build_docx(write_resolution(content))


def write_resolution(content: dict[str, Any]) -> Document:
    """Write the draft: session, votes, visas, recitals, articles, signature."""
    name, title = facts.name_of(content), facts.title_of(content)
    the_assembly = facts.the_assembly(content)
    blocks: list[Block] = [
        *_warnings(content),
        *_session(content),
        Heading("Visas"),
        *(Paragraph(f"Vu {text} ;") for text in _visas(content)),
        Heading("Motifs"),
        *(Paragraph(f"Considérant {text} ;") for text in _recitals(content)),
        Paragraph(f"Après en avoir délibéré, {the_assembly} de {name} décide :"),
        *_articles(content),
        *_votes(),
        Paragraph(f"Fait à {blank('lieu')}, le {blank('date')}."),
        Paragraph(f"{blank('nom et signature de la présidence de séance')} — {blank('secrétaire de séance')}"),
        Paragraph(blank("voies et délais de recours, selon le modèle de votre collectivité")),
        Paragraph(_origin(content), is_small=True),
    ]
    return Document(
        title=f"Projet de délibération : adoption de la {title}",
        author=name,
        blocks=blocks,
        written_at=facts.written_at(content),
    )


def _origin(content: dict[str, Any]) -> str:
    marks = [facts.ILLUSTRATION] if content["is_demonstration"] else []
    return " ".join(
        [
            f"Projet écrit par Jalons à partir de la feuille de route du {long_date(content['on'])} ; à relire par le "
            "service des assemblées et le service juridique. Les références sont celles du droit à cette date.",
            *marks,
        ]
    )


def _warnings(content: dict[str, Any]) -> list[Block]:
    """Say before all what keeps the roadmap from being presented as the strategy; removed by the reader."""
    left = [
        check
        for check in content["completeness"]
        if check["level"] == "B" and not check["is_met"] and not check["is_yearly"]
    ]
    if not left or facts.strategy_binding(content) is not Binding.BOUND:
        return []
    count = counted(len(left), "point nécessaire manque", "points nécessaires manquent")
    codes = ", ".join(check["code"] for check in left)
    return [
        Paragraph(
            f"{blank(f'avant la séance, {count} à la feuille de route ({codes})')} Retirez cette ligne ensuite.",
            is_small=True,
        )
    ]


def _session(content: dict[str, Any]) -> list[Block]:
    council_on = content["initiative"]["council_on"]
    planned = f"date de la séance, prévue le {long_date(council_on)}" if council_on else "date de la séance"
    assembly = assembly_of(content["authority"])
    lines = [
        f"{assembly[:1].upper()}{assembly[1:]} de {facts.name_of(content)}",
        f"Séance du {blank(planned)}",
        f"Délibération n° {blank('numéro')}",
        f"Rapporteur : {blank('nom et fonction')}",
        f"Membres en exercice : {blank('nombre')}. Présents : {blank('nombre')}. Pouvoirs : {blank('nombre')}. "
        f"Quorum : {blank('nombre')}.",
        f"Objet : adoption de la {facts.title_of(content)}.",
    ]
    return [Bullets(lines)]


# Visas ----------------------------------------------------------------------------------------------------------------


def _visas(content: dict[str, Any]) -> list[str]:
    binding = facts.strategy_binding(content)
    as_reference = ", pris comme référence" if binding is Binding.VOLUNTARY else ""
    articles = "L. 2311-1-1 et D. 2311-15-1" if content["on"] >= facts.DECREE_ON else "L. 2311-1-1"
    visas = [
        f"le code général des collectivités territoriales, notamment ses articles {articles}{as_reference}",
        "la loi n° 2021-1485 du 15 novembre 2021, dite loi REEN, visant à réduire l’empreinte environnementale du "
        f"numérique en France, notamment son article 35{as_reference}",
    ]
    if content["on"] >= facts.DECREE_ON:
        visas.append(f"le décret n° 2022-1084 du 29 juillet 2022, qui a créé l’article D. 2311-15-1{as_reference}")
    visas += [f"{_law_name(duty)} ({lower_first(duty['title'])})" for duty in facts.related_duties(content)]
    choice = content["choice"]
    if choice and choice["validated_on"]:
        body = lower_first(choice["validation_body"]) or "l’instance de pilotage"
        by = f"le {body}" if body.startswith("comité") else body
        visas.append(f"la présélection des leviers validée le {long_date(choice['validated_on'])} par {by}")
    visas += [
        blank("article qui fonde la compétence de l’assemblée, délégations, autres textes"),
        f"l’avis de {blank('commission et date, s’il y a lieu')}",
        f"la {facts.title_of(content)} annexée à la présente délibération",
    ]
    return visas


def _law_name(duty: dict[str, Any]) -> str:
    """Write a reference in a sentence: « la loi AGEC n° 2020-105, art. 58 », « le décret n° 2024-134 »."""
    reference = str(duty["legal_reference"])
    start = reference.split(" ", 1)[0]
    article = {"Loi": "la ", "Décret": "le ", "Code": "le ", "CGCT,": "le ", "Ordonnance": "l’", "RGPD,": "le "}
    return f"{article.get(start, '')}{lower_first(reference)}"


# Recitals -------------------------------------------------------------------------------------------------------------


def _recitals(content: dict[str, Any]) -> list[str]:
    texts = [_legal_recital(content)]
    maturity, weight = facts.maturity_of(content), facts.weight_of(content)
    if content["actors"]:
        count = counted(
            len(content["actors"]),
            "acteur public ou privé concerné a été recensé",
            "acteurs publics et privés concernés ont été recensés",
        )
        texts.append(f"que {count} et associés à l’état des lieux" if len(content["actors"]) > 1 else f"que {count}")
    if maturity:
        texts.append(
            f"que le diagnostic partagé, terminé le {maturity.agreed_on}, établit une maturité de "
            f"{maturity.score} sur 4 ({maturity.answered} ; {maturity.raters})"
        )
    if weight:
        share = f", dont {weight.embodied_percent} % avant usage" if weight.embodied_percent else ""
        texts.append(
            f"que l’empreinte annuelle du parc numérique, d’après l’inventaire daté du {weight.dated_on}, est de "
            f"l’ordre de {weight.central} t CO₂e ({weight.span}){share} : un ordre de grandeur, dont les "
            "sources sont citées"
        )
    texts += _choice_recital(content)
    sheets = content["sheets"]
    if sheets:
        means = facts.means_label(sheets)
        texts.append(
            f"que la feuille de route comprend {counted(len(sheets), 'action', 'actions')}, chacune avec ses étapes, "
            f"ses indicateurs et ses moyens{f', soit {means} sur la période' if means else ''}"
        )
    else:
        texts.append(f"que la feuille de route comprend {blank('nombre d’actions et moyens')}")
    return texts


def _legal_recital(content: dict[str, Any]) -> str:
    name, population = facts.name_of(content), facts.inhabitants(content)
    binding = facts.strategy_binding(content)
    rule = (
        "les communes et les établissements publics de coopération intercommunale à fiscalité propre de plus de 50 000 "
        "habitants élaborent une stratégie numérique responsable"
    )
    if binding is Binding.BOUND:
        return (
            f"que {rule}, au plus tard le 1er janvier 2025, qui fixe des objectifs de réduction, des indicateurs de "
            f"suivi, des mesures et des moyens, et que {name} compte {population}"
        )
    if binding is Binding.VOLUNTARY:
        return (
            f"que {rule}, que la loi n’y oblige pas {name} ({population}), et que {name} s’engage dans une démarche "
            "volontaire, selon le même contenu"
        )
    return f"que {rule}, et que pour {name} ({population}) cette stratégie est {blank('obligatoire ou volontaire')}"


def _choice_recital(content: dict[str, Any]) -> list[str]:
    choice = content["choice"]
    if choice is None:
        return []
    retained = facts.retained_count(content)
    text = (
        f"que {choice['shortlisted_count']} leviers ont été présélectionnés parmi {choice['catalogue_count']}"
        if choice["shortlisted_count"] > 1
        else f"qu’un levier a été présélectionné parmi {choice['catalogue_count']}"
    )
    ballot = choice["ballot"]
    if ballot:
        text += (
            f", que {ballot['voted_count']} membres du comité technique sur {ballot['voter_count']} ont voté du "
            f"{long_date(ballot['opened_on'])} au {long_date(ballot['closed_on'])}"
        )
    kept = counted(retained, "levier est retenu", "leviers sont retenus")
    return [f"{text} et que {kept} par des décisions motivées"]


# Articles -------------------------------------------------------------------------------------------------------------


def _articles(content: dict[str, Any]) -> list[Block]:
    parts = [_adopt(content), _objectives(content), _means(content), _follow_up(content), _carry_out(content)]
    return [block for rank, part in enumerate(parts, start=1) for block in _article(rank, part)]


def _article(rank: int, blocks: list[Block]) -> list[Block]:
    return [Heading(f"Article {rank}", 2), *blocks]


def _adopt(content: dict[str, Any]) -> list[Block]:
    title = facts.title_of(content)
    binding = facts.strategy_binding(content)
    perimeter = lower_first(content["initiative"]["perimeter_label"])
    if binding is Binding.BOUND:
        standing = "qui constitue la stratégie numérique responsable prévue à l’article 35 de la loi n° 2021-1485"
    elif binding is Binding.VOLUNTARY:
        standing = "dans le cadre d’une démarche volontaire"
    else:
        standing = blank("qui constitue la stratégie prévue par la loi, ou dans le cadre d’une démarche volontaire")
    return [Paragraph(f"Est adoptée la {title}, annexée, {standing}. Périmètre : {perimeter}.")]


def _objectives(content: dict[str, Any]) -> list[Block]:
    objectives = content["objectives"]
    if not objectives:
        return [Paragraph(f"Les objectifs de réduction sont : {blank('objectif, départ, cible, échéance')}.")]
    rows = [
        (
            f"O{item['number']} {shorten(item['title'], facts.CELL)}",
            shorten(item["unit"], 60) or "–",
            _with_year(indicator_value(item["baseline"], item["unit"]), item["baseline_year"]),
            _with_year(indicator_value(item["target"], item["unit"]), (item["target_on"] or "")[:4]),
            change_label(item) or "–",
        )
        for item in objectives
    ]
    return [
        Paragraph("Les objectifs et leurs indicateurs de suivi sont fixés comme suit."),
        Table(
            "Objectifs de la feuille de route",
            ("Objectif", "Unité", "Départ", "Cible", "Écart"),
            rows,
            (4.8, 3, 2, 2, 2),
        ),
    ]


def _with_year(value: str, year: Any) -> str:
    return f"{value} ({year})" if year else value


def _means(content: dict[str, Any]) -> list[Block]:
    sheets = content["sheets"]
    means = facts.means_label(sheets)
    text = (
        f"Les mesures sont les {counted(len(sheets), 'action', 'actions')} de la feuille de route"
        if sheets
        else (f"Les mesures sont : {blank('actions')}")
    )
    if len(sheets) == 1:
        text = "La mesure est l’action de la feuille de route"
    text += f", pour {means}." if means else "."
    return [
        Paragraph(
            f"{text} Les crédits sont proposés chaque année au vote du budget ; la présente délibération ne les "
            "ouvre pas."
        )
    ]


def _follow_up(content: dict[str, Any]) -> list[Block]:
    governance = content["governance"]
    said = [
        f"le {name} se réunit {count} fois par an"
        for name, count in (
            ("comité technique", governance["committee_per_year"]),
            ("comité de pilotage", governance["steering_per_year"]),
        )
        if count
    ]
    meetings = f"Pour le suivi, {enumerate_french(said)}. " if said else f"Suivi : {blank('instances et fréquence')}. "
    if facts.report_is_due(content):
        report = (
            "Le bilan de la feuille de route est présenté chaque année dans le rapport sur la situation en matière de "
            "développement durable, avant les débats sur le projet de budget."
        )
    else:
        report = f"Un bilan de la feuille de route est présenté chaque année devant {facts.the_assembly(content)}."
    return [Paragraph(meetings + report)]


def _carry_out(content: dict[str, Any]) -> list[Block]:
    return [
        Paragraph(
            f"{facts.executive_of(content)[:1].upper()}{facts.executive_of(content)[1:]} est chargé, ou chargée, de "
            "l’exécution de la présente délibération et peut signer les actes qui s’y rapportent."
        )
    ]


def _votes() -> list[Block]:
    count = blank("nombre")
    return [
        Heading("Vote"),
        Table(
            "Résultat du vote",
            ("Votants", "Pour", "Contre", "Abstentions", "Ne prennent pas part au vote"),
            [(count, count, count, count, count)],
        ),
        Paragraph(f"La délibération est {blank('adoptée à l’unanimité, à la majorité, ou rejetée')}."),
    ]
