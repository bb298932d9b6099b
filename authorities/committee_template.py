"""The spreadsheet to fill with the people of the committee: lists of the services and of the roles in its cells."""

from datetime import datetime

from authorities.enums import Role
from authorities.models import Authority
from common.xlsx import Column, Sheet, build_workbook
from reference.models import Service

SHEET_NAME = "Comité"
EMPTY_ROWS = 40
_GUIDE = (
    "Remplissez la feuille « Comité » : une personne par ligne.",
    "Service et rôle : choisissez dans la liste de la cellule. Un autre mot sera reconnu s’il s’en approche.",
    "Sans rôle, la personne entre au comité technique : elle donne ses avis et vote.",
    "Sans adresse, vous remettrez vous-même son lien personnel.",
    "Aucune formule : collez des valeurs. Une ligne qui contient une formule est refusée.",
    "Déposez ensuite le fichier dans Jalons : vous verrez chaque ligne avant de l’accepter, et aucun message ne part.",
)


def build_committee_template(authority: Authority, *, now: datetime) -> bytes:
    """Return the xlsx file to fill. Nobody's name is in it."""
    services = [service.name for service in Service.objects.all()]
    roles = tuple(str(role.label) for role in Role)
    people = Sheet(
        SHEET_NAME,
        columns=[
            Column("Nom et prénom", _nothing, width=30, is_editable=True),
            Column("Adresse électronique", _nothing, width=34, is_editable=True),
            # The longest list of words that a cell holds by itself is 255 characters: the services have their sheet.
            Column(
                "Service", _nothing, width=46, is_editable=True, choices_from=f"Services!$A$2:$A${len(services) + 1}"
            ),
            Column("Fonction", _nothing, width=34, is_editable=True),
            Column("Rôle", _nothing, width=22, is_editable=True, choices=roles),
        ],
        rows=[None] * EMPTY_ROWS,
    )
    return build_workbook(
        [
            people,
            Sheet("Services", [Column("Services que Jalons connaît", str, width=60)], services),
            Sheet("Lisez-moi", [Column("Comment remplir", str, width=110)], list(_GUIDE)),
        ],
        title=f"Comité de {authority.name}",
        created_at=now,
    )


def _nothing(_row: object) -> None:
    return None
