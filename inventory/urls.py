"""Routes of the inventory: the same pages behind the two gates."""

from django.urls import include, path

from inventory.views import changes, entry, footprint, hosting, imports, lots, results, scenarios, spreadsheets

app_name = "inventory"

authority_patterns = [
    path("", lots.inventory_detail, name="inventory_detail"),
    # Lots
    path("lots/", lots.inventory_list, name="inventory_list"),
    path("lots/nouveau/", lots.inventory_create, name="inventory_create"),
    path("lots/<int:inventory_pk>/", lots.lot_detail, name="lot_detail"),
    path("lots/<int:inventory_pk>/releve/", lots.line_list, name="line_list"),
    path("lots/<int:inventory_pk>/copier/", lots.inventory_copy, name="inventory_copy"),
    path("lots/<int:inventory_pk>/figer/", lots.inventory_freeze, name="inventory_freeze"),
    path("lots/<int:inventory_pk>/familles/", lots.category_add, name="category_add"),
    path("comparer/", results.lot_compare, name="lot_compare"),
    path("lots/<int:inventory_pk>/resultats/", results.result_list, name="result_list"),
    path("lots/<int:inventory_pk>/resultats/recalculer/", results.inventory_recalculate, name="inventory_recalculate"),
    # Files
    path("lots/<int:inventory_pk>/exports/", results.export_list, name="export_list"),
    path("lots/<int:inventory_pk>/exports/<slug:export_slug>/", results.export_download, name="export_download"),
    # Filling
    path("lots/<int:inventory_pk>/tableau/", entry.line_update, name="line_update"),
    path("lots/<int:inventory_pk>/familles/<slug:group_code>/", entry.group_update, name="group_update"),
    path("lots/<int:inventory_pk>/chiffres/", entry.figure_update, name="figure_update"),
    path("lots/<int:inventory_pk>/machines/<slug:machine_code>/", hosting.hosting_update, name="hosting_update"),
    # Spreadsheet
    path("lots/<int:inventory_pk>/tableur/", spreadsheets.inventory_export, name="inventory_export"),
    path("lots/<int:inventory_pk>/import/", spreadsheets.inventory_import, name="inventory_import"),
    path("lots/<int:inventory_pk>/import/<int:import_pk>/", spreadsheets.import_detail, name="import_detail"),
    path(
        "lots/<int:inventory_pk>/import/<int:import_pk>/confirmer/", spreadsheets.import_confirm, name="import_confirm"
    ),
    # Table of the estate
    path("lots/<int:inventory_pk>/import/<int:import_pk>/colonnes/", imports.import_columns, name="import_columns"),
    path("lots/<int:inventory_pk>/import/<int:import_pk>/familles/", imports.import_families, name="import_families"),
    path("lots/<int:inventory_pk>/import/<int:import_pk>/annuler/", imports.import_undo, name="import_undo"),
    # Footprint
    path("lots/<int:inventory_pk>/empreinte/", footprint.footprint_detail, name="footprint_detail"),
    path("lots/<int:inventory_pk>/empreinte/familles/", footprint.family_list, name="family_list"),
    path("lots/<int:inventory_pk>/empreinte/incertitude/", footprint.uncertainty_detail, name="uncertainty_detail"),
    path("lots/<int:inventory_pk>/empreinte/jeux-de-facteurs/", footprint.choice_detail, name="choice_detail"),
    path("lots/<int:inventory_pk>/empreinte/reperes/", footprint.reference_detail, name="reference_detail"),
    path("lots/<int:inventory_pk>/electricite/", footprint.electricity_update, name="electricity_update"),
    path("lots/<int:inventory_pk>/empreinte/<slug:category_code>/", footprint.trace_detail, name="trace_detail"),
    # Scenarios
    path("lots/<int:inventory_pk>/scenarios/", scenarios.scenario_list, name="scenario_list"),
    path("lots/<int:inventory_pk>/scenarios/nouveau/", scenarios.scenario_create, name="scenario_create"),
    path("lots/<int:inventory_pk>/scenarios/essai/", scenarios.trial_adopt, name="trial_adopt"),
    path("lots/<int:inventory_pk>/scenarios/comparer/", scenarios.scenario_compare, name="scenario_compare"),
    path("scenarios/<int:scenario_pk>/", scenarios.scenario_detail, name="scenario_detail"),
    path("scenarios/<int:scenario_pk>/modifier/", scenarios.scenario_update, name="scenario_update"),
    path("scenarios/<int:scenario_pk>/retirer/", scenarios.scenario_delete, name="scenario_delete"),
    path("scenarios/<int:scenario_pk>/ajouter/<slug:kind_slug>/", changes.change_create, name="change_create"),
    path("scenarios/<int:scenario_pk>/changements/<int:change_pk>/", changes.change_update, name="change_update"),
    path("scenarios/<int:scenario_pk>/changements/<int:change_pk>/deplacer/", changes.change_move, name="change_move"),
    path(
        "scenarios/<int:scenario_pk>/changements/<int:change_pk>/retirer/", changes.change_delete, name="change_delete"
    ),
]

participant_patterns = [
    path("", lots.participant_inventory_detail, name="participant_inventory_detail"),
    path("lots/<int:inventory_pk>/familles/", lots.participant_category_add, name="participant_category_add"),
    path("lots/<int:inventory_pk>/tableau/", entry.participant_line_update, name="participant_line_update"),
    path(
        "lots/<int:inventory_pk>/familles/<slug:group_code>/",
        entry.participant_group_update,
        name="participant_group_update",
    ),
    path("lots/<int:inventory_pk>/chiffres/", entry.participant_figure_update, name="participant_figure_update"),
    path(
        "lots/<int:inventory_pk>/machines/<slug:machine_code>/",
        hosting.participant_hosting_update,
        name="participant_hosting_update",
    ),
    path(
        "lots/<int:inventory_pk>/tableur/",
        spreadsheets.participant_inventory_export,
        name="participant_inventory_export",
    ),
    path(
        "lots/<int:inventory_pk>/import/",
        spreadsheets.participant_inventory_import,
        name="participant_inventory_import",
    ),
    path(
        "lots/<int:inventory_pk>/import/<int:import_pk>/",
        spreadsheets.participant_import_detail,
        name="participant_import_detail",
    ),
    path(
        "lots/<int:inventory_pk>/import/<int:import_pk>/confirmer/",
        spreadsheets.participant_import_confirm,
        name="participant_import_confirm",
    ),
    path(
        "lots/<int:inventory_pk>/import/<int:import_pk>/colonnes/",
        imports.participant_import_columns,
        name="participant_import_columns",
    ),
    path(
        "lots/<int:inventory_pk>/import/<int:import_pk>/familles/",
        imports.participant_import_families,
        name="participant_import_families",
    ),
    path(
        "lots/<int:inventory_pk>/import/<int:import_pk>/annuler/",
        imports.participant_import_undo,
        name="participant_import_undo",
    ),
]

urlpatterns = [
    path("collectivites/<slug:authority_slug>/inventaire/", include(authority_patterns)),
    path("participation/<int:participant_pk>/inventaire/", include(participant_patterns)),
]
