"""Settings of the test suite: fast hasher, mail in memory, files in a temporary folder."""

import tempfile
from pathlib import Path

from config.settings import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_KEEPS_SECRETS = False
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = Path(tempfile.gettempdir()) / "jalons-tests"
ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment]
SHOW_COMPONENTS = True
# Turned on by the tests of the rule itself.
MFA_REQUIRED_FOR_STAFF = False
MIDDLEWARE = [*MIDDLEWARE, "tests.readonly.ReadOnlyGetMiddleware"]  # noqa: F405
