"""Everything that the checklist looks at, gathered in few queries."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from authorities.enums import ActorNature, Perimeter
from authorities.models import Initiative, SourceDocument, TerritoryActor
from diagnostics.models import AgreedLevel, Diagnosis, Question
from inventory.enums import InventoryState
from inventory.models import Inventory, InventoryLine
from levers.enums import Verdict
from levers.models import Decision, Shortlist, ShortlistedLever
from reference.models import Duty, Theme
from roadmap.completeness import DocumentFacts, ObjectiveFacts, RoadmapFacts
from roadmap.enums import ActionStatus
from roadmap.models import ActionSheet, Objective, Roadmap, RoadmapVersion, ThemeExplanation
from roadmap.selectors.sheets import detailed_sheets, sheet_facts

REEN_DUTIES = ("reen-programme", "reen-strategie", "reen-bilan-annuel")


def count_of(objects: QuerySet[Any], by: str = "initiative") -> Coalesce:
    """Return a sub-query that counts the objects whose `by` is the démarche of the outer query."""
    counted = objects.order_by().filter(**{by: OuterRef("pk")}).values(by).annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _count_all(model: type[Model], **conditions: Any) -> Coalesce:
    """Return a sub-query that counts rows of a reference table."""
    rows = model._default_manager.filter(**conditions).order_by().annotate(one=Value(1)).values("one")
    counted = rows.annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _counts(initiative: Initiative) -> dict[str, Any]:
    """Return every count that hangs on the démarche. One query."""
    newest_shortlist = Shortlist.objects.filter(initiative=OuterRef("pk")).order_by("-number")
    undecided = ShortlistedLever.objects.filter(is_set_aside=False).exclude(
        Exists(Decision.objects.filter(initiative=OuterRef("shortlist__initiative"), lever=OuterRef("lever")))
    )
    newest_inventory = Inventory.objects.filter(initiative=OuterRef("pk")).order_by("-state", "-number")
    # « frozen » sorts before « draft » when descending: the latest frozen lot, else the one in preparation.
    lines = InventoryLine.objects.filter(inventory=OuterRef("current_inventory"), quantity__gt=0).order_by()
    row = (
        Initiative.objects.filter(pk=initiative.pk)
        .annotate(
            public_actors=count_of(TerritoryActor.objects.filter(nature=ActorNature.PUBLIC)),
            private_actors=count_of(TerritoryActor.objects.exclude(nature=ActorNature.PUBLIC)),
            silent_actors=count_of(TerritoryActor.objects.filter(involvement="")),
            documents=count_of(SourceDocument.objects.all()),
            silent_documents=count_of(SourceDocument.objects.filter(implication="")),
            retained=count_of(Decision.objects.filter(verdict=Verdict.RETAINED)),
            newest_shortlist=Subquery(newest_shortlist.values("pk")[:1]),
            current_inventory=Subquery(newest_inventory.values("pk")[:1]),
            inventory_state=Subquery(newest_inventory.values("state")[:1]),
            legal_texts=_count_all(Duty, code__in=REEN_DUTIES),
            duties=_count_all(Duty),
        )
        .annotate(
            undecided=Coalesce(
                Subquery(
                    undecided.filter(shortlist=OuterRef("newest_shortlist"))
                    .order_by()
                    .values("shortlist")
                    .annotate(total=Count("pk"))
                    .values("total"),
                    output_field=IntegerField(),
                ),
                0,
            ),
            counted_lines=Coalesce(
                Subquery(
                    lines.values("inventory").annotate(total=Count("pk")).values("total"),
                    output_field=IntegerField(),
                ),
                0,
            ),
        )
        .values(
            "public_actors", "private_actors", "silent_actors", "documents", "silent_documents", "retained",
            "undecided", "current_inventory", "inventory_state", "counted_lines", "legal_texts", "duties",
        )
        .get()
    )  # fmt: skip
    return dict(row)


def _diagnosis_counts(initiative: Initiative) -> tuple[bool, int, int]:
    """Return whether a round is finished, how many dimensions have an agreed level, how many are asked. One query."""
    scored = AgreedLevel.objects.filter(diagnosis=OuterRef("pk"), level__isnull=False).order_by()
    asked = Question.objects.filter(questionnaire=OuterRef("questionnaire")).order_by()
    row = (
        Diagnosis.objects.filter(initiative=initiative, agreed_at__isnull=False)
        .annotate(
            scored=Subquery(
                scored.values("diagnosis").annotate(total=Count("question__dimension", distinct=True)).values("total"),
                output_field=IntegerField(),
            ),
            asked=Subquery(
                asked.values("questionnaire").annotate(total=Count("dimension", distinct=True)).values("total"),
                output_field=IntegerField(),
            ),
        )
        .order_by("-number")
        .values("scored", "asked")
        .first()
    )
    return (False, 0, 0) if row is None else (True, row["scored"] or 0, row["asked"] or 0)


def objective_facts(objective: Objective) -> ObjectiveFacts:
    """Return what the checks need to know of an objective."""
    return ObjectiveFacts(
        key=objective.pk,
        number=objective.number,
        title=objective.title,
        is_reduction=objective.is_reduction,
        has_baseline=objective.baseline is not None,
        has_target=objective.target is not None,
        has_date=objective.target_on is not None,
        has_indicator=bool(objective.indicator_name),
        has_unit=bool(objective.unit),
        has_source=bool(objective.source),
        has_frequency=bool(objective.frequency),
    )


def latest_version(roadmap: Roadmap) -> RoadmapVersion | None:
    """Return the last frozen version with its validation and its adoption, without its content. One query."""
    version: RoadmapVersion | None = (
        RoadmapVersion.objects.filter(roadmap=roadmap)
        .select_related("validation", "resolution")
        .defer("content")
        .first()
    )
    return version


def adopted_version(roadmap: Roadmap) -> RoadmapVersion | None:
    """Return the last adopted version, in force whatever was frozen since, without its content. One query."""
    versions = RoadmapVersion.objects.filter(roadmap=roadmap, resolution__isnull=False)
    version: RoadmapVersion | None = versions.select_related("resolution").defer("content").first()
    return version


def gather_facts(
    initiative: Initiative,
    roadmap: Roadmap | None,
    *,
    sheets: Sequence[ActionSheet] | None = None,
    version: RoadmapVersion | None = None,
) -> RoadmapFacts:
    """Return the facts that the checklist looks at. Seven queries, two less with the sheets and the version given.

    `sheets`: those of `detailed_sheets`, when the page has read them; `version`: the last frozen one.
    """
    counts = _counts(initiative)
    has_diagnosis, scored, asked = _diagnosis_counts(initiative)
    if roadmap is not None and sheets is None:
        sheets = list(detailed_sheets(roadmap))
    live = [sheet for sheet in sheets or () if sheet.status != ActionStatus.ABANDONED]
    objectives = list(Objective.objects.filter(roadmap=roadmap)) if roadmap else []
    explained = ThemeExplanation.objects.filter(roadmap=roadmap, theme=OuterRef("pk"))
    themes = list(Theme.objects.annotate(is_explained=Exists(explained)).order_by("number"))
    resolution = version.resolution_or_none if version else None
    authority = initiative.authority
    return RoadmapFacts(
        authority_name=authority.name,
        authority_kind=authority.get_kind_display(),
        population=authority.population,
        period_label=initiative.period_label,
        legal_texts_count=counts["legal_texts"],
        perimeter=initiative.perimeter,
        is_internal_only=initiative.perimeter == Perimeter.INTERNAL,
        territory_follow_up=initiative.territory_follow_up.strip(),
        public_actors_count=counts["public_actors"],
        private_actors_count=counts["private_actors"],
        actors_without_involvement_count=counts["silent_actors"],
        actors_involvement=initiative.actors_involvement.strip(),
        has_inventory=counts["current_inventory"] is not None,
        is_inventory_frozen=counts["inventory_state"] == InventoryState.FROZEN,
        has_footprint=counts["counted_lines"] > 0,
        uses_summary=initiative.uses_summary.strip(),
        engaged_actions=initiative.engaged_actions.strip(),
        has_agreed_diagnosis=has_diagnosis,
        scored_dimensions_count=scored,
        dimensions_count=asked,
        objectives=[objective_facts(objective) for objective in objectives],
        sheets=[sheet_facts(sheet) for sheet in live],
        retained_levers_count=counts["retained"],
        undecided_levers_count=counts["undecided"],
        governance=roadmap.governance.strip() if roadmap else "",
        committee_meetings_per_year=roadmap.committee_meetings_per_year if roadmap else None,
        steering_meetings_per_year=roadmap.steering_meetings_per_year if roadmap else None,
        council_reports_per_year=roadmap.council_reports_per_year if roadmap else None,
        theme_numbers=[theme.number for theme in themes],
        explained_theme_numbers=[theme.number for theme in themes if theme.is_explained],
        related_duties_count=counts["duties"],
        documents_count=counts["documents"],
        documents_without_implication_count=counts["silent_documents"],
        adopted_on=resolution.adopted_on if resolution else None,
        resolution_reference=resolution.reference if resolution else "",
        document=DocumentFacts(size_bytes=version.pdf_size_bytes if version else None),
    )
