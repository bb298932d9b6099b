"""Routes of roadmap: the dashboard, the roadmap and its versions, the home behind a personal link."""

from django.urls import URLPattern, URLResolver, include, path

from roadmap.views import (
    dashboard,
    data,
    dossier,
    exchange,
    history,
    initiatives,
    load,
    national,
    objectives,
    own_actions,
    participants,
    placements,
    publications,
    reference_entries,
    references,
    restitution,
    schedule,
    shares,
    sheets,
    spaces,
    texts,
    versions,
)

app_name = "roadmap"

roadmap_patterns: list[URLPattern] = [
    # Sheets
    path("", sheets.roadmap_detail, name="roadmap_detail"),
    path("fiches/creer/", sheets.sheets_create, name="sheets_create"),
    path("fiches/<int:pk>/", sheets.sheet_detail, name="sheet_detail"),
    path("fiches/modifier/", sheets.sheets_update, name="sheets_update"),
    path("fiches/valider/", sheets.sheets_validate, name="sheets_validate"),
    path("fiches/hors-ligne/", exchange.sheet_exchange, name="sheet_exchange"),
    path("fiches/hors-ligne/tableur/", exchange.sheet_export, name="sheet_export"),
    path("fiches/hors-ligne/<int:import_pk>/", exchange.sheet_exchange_detail, name="sheet_exchange_detail"),
    path(
        "fiches/hors-ligne/<int:import_pk>/confirmer/", exchange.sheet_exchange_confirm, name="sheet_exchange_confirm"
    ),
    path("fiches/<int:pk>/confirmer/", sheets.sheet_confirm, name="sheet_confirm"),
    path("fiches/<int:pk>/soumettre/", sheets.sheet_submit, name="sheet_submit"),
    path("fiches/<int:pk>/rendre/", sheets.sheet_return, name="sheet_return"),
    path("fiches/<int:pk>/copier/", sheets.sheet_duplicate, name="sheet_duplicate"),
    path("fiches/<int:pk>/retirer/", sheets.sheet_delete, name="sheet_delete"),
    path("fiches/<int:pk>/notes/", sheets.sheet_notes, name="sheet_notes"),
    path("fiches/<int:pk>/notes/<int:note_pk>/retirer/", sheets.sheet_note_delete, name="sheet_note_delete"),
    path("fiches/<int:pk>/pieces/", sheets.sheet_files, name="sheet_files"),
    path("fiches/<int:pk>/pieces/<int:file_pk>/", sheets.sheet_file, name="sheet_file"),
    path("fiches/<int:pk>/pieces/<int:file_pk>/retirer/", sheets.sheet_file_delete, name="sheet_file_delete"),
    path("fiches/<int:pk>/calendrier/", placements.sheet_place, name="sheet_place"),
    path("fiches/<int:pk>/calendrier/annuler/", placements.sheet_unplace, name="sheet_unplace"),
    path("fiches/<int:pk>/calendrier/liberer/", placements.sheet_release, name="sheet_release"),
    path("fiches/<int:pk>/partager/", shares.sheet_share, name="sheet_share"),
    path("fiches/<int:pk>/historique/", history.sheet_versions, name="sheet_history"),
    path("fiches/<int:pk>/historique/comparer/", history.sheet_compare, name="sheet_compare"),
    path("fiches/<int:pk>/historique/<int:number>/", history.sheet_restore, name="sheet_restore"),
    path("fiches/<int:pk>/<slug:part_slug>/", sheets.sheet_update, name="sheet_update"),
    # Sheets shared with another authority
    path("partages/", shares.share_list, name="share_list"),
    path("partages/<int:share_pk>/", shares.share_detail, name="share_detail"),
    path("partages/<int:share_pk>/accepter/", shares.share_accept, name="share_accept"),
    path("partages/<int:share_pk>/refuser/", shares.share_decline, name="share_decline"),
    path("partages/<int:share_pk>/terminer/", shares.share_end, name="share_end"),
    # Objectives
    path("objectifs/", objectives.objective_list, name="objective_list"),
    path("objectifs/ajouter/", objectives.objective_create, name="objective_create"),
    path("objectifs/recalculer/", objectives.savings_refresh, name="savings_refresh"),
    path("objectifs/economies/", objectives.savings_detail, name="savings_detail"),
    path("objectifs/<int:pk>/", objectives.objective_update, name="objective_update"),
    path("objectifs/<int:pk>/retirer/", objectives.objective_delete, name="objective_delete"),
    # Schedule
    path("calendrier/", schedule.schedule_detail, name="schedule_detail"),
    path("calendrier/proposition/", schedule.schedule_propose, name="schedule_propose"),
    path("calendrier/liberer/", schedule.schedule_release, name="schedule_release"),
    path("calendrier/agenda/", schedule.schedule_export, name="schedule_export"),
    path("charge/", load.load_detail, name="load_detail"),
    path("charge/capacites/", load.capacity_update, name="capacity_update"),
    # Texts
    path("themes/", texts.theme_list, name="theme_list"),
    path("textes/", texts.texts_update, name="texts_update"),
    # Validation and versions
    path("valider/", versions.validation_detail, name="validation_detail"),
    path("projet/pdf/", versions.draft_pdf, name="draft_pdf"),
    path("versions/figer/", versions.version_freeze, name="version_freeze"),
    path("versions/<int:number>/", versions.version_detail, name="version_detail"),
    path("versions/<int:number>/differences/", versions.version_differences, name="version_differences"),
    path("versions/<int:number>/pdf/", versions.version_pdf, name="version_pdf"),
    path("versions/<int:number>/adoption/pdf/", versions.version_adopted_pdf, name="version_adopted_pdf"),
    path("versions/<int:number>/validation/", versions.version_validate, name="version_validate"),
    path("versions/<int:number>/adoption/", versions.version_adopt, name="version_adopt"),
    path("versions/<int:number>/publier/", publications.version_publish, name="version_publish"),
    path("page-publique/fermer/", publications.public_page_close, name="public_page_close"),
    # Dossier
    path("dossier/", dossier.dossier_detail, name="dossier_detail"),
    path("dossier/preparer/", dossier.dossier_prepare, name="dossier_prepare"),
    path("dossier/continuer/", dossier.dossier_go_on, name="dossier_go_on"),
    path("dossier/tout/", dossier.dossier_zip, name="dossier_zip"),
    path("dossier/<slug:document_code>/", dossier.dossier_document, name="dossier_document"),
    path("dossier/<slug:document_code>/<slug:document_key>/", dossier.dossier_file, name="dossier_file"),
    path("versions/<int:number>/dossier/", dossier.dossier_detail, name="version_dossier"),
    path("versions/<int:number>/dossier/preparer/", dossier.dossier_prepare, name="version_dossier_prepare"),
    path("versions/<int:number>/dossier/continuer/", dossier.dossier_go_on, name="version_dossier_go_on"),
    path("versions/<int:number>/dossier/tout/", dossier.dossier_zip, name="version_dossier_zip"),
    path("versions/<int:number>/dossier/<slug:document_code>/", dossier.dossier_document, name="version_document"),
    path(
        "versions/<int:number>/dossier/<slug:document_code>/<slug:document_key>/",
        dossier.dossier_file,
        name="version_file",
    ),
    # Follow-up
    path("suivi/", dashboard.follow_up_detail, name="follow_up_detail"),
]

# A démarche by its number: a former one is only read.
initiative_patterns: list[URLPattern] = [
    path("", initiatives.initiative_detail, name="initiative_detail"),
    path("notes/", initiatives.initiative_levels, name="initiative_levels"),
    path("actions/", initiatives.initiative_actions, name="initiative_actions"),
    path("decisions/", initiatives.initiative_decisions, name="initiative_decisions"),
    path("versions/<int:number>/pdf/", versions.version_pdf, name="initiative_version_pdf"),
    path("versions/<int:number>/adoption/pdf/", versions.version_adopted_pdf, name="initiative_adopted_pdf"),
]

# What an authority holds about people.
data_patterns: list[URLPattern] = [
    path("", data.data_detail, name="data_detail"),
    path("archive/", data.archive_download, name="archive_download"),
    path("effacer/", data.authority_erase, name="authority_erase"),
    path("effacer/annuler/", data.authority_erase_cancel, name="authority_erase_cancel"),
    path("personnes/<int:pk>/effacer/", data.person_erase, name="person_erase"),
    path("personnes/<int:pk>/telecharger/", data.person_download, name="person_download"),
]

# An action, for the person who leads it.
own_action_patterns: list[URLPattern] = [
    path("", own_actions.participant_sheet, name="participant_sheet_detail"),
    path("confirmer/", own_actions.participant_sheet_confirm, name="participant_sheet_confirm"),
    path("soumettre/", own_actions.participant_sheet_submit, name="participant_sheet_submit"),
    path("notes/", own_actions.participant_sheet_notes, name="participant_sheet_notes"),
    path(
        "notes/<int:note_pk>/retirer/",
        own_actions.participant_sheet_note_delete,
        name="participant_sheet_note_delete",
    ),
    path("pieces/", own_actions.participant_sheet_files, name="participant_sheet_files"),
    path("pieces/<int:file_pk>/", own_actions.participant_sheet_file, name="participant_sheet_file"),
    path(
        "pieces/<int:file_pk>/retirer/",
        own_actions.participant_sheet_file_delete,
        name="participant_sheet_file_delete",
    ),
    path("<slug:part_slug>/", own_actions.participant_sheet_update, name="participant_sheet_update"),
]

participant_patterns: list[URLPattern | URLResolver] = [
    path("", participants.participant_home, name="participant_home"),
    path("donnees/", participants.participant_download, name="participant_download"),
    path("feuille-de-route/", participants.participant_roadmap, name="participant_roadmap"),
    path("feuille-de-route/pdf/", participants.participant_roadmap_pdf, name="participant_roadmap_pdf"),
    path("actions/agenda/", participants.participant_calendar, name="participant_calendar"),
    path(
        "feuille-de-route/documents/<slug:document_code>/",
        participants.participant_document,
        name="participant_document",
    ),
    path("actions/<int:pk>/", include(own_action_patterns)),
]

# National administration: the reference content, its versions and their drafts.
entry_patterns: list[URLPattern] = [
    path("", reference_entries.reference_entry, name="reference_entry"),
    path("retirer/", reference_entries.reference_entry_delete, name="reference_entry_delete"),
    path("<slug:entry_part>/", reference_entries.reference_entry_update, name="reference_entry_update"),
]
draft_patterns: list[URLPattern | URLResolver] = [
    path("", references.reference_draft, name="reference_draft"),
    path("en-tete/", references.reference_update, name="reference_update"),
    path("ajouter/<slug:entry_kind>/", reference_entries.reference_entry_create, name="reference_entry_create"),
    path("entrees/<int:entry_pk>/", include(entry_patterns)),
    path("differences/", references.reference_compare, name="reference_compare"),
    path("fichier/", references.reference_export, name="reference_export"),
    path("remplacer/", references.reference_replace, name="reference_replace"),
    path("publier/", references.reference_publish, name="reference_publish"),
    path("abandonner/", references.reference_abandon, name="reference_abandon"),
]
reference_patterns: list[URLPattern | URLResolver] = [
    path("", references.reference_list, name="reference_list"),
    path("deposer-des-facteurs/", references.reference_upload, name="reference_upload"),
    path("brouillons/<int:pk>/", include(draft_patterns)),
    path("<slug:reference_kind>/<str:version_code>/preparer/", references.reference_prepare, name="reference_prepare"),
    path("<slug:reference_kind>/<str:version_code>/fichier/", references.reference_download, name="reference_download"),
    path("<slug:reference_kind>/<str:version_code>/proposer/", references.reference_propose, name="reference_propose"),
]

# Open to everybody while an authority publishes its adopted roadmap.
public_patterns: list[URLPattern] = [
    path("", publications.public_roadmap, name="public_roadmap"),
    path("document/", publications.public_pdf, name="public_pdf"),
    path("donnees.json", publications.public_data, name="public_data"),
    path("logo/", publications.public_logo, name="public_logo"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("feuilles-de-route/<slug:public_slug>/", include(public_patterns)),
    path("administration-nationale/references/", include(reference_patterns)),
    path("collectivites/", spaces.space_list, name="space_list"),
    path("collectivites/<slug:authority_slug>/", dashboard.dashboard, name="dashboard"),
    path(
        "collectivites/<slug:authority_slug>/demarches/ouvrir/", initiatives.initiative_create, name="initiative_create"
    ),
    path(
        "collectivites/<slug:authority_slug>/demarches/<int:number>/reprendre/",
        initiatives.initiative_resume,
        name="initiative_resume",
    ),
    path("collectivites/<slug:authority_slug>/demarches/<int:initiative_number>/", include(initiative_patterns)),
    path("collectivites/<slug:authority_slug>/feuille-de-route/", include(roadmap_patterns)),
    path("collectivites/<slug:authority_slug>/donnees/", include(data_patterns)),
    # Slides of a diagnosis: they also show the inventory and the levers.
    path(
        "collectivites/<slug:authority_slug>/diagnostics/<int:diagnosis_pk>/presentation/powerpoint/",
        restitution.restitution_pptx,
        name="restitution_pptx",
    ),
    path(
        "collectivites/<slug:authority_slug>/diagnostics/<int:diagnosis_pk>/presentation/libreoffice/",
        restitution.restitution_odp,
        name="restitution_odp",
    ),
    path(
        "collectivites/<slug:authority_slug>/diagnostics/<int:diagnosis_pk>/presentation/pdf/",
        restitution.restitution_pdf,
        name="restitution_pdf",
    ),
    path("participation/<int:participant_pk>/", include(participant_patterns)),
    path("administration-nationale/chiffres/", national.figures_detail, name="national_figures"),
]
