"""Administration of the reference data. What the fixtures hold is read here; the files are what one edits."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from reference.models import (
    CalendarPreset,
    ComplianceCheck,
    Dimension,
    DocumentKind,
    Duty,
    DutyStep,
    PopulationStratum,
    Prerequisite,
    Service,
    Territory,
    Theme,
)


class DutyStepInline(admin.TabularInline):
    model = DutyStep
    extra = 0


@admin.register(Duty)
class DutyAdmin(admin.ModelAdmin):
    list_display = ("title", "nature", "population_over", "legal_reference")
    list_filter = ("nature",)
    search_fields = ("title", "legal_reference")
    inlines: ClassVar = [DutyStepInline]


@admin.register(Territory)
class TerritoryAdmin(admin.ModelAdmin):
    list_display = ("name", "nature", "department_code", "population", "population_total")
    list_filter = ("kind",)
    search_fields = ("search_name", "code", "siren")


@admin.register(Dimension)
class DimensionAdmin(admin.ModelAdmin):
    """Dimensions belong to a published version of the method: they are read, never typed."""

    list_display = ("name", "code", "framework")
    list_filter = ("framework",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


admin.site.register([CalendarPreset, ComplianceCheck, DocumentKind, PopulationStratum, Prerequisite, Service, Theme])
