"""Authorities, their démarches and the people who take part in them."""

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from authorities.enums import ActorNature, AuthorityKind, EventKind, MeetingKind, Perimeter, Role, Track
from authorities.models_draft import Draft as Draft
from authorities.models_import import CommitteeImport as CommitteeImport
from authorities.models_mail import ActivityItem as ActivityItem
from authorities.models_mail import AuthorityMessage as AuthorityMessage
from authorities.real_dates import RealMoment
from common.versioning import VersionedModel
from reference.models import CalendarPreset, Dimension, DocumentKind, Prerequisite, Service, Territory

# The invitation and two repeats: nobody who has not accepted gets more mail.
MAX_INVITATIONS = 3


def logo_path(authority: "Authority", filename: str) -> str:
    """Return the path of a logo under the private folder; its name holds the digest of its bytes."""
    return f"logos/{authority.slug}/{filename}"


class Authority(VersionedModel):
    """A local authority that has a space on the site."""

    slug = models.SlugField("adresse", max_length=80, unique=True)
    name = models.CharField("nom", max_length=150)
    kind = models.CharField("type", max_length=12, choices=AuthorityKind.choices)
    nature = models.CharField("nature juridique", max_length=80, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    territory = models.OneToOneField(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="authority",
        verbose_name="territoire de la liste",
    )
    population = models.PositiveIntegerField("population", null=True, blank=True)
    agent_count = models.PositiveIntegerField("nombre d’agents", null=True, blank=True)
    member_communes_count = models.PositiveSmallIntegerField("nombre de communes membres", null=True, blank=True)
    has_it_department = models.BooleanField("a sa propre direction informatique", null=True, blank=True)
    is_demonstration = models.BooleanField("données d’illustration", default=False, editable=False)
    # Two sizes of one image, always written together: one to print, one light enough for each page.
    logo = models.FileField("logo à imprimer", upload_to=logo_path, max_length=200, blank=True)
    logo_screen = models.FileField("logo à l’écran", upload_to=logo_path, max_length=200, blank=True)
    logo_width_px = models.PositiveSmallIntegerField("largeur à l’écran", null=True, blank=True)
    logo_height_px = models.PositiveSmallIntegerField("hauteur à l’écran", null=True, blank=True)
    # « #0b5c5f »: dark enough for white text on it; empty: the colour of the site.
    color = models.CharField("couleur des documents", max_length=7, blank=True)

    class Meta:
        verbose_name = "collectivité"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(logo="", logo_screen="", logo_width_px=None, logo_height_px=None)
                | (~Q(logo="") & ~Q(logo_screen="") & Q(logo_width_px__gte=1, logo_height_px__gte=1)),
                name="authorities_authority_logo_is_whole",
                violation_error_message="Un logo a ses deux tailles et ses dimensions.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("roadmap:dashboard", args=[self.slug])

    @property
    def department_code(self) -> str:
        """Department of the seat, empty when the authority is not in the national list."""
        return self.territory.department_code if self.territory else ""


class Membership(models.Model):
    """What an account may do in an authority. `roles` is a set: one person wears several hats."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="memberships", verbose_name="collectivité")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name="compte"
    )
    roles = models.JSONField("rôles", default=list)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    class Meta:
        verbose_name = "membre"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "user"],
                name="authorities_membership_unique",
                violation_error_message="Cette personne est déjà membre de la collectivité.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.authority}"

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(role) for role in self.roles)

    @property
    def ordered_roles(self) -> list[Role]:
        """Roles in the order of the enumeration, for reading."""
        return [role for role in Role if role in self.role_set]


class MembershipRequest(models.Model):
    """A second person asks to join an authority; its référent accepts or refuses."""

    class State(models.TextChoices):
        PENDING = "pending", "en attente"
        ACCEPTED = "accepted", "acceptée"
        REFUSED = "refused", "refusée"

    authority = models.ForeignKey(
        Authority, models.CASCADE, related_name="membership_requests", verbose_name="collectivité"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="membership_requests", verbose_name="compte"
    )
    message = models.CharField("message", max_length=500, blank=True)
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField("créée le", default=timezone.now)
    answered_at = models.DateTimeField("traitée le", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="traitée par"
    )
    answer_reason = models.CharField("raison de la réponse", max_length=500, blank=True)
    is_arbitrated = models.BooleanField("traitée par l’administration nationale", default=False)

    class Meta:
        verbose_name = "demande d’accès"
        verbose_name_plural = "demandes d’accès"
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "user"],
                condition=Q(state="pending"),
                name="authorities_request_one_pending",
                violation_error_message="Vous avez déjà demandé à rejoindre cette collectivité.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.authority}"


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def for_authority(self, authority: Authority) -> "InitiativeQuerySet":
        return self.filter(authority=authority)

    def current(self) -> "InitiativeQuerySet":
        return self.filter(is_current=True)

    def numbered(self, number: int | None) -> "InitiativeQuerySet":
        """Keep the démarche of a number; the current one without number."""
        return self.current() if number is None else self.filter(number=number)


class Initiative(VersionedModel):
    """A démarche of an authority: one is current, the former ones stay readable."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="initiatives", verbose_name="collectivité")
    number = models.PositiveSmallIntegerField("numéro", default=1)
    is_current = models.BooleanField("en cours", default=True)
    track = models.CharField("parcours", max_length=10, choices=Track.choices, default=Track.STANDARD)
    perimeter = models.CharField("périmètre", max_length=12, choices=Perimeter.choices, default=Perimeter.INTERNAL)
    territory_follow_up = models.TextField("quand le territoire suivra", blank=True)
    period_start_year = models.PositiveSmallIntegerField("première année")
    period_years = models.PositiveSmallIntegerField("durée en années", default=3)
    council_on = models.DateField("date du conseil ou de l’assemblée", null=True, blank=True)
    calendar_preset = models.ForeignKey(
        CalendarPreset, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="calendrier type"
    )
    uses_summary = models.TextField("bilan des usages du numérique sur le territoire", blank=True)
    engaged_actions = models.TextField("actions déjà engagées", blank=True)
    actors_involvement = models.TextField("comment les acteurs ont été associés", blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "démarche"
        ordering: ClassVar = ["authority", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "number"], name="authorities_initiative_unique"),
            models.UniqueConstraint(
                fields=["authority"],
                condition=Q(is_current=True),
                name="authorities_initiative_one_current",
                violation_error_message="Une seule démarche peut être en cours.",
            ),
            models.CheckConstraint(
                condition=Q(period_years__gte=1, period_years__lte=6),
                name="authorities_initiative_period",
                violation_error_message="La période dure de un à six ans.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.period_label}"

    @property
    def period_end_year(self) -> int:
        """Last year of the period, included."""
        return self.period_start_year + self.period_years - 1

    @property
    def period_label(self) -> str:
        """« 2024–2026 »."""
        return f"{self.period_start_year}–{self.period_end_year}"

    @property
    def starts_on(self) -> date:
        return date(self.period_start_year, 1, 1)

    @property
    def ends_on(self) -> date:
        return date(self.period_end_year, 12, 31)


class OfInitiativeQuerySet(models.QuerySet):
    """Objects that belong to a démarche: the only way views reach them."""

    def for_initiative(self, initiative: Initiative) -> "OfInitiativeQuerySet":
        return self.filter(initiative=initiative)

    def for_authority(self, authority: Authority) -> "OfInitiativeQuerySet":
        return self.filter(initiative__authority=authority)


class Participant(VersionedModel):
    """A person of the committee, with or without an account."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="participants", verbose_name="démarche")
    name = models.CharField("nom", max_length=150)
    email = models.EmailField("adresse électronique", blank=True)
    function = models.CharField("fonction", max_length=150, blank=True)
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name="service")
    roles = models.JSONField("rôles", default=list)
    dimensions = models.ManyToManyField(Dimension, blank=True, related_name="+", verbose_name="dimensions connues")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name="compte",
    )
    invited_at = models.DateTimeField("dernière invitation", null=True, blank=True)
    invitation_count = models.PositiveSmallIntegerField("invitations envoyées", default=0)
    invitation_note = models.TextField("mot joint à l’invitation", blank=True)
    accepted_at = models.DateTimeField("a confirmé le", null=True, blank=True)
    is_active = models.BooleanField("participe", default=True)
    # The name, the address and the function are gone; the row stays, because answers hang on it.
    erased_at = models.DateTimeField("effacé le", null=True, blank=True)

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "participant"
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative", "email"],
                condition=~Q(email=""),
                name="authorities_participant_email_unique",
                violation_error_message="Une personne a déjà cette adresse dans la démarche.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(role) for role in self.roles)

    @property
    def ordered_roles(self) -> list[Role]:
        """Roles in the order of the enumeration, for reading."""
        return [role for role in Role if role in self.role_set]

    @property
    def remaining_invitations(self) -> int:
        """Messages that may still be sent to somebody who has not accepted."""
        return 0 if self.accepted_at else max(0, MAX_INVITATIONS - self.invitation_count)


class PersonalLinkQuerySet(models.QuerySet["PersonalLink"]):
    def alive(self, now: datetime) -> "PersonalLinkQuerySet":
        """Keep the links that are neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class PersonalLink(models.Model):
    """A signed, revocable link for a participant. Only the hash of its token is stored."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="links", verbose_name="participant")
    token_hash = models.CharField("empreinte du jeton", max_length=64, unique=True)
    scopes = models.JSONField("ce que le lien ouvre", default=list)
    created_at = models.DateTimeField("créé le")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="créé par"
    )
    expires_at = models.DateTimeField("expire le")
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)
    confirmed_at = models.DateTimeField("confirmé le", null=True, blank=True)
    # Asked for by its owner, or by anybody who knows the address: the former ones die when this one is confirmed.
    replaces_former = models.BooleanField("remplace les précédents une fois confirmé", default=False)

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien personnel"
        verbose_name_plural = "liens personnels"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="authorities_link_dates_in_order")
        ]

    def __str__(self) -> str:
        return f"lien de {self.participant}"

    def is_usable(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at and self.participant.is_active


class Meeting(RealMoment, VersionedModel):
    """A meeting or a milestone of the calendar, planned backwards from the council."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="meetings", verbose_name="démarche")
    code = models.SlugField("code", max_length=40)
    label = models.CharField("intitulé", max_length=150)
    kind = models.CharField("instance", max_length=12, choices=MeetingKind.choices, blank=True)
    planned_on = models.DateField("date")
    start_time = models.TimeField("heure", null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField("durée en minutes", default=120)
    place = models.CharField("lieu", max_length=150, blank=True)
    is_edited = models.BooleanField("modifiée à la main", default=False)

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "réunion ou échéance"
        verbose_name_plural = "réunions et échéances"
        ordering: ClassVar = ["planned_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiative", "code"], name="authorities_meeting_unique"),
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=15, duration_minutes__lte=720),
                name="authorities_meeting_duration",
                violation_error_message="Une réunion dure de 15 minutes à 12 heures.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ChecklistItem(VersionedModel):
    """State of a prerequisite in a démarche."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="checklist_items", verbose_name="démarche")
    prerequisite = models.ForeignKey(Prerequisite, models.PROTECT, related_name="+", verbose_name="prérequis")
    is_done = models.BooleanField("fait", default=False)
    note = models.CharField("note", max_length=300, blank=True)

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "prérequis coché"
        verbose_name_plural = "prérequis cochés"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiative", "prerequisite"], name="authorities_checklistitem_unique")
        ]

    def __str__(self) -> str:
        return str(self.prerequisite)


class SourceDocument(VersionedModel):
    """A document that the authority already has, and what it implies for the roadmap."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="source_documents", verbose_name="démarche")
    kind = models.ForeignKey(DocumentKind, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="type")
    title = models.CharField("titre", max_length=200)
    year = models.PositiveSmallIntegerField("année", null=True, blank=True)
    implication = models.TextField("ce qu’il implique pour la feuille de route", blank=True)

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "document existant"
        verbose_name_plural = "documents existants"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.title


class TerritoryActor(VersionedModel):
    """A public or private actor of the territory (C-04)."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="territory_actors", verbose_name="démarche")
    name = models.CharField("nom", max_length=150)
    nature = models.CharField("nature", max_length=12, choices=ActorNature.choices)
    involvement = models.CharField("comment il est associé", max_length=300, blank=True)

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "acteur du territoire"
        verbose_name_plural = "acteurs du territoire"
        ordering: ClassVar = ["nature", "name"]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Who did what, when: the audit trail shown to the authority. `changes`: see `authorities.events.Change`.

    `subject_key`: what the event is about within its kind, in words that another instance understands too (the number
    of a sheet, the code of a lever, the number of a round with the code of a question).
    """

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="events", verbose_name="collectivité")
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="events", verbose_name="démarche"
    )
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    actor_participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="participant"
    )
    actor_label = models.CharField("auteur", max_length=150)
    verb = models.CharField("action", max_length=250)
    kind = models.CharField("objet", max_length=12, choices=EventKind.choices, blank=True)
    subject_key = models.CharField("repère de l’objet", max_length=80, blank=True)
    changes = models.JSONField("valeurs avant et après", default=list, blank=True)
    occurred_at = models.DateTimeField("date")

    class Meta:
        verbose_name = "événement"
        ordering: ClassVar = ["-occurred_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["authority", "-occurred_at"])]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb}"
