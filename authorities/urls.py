"""Routes of authorities: my authorities, personal links, preparation, members."""

from django.urls import URLPattern, URLResolver, include, path

from authorities import urls_committee
from authorities.views import (
    arbitration,
    authorities,
    calendar,
    copies,
    drafts,
    events,
    invitations,
    links,
    logos,
    members,
    participants,
    preparation,
)
from authorities.views import messages as message_views

app_name = "authorities"

preparation_patterns: list[URLPattern | URLResolver] = [
    path("", preparation.preparation_detail, name="preparation_detail"),
    path("collectivite/", authorities.authority_update, name="authority_update"),
    path("logo/", logos.logo_update, name="logo_update"),
    path("couleur/", logos.color_update, name="color_update"),
    path("logo/retirer/", logos.logo_delete, name="logo_delete"),
    path("obligations/", authorities.duty_list, name="duty_list"),
    path("reprendre/", copies.preparation_copy, name="preparation_copy"),
    path("demarche/", preparation.initiative_update, name="initiative_update"),
    path("etat-des-lieux/", preparation.state_of_play_update, name="state_of_play_update"),
    # Committee
    path("comite/", participants.participant_list, name="participant_list"),
    path("comite/ajouter/", participants.participant_create, name="participant_create"),
    path("comite/inviter/", participants.participant_invite, name="participant_invite"),
    path("comite/liens/", links.link_sheet, name="link_sheet"),
    path("comite/importer/", include(urls_committee.import_patterns)),
    path("comite/<int:pk>/", participants.participant_update, name="participant_update"),
    path("comite/<int:pk>/", include(urls_committee.person_patterns)),
    path("comite/<int:pk>/retirer/", participants.participant_deactivate, name="participant_deactivate"),
    path("comite/<int:pk>/reprendre/", participants.participant_reactivate, name="participant_reactivate"),
    path("documents-de-lancement/", include(urls_committee.kit_patterns)),
    # Calendar
    path("calendrier/", calendar.meeting_list, name="meeting_list"),
    path("calendrier/planifier/", calendar.calendar_plan, name="calendar_plan"),
    path("calendrier/ajouter/", calendar.meeting_create, name="meeting_create"),
    path("calendrier/export/", calendar.calendar_export, name="calendar_export"),
    path("calendrier/<int:pk>/", calendar.meeting_update, name="meeting_update"),
    path("calendrier/<int:pk>/export/", calendar.meeting_export, name="meeting_export"),
    path("calendrier/<int:pk>/supprimer/", calendar.meeting_delete, name="meeting_delete"),
    # Prerequisites, documents, actors
    path("prerequis/", preparation.prerequisite_list, name="prerequisite_list"),
    path("prerequis/<slug:code>/", preparation.prerequisite_update, name="prerequisite_update"),
    path("documents/", preparation.document_list, name="document_list"),
    path("documents/ajouter/", preparation.document_create, name="document_create"),
    path("documents/<int:pk>/", preparation.document_update, name="document_update"),
    path("documents/<int:pk>/supprimer/", preparation.document_delete, name="document_delete"),
    path("acteurs/", preparation.actor_list, name="actor_list"),
    path("acteurs/ajouter/", preparation.actor_create, name="actor_create"),
    path("acteurs/<int:pk>/", preparation.actor_update, name="actor_update"),
    path("acteurs/<int:pk>/supprimer/", preparation.actor_delete, name="actor_delete"),
]

member_patterns: list[URLPattern] = [
    path("", members.member_list, name="member_list"),
    path("<int:pk>/", members.member_update, name="member_update"),
    path("<int:pk>/retirer/", members.member_delete, name="member_delete"),
    path("demandes/<int:pk>/", members.membership_request_accept, name="membership_request_accept"),
    path("demandes/<int:pk>/refuser/", members.membership_request_refuse, name="membership_request_refuse"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # One more authority
    path("collectivites/nouvelle/", authorities.authority_search, name="authority_search"),
    path("collectivites/nouvelle/autre/", authorities.authority_create_manual, name="authority_create_manual"),
    path("collectivites/nouvelle/<slug:territory_code>/", authorities.authority_create, name="authority_create"),
    path(
        "collectivites/rejoindre/<int:authority_pk>/",
        authorities.membership_request_create,
        name="membership_request_create",
    ),
    path("collectivites/participation/", invitations.own_participation_open, name="own_participation_open"),
    # Texts that are not saved yet
    path("brouillons/", drafts.draft_keep, name="draft_keep"),
    path("brouillons/effacer/", drafts.draft_discard, name="draft_discard"),
    # National administration
    path("administration-nationale/demandes/", arbitration.arbitration_list, name="arbitration_list"),
    path("administration-nationale/demandes/<int:pk>/", arbitration.arbitration_answer, name="arbitration_answer"),
    # Personal links
    path("invitations/", invitations.invitation_lost, name="invitation_lost"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/nouveau/", invitations.invitation_renew, name="invitation_renew"),
    # Space of an authority
    path("collectivites/<slug:authority_slug>/preparer/", include(preparation_patterns)),
    path("collectivites/<slug:authority_slug>/membres/", include(member_patterns)),
    path("collectivites/<slug:authority_slug>/logo/", logos.authority_logo, name="authority_logo"),
    path("participation/<int:participant_pk>/logo/", logos.participant_logo, name="participant_logo"),
    path("collectivites/<slug:authority_slug>/messages/", message_views.message_list, name="message_list"),
    path("participation/<int:participant_pk>/lien/", links.link_rotate, name="link_rotate"),
    path("participation/<int:participant_pk>/courriels/", message_views.participant_mail, name="participant_mail"),
    path("collectivites/<slug:authority_slug>/journal/", events.event_list, name="event_list"),
    path("collectivites/<slug:authority_slug>/journal/csv/", events.event_export, name="event_export"),
    path("collectivites/<slug:authority_slug>/journal/<int:pk>/", events.event_detail, name="event_detail"),
    path("collectivites/<slug:authority_slug>/demarches/", authorities.initiative_list, name="initiative_list"),
]
