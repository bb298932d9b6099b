"""Mail of a démarche: the messages that concern an authority, and the news that wait for the next one."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import OutboxMessage
from authorities.enums import ActivityKind


class AuthorityMessage(models.Model):
    """A message of the outbox that concerns an authority, which may read it without its links and codes.

    One message may concern two authorities: the news of a person who takes part in both. Each then reads its own part
    only, kept here in `part`; empty, the whole message is theirs.
    """

    authority = models.ForeignKey(
        "authorities.Authority", models.CASCADE, related_name="messages", verbose_name="collectivité"
    )
    participant = models.ForeignKey(
        "authorities.Participant",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name="participant",
    )
    link = models.ForeignKey(
        "authorities.PersonalLink",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lien personnel envoyé",
    )
    message = models.ForeignKey(
        OutboxMessage, models.CASCADE, related_name="of_authorities", verbose_name="message de la boîte d’envoi"
    )
    recipient = models.CharField("destinataire", max_length=150)
    subject = models.CharField("objet", max_length=500, blank=True)
    part = models.TextField("ce que la collectivité en lit", blank=True)

    class Meta:
        verbose_name = "message d’une collectivité"
        verbose_name_plural = "messages d’une collectivité"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["message", "authority", "participant"], name="authorities_authoritymessage_unique"
            )
        ]

    def __str__(self) -> str:
        return f"message {self.message_id} de la collectivité {self.authority_id}"


class ActivityItem(models.Model):
    """One piece of news for one participant. It waits for the grouped message of the day, or is kept back.

    `object_pk`: the round, the ballot or the sheet that it is about. `moment`: tells apart what may come again; each is
    sent once. `message` empty: it waits.
    """

    participant = models.ForeignKey(
        "authorities.Participant", models.CASCADE, related_name="activity_items", verbose_name="participant"
    )
    kind = models.CharField("nature", max_length=20, choices=ActivityKind.choices)
    object_pk = models.PositiveBigIntegerField("objet")
    moment = models.CharField("moment", max_length=30, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="à l’origine"
    )
    queued_at = models.DateTimeField("écrite le")
    due_at = models.DateTimeField("à envoyer dès")
    message = models.ForeignKey(
        AuthorityMessage,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="items",
        verbose_name="message qui la porte",
    )

    class Meta:
        verbose_name = "nouvelle à envoyer"
        verbose_name_plural = "nouvelles à envoyer"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(message=None), name="authorities_item_waiting")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "kind", "object_pk", "moment"],
                name="authorities_activityitem_once",
                violation_error_message="Cette personne a déjà reçu cette nouvelle.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, participant {self.participant_id}"
