"""Slides of the restitution that end it: the levers, proposed or decided, then what follows from where the path is."""

from common.dates import format_day
from common.slides import Block, Grid, Point, Points, Slide, shorten
from levers.enums import Verdict
from levers.models import Decision
from roadmap.documents.restitution_material import Choice, Material, counted, shown_of
from roadmap.selectors.state import RoadmapCounts

SHOWN_DECISIONS = 8


def lever_slides(material: Material) -> list[Slide]:
    """Return what was decided about the levers, else those that answer the diagnosis first."""
    if material.choice is not None:
        return [_decided(material.choice)]
    return [_proposed(material)] if material.levers else []


def _proposed(material: Material) -> Slide:
    rows = [
        [item.lever.title, shorten(item.first_clause, 120), f"{item.lever.effort} sur 5", f"{item.lever.impact} sur 5"]
        for item in material.levers
    ]
    return Slide(
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
        source=_catalogue_source(material),
        notes="Le classement vient des niveaux retenus, des obligations en vigueur, de l’inventaire, de l’effort "
        "et du périmètre ; chaque point du score est expliqué dans la page du levier.",
    )


def _catalogue_source(material: Material) -> str:
    published = (item.lever.catalogue for item in material.levers if item.lever.catalogue is not None)
    title = next((catalogue.title for catalogue in published), "")
    return f"catalogue de leviers, {title}" if title else "leviers locaux de la collectivité"


def _decided(choice: Choice) -> Slide:
    """Show the levers retained; the others are in the notes, with their reason."""
    retained = choice.decided(Verdict.RETAINED)
    postponed, dismissed = len(choice.decided(Verdict.POSTPONED)), len(choice.decided(Verdict.DISMISSED))
    others = [
        counted(postponed, "reporté", "reportés") if postponed else "",
        counted(dismissed, "écarté", "écartés") if dismissed else "",
    ]
    is_voted = bool(choice.ranks)
    order = "Les mieux classés par le vote d’abord." if is_voted else "Dans l’ordre du catalogue."
    headers = ["Levier", "Motif de la décision", *(["Rang du vote"] if is_voted else []), "Effort", "Impact"]
    table = Grid(
        "Leviers retenus",
        headers,
        [_row(decision, choice) for decision in retained[:SHOWN_DECISIONS]],
        [4.2, 3.6, *([1] if is_voted else []), 1, 1],
        frozenset({1}),
    )
    vote = f", vote du comité technique clos le {format_day(choice.closed_on)}" if choice.closed_on else ""
    return Slide(
        title=", ".join([counted(len(retained), "levier retenu", "leviers retenus"), *filter(None, others)]),
        lead=shown_of(len(retained), order, SHOWN_DECISIONS, "montrés"),
        columns=[table if retained else Points([], absent="Aucun levier n’est retenu à ce jour.")],
        source=f"décisions de la démarche{vote}",
        notes="\n".join(["Toutes les décisions :", *(_whole(decision) for decision in choice.decisions)]),
    )


def _row(decision: Decision, choice: Choice) -> list[str]:
    lever = decision.lever
    rank = [str(choice.ranks.get(lever.pk, "–"))] if choice.ranks else []
    return [lever.title, shorten(decision.reason, 90), *rank, f"{lever.effort} sur 5", f"{lever.impact} sur 5"]


def _whole(decision: Decision) -> str:
    return f"{decision.lever.title} : {decision.get_verdict_display()}. {decision.reason}"


def next_steps_slide(material: Material) -> Slide:
    """Show the path that is left and the coming dates; an adopted roadmap says when it was."""
    counts, meetings = material.counts, material.meetings
    steps = _steps_left(material)
    title = _next_title(material)
    columns: list[Block] = [Points(steps, heading="Le chemin qui reste" if meetings else "")]
    if meetings:
        rows = [[item.label, format_day(item.day)] for item in meetings]
        columns.insert(0, Grid("Prochaines dates", ["Étape", "Date"], rows, [3, 2]))
    return Slide(
        title=title,
        lead=_next_lead(counts, is_decided=material.choice is not None),
        columns=columns,
        source="calendrier de la démarche" if counts.adopted_on is None else "feuille de route de la démarche",
        notes=_expected(counts, is_decided=material.choice is not None),
    )


def _next_title(material: Material) -> str:
    counts, meetings = material.counts, material.meetings
    if counts.adopted_on is not None:
        return f"Feuille de route adoptée le {format_day(counts.adopted_on)}"
    if meetings:
        return f"Prochaine étape : {meetings[0].label}, le {format_day(meetings[0].day)}"
    if material.choice is not None:
        return "La suite : une fiche pour chaque action, puis la feuille de route"
    return "La suite : choisir les leviers, puis écrire les actions"


def _next_lead(counts: RoadmapCounts, *, is_decided: bool) -> str:
    if counts.adopted_on is not None:
        reference = f", délibération {counts.adopted_reference}" if counts.adopted_reference else ""
        return f"Version {counts.adopted_number}{reference}. Il reste à la suivre et à en rendre compte."
    if is_decided:
        return "Fiches actions, calendrier, validation par le comité de pilotage, adoption par l’assemblée."
    return "Présélection des leviers, vote du comité technique, atelier, fiches actions, feuille de route."


def _expected(counts: RoadmapCounts, *, is_decided: bool) -> str:
    if counts.adopted_on is not None:
        return "Aucune décision n’est attendue sur le diagnostic : la feuille de route qui en vient est adoptée."
    if is_decided:
        return "Décision attendue de cette réunion : prendre acte du diagnostic et des leviers retenus."
    return "Décision attendue de cette réunion : prendre acte du diagnostic et valider la présélection des leviers."


def _steps_left(material: Material) -> list[Point]:
    counts = material.counts
    if counts.adopted_on is not None:
        return [
            Point("Mettre en œuvre", f"{counted(counts.sheets, 'action', 'actions')}, chacune avec son pilote"),
            *_FOLLOW_UP,
        ]
    if material.choice is None:
        return _CHOOSING
    written = f"{counted(counts.sheets, 'fiche écrite', 'fiches écrites')} pour "
    written += counted(len(material.choice.decided(Verdict.RETAINED)), "levier retenu", "leviers retenus")
    return [Point("Écrire", written), *_ADOPTING]


_CHOOSING = [
    Point("Présélectionner", "une trentaine de leviers, validés par le comité de pilotage"),
    Point("Voter", "le comité technique donne son avis sur chacun"),
    Point("Décider", "l’atelier ne discute que les leviers qui divisent"),
    Point("Écrire", "une fiche pour chaque action retenue, puis la feuille de route à adopter"),
]
_ADOPTING = [
    Point("Valider", "le comité de pilotage valide une version figée"),
    Point("Adopter", "l’assemblée délibère ; l’acte est enregistré avec sa date et sa référence"),
    Point("Suivre", "chaque pilote tient à jour ses étapes et ses indicateurs"),
]
_FOLLOW_UP = [
    Point("Suivre", "chaque pilote tient à jour ses étapes et ses indicateurs"),
    Point("Rendre compte", "une note au comité de pilotage, et le rapport annuel de développement durable"),
    Point("Mesurer à nouveau", "un nouveau diagnostic se compare à celui-ci, question par question"),
]
