"""Django's settings: one list of modules, everything else follows from it or from the environment."""

from __future__ import annotations

import os
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from rochdale.shared import home, keys, logs
from rochdale.shared.postgres import addresses

MODULES = [
    "rochdale.audit",
    "rochdale.cooperatives",
    "rochdale.messages",
    "rochdale.ledger",
    "rochdale.privacy",
    "rochdale.bylaws",
    "rochdale.offices",
    "rochdale.members",
    "rochdale.payments",
    "rochdale.openbooks",
    "rochdale.archives",
    "rochdale.founding",
    "rochdale.sectors.music",
    *(found.value for found in entry_points(group="rochdale.sectors")),
]
"""Every module, core first: adding one is a folder and a line here, or an installed package with this entry point."""

DEBUG = os.environ.get("ROCHDALE_DEBUG", "") == "1"
SECRET_KEY = os.environ.get("ROCHDALE_SECRET_KEY") or keys.secret("django").hex()
SECRET_KEY_FALLBACKS = [] if os.environ.get("ROCHDALE_SECRET_KEY") else [each.hex() for each in keys.secrets("django")[1:]]
"""What was signed before the host's key was changed stays valid while its old generation is kept."""
ALLOWED_HOSTS = os.environ.get("ROCHDALE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("ROCHDALE_ORIGINS", "").split(",") if origin]
ROCHDALE_URL = os.environ.get("ROCHDALE_URL", "http://127.0.0.1:8000").rstrip("/")
"""How the world reaches this host; it stands in the links of messages."""
ROCHDALE_DEMO = os.environ.get("ROCHDALE_DEMO", "") == "1"
"""A host whose people are made up: what was sent is shown, nothing goes out."""
HTTPS = os.environ.get("ROCHDALE_HTTPS", "") == "1"
"""Served behind TLS: cookies and redirects insist on it."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "ninja",
    "django_htmx",
    "csp",
    "rochdale.shared",
    *MODULES,
    "allauth",  # after ours, so that our pages stand in for theirs
    "allauth.account",
    "allauth.mfa",
]

DATABASES: dict[str, dict[str, Any]] = {"default": addresses.django_settings()}
DATABASE_ROUTERS = ["rochdale.shared.postgres.router.SchemaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "rochdale_cache"}}

AUTH_USER_MODEL = "cooperatives.Person"
ROOT_URLCONF = "rochdale.project.urls"
WSGI_APPLICATION = "rochdale.project.wsgi.application"

MIDDLEWARE = [
    "rochdale.shared.metrics.Measured",
    "rochdale.cooperatives.middleware.CoopRoute",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rochdale.shared.web.RefusalPages",
    "rochdale.members.middleware.WhoActs",
    "rochdale.cooperatives.middleware.CoopSchema",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rochdale.shared.frame.frame",
            ],
        },
    },
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]
_NAMED = [("en", _("English")), ("de", _("German")), ("es", _("Spanish")), ("fr", _("French")), ("hi", _("Hindi"))]
LANGUAGES = [
    (code, name) for code, name in _NAMED if code == "en" or (LOCALE_PATHS[0] / code / "LC_MESSAGES" / "django.mo").is_file()
]
"""The languages a reader can choose: English, and those whose texts are there. A page half in another helps nobody."""

STATIC_URL = "/static/"
STATIC_ROOT = home.data_root() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_USE_FINDERS = False
MEDIA_ROOT = home.data_root() / "files"

SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked on the machine itself, past the proxy
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("ROCHDALE_BEHIND_PROXY", "") == "1" else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/my-coops/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "rochdale.messages.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "rochdale.cooperatives.forms.LoginForm",
    "signup": "rochdale.cooperatives.forms.SignupForm",
    "add_email": "rochdale.cooperatives.forms.AddEmailForm",
    "reset_password": "rochdale.cooperatives.forms.ResetPasswordForm",
    "request_login_code": "rochdale.cooperatives.forms.RequestLoginCodeForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ROCHDALE_PROXIES", "0"))
SESSION_COOKIE_AGE = 14 * 24 * 3600

MFA_ADAPTER = "rochdale.cooperatives.adapter.SecretsAdapter"
MFA_TOTP_PERIOD = 30
MFA_FORMS = {"add_webauthn": "rochdale.cooperatives.forms.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers themselves allow it on localhost only
MFA_TOTP_ISSUER = "Rochdale"
MFA_TOTP_TOLERANCE = 1

ROCHDALE_DEMO = os.environ.get("ROCHDALE_DEMO", "") == "1"
"""A host that only plays: nothing is really sent, and the simulator shows the log-in codes."""
ROCHDALE_SMS_TRANSPORT = os.environ.get("ROCHDALE_SMS_TRANSPORT", "rochdale.messages.transports.simulate_sms")
EMAIL_HOST = os.environ.get("ROCHDALE_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("ROCHDALE_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("ROCHDALE_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ROCHDALE_MAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("ROCHDALE_MAIL_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("ROCHDALE_MAIL_FROM", "rochdale@localhost")

ROCHDALE_BACKUPS = os.environ.get("ROCHDALE_BACKUPS", "")
ROCHDALE_BACKUP_AT = os.environ.get("ROCHDALE_BACKUP_AT", "17 2 * * *")
ROCHDALE_BACKUP_KEEP = os.environ.get("ROCHDALE_BACKUP_KEEP", "7,5,12")
ROCHDALE_RESTORE_MOST_GB = int(os.environ.get("ROCHDALE_RESTORE_MOST_GB", "200"))

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "rochdale.shared.jobs.declare"

LOGGING = logs.settings(os.environ.get("ROCHDALE_LOG", "WARNING"))
