"""Identity provider (OpenID Connect): discovery, code flow with PKCE, state and nonce, signed answers.

django-allauth finds this module by its name. On top of its provider, which sends no nonce, does not check the signature
of what it receives over TLS and reads user information as JSON only, this one:

- sends a nonce and a state of 48 characters (ProConnect asks for 32 at least) and nothing that the visitor chose;
- checks the signature of the identity token with the published keys, its issuer, audience, dates and nonce;
- reads user information that comes as a signed token (`application/jwt`), as ProConnect sends it;
- keeps of it only what identifies the account.

Sources: OpenID Connect Core 1.0 (§ 3.1.3.7, 5.3), Discovery 1.0 (§ 4.3); documentation of ProConnect for service
providers (`implementation_technique`, `donnees_fournies`).
"""

import json
import secrets
from typing import Any

import jwt
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare

RANDOM_LENGTH_BYTES = 36  # 48 characters once encoded
CLOCK_LEEWAY_S = 30
ASYMMETRIC_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
SHARED_SECRET_ALGORITHM = "HS256"  # noqa: S105 - the name of an algorithm
# What is kept with the account; the rest of the answer is forgotten.
KEPT_CLAIMS = ("sub", "email", "siret")


class IdentityProviderError(OAuth2Error):
    """The provider did not answer, or not what the protocol asks."""


class IdentityOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """Talk to the provider and check what it says."""

    # Set by the view of the return, from the session of the visitor.
    expected_nonce = ""
    # Kept by the view for signing out at the provider too.
    raw_id_token = ""
    _configuration: dict[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the published configuration, asked once in a request: the return is a GET, which reads no cache."""
        if self._configuration is None:
            self._configuration = self._discover(self.get_provider().server_url)
        return self._configuration

    def _discover(self, url: str) -> dict[str, Any]:
        config = self._get_json(url)
        missing = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"} - set(config)
        if missing:
            raise IdentityProviderError(f"the configuration lacks {', '.join(sorted(missing))}")
        if str(config["issuer"]).rstrip("/") != settings.OIDC_SERVER_URL:
            raise IdentityProviderError("the configuration is that of another issuer")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        # The public address, not the Host header: providers compare it letter for letter.
        return settings.SITE_URL + reverse("oidc_callback")

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        self.raw_id_token = kwargs["response"].get("id_token") or ""
        if not self.raw_id_token:
            raise IdentityProviderError("no identity token")
        claims = self._verified(self.raw_id_token, is_id_token=True)
        if not self.expected_nonce or not constant_time_compare(str(claims.get("nonce", "")), self.expected_nonce):
            raise IdentityProviderError("the identity token answers another request")
        data = {**claims, **self._user_information(token.token, str(claims["sub"]))}
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, data)
        return login

    def _user_information(self, access_token: str, subject: str) -> dict[str, Any]:
        url = self.openid_config.get("userinfo_endpoint")
        if not url:
            return {}
        with get_adapter().get_requests_session() as session:
            response = session.get(url, headers={"Authorization": f"Bearer {access_token}"})
            response.raise_for_status()
        is_signed = response.headers.get("Content-Type", "").split(";")[0].strip() == "application/jwt"
        information = self._verified(response.text, is_id_token=False) if is_signed else _json_of(response)
        if str(information.get("sub")) != subject:
            raise IdentityProviderError("the user information is that of somebody else")
        return information

    def _verified(self, token: str, *, is_id_token: bool) -> dict[str, Any]:
        """Return the claims of a signed token. The signed user information may leave issuer, audience and dates out."""
        app = self.get_provider().app
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") == SHARED_SECRET_ALGORITHM:
                key, algorithms = app.secret, [SHARED_SECRET_ALGORITHM]
            else:
                key, algorithms = self._public_key(header.get("kid")), ASYMMETRIC_ALGORITHMS
            unverified = jwt.decode(token, options={"verify_signature": False})
            claims: dict[str, Any] = jwt.decode(
                token,
                key=key,
                algorithms=algorithms,
                leeway=CLOCK_LEEWAY_S,
                issuer=self.openid_config["issuer"] if is_id_token or "iss" in unverified else None,
                audience=app.client_id if is_id_token or "aud" in unverified else None,
                options={"require": ["iss", "aud", "exp", "iat", "sub"] if is_id_token else ["sub"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise IdentityProviderError(f"refused token: {error}") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise IdentityProviderError("the token was made for another site")
        return claims

    def _public_key(self, key_id: str | None) -> Any:
        """Return the published key that the token names, or the only one when it names none."""
        keys = jwt.PyJWKSet.from_dict(self._get_json(self.openid_config["jwks_uri"])).keys
        fitting = [key for key in keys if key_id is None or key.key_id == key_id]
        if not fitting or (key_id is None and len(fitting) > 1):
            raise IdentityProviderError("no published key fits")
        return fitting[0].key

    def _get_json(self, url: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(url)
            response.raise_for_status()
        return _json_of(response)


def _json_of(response: requests.Response) -> dict[str, Any]:
    try:
        data = response.json()
    except (json.JSONDecodeError, requests.JSONDecodeError) as error:
        raise IdentityProviderError("the answer is not JSON") from error
    if not isinstance(data, dict):
        raise IdentityProviderError("the answer is not an object")
    return data


class IdentityProvider(OpenIDConnectProvider):
    """The provider named in the environment. `sub_id` is its address: a subject is unique at one issuer only."""

    oauth2_adapter_class = IdentityOAuth2Adapter

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("oidc_login")

    def get_callback_url(self) -> str:
        return reverse("oidc_callback")

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return dict(self.get_auth_params())

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(RANDOM_LENGTH_BYTES)
        auth_params = {**(kwargs.pop("auth_params", None) or self.get_auth_params()), "nonce": nonce}
        response: HttpResponse = super().redirect(
            request, process, next_url=next_url, data=data, auth_params=auth_params, nonce=nonce, **kwargs
        )
        return response

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in KEPT_CLAIMS if isinstance(data.get(name), str)}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the address and the name. ProConnect writes the family name `usual_name`."""
        parts = [data.get("given_name"), data.get("usual_name") or data.get("family_name")]
        built = " ".join(part for part in parts if isinstance(part, str) and part.strip())
        name = built or (data.get("name") if isinstance(data.get("name"), str) else "")
        return {"email": data.get("email"), "name": name or ""}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return the address, verified when the provider is trusted and does not say the contrary.

        Whoever holds a verified address opens the participation of the person invited there: the word of a provider
        that the site did not declare trusted is not enough, and a code is sent.
        """
        email = data.get("email")
        if not isinstance(email, str) or not email:
            return []
        is_verified = settings.OIDC_TRUSTED and data.get("email_verified", True) is True
        return [EmailAddress(email=email, verified=is_verified, primary=True)]


provider_classes = [IdentityProvider]
