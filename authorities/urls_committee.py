"""Routes of the committee: import of a list, personal links, kick-off kit, under the preparation of an authority."""

from django.urls import URLPattern, path

from authorities.views import committee_import as imports
from authorities.views import kit, links, participants

import_patterns: list[URLPattern] = [
    path("", imports.committee_import, name="committee_import"),
    path("modele/", imports.committee_template, name="committee_template"),
    path("<int:import_pk>/", imports.committee_import_detail, name="committee_import_detail"),
    path("<int:import_pk>/confirmer/", imports.committee_import_confirm, name="committee_import_confirm"),
    path("<int:import_pk>/<int:place>/", imports.committee_import_line, name="committee_import_line"),
]

person_patterns: list[URLPattern] = [
    path("relancer/", participants.participant_remind, name="participant_remind"),
    path("lien/envoyer/", links.link_send, name="link_send"),
    path("lien/", links.link_copy, name="link_copy"),
    path("lien/revoquer/", links.link_revoke, name="link_revoke"),
]

kit_patterns: list[URLPattern] = [
    path("", kit.kit_detail, name="kit_detail"),
    path("<slug:kit_slug>.<slug:extension>", kit.kit_document, name="kit_document"),
]
