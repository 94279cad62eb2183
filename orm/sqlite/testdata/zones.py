"""What Django makes of moments in an SQLite file: asked by django_zones_test.go.

zones.py FILE USE_TZ TIME_ZONE DATABASE_ZONE read|write
"""
import datetime
import json
import sys

from django.conf import settings

path, use_tz, zone, database_zone, work = sys.argv[1:]
settings.configure(
    USE_TZ=use_tz == "1",
    TIME_ZONE=zone,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "TIME_ZONE": database_zone or None}},
)

import django  # noqa: E402

django.setup()

from django.db import connection, models  # noqa: E402
from django.db.models.functions import ExtractHour, ExtractWeek, TruncDate, TruncDay, TruncHour, TruncMonth, TruncTime  # noqa: E402
from django.utils import timezone  # noqa: E402


class Moment(models.Model):
    name = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta:
        app_label = "zones"
        db_table = "zones_moment"


def show(value):
    """Moments as UTC, whatever they come as."""
    if isinstance(value, datetime.datetime):
        if timezone.is_naive(value):
            value = timezone.make_aware(value, is_dst=True)  # the first of two
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


if work == "write":
    with connection.schema_editor() as editor:
        editor.create_model(Moment)
    for name, text in json.load(sys.stdin).items():
        at = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
        if not settings.USE_TZ:
            at = timezone.make_naive(at)
        Moment.objects.create(name=name, at=at)
    print("{}")
    sys.exit()

out = {}
rows = Moment.objects.annotate(
    hour=ExtractHour("at"), week=ExtractWeek("at"), date=TruncDate("at"), time=TruncTime("at"),
    day_cut=TruncDay("at", is_dst=True), month_cut=TruncMonth("at", is_dst=True), hour_cut=TruncHour("at", is_dst=True),
)
for m in rows:
    for part in ("at", "hour", "week", "date", "time", "day_cut", "month_cut", "hour_cut"):
        out[m.name + " " + part] = show(getattr(m, part))
for lookup in ("at__year=2026", "at__year__lt=2026", "at__date=2026-03-29", "at__date__gt=2026-10-24", "at__hour=2", "at__hour=0", "at__month=1", "at__week_day=1", "at__day=25", "at__time__lt=01:00"):
    key, value = lookup.split("=")
    found = Moment.objects.filter(**{key: value}).order_by("name").values_list("name", flat=True)
    out[lookup] = ", ".join(found)
print(json.dumps(out))
