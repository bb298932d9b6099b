"""Routes of the account: the views of django-allauth under French addresses, with the names that it expects."""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as key_views
from allauth.socialaccount import views as social_views
from django.urls import URLPattern, path, re_path

from accounts import views, views_entrance, views_mail, views_provider, views_security

urlpatterns: list[URLPattern] = [
    path("", views.account, name="account"),
    path("supprimer/", views_security.account_delete, name="account_delete"),
    # In and out
    path("connexion/", allauth_views.login, name="account_login"),
    path("connexion/code/", allauth_views.request_login_code, name="account_request_login_code"),
    path("connexion/code/saisie/", views_entrance.confirm_login_code, name="account_confirm_login_code"),
    path("connexion/second-facteur/", factor_views.authenticate, name="mfa_authenticate"),
    path("deconnexion/", allauth_views.logout, name="account_logout"),
    path("inscription/", views_entrance.signup, name="account_signup"),
    path("inactif/", allauth_views.account_inactive, name="account_inactive"),
    path("identite/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("identite/code/", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("identite/cle/", key_views.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("courriels/", views_mail.mail_preferences, name="mail_preferences"),
    # Address
    path("adresse/", allauth_views.email, name="account_email"),
    path("adresse/code/", views_entrance.confirm_address, name="account_email_verification_sent"),
    # Password
    path("mot-de-passe/", allauth_views.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", allauth_views.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", allauth_views.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/nouveau/fait/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # Second factor
    path("second-facteur/", factor_views.index, name="mfa_index"),
    path("second-facteur/application/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("second-facteur/application/retirer/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-facteur/cles/", key_views.list_webauthn, name="mfa_list_webauthn"),
    path("second-facteur/cles/ajouter/", key_views.add_webauthn, name="mfa_add_webauthn"),
    path("second-facteur/cles/<int:pk>/nom/", key_views.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-facteur/cles/<int:pk>/retirer/", views_security.remove_key, name="mfa_remove_webauthn"),
    path("second-facteur/secours/", views_security.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-facteur/secours/telecharger/",
        views_security.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path(
        "second-facteur/secours/nouveaux/", recovery_views.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    # Sessions
    path("sessions/", views_security.session_list, name="usersessions_list"),
    path("sessions/autres/fermer/", views_security.session_end_others, name="usersessions_end_others"),
    path("sessions/<int:session_pk>/fermer/", views_security.session_end, name="usersessions_end"),
    # Identity provider
    path("fournisseur/", views_provider.oidc_login, name="oidc_login"),
    path("fournisseur/lier/", views_provider.oidc_connect, name="oidc_connect"),
    path("fournisseur/retour/", views_provider.oidc_callback, name="oidc_callback"),
    path(
        "fournisseur/annule/",
        views_provider.off_when_unset(social_views.login_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path("fournisseur/inscription/", views_provider.off_when_unset(social_views.signup), name="socialaccount_signup"),
    path(
        "fournisseur/identites/",
        views_provider.off_when_unset(social_views.connections),
        name="socialaccount_connections",
    ),
]
