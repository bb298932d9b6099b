"""Routes of the diagnosis: hub, rounds, grids, interviews, meeting, results; ratings behind a personal link."""

from django.urls import URLPattern, URLResolver, include, path

from diagnostics.views import evidence, grids, interviews, meeting, ratings, results, rounds

app_name = "diagnostics"

diagnosis_patterns: list[URLPattern] = [
    path("", rounds.diagnosis_detail, name="diagnosis_detail"),
    path("couverture/", rounds.coverage, name="coverage"),
    # Round
    path("nouveau/", rounds.diagnosis_create, name="diagnosis_create"),
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
    # Results
    path("<int:pk>/resultats/", results.diagnosis_results_page, name="diagnosis_results"),
    path("<int:pk>/resultats/questions/", results.diagnosis_questions, name="diagnosis_questions"),
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
