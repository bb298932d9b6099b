"""Routes of the diagnosis: hub, rounds, grids, interviews, meeting, results; ratings behind a personal link."""

from django.urls import URLPattern, URLResolver, include, path

from diagnostics.views import (
    consistency,
    evidence,
    grids,
    interviews,
    meeting,
    minutes,
    projection,
    ratings,
    results,
    rounds,
)

app_name = "diagnostics"

diagnosis_patterns: list[URLPattern] = [
    path("", rounds.diagnosis_detail, name="diagnosis_detail"),
    path("couverture/", rounds.coverage, name="coverage"),
    # Round
    path("nouveau/", rounds.diagnosis_create, name="diagnosis_create"),
    path("nouveau/ce-qui-change/", rounds.questionnaire_compare, name="questionnaire_compare"),
    path("<int:pk>/preparer/", rounds.diagnosis_update, name="diagnosis_update"),
    path("<int:pk>/ouvrir/", rounds.diagnosis_open, name="diagnosis_open"),
    path("<int:pk>/suivi/", rounds.diagnosis_follow, name="diagnosis_follow"),
    path("<int:pk>/suivi/ajouter/", rounds.rater_add, name="rater_add"),
    path("<int:pk>/suivi/relancer/", rounds.reminder_send, name="reminder_send"),
    path("<int:pk>/prolonger/", rounds.diagnosis_extend, name="diagnosis_extend"),
    path("<int:pk>/clore/", rounds.diagnosis_close, name="diagnosis_close"),
    # Interview grids
    path("<int:pk>/grilles/", grids.grid_import, name="grid_import"),
    path("<int:pk>/grilles/fichier/", grids.grid_export, name="grid_export"),
    path("<int:pk>/grilles/<int:grid_pk>/", grids.grid_import_detail, name="grid_import_detail"),
    path("<int:pk>/grilles/<int:grid_pk>/confirmer/", grids.grid_import_confirm, name="grid_import_confirm"),
    # Interviews
    path("<int:pk>/entretiens/<int:rater_pk>/", interviews.interview_start, name="interview_start"),
    path(
        "<int:pk>/entretiens/<int:rater_pk>/<slug:dimension_code>/",
        interviews.interview_update,
        name="interview_update",
    ),
    path(
        "<int:pk>/entretiens/<int:rater_pk>/<slug:question_code>/pieces/",
        evidence.interview_evidence,
        name="interview_evidence",
    ),
    # Evidence
    path("pieces/<int:evidence_pk>/", evidence.evidence_file, name="evidence_file"),
    path("pieces/<int:evidence_pk>/retirer/", evidence.evidence_delete, name="evidence_delete"),
    path(
        "<int:pk>/reunion/questions/<slug:question_code>/pieces/",
        evidence.agreement_evidence,
        name="agreement_evidence",
    ),
    path(
        "<int:pk>/resultats/questions/<slug:question_code>/pieces/",
        evidence.question_evidence,
        name="question_evidence",
    ),
    # Meeting
    path("<int:pk>/reunion/", meeting.agreement_list, name="agreement_list"),
    path("<int:pk>/reunion/consensus/", meeting.agreement_accept, name="agreement_accept"),
    path("<int:pk>/reunion/terminer/", meeting.diagnosis_agree, name="diagnosis_agree"),
    path("<int:pk>/reunion/reprendre/", meeting.meeting_reopen, name="meeting_reopen"),
    path("<int:pk>/reunion/questions/<slug:question_code>/", meeting.agreement_update, name="agreement_update"),
    path("<int:pk>/reunion/projection/", projection.projection_start, name="projection_start"),
    path("<int:pk>/reunion/projection/<slug:question_code>/", projection.projection_update, name="projection_update"),
    path("<int:pk>/reunion/compte-rendu/", minutes.minutes_update, name="minutes_update"),
    path("<int:pk>/reunion/compte-rendu.<slug:extension>", minutes.minutes_document, name="minutes_document"),
    path("<int:pk>/reunion/coherence/", consistency.agreement_review, name="agreement_review"),
    # Results
    path("<int:pk>/resultats/", results.diagnosis_results_page, name="diagnosis_results"),
    path("<int:pk>/resultats/questions/", results.diagnosis_questions, name="diagnosis_questions"),
    path(
        "<int:pk>/resultats/dimensions/<slug:dimension_code>/", results.diagnosis_dimension, name="diagnosis_dimension"
    ),
    path("<int:pk>/resultats/progres/", results.diagnosis_margins, name="diagnosis_margins"),
    path("<int:pk>/resultats/comparaison/", results.diagnosis_comparison, name="diagnosis_comparison"),
    path("<int:pk>/resultats/comparables/", results.diagnosis_peers, name="diagnosis_peers"),
    path("<int:pk>/resultats/coherence/", consistency.diagnosis_consistency, name="diagnosis_consistency"),
]

rating_patterns: list[URLPattern] = [
    path("", ratings.rating_list, name="rating_list"),
    path("pieces/<int:evidence_pk>/", evidence.participant_evidence_file, name="participant_evidence_file"),
    path("pieces/<int:evidence_pk>/retirer/", evidence.participant_evidence_delete, name="participant_evidence_delete"),
    path(
        "<int:diagnosis_pk>/<slug:question_code>/pieces/",
        evidence.participant_evidence,
        name="participant_evidence",
    ),
    path("<int:diagnosis_pk>/fin/", ratings.rating_end, name="rating_end"),
    path("<int:diagnosis_pk>/<slug:question_code>/", ratings.rating_update, name="rating_update"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("collectivites/<slug:authority_slug>/diagnostics/", include(diagnosis_patterns)),
    path("participation/<int:participant_pk>/avis/", include(rating_patterns)),
]
