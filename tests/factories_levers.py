"""Factories of the levers application."""

from datetime import date, datetime, timedelta

from accounts.models import User
from authorities.models import Authority, Initiative, Participant
from common.text import normalise
from levers.enums import Grade, NamesVisibility, ShortlistState
from levers.models import Ballot, Lever, LeverCatalogue, Shortlist, ShortlistedLever, Vote
from levers.relevance import Criterion
from levers.services import write_local_lever
from reference.models import Dimension, Theme
from tests.factories import PARIS_NOON, make_member, make_participant, make_service

FRAMEWORK = "essai"
WEIGHTS = {
    "points": dict.fromkeys((criterion.value for criterion in Criterion), 10),
    "full_saving_percent": 5,
    "weak_dimension_under": 2,
    "small_population_under": 3500,
    "group_labels": {"laptop": "ordinateurs portables", "screen": "écrans"},
    "sizes": {
        "standard": {"target": 35, "low": 25, "high": 40, "retained_maximum": 20},
        "light": {"target": 10, "low": 5, "high": 15, "retained_maximum": 8},
    },
}
CLOSING = PARIS_NOON + timedelta(days=14)
AFTER_CLOSING = CLOSING + timedelta(hours=1)


def make_theme(number: int = 1) -> Theme:
    defaults = {"name": f"thème {number}", "short_name": f"Thème {number}"}
    return Theme.objects.get_or_create(number=number, defaults=defaults)[0]


def make_dimension(code: str = "PAR") -> Dimension:
    defaults = {"name": f"dimension {code}", "short_name": code, "definition": "…", "position": sum(map(ord, code))}
    return Dimension.objects.get_or_create(framework=FRAMEWORK, code=code, defaults=defaults)[0]


def make_catalogue(levers: int = 0, **fields) -> LeverCatalogue:
    """Make the catalogue, or complete it up to this number of levers."""
    catalogue, _ = LeverCatalogue.objects.get_or_create(
        code=fields.pop("code", "essai"),
        defaults={
            "title": "Catalogue d’essai",
            "framework": FRAMEWORK,
            "published_on": date(2026, 1, 1),
            "content_hash": "0" * 64,
            "weights": WEIGHTS,
            **fields,
        },
    )
    for number in range(catalogue.levers.count() + 1, levers + 1):
        make_lever(catalogue, f"LEV-{number:02d}")
    return catalogue


def make_lever(
    catalogue: LeverCatalogue, code: str, *, theme: int = 1, dimension: str = "PAR", service: str = "dsi", **fields
) -> Lever:
    title = fields.pop("title", f"Levier {code}")
    return Lever.objects.create(
        catalogue=catalogue,
        code=code,
        title=title,
        theme=make_theme(theme),
        dimension=make_dimension(dimension),
        lead_service=make_service(service),
        **{
            "summary": f"Résumé de {code}.",
            "description": f"Description de {code}.",
            "perimeter": "interne",
            "effort": 3,
            "cost": "faible",
            "delay_months": 6,
            "is_quick_win": False,
            "impact": 3,
            "impact_rationale": "Ordre de grandeur.",
            "is_for_small_authority": True,
            "steps": ["Commencer", "Finir"],
            "indicators": [
                {"name": "Part", "unit": "%", "direction": "up", "formula": "a / b", "baseline_hint": "0 %"}
            ],
            "means": {"human": "2 jours", "budget": "aucun", "caveat": "indicatif"},
            "risks": ["Lassitude"],
            "sources": [{"label": "Guide", "ref": "https://exemple.fr/guide"}],
            "position": catalogue.levers.count() + 1,
            "search_text": normalise(title),
            **fields,
        },
    )


def make_shortlist(
    initiative: Initiative, levers: list[Lever], *, state: str = ShortlistState.VALIDATED, **fields
) -> Shortlist:
    validated = {"validated_on": date(2026, 3, 1), "validation_body": "comité de pilotage"}
    published = next((lever.catalogue for lever in levers if lever.catalogue), None)
    shortlist = Shortlist.objects.create(
        initiative=initiative,
        catalogue=published or make_catalogue(),
        state=state,
        **{**(validated if state == ShortlistState.VALIDATED else {}), **fields},
    )
    for lever in levers:
        ShortlistedLever.objects.create(shortlist=shortlist, lever=lever, added_at=PARIS_NOON)
    return shortlist


def make_ballot(
    initiative: Initiative,
    *,
    shortlist: Shortlist | None = None,
    voters: list[Participant] | int = 3,
    levers: int = 3,
    opens_at: datetime = PARIS_NOON,
    closes_at: datetime = CLOSING,
    names: str = NamesVisibility.EVERYONE,
    **fields,
) -> Ballot:
    if shortlist is None:
        catalogue = make_catalogue(levers)
        shortlist = make_shortlist(initiative, list(catalogue.levers.all()[:levers]))
    ballot = Ballot.objects.create(
        initiative=initiative,
        shortlist=shortlist,
        opens_at=opens_at,
        closes_at=closes_at,
        first_closes_at=closes_at,
        names_visibility=names,
        **fields,
    )
    if isinstance(voters, int):
        voters = [make_participant(initiative) for _ in range(voters)]
    ballot.voters.set(voters)
    return ballot


def ballot_levers(ballot: Ballot) -> list[Lever]:
    return [item.lever for item in ballot.shortlist.items.order_by("lever__position")]


def make_vote(ballot: Ballot, participant: Participant, lever: Lever, grade: Grade | None, **fields) -> Vote:
    return Vote.objects.create(ballot=ballot, participant=participant, lever=lever, grade=grade, **fields)


def fill_ballot(ballot: Ballot, rows: dict[str, str]) -> None:
    """Cast votes written as letters, one per voter: {"LEV-01": "EEN"}; « - » abstains, a space is silent."""
    grades = {grade.letter: grade for grade in Grade}
    voters = list(ballot.voters.order_by("pk"))
    levers = {lever.code: lever for lever in ballot_levers(ballot)}
    for code, letters in rows.items():
        for voter, letter in zip(voters, letters, strict=False):
            if letter != " ":
                make_vote(ballot, voter, levers[code], grades.get(letter))


def local_values(**fields) -> dict:
    """Return what the services write of a local lever."""
    return {
        "title": "Réemployer les postes",
        "summary": "Prêter les postes encore bons aux lieux de médiation.",
        "description": "Chaque année, un lot est effacé, vérifié et prêté.",
        "theme": fields.get("theme") or make_theme(),
        "dimension": fields.get("dimension") or make_dimension(),
        "question_codes": [],
        "perimeter": "interne",
        "audience_codes": [],
        "lead_service": None,
        "effort": 2,
        "cost": "faible",
        "delay_months": 9,
        "is_quick_win": False,
        "impact": 3,
        "impact_rationale": "Ordre de grandeur local.",
        "is_for_small_authority": True,
        "steps": ["Recenser", "Prêter"],
        "indicators": [{"name": "Postes prêtés", "unit": "postes par an"}],
        "means": {"human": "6 à 10 jours-agent", "budget": "", "caveat": "Estimation de votre collectivité."},
        "risks": ["Des postes trop anciens"],
        **fields,
    }


def make_local_lever(authority: Authority, *, author: User | None = None, **fields) -> Lever:
    make_catalogue(2)
    return write_local_lever(
        authority=authority,
        values=local_values(**fields),
        actor=author or make_member(authority, "referent"),
        now=PARIS_NOON,
    )
