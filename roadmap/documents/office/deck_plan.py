"""Slides of the plan: objectives, actions, schedule, means, themes, follow-up, what is asked of the meeting."""

from datetime import date
from typing import Any

from common.document import blank
from common.numbers import format_number, format_range, format_significant
from common.slides import Block, Grid, Point, Points, Slide, shorten
from reference.duties import Binding
from roadmap.documents.office import facts
from roadmap.documents.presentation.overview import assembly_of
from roadmap.documents.presentation.plan import change_label, half_year_label, present_coverage
from roadmap.documents.presentation.texts import counted, euros, indicator_value, long_date, objectives_of, plain
from roadmap.half_years import HalfYear
from roadmap.reduction import read_saving

ROWS = 9
ACTION_SLIDES = 2
TITLE_LENGTH = 80
SHOWN_OBJECTIVES = 6
SHOWN_MEETINGS = 4


def plan_slides(content: dict[str, Any]) -> list[Slide]:
    """Return the objectives, the actions, then the schedule, the means and the themes."""
    slides = [*_objectives(content), *_actions(content)]
    if content["sheets"]:
        slides += [*_schedule(content), *_means(content), _themes(content)]
    return slides


def _source(content: dict[str, Any]) -> str:
    return f"feuille de route, fiches actions au {long_date(content['on'])}"


def _objectives(content: dict[str, Any]) -> list[Slide]:
    objectives = content["objectives"]
    if not objectives:
        return []
    rows = [
        [
            f"O{item['number']} {shorten(item['title'], TITLE_LENGTH)}",
            indicator_value(item["baseline"], item["unit"]),
            indicator_value(item["target"], item["unit"]),
            shorten(item["unit"], 40) or "–",
            change_label(item) or "–",
            item["target_on"][:4] if item["target_on"] else "–",
        ]
        for item in objectives[:SHOWN_OBJECTIVES]
    ]
    reduction = next((item for item in objectives if item["kind"] == "reduction" and change_label(item)), None)
    count = counted(len(objectives), "objectif chiffré", "objectifs chiffrés")
    title = f"{count} d’ici à fin {content['initiative']['period_end_year']}"
    if reduction is not None:
        title += f", dont {change_label(reduction)} sur l’empreinte"
    hidden = len(objectives) - SHOWN_OBJECTIVES
    return [
        Slide(
            title=title,
            lead=_saving(content),
            columns=[
                Grid(
                    "Objectifs, départ et cible",
                    ["Objectif", "Départ", "Cible", "Unité", "Écart", "En"],
                    rows,
                    [4.6, 1, 1, 2, 1.1, 0.9],
                )
            ],
            source=_source(content) + (f" ; {hidden} autres dans la feuille de route" if hidden > 0 else ""),
            notes="\n".join(
                [
                    present_coverage(content),
                    *(
                        f"O{item['number']} : {item['indicator']}. Source : {item['source'] or 'à préciser'}."
                        for item in objectives
                    ),
                ]
            ).strip(),
        )
    ]


def _saving(content: dict[str, Any]) -> str:
    """Say what the simulated actions save together: one line, the part of the objective is in the notes."""
    saving = read_saving(content["inventory"]["simulated"] if content["inventory"] else None)
    if saving is None or saving.central_t <= 0:
        return ""
    verb = (
        "L’action simulée apporterait"
        if saving.actions_count == 1
        else (f"Les {saving.actions_count} actions simulées apporteraient")
    )
    span = format_range(saving.low_t, saving.high_t)
    return f"{verb} environ {format_significant(saving.central_t)} t CO₂e de moins par an ({span}), à plein effet."


def _schedule(content: dict[str, Any]) -> list[Slide]:
    sheets, codes = content["sheets"], content["half_years"]
    if not codes or not any(sheet["start_half"] for sheet in sheets):
        return []
    rows = [
        [
            half_year_label(code),
            _numbers([sheet for sheet in sheets if sheet["start_half"] == code]),
            _numbers([sheet for sheet in sheets if sheet["end_half"] == code]),
            plain(round(sum(sheet["days_by_half_year"].get(code, 0) for sheet in sheets), 1)),
        ]
        for code in codes[:ROWS]
    ]
    first = sum(sheet["start_half"] == codes[0] for sheet in sheets)
    total = counted(len(sheets), "action", "actions")
    verb = "commence" if first < 2 else "commencent"
    unplaced = sum(not sheet["start_half"] for sheet in sheets)
    return [
        Slide(
            title=f"{first or 'Aucune'} des {total} {verb} dès le {HalfYear.from_code(codes[0]).label}"
            if len(sheets) > 1
            else f"L’action se déroule ainsi : {facts.short_span(sheets[0])}",
            lead="Les prérequis passent avant, les gains rapides en premier, la charge est répartie entre les pilotes."
            + (f" {counted(unplaced, 'action reste', 'actions restent')} à placer." if unplaced else ""),
            columns=[
                Grid(
                    "Calendrier par semestre, numéros des actions",
                    ["Semestre", "Actions qui commencent", "Actions qui se terminent", "Jours d’agents"],
                    rows,
                    [1.2, 3.2, 3.2, 1.4],
                )
            ],
            source=_source(content),
            notes="Les jours d’agents sont ceux que les fiches répartissent par semestre.",
        )
    ]


def _numbers(sheets: list[dict[str, Any]]) -> str:
    return ", ".join(str(sheet["number"]) for sheet in sheets) or "–"


def _means(content: dict[str, Any]) -> list[Slide]:
    sheets = content["sheets"]
    label = facts.means_label(sheets)
    if not label:
        return []
    leads = list(dict.fromkeys(sheet["lead"] or facts.NO_LEAD for sheet in sheets))
    rows = []
    for lead in leads:
        own = [sheet for sheet in sheets if (sheet["lead"] or facts.NO_LEAD) == lead]
        days = [item["human_days"] for item in own if item["human_days"] is not None]
        budget = [item["budget_eur"] for item in own if item["budget_eur"] is not None]
        figures = [plain(sum(days)) if days else "–", euros(sum(budget)) if budget else "–"]
        rows.append((sum(days), [shorten(lead, 60), format_number(len(own)), *figures]))
    rows.sort(key=lambda row: -row[0])
    hidden = len(rows) - ROWS
    return [
        Slide(
            title=f"{label[:1].upper()}{label[1:]} sur la période {content['initiative']['period_label']}",
            lead=f"{counted(len(leads), 'pilote se partage', 'pilotes se partagent')} "
            f"{counted(len(sheets), 'action', 'actions')}. Les crédits restent soumis au vote du budget.",
            columns=[
                Grid(
                    "Moyens par pilote",
                    ["Pilote", "Actions", "Jours d’agents", "Dépenses"],
                    [row for _, row in rows[:ROWS]],
                    [4, 1, 1.4, 1.5],
                )
            ],
            source=_source(content) + (f" ; {hidden} autres pilotes dans la feuille de route" if hidden > 0 else ""),
            notes="Ce qui n’est pas chiffré dans les fiches n’est pas compté : ces totaux sont des minimums.",
        )
    ]


def _themes(content: dict[str, Any]) -> Slide:
    themes, sheets = content["themes"], content["sheets"]
    served = {sheet["theme"] for sheet in sheets}
    covered = [theme for theme in themes if theme["number"] in served]
    rows = [
        [
            f"{theme['number']}°",
            shorten(theme["name"], 130),
            _numbers([sheet for sheet in sheets if sheet["theme"] == theme["number"]]),
        ]
        for theme in themes
    ]
    missing = [theme for theme in themes if theme not in covered]
    return Slide(
        title=f"{counted(len(covered), 'thème', 'thèmes')} du décret sur {len(themes)} "
        f"{'ont' if len(covered) > 1 else 'a'} au moins une action",
        lead="La liste des thèmes n’est ni obligatoire ni fermée : un thème sans action porte son motif.",
        columns=[
            Grid("Actions par thème", ["N°", "Thème", "Actions"], rows, [0.6, 6, 2.4], frozenset({1})),
        ],
        source="CGCT, art. D. 2311-15-1 ; feuille de route",
        notes="\n".join(
            f"Thème {theme['number']} sans action : {theme['reason'] or 'motif à indiquer'}" for theme in missing
        ),
    )


def _actions(content: dict[str, Any]) -> list[Slide]:
    """Return the list of the actions on two slides at most; the second one says that others are left out."""
    sheets = content["sheets"]
    if not sheets:
        return [
            Slide(
                title="Aucune fiche action n’est encore écrite",
                columns=[
                    Points([], absent="Chaque levier retenu devient une fiche : objectif, pilote, étapes, moyens.")
                ],
            )
        ]
    parts = [sheets[start : start + ROWS] for start in range(0, len(sheets), ROWS)][:ACTION_SLIDES]
    shown = sum(len(part) for part in parts)
    slides = []
    for rank, part in enumerate(parts):
        whole = counted(len(sheets), "action", "actions")
        quick = facts.quick_wins(sheets)
        title = f"{whole}, chacune avec son pilote" if not quick else f"{whole}, dont {quick}"
        if rank:
            title = f"La suite : actions {part[0]['number']} à {part[-1]['number']}"
            leads = len({sheet["lead"] for sheet in part if sheet["lead"]})
            title += f", portées par {counted(leads, 'pilote', 'pilotes')}" if leads else ""
        is_cut = rank == len(parts) - 1 and shown < len(sheets)
        slides.append(
            Slide(
                title=title,
                lead=f"{shown} sur {len(sheets)} sont montrées ; toutes sont dans la feuille de route."
                if is_cut
                else "",
                columns=[
                    Grid(
                        "Actions de la feuille de route",
                        ["N°", "Action", "Pilote", "Calendrier", "Objectif"],
                        [_action(sheet) for sheet in part],
                        [0.5, 5.2, 2.9, 1.9, 0.9],
                        frozenset({1, 2}),
                    )
                ],
                source=_source(content),
                notes="\n".join(f"Action {sheet['number']} : {shorten(sheet['aim'], 400)}" for sheet in part),
            )
        )
    return slides


def _action(sheet: dict[str, Any]) -> list[str]:
    quick = " (gain rapide)" if sheet["is_quick_win"] else ""
    return [
        str(sheet["number"]),
        shorten(sheet["short_title"] or sheet["title"], TITLE_LENGTH) + quick,
        shorten(sheet["lead"], 48) or facts.NO_LEAD,
        facts.short_span(sheet),
        ", ".join(f"O{number}" for number in objectives_of(sheet)) or "–",
    ]


def governance_slide(content: dict[str, Any]) -> Slide:
    """Show who meets how often, and how the follow-up is made."""
    governance = content["governance"]
    assembly = assembly_of(content["authority"])
    rows = [
        [name, f"{count} par an" if count else "à fixer", what]
        for name, count, what in (
            ("Comité technique", governance["committee_per_year"], "étapes, indicateurs, difficultés"),
            ("Comité de pilotage", governance["steering_per_year"], "avancement, arbitrages, ajustements"),
            (f"{assembly[:1].upper()}{assembly[1:]}", governance["council_per_year"], "bilan annuel"),
        )
    ]
    indicators = sum(len(sheet["indicators"]) for sheet in content["sheets"])
    steps = sum(len(sheet["steps"]) for sheet in content["sheets"])
    measured = [
        text
        for text in (
            counted(indicators, "indicateur", "indicateurs") if indicators else "",
            counted(steps, "étape datée", "étapes datées") if steps else "",
        )
        if text
    ]
    return Slide(
        title=f"Un suivi par {' et '.join(measured)}" if measured else "Le suivi est prévu dès le départ",
        lead="Chaque pilote tient à jour ses étapes et ses indicateurs ; le bilan dit aussi les écarts.",
        columns=[
            Grid("Instances et fréquence", ["Instance", "Réunions", "Ce qu’elle examine"], rows, [2.7, 1.7, 3.2]),
            Points(
                [
                    Point("Chaque année", "empreinte recalculée sur le même périmètre"),
                    Point("Chaque année", "bilan de la stratégie, avant les débats sur le projet de budget"),
                    Point("En fin de période", "nouveau diagnostic, comparé au premier"),
                ],
                heading="Comment nous saurons",
            ),
        ],
        source="feuille de route, gouvernance",
        notes=shorten(governance["text"], 1500),
    )


def decision_slide(content: dict[str, Any]) -> Slide:
    """Say what is asked of the steering committee, then of the assembly, and the coming dates."""
    the_assembly = facts.the_assembly(content)
    council_on = content["initiative"]["council_on"]
    when = long_date(council_on) if council_on else blank("date de la séance")
    binding = facts.strategy_binding(content)
    as_what = "comme stratégie numérique responsable" if binding is Binding.BOUND else "comme démarche volontaire"
    asked = [
        Point("Comité de pilotage", "valider la version figée de la feuille de route"),
        Point(
            f"{the_assembly[:1].upper()}{the_assembly[1:]}, le {when}",
            f"adopter la feuille de route {as_what}, et demander un bilan chaque année",
        ),
    ]
    columns: list[Block] = [Points(asked, heading="Ce qui est demandé")]
    coming = [meeting for meeting in content["meetings"] if meeting["planned_on"] >= content["on"]][:SHOWN_MEETINGS]
    if coming:
        rows = [[item["label"], long_date(date.fromisoformat(item["planned_on"]))] for item in coming]
        columns.append(Grid("Prochaines dates", ["Étape", "Date"], rows, [3, 2]))
    return Slide(
        title=f"Décision attendue : valider, puis adopter la feuille de route {content['initiative']['period_label']}",
        lead="Un projet de délibération et un rapport de présentation accompagnent cette présentation.",
        columns=columns,
        source="calendrier de la démarche",
        notes="La décision est prise par l’assemblée ; cette présentation ne la préjuge pas.",
    )
