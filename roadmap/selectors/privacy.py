"""What the page « Vos données » says: each kind of data, with the rule that is really applied."""

from dataclasses import astuple, dataclass

from django.conf import settings

from authorities.services.links import LINK_LIFETIME, SHEET_LINK_LIFETIME
from common.numbers import pluralise
from common.text import typography

WITH_SPACE = "Tant que l’espace de la collectivité existe, ou jusqu’à ce que votre nom soit effacé."


@dataclass(frozen=True)
class KeptData:
    """One kind of data: what it holds, what it is for, how long it stays, who reads it."""

    what: str
    detail: str
    why: str
    how_long: str
    readers: str


def days(count: int) -> str:
    """« 180 jours »."""
    return f"{count}\u00a0{pluralise(count, 'jour', 'jours')}"


def kept_data() -> list[KeptData]:
    """Return every kind of data about people, with the settings of this site."""
    rows = [*_of_participants(), *_of_accounts(), *_of_mail(), *_of_the_authority()]
    return [KeptData(*map(typography, astuple(row))) for row in rows]


def _of_participants() -> list[KeptData]:
    link_hours = int(SHEET_LINK_LIFETIME.total_seconds() // 3600)
    return [
        KeptData(
            "Votre place au comité",
            "Nom, adresse électronique, fonction, service, rôles, sujets que vous connaissez.",
            "Vous inviter, et vous proposer les questions qui vous concernent.",
            WITH_SPACE,
            "Les membres de l’espace de votre collectivité.",
        ),
        KeptData(
            "Vos avis et vos votes",
            "Niveaux, mentions, commentaires et motifs.",
            "Établir le diagnostic et choisir les actions.",
            "Tant que l’espace existe. Ils restent, sans votre nom, s’il est effacé.",
            "Personne avant la clôture. Ensuite, votre nom ne paraît que si la règle de l’ouverture le prévoit.",
        ),
        KeptData(
            "Votre lien personnel",
            "Une empreinte qui ne permet pas de le retrouver, et ses dates.",
            "Vous laisser répondre sans compte.",
            f"Il s’arrête après {days(LINK_LIFETIME.days)} ({link_hours} heures sur papier). Sa trace s’efface "
            f"{days(settings.LINK_RETENTION_DAYS)} plus tard.",
            "Le référent en voit les dates.",
        ),
        KeptData(
            "Ce que vous n’avez pas enregistré",
            "Le texte tapé dans un formulaire.",
            "Vous le rendre si la page se ferme.",
            f"{days(settings.DRAFT_RETENTION_DAYS)} au plus. Un vote n’est jamais gardé ainsi.",
            "Vous.",
        ),
    ]


def _of_accounts() -> list[KeptData]:
    session_days = settings.SESSION_COOKIE_AGE // 86_400
    return [
        KeptData(
            "Votre compte",
            "Adresse, nom affiché, mot de passe illisible, second facteur.",
            "Vous reconnaître.",
            "Jusqu’à ce que vous le supprimiez.",
            "Vous. Les membres de vos collectivités voient le nom et l’adresse.",
        ),
        KeptData(
            "Vos sessions",
            "Adresse du réseau, navigateur, dernière visite.",
            "Vous montrer où votre compte est ouvert.",
            f"{days(session_days)} après la connexion, puis effacées au ménage de la semaine.",
            "Vous.",
        ),
        KeptData(
            "Les essais de connexion",
            "Adresse du réseau et nombre d’essais.",
            "Freiner qui essaie des mots de passe.",
            "Une heure au plus.",
            "Personne.",
        ),
        KeptData(
            "Une demande d’accès à un espace",
            "Compte, message, réponse.",
            "Laisser le référent décider qui entre.",
            f"{days(settings.REQUEST_RETENTION_DAYS)}.",
            "Le référent. Sans réponse de sa part, l’administration nationale.",
        ),
    ]


def _of_mail() -> list[KeptData]:
    return [
        KeptData(
            "Les courriels qui vous sont envoyés",
            "Adresse, objet, texte, sans les liens ni les codes.",
            "Savoir ce qui est arrivé.",
            f"{days(settings.MAIL_RETENTION_DAYS)}. Il reste ensuite la date et le motif.",
            "Le référent, pour ceux de sa collectivité.",
        ),
        KeptData(
            "Vos préférences de courriel",
            "Adresse, choix, jour du dernier envoi groupé.",
            "Ne pas écrire à qui ne le veut pas.",
            "Tant qu’un comité ou un compte connaît votre adresse.",
            "Vous.",
        ),
    ]


def _of_the_authority() -> list[KeptData]:
    return [
        KeptData(
            "Une liste de personnes à confirmer",
            "Les lignes lues, sans le fichier.",
            "Relire avant d’ajouter.",
            f"{days(settings.IMPORT_RETENTION_DAYS)} au plus.",
            "Le référent et l’accompagnateur.",
        ),
        KeptData(
            "Une grille d’entretien à confirmer",
            "Les réponses lues, sans le fichier.",
            "Relire avant d’enregistrer.",
            f"{days(settings.IMPORT_RETENTION_DAYS)} au plus.",
            "La personne référente qui l’a déposée.",
        ),
        KeptData(
            "Un tableur de fiches actions à confirmer",
            "Les textes modifiés, sans le fichier.",
            "Relire avant d’enregistrer.",
            f"{days(settings.IMPORT_RETENTION_DAYS)} au plus.",
            "Le référent et l’accompagnateur.",
        ),
        KeptData(
            "Les pièces jointes aux avis et aux niveaux retenus",
            "Lien ou fichier, intitulé, qui l’a jointe et quand.",
            "Montrer ce qui appuie une réponse.",
            "Tant que l’espace existe, ou jusqu’à ce que son auteur la retire.",
            "Son auteur avant la clôture ; ensuite la réunion, puis les membres.",
        ),
        KeptData(
            "Un fichier du parc à confirmer",
            "Le fichier tel qu’il est envoyé ; n’en restent ensuite que des comptes, sans nom ni numéro de série.",
            "Montrer ce qui changerait dans l’inventaire.",
            "Jusqu’à la décision, un jour au plus.",
            "Qui remplit l’inventaire, et seulement ces comptes.",
        ),
        KeptData(
            "Le journal",
            "Qui a fait quoi, quand ; jamais un vote ni un avis.",
            "Rendre compte de la démarche.",
            WITH_SPACE,
            "Les membres de l’espace de votre collectivité.",
        ),
        KeptData(
            "Les feuilles de route figées",
            "Pilotes, élus référents et signataires, tels qu’ils étaient ce jour-là.",
            "Garder l’acte que le conseil a voté.",
            "Tant que l’espace existe : une version figée ne change plus.",
            "Les membres de l’espace, et ceux à qui la collectivité remet le document.",
        ),
    ]
