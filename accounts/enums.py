"""Choices of the accounts application."""

from django.db import models


class MailReason(models.TextChoices):
    """What a message is for."""

    ACCOUNT = "account", "message sur un compte"
    INVITATION = "invitation", "invitation"
    INVITATION_REPEAT = "invitation_repeat", "rappel de l’invitation"
    NEW_LINK = "new_link", "nouveau lien demandé"
    MEMBERSHIP_REQUEST = "membership_request", "demande d’accès"
    MEMBERSHIP_ANSWER = "membership_answer", "réponse à une demande d’accès"
    SHARED_ACTION = "shared_action", "action partagée"
    ERASURE = "erasure", "effacement de l’espace"
    ACTIVITY = "activity", "nouvelles de la démarche"


class MailFate(models.TextChoices):
    """What became of a message."""

    PENDING = "pending", "en attente"
    SENT = "sent", "envoyé"
    FAILED = "failed", "non remis"
    WITHHELD = "withheld", "retenu"


class MailChoice(models.TextChoices):
    """What somebody wants to receive besides what they ask for themselves."""

    DAILY = "daily", "toutes les nouvelles, groupées, une fois par jour au plus"
    DEADLINES = "deadlines", "seulement ce qui a une échéance"
    NOTHING = "nothing", "rien de tout cela"
