"""Routes of the account: the views of django-allauth under French addresses, with the names that it expects."""

from allauth.account import views as allauth_views
from django.urls import URLPattern, path, re_path

from accounts import views

urlpatterns: list[URLPattern] = [
    path("", views.account, name="account"),
    # In and out
    path("connexion/", allauth_views.login, name="account_login"),
    path("connexion/code/", allauth_views.confirm_login_code, name="account_confirm_login_code"),
    path("deconnexion/", allauth_views.logout, name="account_logout"),
    path("inscription/", allauth_views.signup, name="account_signup"),
    path("inactif/", allauth_views.account_inactive, name="account_inactive"),
    path("identite/", allauth_views.reauthenticate, name="account_reauthenticate"),
    # Address
    path("adresse/", allauth_views.email, name="account_email"),
    path("adresse/code/", allauth_views.email_verification_sent, name="account_email_verification_sent"),
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
]
