"""Settings of the site under test: those of production as far as plain HTTP on loopback allows."""

from config.settings import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
SHOW_COMPONENTS = True
SHOW_OUTBOX = True
# No worker beside the server under test: messages leave at once.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MIDDLEWARE = ["tests.browser.query_count.QueryCountMiddleware", *MIDDLEWARE]  # noqa: F405
# The pages of the national administration are measured; the second factor that it owes has tests of its own.
MFA_REQUIRED_FOR_STAFF = False
