"""Lets Django go through a history of models: python3 walk.py database < steps.

Each step is all models of the application w, and the answers to questions of names. Django plans the migrations from one
step to the next, runs them, and the program prints as JSON what it planned and what the database then has.
"""

import json
import sys

import django
from django.conf import settings

settings.configure(SECRET_KEY="x", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
                   DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}}, INSTALLED_APPS=[])
django.setup()
from django.db import connection, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.writer import MigrationWriter
from django.db.migrations.state import ModelState, ProjectState

KINDS = {"BigAuto": models.BigAutoField, "Char": models.CharField, "Integer": models.IntegerField, "BigInteger": models.BigIntegerField, "PositiveInteger": models.PositiveIntegerField,
         "Boolean": models.BooleanField, "DateTime": models.DateTimeField}


def field(f):
    options = {"null": f["null"]}
    if f["kind"] in ("ForeignKey", "ManyToMany"):
        if f["kind"] == "ManyToMany":
            return models.ManyToManyField(f["to"])
        return models.ForeignKey(f["to"], on_delete=models.CASCADE, **options)
    if f["kind"] == "BigAuto":
        return models.BigAutoField(primary_key=True)
    if f["max_length"]:
        options["max_length"] = f["max_length"]
    if f["default"] is not None:
        options["default"] = f["default"]
    return KINDS[f["kind"]](db_index=f["index"], unique=f["unique"], **options)


def model(m):
    options = {}
    if m["table"]:
        options["db_table"] = m["table"]
    if m["indexes"]:
        options["indexes"] = [models.Index(name=i["name"], fields=i["fields"]) for i in m["indexes"]]
    if m["constraints"]:
        options["constraints"] = [
            models.CheckConstraint(name=c["name"], check=models.Q(**{c["check"]: 0})) if c["check"] else models.UniqueConstraint(name=c["name"], fields=c["fields"])
            for c in m["constraints"]]
    if m["unique_together"]:
        options["unique_together"] = {tuple(s) for s in m["unique_together"]}
    return ModelState("w", m["name"], [(f["name"], field(f)) for f in m["fields"]], options)


class Questioner(MigrationQuestioner):
    def __init__(self, renames):
        super().__init__(specified_apps={"w"})
        self.renames = renames

    def ask_rename(self, model_name, old_name, new_name, field_instance):
        return any(k.lower() == "w.%s.%s" % (model_name, old_name) and v == new_name for k, v in self.renames.items())

    def ask_rename_model(self, old, new):
        return self.renames.get("w." + old.name) == new.name


def tables():
    out = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name")
        for name, table, kind, sql in cursor.fetchall():
            out[name] = sql
    return out


graph, before, state, out, last = MigrationGraph(), ProjectState(), ProjectState(), [], None
for step in json.load(sys.stdin):
    after = ProjectState()
    for m in step["models"]:
        after.add_model(model(m))
    changes = MigrationAutodetector(before, after, Questioner(step["renames"])).changes(graph=graph, trim_to_apps={"w"})
    planned = []
    for migration in changes.get("w", []):
        # As it is when it comes from its file.
        file = {}
        exec(MigrationWriter(migration).as_string(), file)
        migration = file["Migration"](migration.name, "w")
        key = ("w", migration.name)
        graph.add_node(key, migration)
        if last:
            graph.add_dependency(migration, key, last)
        last = key
        with connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
        planned.append({"name": migration.name, "operations": [op.describe() for op in migration.operations], "fragments": [op.migration_name_fragment for op in migration.operations]})
    before = state.clone()
    out.append({"migrations": planned, "tables": tables()})
print(json.dumps(out))
