"""Which track suits an authority. Pure rule.

Source: « Démarche numérique responsable flash », ANCT: fewer than 3 500 inhabitants, no IT department of its own.
"""

from dataclasses import dataclass

from authorities.enums import Track

LIGHT_TRACK_UNDER = 3_500


@dataclass(frozen=True)
class TrackProposal:
    """The proposed track and the reason, a French sentence."""

    track: Track
    reason: str


def propose_track(population: int | None, has_it_department: bool | None) -> TrackProposal:
    """Propose the light track under 3 500 inhabitants or without IT department, the standard one otherwise."""
    if population is not None and population < LIGHT_TRACK_UNDER:
        return TrackProposal(
            Track.LIGHT, "Le parcours allégé est fait pour les collectivités de moins de 3 500 habitants."
        )
    if has_it_department is False:
        return TrackProposal(
            Track.LIGHT, "Le parcours allégé est fait pour les collectivités sans direction informatique."
        )
    if has_it_department is None:
        return TrackProposal(
            Track.STANDARD,
            "Le parcours standard convient à partir de 3 500 habitants, avec une direction informatique.",
        )
    return TrackProposal(
        Track.STANDARD, "Votre collectivité a sa direction informatique : le parcours standard lui convient."
    )
