"""Administration of the reference data: read only, for it comes from the files of `fixtures/`."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from inventory.models import (
    CategoryGroup,
    CategoryParameter,
    ElectricityMix,
    EquipmentCategory,
    FactorSet,
    FigureKind,
    ImpactFactor,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Reference data is corrected in its file and loaded again, so that each change is reviewed and dated."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FactorSet)
class FactorSetAdmin(ReadOnlyAdmin):
    list_display = ("version", "name", "published_on", "is_current", "content_hash")


@admin.register(ImpactFactor)
class ImpactFactorAdmin(ReadOnlyAdmin):
    list_display = ("category_code", "criterion", "step", "value", "unit", "preference", "quality", "licence_class")
    list_filter = ("factor_set", "criterion", "quality", "licence_class")
    search_fields = ("category_code", "source")


@admin.register(CategoryParameter)
class CategoryParameterAdmin(ReadOnlyAdmin):
    list_display = ("category_code", "lifetime_years", "electricity_kwh_per_year", "factor_set")
    search_fields = ("category_code", "label")


@admin.register(ElectricityMix)
class ElectricityMixAdmin(ReadOnlyAdmin):
    list_display = ("zone_label", "criterion", "value", "unit", "preference", "reference_year")
    list_filter = ("factor_set", "criterion")


@admin.register(EquipmentCategory)
class EquipmentCategoryAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "group", "is_flash", "is_light", "is_offered")
    list_filter = ("group",)


@admin.register(CategoryGroup)
class CategoryGroupAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "position")


@admin.register(FigureKind)
class FigureKindAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "unit", "value_type", "minimum", "maximum", "is_light")
