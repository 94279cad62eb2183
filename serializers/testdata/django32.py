"""Dumps a database with Django, or loads a fixture into it: python3 django32.py dump|load database format indent fixture."""

import sys

mode, database, form, indent, fixture = sys.argv[1:]

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", SITE_ID=1,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.admin", "django.contrib.sites",
                    "django.contrib.flatpages", "django.contrib.redirects"],
)
django.setup()
from django.core.management import call_command

if mode == "load":
    call_command("loaddata", fixture, verbosity=0)
else:
    call_command("dumpdata", "auth.Group", "auth.User", "sites.Site", "flatpages", format=form, indent=int(indent) or None, output=fixture, verbosity=0)
