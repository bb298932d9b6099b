"""People who sign in: the e-mail is the login."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.enums import MailChoice, MailFate, MailReason
from common.versioning import VersionedModel


class UserManager(BaseUserManager["User"]):
    """Create accounts; addresses are kept in lower case so that one person has one account."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("an e-mail address is needed")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """An account. What it may do in an authority is told by its membership; `is_staff` opens the reference data."""

    email = models.EmailField("adresse électronique", unique=True)
    full_name = models.CharField("nom affiché", max_length=150, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("administration nationale", default=False)
    date_joined = models.DateTimeField("inscrit le", default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "compte"
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci_unique")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name or self.email


class OutboxMessage(models.Model):
    """A message of the site: what it is for, what became of it, what it says.

    `secrets`: [secret, what stands for it] of the links and codes that the message carries. They leave the row as soon
    as its fate is known, so that no address that opens something stays in the base.
    """

    reason = models.CharField("motif", max_length=20, choices=MailReason.choices, default=MailReason.ACCOUNT)
    to = models.CharField("à", max_length=500)
    reply_to = models.CharField("réponses à", max_length=254, blank=True)
    subject = models.CharField("objet", max_length=500)
    body = models.TextField("texte")
    html = models.TextField("texte mis en forme", blank=True)
    headers = models.JSONField("en-têtes", default=dict, blank=True)
    secrets = models.JSONField("secrets à retirer", default=list, blank=True)
    created_at = models.DateTimeField("écrit le", default=timezone.now)
    fate = models.CharField("sort", max_length=10, choices=MailFate.choices, default=MailFate.PENDING)
    fate_reason = models.CharField("pourquoi", max_length=250, blank=True)
    decided_at = models.DateTimeField("sort connu le", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_attempt_at = models.DateTimeField("prochain essai", default=timezone.now)
    claimed_until = models.DateTimeField("pris par un travailleur jusqu’à", null=True, blank=True)
    last_error = models.CharField("dernière erreur", max_length=60, blank=True)

    class Meta:
        verbose_name = "message"
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=models.Q(fate="pending"), name="accounts_outbox_pending"
            ),
            models.Index(fields=["created_at"], name="accounts_outbox_created"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(fate="withheld") | ~models.Q(fate_reason=""),
                name="accounts_outbox_withheld_reason",
                violation_error_message="Dites pourquoi ce message est retenu.",
            ),
        ]

    def __str__(self) -> str:
        # Neither the address nor the subject: a message may be named in a log.
        return f"message {self.pk}"


class MailPreference(VersionedModel):
    """What the owner of an address wants to receive, and the day of the last grouped message that it got."""

    email = models.EmailField("adresse électronique", unique=True)
    choice = models.CharField("courriels", max_length=10, choices=MailChoice.choices, default=MailChoice.DAILY)
    digest_on = models.DateField("dernier envoi groupé", null=True, blank=True)

    class Meta:
        verbose_name = "préférence de courriel"
        verbose_name_plural = "préférences de courriel"

    def __str__(self) -> str:
        return f"préférence {self.pk}"
