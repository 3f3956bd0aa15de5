"""Every setting of an installation, in one typed file. What may differ comes from the environment."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import databases, environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("HEARBACK_DATA", str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

TESTING = "pytest" in sys.modules
DEBUG = environment.flag("HEARBACK_DEBUG")

# ── Secrets ────────────────────────────────────────────────────────────────────
SECRET_KEY = environment.text("HEARBACK_SECRET_KEY") or environment.key_file(DATA_DIR / "secret_key")
# Hashes customer references. Apart from the secret key, because changing it would
# cut every customer's history in two; it is part of the backup.
CUSTOMER_KEY = environment.text("HEARBACK_CUSTOMER_KEY") or environment.key_file(DATA_DIR / "customer_key")
# Encrypts what connectors and webhooks sign with (accounts.vault). Part of the backup, and kept apart from it.
VAULT_KEY = environment.text("HEARBACK_VAULT_KEY") or environment.key_file(DATA_DIR / "vault_key")

# ── Who may call, and how ──────────────────────────────────────────────────────
ALLOWED_HOSTS = environment.names("HEARBACK_HOSTS", "127.0.0.1,localhost,[::1]")
# Connectors and webhooks ask public addresses only; "allow" is for a help desk inside the own network.
OUTBOUND_PRIVATE = environment.text("HEARBACK_OUTBOUND_PRIVATE") == "allow"
# The address people type, such as https://hearback.example; links in messages start with it.
PUBLIC_URL = environment.text("HEARBACK_URL", "http://127.0.0.1:8000").rstrip("/")
PUBLIC_URL_IS_SET = bool(environment.text("HEARBACK_URL"))
HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# Orchestrators ask for health over plain http inside the network.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# A shared desk: the session ends after this long without use (accounts.middleware.idle_clock).
SESSION_COOKIE_AGE = environment.number("HEARBACK_IDLE_MINUTES", 60) * 60

# ── The house ──────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "config.apps.HearbackConfig",
    "demo",
    "dashboards",
    "collaboration",
    "experiments",
    "hypotheses",
    "feedback",
    "metrics",
    "outbox",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "outbox.middleware.note_use",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.idle_clock",
    "accounts.middleware.person_preferences",
    "accounts.middleware.extra_headers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "accounts.middleware.GuardDoors",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.company",
                "dashboards.context.rail",
            ],
            "builtins": ["accounts.templatetags.hearback"],
        },
    }
]

# ── Data ───────────────────────────────────────────────────────────────────────
DATABASE_URL = environment.text("DATABASE_URL")
DATABASES: dict[str, Any] = {
    "default": databases.at(DATABASE_URL) if DATABASE_URL else databases.sqlite(DATA_DIR / "hearback.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = environment.text("REDIS_URL")
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": environment.text("HEARBACK_REDIS_PREFIX", "hearback"),
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    }
    if REDIS_URL and not TESTING
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Uploads wait here, under random names outside the web root, until their job has read them.
UPLOAD_DIR = DATA_DIR / "uploads"
UPLOAD_MAX_BYTES = environment.number("HEARBACK_UPLOAD_MB", 200) * 1024 * 1024
# How far the reading of a file goes; `feedback.uploads.limits` hands these on.
UPLOAD_MAX_ROWS = environment.number("HEARBACK_UPLOAD_ROWS", 5_000_000)
UPLOAD_MAX_COLUMNS = environment.number("HEARBACK_UPLOAD_COLUMNS", 2_000)
UPLOAD_MAX_CELL = environment.number("HEARBACK_UPLOAD_CELL", 131_072)
# Packed files: their size when unpacked, how many times the packed size that may be, and the same for workbooks,
# which are held in memory sheet by sheet.
UPLOAD_MAX_UNPACKED_BYTES = environment.number("HEARBACK_UPLOAD_UNPACKED_MB", 2_048) * 1024 * 1024
UPLOAD_MAX_RATIO = environment.number("HEARBACK_UPLOAD_RATIO", 200)
UPLOAD_MAX_WORKBOOK_BYTES = environment.number("HEARBACK_UPLOAD_WORKBOOK_MB", 512) * 1024 * 1024
UPLOAD_MAX_SHEET_CELLS = environment.number("HEARBACK_UPLOAD_SHEET_CELLS", 5_000_000)
# One call of a webhook, and how often one sender may call one address.
HOOK_MAX_BYTES = environment.number("HEARBACK_HOOK_MB", 5) * 1024 * 1024
HOOK_RATE = environment.text("HEARBACK_HOOK_RATE", "3000/min")
# So long what changed rows said before is kept, and an import can be undone.
IMPORT_UNDO_DAYS = environment.number("HEARBACK_UNDO_DAYS", 90)
# So long an upload waits for its mapping before it is deleted.
DRAFT_DAYS = environment.number("HEARBACK_DRAFT_DAYS", 7)
# Stops at the limit while the file streams in.
FILE_UPLOAD_HANDLERS = ["feedback.uploads.CappedUpload"]
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# ── People ─────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.Person"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    # Sign-in speed is not what tests are about; one test checks the real list.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.signin.locked_out"
AXES_VERBOSE = False
INVITATION_DAYS = 14
# The password of the demo company's people; made at the first start when it is not given.
DEMO_PASSWORD = environment.text("HEARBACK_DEMO_PASSWORD")

# ── Language and time ──────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "hb_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ── Static files ───────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# ── API ────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": environment.text("HEARBACK_API_RATE", "1200/min")},
    # Whose word about the caller's address is taken: anybody can write X-Forwarded-For.
    "NUM_PROXIES": max(0, environment.number("HEARBACK_PROXIES", 0)),
    "EXCEPTION_HANDLER": "accounts.errors.explain",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hearback",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "HypothesisStatus": "hypotheses.serializers.SENT",
        "ExperimentStatus": "experiments.models.Status",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.openapi.declare_errors",
    ],
}

# ── Background work ────────────────────────────────────────────────────────────
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_PREFIX = environment.text("HEARBACK_REDIS_PREFIX", "hearback")
JOB_LEASE_SECONDS = environment.number("HEARBACK_JOB_LEASE_SECONDS", 60)
JOB_MAX_ATTEMPTS = 5
# A worker that dies at the same place so often is killed by the work. Restarts of a host must not add up to that.
JOB_MAX_CUT_OFFS = 12
# After this long a job lets others go first; it goes on later from its cursor.
JOB_TURN_SECONDS = environment.number("HEARBACK_JOB_TURN_SECONDS", 900)
RELAY_SECONDS = 0.5
WORKER_CONCURRENCY = environment.number("HEARBACK_WORKER_CONCURRENCY", 2)
WEB_PROCESSES = environment.number("HEARBACK_WEB_PROCESSES", 2)
# Named here because the worker stands on a floor below it.
CELERY_APP = "config.celery.app"
# /metrics answers this machine, and whoever sends this as a bearer token.
METRICS_TOKEN = environment.text("HEARBACK_METRICS_TOKEN")
# Seconds in which a decision can be taken back before its message goes out.
UNDO_SECONDS = environment.number("HEARBACK_UNDO_SECONDS", 60)

# ── Logs ───────────────────────────────────────────────────────────────────────
LOGGING = logs.configured(
    as_json=environment.text("HEARBACK_LOG", "plain") == "json",
    level=environment.text("HEARBACK_LOG_LEVEL", "WARNING"),
)
