"""Routes of levers."""

from django.urls import URLPattern, URLResolver, include, path

from levers.views import (
    ballots,
    catalogue,
    decisions,
    local_levers,
    results,
    scenarios,
    screens,
    second_votes,
    shortlists,
    votes,
    workshop,
    workshop_minutes,
)

app_name = "levers"

authority_patterns: list[URLPattern | URLResolver] = [
    # Catalogue
    path("leviers/", catalogue.lever_list, name="lever_list"),
    path("leviers/comparer/", catalogue.lever_compare, name="lever_compare"),
    path("leviers/<int:pk>/", catalogue.lever_detail, name="lever_detail"),
    # Local levers
    path("leviers/locaux/", local_levers.local_lever_list, name="local_lever_list"),
    path("leviers/locaux/nouveau/", local_levers.local_lever_create, name="local_lever_create"),
    path("leviers/locaux/<int:pk>/modifier/", local_levers.local_lever_update, name="local_lever_update"),
    path("leviers/locaux/<int:pk>/retirer/", local_levers.local_lever_withdraw, name="local_lever_withdraw"),
    path("leviers/locaux/<int:pk>/remettre/", local_levers.local_lever_restore, name="local_lever_restore"),
    path("leviers/locaux/<int:pk>/partager/", local_levers.local_lever_share, name="local_lever_share"),
    # Scenarios of the inventory
    path("inventaire/scenarios/<int:scenario_pk>/leviers/", scenarios.scenario_lever_list, name="scenario_lever_list"),
    # Shortlist
    path("preselection/", shortlists.shortlist_detail, name="shortlist_detail"),
    path("preselection/cartes/", shortlists.lever_cards, name="lever_cards"),
    path("preselection/modifier/", shortlists.shortlist_update, name="shortlist_update"),
    path("preselection/proposition/", shortlists.shortlist_suggest, name="shortlist_suggest"),
    path("preselection/soumettre/", shortlists.shortlist_submit, name="shortlist_submit"),
    path("preselection/reprendre/", shortlists.shortlist_withdraw, name="shortlist_withdraw"),
    path("preselection/validation/", shortlists.shortlist_validate, name="shortlist_validate"),
    path("preselection/rouvrir/", shortlists.shortlist_reopen, name="shortlist_reopen"),
    # Ballots
    path("votes/", ballots.ballot_list, name="ballot_list"),
    path("votes/nouveau/", ballots.ballot_create, name="ballot_create"),
    path("votes/<int:pk>/", ballots.ballot_detail, name="ballot_detail"),
    path("votes/<int:pk>/prolonger/", ballots.ballot_extend, name="ballot_extend"),
    path("votes/<int:pk>/fermer/", ballots.ballot_close, name="ballot_close"),
    path("votes/<int:pk>/rappel/", ballots.reminder_send, name="reminder_send"),
    path("votes/<int:pk>/votants/", ballots.voter_create, name="voter_create"),
    path("votes/<int:pk>/votants/<int:voter_pk>/", ballots.paper_ballot, name="paper_ballot"),
    # Results, after the closing
    path("votes/<int:pk>/resultats/", results.ballot_results, name="ballot_results"),
    path("votes/<int:pk>/resultats/<slug:pile>/", results.ballot_pile, name="ballot_pile"),
    path("votes/<int:pk>/classement/", results.ballot_ranking, name="ballot_ranking"),
    path("votes/<int:pk>/tableau/", results.ballot_table, name="ballot_table"),
    path("votes/<int:pk>/raisons/", results.ballot_comments, name="ballot_comments"),
    path("votes/<int:pk>/services/", results.ballot_services, name="ballot_services"),
    path("votes/<int:pk>/fichiers/<slug:export_slug>/", results.ballot_export, name="ballot_export"),
    path("votes/<int:pk>/ordre-du-jour/", results.ballot_agenda, name="ballot_agenda"),
    # Decisions
    path("decisions/", decisions.decision_list, name="decision_list"),
    path("decisions/consensus/", decisions.decision_confirm, name="decision_confirm"),
    path("decisions/effort-impact/", decisions.decision_matrix, name="decision_matrix"),
    path("decisions/<int:lever_pk>/", decisions.decision_update, name="decision_update"),
    # Workshop
    path("decisions/atelier/", workshop.workshop_detail, name="workshop_detail"),
    path("decisions/atelier/accueil/", workshop.workshop_welcome, name="workshop_welcome"),
    path("decisions/atelier/consensus/", workshop.workshop_confirm, name="workshop_confirm"),
    path("decisions/atelier/annuler/", workshop.workshop_undo, name="workshop_undo"),
    path("decisions/atelier/fin/", workshop.workshop_end, name="workshop_end"),
    path("decisions/atelier/ecran/", screens.workshop_projection, name="workshop_projection"),
    path("decisions/atelier/compte-rendu/", workshop_minutes.workshop_minutes, name="workshop_minutes"),
    path(
        "decisions/atelier/compte-rendu/<slug:extension>/", workshop_minutes.workshop_document, name="workshop_document"
    ),
    path("decisions/atelier/leviers/<int:lever_pk>/", workshop.workshop_lever, name="workshop_lever"),
    path("decisions/atelier/leviers/<int:lever_pk>/projeter/", workshop.workshop_show, name="workshop_show"),
    path("decisions/atelier/leviers/<int:lever_pk>/parking/", workshop.workshop_park, name="workshop_park"),
    path("decisions/atelier/leviers/<int:lever_pk>/mains/", second_votes.workshop_hands, name="workshop_hands"),
    path("decisions/atelier/leviers/<int:lever_pk>/telephones/", second_votes.workshop_phones, name="workshop_phones"),
]

participant_patterns: list[URLPattern | URLResolver] = [
    path("votes/<int:pk>/", votes.vote_list, name="vote_list"),
    path("votes/<int:pk>/bulletin/", votes.paper_take, name="paper_take"),
    path("votes/<int:pk>/tableau/", votes.vote_table, name="vote_table"),
    path("votes/<int:pk>/<int:lever_pk>/", votes.vote_update, name="vote_update"),
    path("atelier/<int:vote_pk>/", second_votes.second_vote_update, name="second_vote_update"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("collectivites/<slug:authority_slug>/", include(authority_patterns)),
    path("participation/atelier/", second_votes.workshop_entry, name="workshop_entry"),
    path("participation/<int:participant_pk>/", include(participant_patterns)),
]
