"""Settings, read from the environment. Without any variable the site runs at once on SQLite, for development.

In production set at least JALONS_ENV=production, SECRET_KEY, ALLOWED_HOSTS, SITE_URL and DATABASE_URL.
A value that cannot be read stops the start (django-environ raises).
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

ENVIRONMENT = env.str("JALONS_ENV", default="development")
if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured("JALONS_ENV vaut « development » ou « production ».")
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DEBUG", default=not IS_PRODUCTION)
VAR_DIR = env.path("JALONS_VAR", default=BASE_DIR / "var")()
VAR_DIR = Path(VAR_DIR)
VAR_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = env.str(
    "SECRET_KEY", default="" if IS_PRODUCTION else "development-only-key-never-used-in-production-0123456789"
)
if not SECRET_KEY:
    raise ImproperlyConfigured("Définissez SECRET_KEY : une longue chaîne aléatoire, gardée secrète.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="" if IS_PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
if not SITE_URL:
    raise ImproperlyConfigured("Définissez SITE_URL : l’adresse publique du site, que portent les liens des messages.")
# Name and address of whoever publishes this site, for the legal notice.
SITE_PUBLISHER = env.str("SITE_PUBLISHER", default="")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_PRODUCTION else []

# Applications -----------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "crispy_forms",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "common",
    "accounts",
    "reference",
    "authorities",
    "inventory",
    "diagnostics",
    "levers",
    "roadmap",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.PrivateAnswersMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.StaffSecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "common.middleware.PageWeightMiddleware",
    "common.middleware.RefusedMethodMiddleware",
    # The innermost: it reads the page as the view made it.
    "authorities.middleware.DraftMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context_processors.site",
                "accounts.context_processors.identity_provider",
            ],
        },
    },
]

# Database ---------------------------------------------------------------------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; "
        "PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728;"
    ),
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'jalons.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all the processes, so that limits on attempts count together and a code of the second factor serves once
# (docs/adr/0009-shared-cache.md). `migrate` makes the table.
CACHES = {"default": env.cache_url("CACHE_URL", default="dbcache://jalons_cache?max_entries=20000")}

# Accounts ---------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "roadmap:space_list"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# Besides the limits of the library: what sends a message to somebody without an account.
ACCOUNT_RATE_LIMITS = {"lost_link": "10/h/ip"}
# A code by e-mail instead of the password. No second sending from the same page: allauth sends the second one to known
# addresses only, which would tell them apart; whoever waits in vain asks again from the first page.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
# One message tells the owner of each change of password, address or second factor.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "signup": "accounts.forms.SignupForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmCodeForm",
    "add_email": "accounts.forms.AddEmailForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
CSRF_FAILURE_VIEW = "authorities.views.drafts.csrf_failure"
# After so many days without an answer of the référent, the national administration may answer a request to join.
MEMBERSHIP_ANSWER_DAYS = env.int("MEMBERSHIP_ANSWER_DAYS", default=7)

# Second factor ------------------------------------------------------------------
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Jalons"
# One step of 30 seconds before and after: the clocks of telephones drift.
MFA_TOTP_TOLERANCE = 1
# Browsers take http://localhost as safe; a public site is served by HTTPS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
MFA_FORMS = {
    "authenticate": "accounts.forms_second_factor.AuthenticateForm",
    "reauthenticate": "accounts.forms_second_factor.ReauthenticateForm",
    "activate_totp": "accounts.forms_second_factor.ActivateTotpForm",
    "deactivate_totp": "accounts.forms_second_factor.DeactivateTotpForm",
    "authenticate_webauthn": "accounts.forms_second_factor.AuthenticateKeyForm",
    "reauthenticate_webauthn": "accounts.forms_second_factor.ReauthenticateKeyForm",
    "add_webauthn": "accounts.forms_second_factor.AddKeyForm",
    "edit_webauthn": "accounts.forms_second_factor.EditKeyForm",
}
# The national administration and the reference data ask for a second factor.
MFA_REQUIRED_FOR_STAFF = env.bool("MFA_REQUIRED_FOR_STAFF", default=True)

# Identity provider (OpenID Connect), off when unset -------------------------------
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="").removesuffix("/.well-known/openid-configuration").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", default="ProConnect")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "email", "profile"])
OIDC_ACR_VALUES = env.str("OIDC_ACR_VALUES", default="")
OIDC_PKCE = env.bool("OIDC_PKCE", default=True)
# A trusted provider answers for the addresses that it gives: they open the account that has the same one.
OIDC_TRUSTED = env.bool("OIDC_TRUSTED", default=False)
# Other origins that the browser passes through on its way to the provider (`https://…`), for form-action.
OIDC_FORM_ACTION = env.list("OIDC_FORM_ACTION", default=[])
if OIDC_SERVER_URL and not OIDC_CLIENT_ID:
    raise ImproperlyConfigured("OIDC_SERVER_URL demande aussi OIDC_CLIENT_ID, et le plus souvent OIDC_CLIENT_SECRET.")
if OIDC_SERVER_URL and IS_PRODUCTION and not OIDC_SERVER_URL.startswith("https://"):
    raise ImproperlyConfigured("OIDC_SERVER_URL commence par https:// : les jetons ne voyagent pas en clair.")
SOCIALACCOUNT_ADAPTER = "accounts.identity.IdentityAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.IdentitySignupForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
# Chromium also checks form-action on the redirects that follow a form.
OIDC_ORIGINS = (
    [f"{urlsplit(OIDC_SERVER_URL).scheme}://{urlsplit(OIDC_SERVER_URL).netloc}", *OIDC_FORM_ACTION]
    if OIDC_SERVER_URL
    else []
)

# Sessions, cookies, transport ---------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    if env.bool("BEHIND_PROXY", default=True):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        # The address of the visitor is the one that the proxy saw, else the rate limits would count everybody as one.
        ALLAUTH_TRUSTED_PROXY_COUNT = 1
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# No inline code and nothing from another host: a constant header is enough, no nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *OIDC_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# Mail ---------------------------------------------------------------------------
# Every message is a row of the outbox, sent by the task worker. Development prints it in the console instead, and shows
# it whole at /developpement/courrier/: that page is the mailbox of a site of trial.
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Jalons <ne-pas-repondre@jalons.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if IS_PRODUCTION:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 20
# The links and the codes of a message leave the base with it; a site of trial keeps them, for they are read there.
MAIL_KEEPS_SECRETS = not IS_PRODUCTION
# After this time `manage.py prune_mail` forgets what a message said.
MAIL_RETENTION_DAYS = env.int("MAIL_RETENTION_DAYS", default=180)

# Tasks, run by `manage.py db_worker`: mail, and nothing else so far ---------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Language, time, files ------------------------------------------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# WhiteNoise warns when the folder is missing, as it is before the first collectstatic.
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Documents are private: they are served by gated views only, never from a public folder.
MEDIA_ROOT = VAR_DIR / "documents"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024

# Forms --------------------------------------------------------------------------
# A text that was typed and not saved is offered to its author for so long.
DRAFT_RETENTION_DAYS = env.int("DRAFT_RETENTION_DAYS", default=30)
# What names people goes once it has served: `manage.py prune_data` erases it after these times.
IMPORT_RETENTION_DAYS = env.int("IMPORT_RETENTION_DAYS", default=7)
# Between the request to erase the space of an authority and its erasure: anybody may still change their mind.
ERASURE_DELAY_DAYS = env.int("ERASURE_DELAY_DAYS", default=30)
# Documents made for a dossier, besides the frozen ones: they are made again when somebody asks.
DOSSIER_RETENTION_DAYS = env.int("DOSSIER_RETENTION_DAYS", default=60)
LINK_RETENTION_DAYS = env.int("LINK_RETENTION_DAYS", default=365)
REQUEST_RETENTION_DAYS = env.int("REQUEST_RETENTION_DAYS", default=365)
CRISPY_ALLOWED_TEMPLATE_PACKS = ["jalons"]
CRISPY_TEMPLATE_PACK = "jalons"
CRISPY_FAIL_SILENTLY = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # fontTools and WeasyPrint tell each subset they make.
    "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "WARNING"}},
}
