"""Choices of the authorities application."""

from django.db import models


class AuthorityKind(models.TextChoices):
    COMMUNE = "commune", "commune"
    EPCI = "epci_fp", "EPCI à fiscalité propre"
    DEPARTMENT = "departement", "département"
    REGION = "region", "région"
    SYNDICATE = "syndicat", "syndicat"
    OTHER = "autre", "autre organisme public"


class Role(models.TextChoices):
    REFERENT = "referent", "référent"
    COMMITTEE = "committee", "comité technique"
    ELECTED = "elected", "élu"
    CONTRIBUTOR = "contributor", "contributeur"
    ADVISER = "adviser", "accompagnateur"


class Track(models.TextChoices):
    STANDARD = "standard", "parcours standard"
    LIGHT = "light", "parcours allégé"


class Perimeter(models.TextChoices):
    INTERNAL = "interne", "fonctionnement interne"
    TERRITORY = "territoire", "territoire"
    BOTH = "les_deux", "fonctionnement interne et territoire"


class Scope(models.TextChoices):
    """What a personal link opens."""

    RATE = "rate", "donner ses avis"
    VOTE = "vote", "voter"
    INVENTORY = "inventory", "remplir l’inventaire"
    ACTIONS = "actions", "mettre à jour ses actions"
    READ = "read", "lire les documents publiés"


class MeetingKind(models.TextChoices):
    STEERING = "copil", "comité de pilotage"
    COMMITTEE = "cotech", "comité technique"
    WORKSHOP = "atelier", "atelier"
    COUNCIL = "assemblee", "assemblée"


class ActorNature(models.TextChoices):
    PUBLIC = "public", "acteur public"
    PRIVATE = "private", "acteur privé"
    ASSOCIATION = "association", "association ou économie sociale et solidaire"


class EventKind(models.TextChoices):
    """What an event of the trail is about."""

    SPACE = "space", "espace et comptes"
    COMMITTEE = "committee", "comité"
    PREPARATION = "preparation", "préparation"
    INVENTORY = "inventory", "inventaire"
    DIAGNOSIS = "diagnosis", "diagnostic"
    LEVEL = "level", "niveau retenu"
    BALLOT = "ballot", "présélection et scrutin"
    DECISION = "decision", "décision sur un levier"
    ROADMAP = "roadmap", "feuille de route"
    SHEET = "sheet", "fiche action"


class ActivityKind(models.TextChoices):
    """News of a démarche that a participant receives by mail."""

    ROUND_OPENED = "round_opened", "avis ouverts"
    ROUND_REMINDER = "round_reminder", "rappel des avis"
    BALLOT_OPENED = "ballot_opened", "scrutin ouvert"
    BALLOT_REMINDER = "ballot_reminder", "rappel du scrutin"
    BALLOT_RECEIPT = "ballot_receipt", "vote enregistré"
    SHEET_NOTE = "sheet_note", "note à lire"


class ReminderMoment(models.TextChoices):
    """When the silent are reminded: by the clock, or by the référent (then followed by the day)."""

    HALF_TIME = "half_time", "à mi-parcours"
    TWO_DAYS = "two_days", "deux jours avant la fin"
    BY_HAND = "by_hand", "à la demande du référent"
