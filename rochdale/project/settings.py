"""Django's settings: one list of modules, everything else follows from it or from the environment."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from rochdale.shared import home, keys
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
    "rochdale.founding",
    "rochdale.sectors.music",
]
"""Every module, core first: adding one is a folder and a line here."""
MODULES = [name for name in MODULES if find_spec(f"{name}.apps") and name not in os.environ.get("ROCHDALE_WITHOUT", "").split(",")]

DEBUG = os.environ.get("ROCHDALE_DEBUG", "") == "1"
SECRET_KEY = os.environ.get("ROCHDALE_SECRET_KEY") or keys.secret("django").hex()
ALLOWED_HOSTS = os.environ.get("ROCHDALE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("ROCHDALE_ORIGINS", "").split(",") if origin]
HTTPS = os.environ.get("ROCHDALE_HTTPS", "") == "1"
"""Served behind TLS: cookies and redirects insist on it."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "ninja",
    "django_htmx",
    "csp",
    "rochdale.shared",
    *MODULES,
]

DATABASES: dict[str, dict[str, Any]] = {"default": addresses.django_settings()}
DATABASE_ROUTERS = ["rochdale.shared.postgres.router.SchemaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "rochdale_cache"}}

AUTH_USER_MODEL = "cooperatives.Person"
ROOT_URLCONF = "rochdale.project.urls"
WSGI_APPLICATION = "rochdale.project.wsgi.application"

MIDDLEWARE = [
    name
    for name in (
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
    )
    if not name.startswith("rochdale.") or find_spec(name.rpartition(".")[0])
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
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
LANGUAGES = [("en", _("English")), ("de", _("German")), ("es", _("Spanish")), ("fr", _("French")), ("hi", _("Hindi"))]
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]

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
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ROCHDALE_LOG", "WARNING")},
}
