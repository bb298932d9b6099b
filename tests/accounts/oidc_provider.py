"""A real OpenID Connect provider, run as a process: `python -m tests.accounts.oidc_provider PORT [MODE…]`.

It is `oidc-provider-mock`, which asks here for a registered nonce, plus what that library leaves out: PKCE is checked
(RFC 7636), the client secret too, and modes change what it answers:

- `signed-userinfo`: user information as a signed token (`application/jwt`), as ProConnect sends it;
- `wrong-nonce`, `wrong-signature`, `wrong-audience`, `wrong-subject`: faults that the site must refuse.
"""

import base64
import hashlib
import os
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
from authlib import jose

HOST = "localhost"
CLIENT_SECRET = os.environ["OIDC_TEST_SECRET"]
CHALLENGES: dict[str, str] = {}


def make_app(modes: set[str]) -> flask.Flask:
    """Return the provider, with the checks and the faults of the modes."""
    app = oidc_provider_mock.app(require_nonce=True)
    app.before_request(check_token_request)

    @app.after_request
    def change(response: flask.Response) -> flask.Response:
        path = flask.request.path
        if path == "/oauth2/authorize" and response.status_code == 302:
            code = parse_qs(urlsplit(response.location).query).get("code", [""])[0]
            CHALLENGES[code] = flask.request.args.get("code_challenge", "")
        if path == "/oauth2/token" and response.status_code == 200:
            response.set_data(flask.json.dumps(with_fault(response.get_json(), modes)))
        if path == "/userinfo" and response.status_code == 200:
            claims = response.get_json()
            if "wrong-subject" in modes:
                claims["sub"] = "somebody-else"
            response.set_data(flask.json.dumps(claims))
            if "signed-userinfo" in modes:
                response.set_data(sign({**claims, "iss": issuer(), "aud": "jalons"}))
                response.content_type = "application/jwt"
        return response

    return app


def check_token_request() -> Any:
    """Refuse a code without its PKCE verifier, and a client without its secret."""
    if flask.request.path != "/oauth2/token":
        return None
    form = flask.request.form
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    secret = form.get("client_secret") or (flask.request.authorization or {}).get("password")
    if CHALLENGES.pop(form.get("code", ""), "") != expected:
        return flask.jsonify(error="invalid_grant", error_description="PKCE"), 400
    if secret != CLIENT_SECRET:
        return flask.jsonify(error="invalid_client"), 401
    return None


def with_fault(tokens: dict[str, Any], modes: set[str]) -> dict[str, Any]:
    claims = jose.JsonWebToken(["RS256"]).decode(tokens["id_token"], key())
    changed = dict(claims)
    if "wrong-nonce" in modes:
        changed["nonce"] = "of-another-request"
    if "wrong-audience" in modes:
        changed["aud"] = "another-site"
    other = jose.RSAKey.generate_key(is_private=True) if "wrong-signature" in modes else None
    return {**tokens, "id_token": sign(changed, other)}


def sign(claims: dict[str, Any], other: Any = None) -> str:
    public = key().as_dict(is_private=False)
    header = {"alg": "RS256", "kid": public["kid"]}
    return jose.jwt.encode(header, {"iat": int(time.time()), **claims}, other or key()).decode()


def key() -> Any:
    return flask.g.oidc_provider_mock_storage.jwk


def issuer() -> str:
    return flask.request.host_url.rstrip("/")


if __name__ == "__main__":
    make_app(set(sys.argv[2:])).run(host=HOST, port=int(sys.argv[1]), debug=False, use_reloader=False)
