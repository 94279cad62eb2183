"""Looks at a database with Django: python3 look.py theirs|ours database.

"theirs" migrates an empty database first. Both then say what migrate and makemigrations would do, use each model, and
print as JSON what Django sees in the database.
"""

import io
import json
import os
import sys

mode, database = sys.argv[1:]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", SITE_ID=1,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.admin", "django.contrib.sites",
                    "django.contrib.flatpages", "django.contrib.redirects", "newsroom"],
)
django.setup()
from django.core.management import call_command
from django.db import connection


def said(*args, **options):
    out = io.StringIO()
    try:
        call_command(*args, stdout=out, **options)
    except SystemExit as end:
        out.write("exit code %s" % end.code)
    return out.getvalue()


def use():
    """Writes a row of each model and reads it back."""
    from django.apps import apps
    from django.contrib.auth.models import Group, Permission, User
    from django.contrib.sessions.backends.db import SessionStore
    from newsroom.models import Author, Everything, IntKey, Notice, PhotoStory, Profile, Review, SmallKey, Story, Tag
    import datetime
    import uuid

    user = User.objects.create_user("ada", "ada@example.com", "secret")
    group = Group.objects.create(name="editors")
    group.permissions.add(Permission.objects.get(codename="add_user"))
    user.groups.add(group)
    session = SessionStore()
    session["who"] = "ada"
    session.save()
    author = Author.objects.create(name="Ada", email="a@example.com")
    student = Author.objects.create(name="Bob", email="b@example.com", mentor=author)
    Profile.objects.create(author=author)
    story = Story.objects.create(title="T", slug="t", author=author, words=3)
    story.tags.add(Tag.objects.create(slug="go", label="Go"))
    story.related.add(Story.objects.create(title="U", slug="u", author=student))
    Review.objects.create(story=story, reviewer=student, stars=5)
    PhotoStory.objects.create(title="P", slug="p", author=author, camera="c")
    Notice.objects.create(text="n", story=story)
    now = datetime.datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=datetime.timezone.utc)
    e = Everything.objects.create(f_date=now.date(), f_datetime=now, f_decimal="1.5", f_float=1.5, f_int=1, f_uuid=uuid.uuid4(), f_json={"a": [1]}, f_duration=datetime.timedelta(seconds=1))
    IntKey.objects.create(small=SmallKey.objects.create(everything=e))
    e.refresh_from_db()
    assert user.has_perm("auth.add_user") and e.f_datetime == now and e.f_json == {"a": [1]}
    return {m._meta.label: m._default_manager.count() for m in apps.get_models() if m._meta.managed}


def tables():
    """Describes the tables with Django's own introspection. Columns and constraints have no order."""
    out = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = {c.name: [c.type_code, c.display_size, c.null_ok, c.default, c.pk] for c in connection.introspection.get_table_description(cursor, table)}
            constraints = connection.introspection.get_constraints(cursor, table)
            numbered = ("__", "fk_")  # names that Django makes up here
            named = {n: c for n, c in constraints.items() if not n.startswith(numbered)}
            unnamed = sorted(json.dumps(c, sort_keys=True) for n, c in constraints.items() if n.startswith(numbered))
            out[table] = {"columns": columns, "named": named, "unnamed": unnamed, "sequences": connection.introspection.get_sequences(cursor, table)}
    return out


result = {"django": django.get_version()}
if mode == "theirs":
    said("makemigrations", "newsroom", verbosity=0)
    said("migrate", verbosity=0)
result["plan"] = said("migrate", plan=True)
result["check"] = said("migrate", check_unapplied=True, verbosity=0)
result["changes"] = said("makemigrations", check_changes=True, dry_run=True)
result["migrate"] = said("migrate", verbosity=1)
result["rows"] = use()
result["tables"] = tables()
print(json.dumps(result, sort_keys=True))
