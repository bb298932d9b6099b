"""The deck of the restitution: what the steering committee sees of a finished diagnosis. Titles state the finding.

Every figure is that of the results page on the same day; each slide says where its figures come from. The deck bears
the date of the meeting, not that of the download: two downloads of one diagnosis are the same deck.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from common.dates import format_day
from common.numbers import format_number, pluralise
from common.slides import Block, Deck, Grid, Point, Points, Radar, RadarSlice, Slide, shorten
from diagnostics.models import Diagnosis
from diagnostics.selectors import AttentionPoint, DiagnosisResults, QuestionResult
from roadmap.documents.restitution_context import (
    inventory_slides,
    peer_slides,
    previous_slides,
)
from roadmap.documents.restitution_cover import draw_cover
from roadmap.documents.restitution_decisions import lever_slides, next_steps_slide
from roadmap.documents.restitution_material import SHOWN, Material, counted, gather, shown_of

RADAR_FROM = 3
SHOWN_DUTIES = 8
SHOWN_SPREADS = 7
CELL = 150


def restitution_deck(diagnosis: Diagnosis, *, now: datetime) -> Deck:
    """Return the deck of a finished round: ten slides, up to fourteen with what is known besides."""
    material = gather(diagnosis, now)
    authority = diagnosis.initiative.authority
    slides = [
        _method(material),
        _overall(material),
        _strengths(material),
        _weaknesses(material),
        _attention(material),
        _spreads(material),
        *previous_slides(material),
        *peer_slides(material),
        *inventory_slides(material),
        *_consistency(material),
        _margins(material),
        *lever_slides(material),
        next_steps_slide(material),
    ]
    return Deck(
        title=f"Diagnostic numérique responsable, {authority.name}",
        author=authority.name,
        foot=f"{authority.name} · restitution du diagnostic du {format_day(material.held_on)}",
        written_at=now,
        cover=draw_cover(diagnosis, material.results.headline, on=material.held_on),
        slides=slides,
    )


def _method(material: Material) -> Slide:
    results, diagnosis = material.results, material.diagnosis
    raters = counted(results.rater_count, "personne a noté", "personnes ont noté")
    answered = f"{results.overall.answered} {pluralise(results.overall.answered, 'question', 'questions')}"
    rows = [
        ["Personnes qui ont noté", format_number(results.rater_count)],
        ["Avis exprimés", format_number(results.rating_count)],
        ["Abstentions, jamais comptées comme un zéro", format_number(results.abstention_count)],
        ["Questions avec un niveau retenu", f"{results.overall.answered} sur {results.overall.total}"],
        ["Avis ouverts", _span(diagnosis.opened_at, diagnosis.closes_at)],
        *_ends(material),
    ]
    return Slide(
        title=f"{raters}, {answered} sur {results.overall.total} ont un niveau retenu",
        lead="Chacun a noté seul ce qu’il connaît ; la réunion n’a discuté que les écarts et a retenu un niveau.",
        columns=[
            Grid("Comment le diagnostic a été fait", ["Étape", "Valeur"], rows, [3, 2]),
            Points(
                [Point(name) for name in material.services[:10]],
                heading="Services qui se sont prononcés",
                absent="Aucun avis n’a été exprimé.",
            ),
        ],
        source=material.source,
        notes="Une personne peut s’abstenir : l’abstention n’entre dans aucune moyenne. Le niveau proposé à la réunion "
        "est la médiane des avis, arrondie au niveau inférieur. Les noms ne figurent pas dans cette présentation.",
    )


def _ends(material: Material) -> list[list[str]]:
    """Return the day of the meeting, and that of the end of the diagnosis when it is another one."""
    agreed_at = material.diagnosis.agreed_at
    ended_on = timezone.localdate(agreed_at) if agreed_at else None
    held = [] if material.held_on == ended_on else [["Réunion", format_day(material.held_on)]]
    return [*held, ["Diagnostic terminé", format_day(ended_on) if ended_on else "–"]]


def _span(start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return "–"
    return f"du {format_day(timezone.localdate(start))} au {format_day(timezone.localdate(end))}"


def _overall(material: Material) -> Slide:
    results = material.results
    has_previous = results.previous_overall is not None
    before = ["Avant"] if has_previous else []
    rows = [
        [item.name, *([item.previous_label] if has_previous else []), item.label, f"{item.answered} sur {item.total}"]
        for item in results.dimensions
    ]
    overall = f"{results.overall.answered} sur {results.overall.total}"
    last = [results.previous_overall_label] if has_previous else []
    rows.append(["Ensemble", *last, results.overall_label, overall])
    table = Grid(
        "Niveau par dimension, de 0 à 4",
        ["Dimension", *before, "Niveau", "Répondues"],
        rows,
        [3.4, *([1.2] if has_previous else []), 1.2, 1.6],
    )
    columns: list[Block] = [table]
    if len(results.dimensions) >= RADAR_FROM:
        columns.insert(0, _radar(results))
    return Slide(
        title=results.headline,
        lead=f"Ensemble : {results.overall_label} sur 4, moyenne des dimensions, chacune avec le même poids.",
        columns=columns,
        source=material.source,
        notes="Une dimension est la moyenne des niveaux retenus de ses questions répondues. Une question sans niveau "
        "retenu ne compte dans aucune moyenne. Règles : documentation des calculs de Jalons, « Diagnostic ».",
    )


def _radar(results: DiagnosisResults) -> Radar:
    said = ", ".join(f"{item.name} {item.label}" for item in results.dimensions)
    axes = [
        RadarSlice(
            item.name,
            item.short_name,
            None if item.score is None else float(item.score),
            None if item.previous is None else float(item.previous),
            item.answered,
            item.total,
        )
        for item in results.dimensions
    ]
    return Radar(axes, f"Radar de maturité, de 0 à 4 : {said}. Les valeurs sont dans le tableau voisin.")


def _at_the_end(questions: Sequence[QuestionResult]) -> str:
    """Say how many of the sorted questions are at the level of the first one, when it is not that of all.

    The rows shown begin with them: « , dont 1 au niveau 0 ».
    """
    if not questions or questions[0].level == questions[-1].level:
        return ""
    level = questions[0].level
    return f", dont {format_number(sum(item.level == level for item in questions))} au niveau {level}"


def _whole_list(rule: str, questions: Sequence[QuestionResult]) -> str:
    """Write the notes: the rule, then every question, those that the slide has no room for too."""
    counts = Counter(item.dimension_short_name for item in questions)
    spread = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    lines = [f"{item.dimension_short_name}, {item.title} : niveau {item.level}." for item in questions]
    return "\n".join([rule, *([f"Par dimension : {spread}.", *lines] if questions else [])])


def _levelled(questions: Sequence[QuestionResult]) -> Points:
    return Points(
        [
            Point(
                f"{item.title}, niveau {item.level}",
                shorten(f"{item.dimension_short_name} : {item.reason or item.level_text}", CELL),
            )
            for item in questions[:SHOWN]
        ]
    )


def _strengths(material: Material) -> Slide:
    found = material.results.strengths
    title = f"{counted(len(found), 'question atteint', 'questions atteignent')} le niveau 3 ou 4{_at_the_end(found)}"
    return Slide(
        title=title if found else "Aucune question n’atteint encore le niveau 3",
        lead=shown_of(len(found), "Les plus hautes d’abord."),
        columns=[_levelled(found) if found else Points([], absent="Les premiers progrès sont dans les marges.")],
        source=material.source,
        notes=_whole_list("Forces : niveau retenu de 3 (pratique généralisée) ou 4 (piloté et amélioré).", found),
    )


def _weaknesses(material: Material) -> Slide:
    found = material.results.weaknesses
    title = f"{counted(len(found), 'question reste', 'questions restent')} au niveau 0 ou 1{_at_the_end(found)}"
    return Slide(
        title=title if found else "Aucune question n’est au niveau 0 ou 1",
        lead=shown_of(len(found), "Les plus basses d’abord."),
        columns=[_levelled(found) if found else Points([], absent="Chaque pratique évaluée est au moins engagée.")],
        source=material.source,
        notes=_whole_list("À renforcer : niveau retenu de 0 (rien n’est engagé) ou 1 (initiatives isolées).", found),
    )


def _attention(material: Material) -> Slide:
    results = material.results
    certain, to_check = results.attention_points, results.to_check_points
    lead = "Comptés à part : un bon score ne les efface pas, un score faible ne les crée pas."
    if not certain and not to_check:
        return Slide(
            title="Aucun point d’attention légal parmi les questions répondues",
            lead=lead,
            columns=[Points([], absent=_unassessed(results))],
            source=f"obligations en vigueur le {format_day(results.on)}",
            notes="Un point d’attention est une question dont le niveau retenu est sous ce qu’attend une obligation.",
        )
    points = [*certain, *to_check]
    title = f"{counted(len(certain), 'point d’attention légal', 'points d’attention légaux')}"
    if to_check:
        title += f", {counted(len(to_check), 'obligation à vérifier', 'obligations à vérifier')}"
    rows = [
        [point.question.title, str(point.question.level), str(point.expected), _law(point)]
        for point in points[:SHOWN_DUTIES]
    ]
    return Slide(
        title=title,
        lead=lead if len(points) <= SHOWN_DUTIES else f"{lead} {SHOWN_DUTIES} sur {len(points)} sont montrés.",
        columns=[
            Grid(
                "Niveau retenu, niveau attendu et texte",
                ["Question", "Retenu", "Attendu", "Ce que dit le texte"],
                rows,
                [2.4, 0.9, 0.9, 5.8],
                frozenset({3}),
            )
        ],
        source=f"obligations en vigueur le {format_day(results.on)}, référence citée ligne par ligne",
        notes="\n".join(["Les textes, en entier :", *(_whole_law(point) for point in points)]),
    )


def _unassessed(results: DiagnosisResults) -> str:
    if not results.unassessed_duties:
        return "Toutes les questions liées à une obligation qui vous concerne ont le niveau attendu."
    names = ", ".join(item.title for item in results.unassessed_duties)
    return f"Sans niveau retenu, donc sans avis ici : {names}."


def _law(point: AttentionPoint) -> str:
    duties = point.duties or point.to_check
    first = duties[0]
    start = "" if point.is_certain else "À vérifier : "
    return shorten(f"{start}{first.threshold or first.title} {first.reference}.", CELL - 20)


def _whole_law(point: AttentionPoint) -> str:
    said = " ; ".join(f"{duty.title}. {duty.threshold} {duty.reference}" for duty in [*point.duties, *point.to_check])
    return f"{point.question.title} : {said}."


def _spreads(material: Material) -> Slide:
    found = material.results.dispersed
    source = "avis exprimés, un point par personne, sans nom"
    if not found:
        return Slide(
            title="Les avis convergent : jamais deux niveaux d’écart",
            columns=[Points([], absent="Aucune question n’a deux niveaux d’écart ou plus entre les avis.")],
            source=source,
        )
    rows = [
        [item.title, *(_dots(count) for count in item.score.counts), item.level_label]
        for item in found[:SHOWN_SPREADS]
        if item.score is not None
    ]
    number = counted(len(found), "question", "questions")
    return Slide(
        title=f"Les avis divergent sur {number}, le plus sur « {found[0].title} »",
        lead=shown_of(len(found), "Les écarts les plus larges d’abord.", SHOWN_SPREADS),
        columns=[
            Grid(
                "Nombre d’avis à chaque niveau, et niveau retenu",
                ["Question", "0", "1", "2", "3", "4", "Retenu"],
                rows,
                [4, 1.2, 1.2, 1.2, 1.2, 1.2, 1.4],
            )
        ],
        source=source,
        notes="Avis dispersés : deux niveaux ou plus entre le plus bas et le plus haut. La réunion a discuté ces "
        "questions et retenu un niveau, avec son motif.",
    )


def _dots(count: int) -> str:
    return "●" * count if count <= 5 else f"● × {count}"


def _consistency(material: Material) -> list[Slide]:
    found = material.consistency
    if not found:
        return []
    return [
        Slide(
            title=f"{counted(len(found), 'question', 'questions')} à se poser avant de conclure",
            lead=shown_of(len(found), "Deux réponses peuvent paraître se contredire et être justes.", 3),
            columns=[Points([Point(item.title, f"{item.ask} À relire : {item.review}") for item in found[:3]])],
            source=material.source,
            notes="\n".join(
                ["À relire :", *(f"{item.title} : {item.review}" for item in found)],
            ),
        )
    ]


def _margins(material: Material) -> Slide:
    margins = material.results.margins
    bound = sum(margin.is_attention for margin in margins)
    title = counted(len(margins), "question peut progresser", "questions peuvent progresser")
    if bound:
        title += f", dont {bound} sous ce qu’attend la loi"
    items = [
        Point(
            f"{item.question.title}, de {item.question.level} à {item.target_level}"
            + (f" ({item.expectation or item.reason})" if item.reason else ""),
            shorten(item.target_text, CELL),
        )
        for item in margins[:SHOWN]
    ]
    return Slide(
        title=title if margins else "Toutes les questions répondues sont au plus haut niveau",
        lead="Ce que décrit le niveau à atteindre : celui qu’attend la loi d’abord, ailleurs le niveau suivant."
        if margins
        else "",
        columns=[Points(items, absent="Il reste à mesurer et à tenir ce niveau.")],
        source=material.source,
        notes="Sous une obligation, le niveau à atteindre est celui qu’elle attend ; ailleurs, le niveau suivant. "
        "Ordre : points d’attention légaux, obligations à vérifier, questions essentielles (celles du parcours "
        "allégé), autres ; dans chaque groupe, le niveau le plus bas d’abord.",
    )
