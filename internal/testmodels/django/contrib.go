// Package django has the migrations of Django's own applications and of the newsroom, translated operation by operation,
// for tests that compare what both make of them.
package django

import (
	"github.com/nuages-go/nuages/internal/testmodels/admin"
	"github.com/nuages-go/nuages/internal/testmodels/auth"
	"github.com/nuages-go/nuages/internal/testmodels/contenttypes"
	"github.com/nuages-go/nuages/internal/testmodels/flatpages"
	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/internal/testmodels/pgroom"
	"github.com/nuages-go/nuages/internal/testmodels/redirects"
	"github.com/nuages-go/nuages/internal/testmodels/sessions"
	"github.com/nuages-go/nuages/internal/testmodels/sites"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Apps are Django's applications and the newsroom, with their models and migrations, in the order in which the
// conformance files were made.
func Apps() []migrate.App {
	return append(Contrib(), migrate.App{Label: "newsroom", Models: append(newsroom.All(), orm.ModelOf[newsroom.Unmanaged]()), Migrations: newsroomMigrations()})
}

// Contrib are Django's own applications.
func Contrib() []migrate.App {
	app := func(label string, models []orm.Model, ms []migrate.Migration) migrate.App {
		return migrate.App{Label: label, Models: models, Migrations: ms}
	}
	return []migrate.App{
		app("contenttypes", contenttypes.All(), contentTypes()),
		app("auth", auth.All(), authMigrations()),
		app("sessions", sessions.All(), sessionMigrations()),
		app("admin", admin.All(), adminMigrations()),
		app("sites", sites.All(), siteMigrations()),
		app("flatpages", flatpages.All(), flatpageMigrations()),
		app("redirects", redirects.All(), redirectMigrations()),
	}
}

// line makes each migration need the one before; the first ones need more.
func line(app string, needs []migrate.Key, ms ...migrate.Migration) []migrate.Migration {
	for i := range ms {
		ms[i].App = app
		if i == 0 {
			ms[i].Initial, ms[i].Dependencies = true, needs
		} else {
			ms[i].Dependencies = append(ms[i].Dependencies, ms[i-1].Key())
		}
	}
	return ms
}

func step(name string, ops ...migrate.Operation) migrate.Migration {
	return migrate.Migration{Name: name, Operations: ops}
}

func first(apps ...string) []migrate.Key {
	var keys []migrate.Key
	for _, a := range apps {
		keys = append(keys, migrate.Key{App: a, Name: "__first__"})
	}
	return keys
}

func autoID() schema.Field {
	return schema.Field{Name: "id", Kind: schema.Auto, PrimaryKey: true}
}

func char(name string, length int) schema.Field {
	return schema.Field{Name: name, Kind: schema.Char, MaxLength: length}
}

func fk(name, to string, onDelete schema.OnDelete) schema.Field {
	return schema.Field{Name: name, Kind: schema.ForeignKey, Rel: &schema.Relation{To: to, OnDelete: onDelete}}
}

func many(name, to string) schema.Field {
	return schema.Field{Name: name, Kind: schema.ManyToMany, Rel: &schema.Relation{To: to}}
}

func blank(f schema.Field) schema.Field   { f.Blank = true; return f }
func null(f schema.Field) schema.Field    { f.Null = true; return f }
func unique(f schema.Field) schema.Field  { f.Unique = true; return f }
func indexed(f schema.Field) schema.Field { f.Index = true; return f }

func verbose(name string, f schema.Field) schema.Field { f.VerboseName = name; return f }

func help(text string, f schema.Field) schema.Field { f.HelpText = text; return f }

func field(name string, kind schema.Kind) schema.Field { return schema.Field{Name: name, Kind: kind} }

func contentTypes() []migrate.Migration {
	return line(
		"contenttypes", nil,
		step("0001_initial",
			migrate.CreateModel{
				Name: "ContentType", Table: "django_content_type",
				Fields:  []schema.Field{autoID(), char("name", 100), char("app_label", 100), verbose("python model class name", char("model", 100))},
				Options: schema.Options{Ordering: []string{"name"}},
			},
			migrate.AlterUniqueTogether{Model: "contenttype", Sets: [][]string{{"app_label", "model"}}}),
		step("0002_remove_content_type_name",
			migrate.AlterModelOptions{Model: "contenttype", Options: schema.Options{}},
			migrate.AlterField{Model: "contenttype", Field: null(char("name", 100))},
			migrate.RunGo{Do: migrate.Nothing, Undo: migrate.Nothing},
			migrate.RemoveField{Model: "contenttype", Name: "name"}),
	)
}

const (
	superuser = "Designates that this user has all permissions without explicitly assigning them."
	staff     = "Designates whether the user can log into this admin site."
	active    = "Designates whether this user should be treated as active. Unselect this instead of deleting accounts."
	username  = " characters or fewer. Letters, digits and @/./+/-/_ only."
)

func boolean(name, title, text string, deflt any) schema.Field {
	f := help(text, verbose(title, field(name, schema.Boolean)))
	f.Default = deflt
	return f
}

func authMigrations() []migrate.Migration {
	userSet := func(name, to string) schema.Field {
		f := blank(many(name, to))
		f.Rel.RelatedName = "user_set"
		return f
	}
	joined := verbose("date joined", field("date_joined", schema.DateTime))
	joined.DefaultFunc = true
	login := verbose("last login", field("last_login", schema.DateTime))
	was := login
	was.DefaultFunc = true
	return line(
		"auth", first("contenttypes"),
		step("0001_initial",
			migrate.CreateModel{
				Name: "Permission", Fields: []schema.Field{autoID(), char("name", 50), verbose("content type", fk("content_type", "contenttypes.ContentType", schema.Cascade)), char("codename", 100)},
				Options: schema.Options{UniqueTogether: [][]string{{"content_type", "codename"}}},
			},
			migrate.CreateModel{Name: "Group", Fields: []schema.Field{autoID(), unique(char("name", 80)), blank(many("permissions", "auth.Permission"))}},
			migrate.CreateModel{Name: "User", Fields: []schema.Field{
				autoID(), char("password", 128), was, boolean("is_superuser", "superuser status", superuser, nil),
				help("Required. 30"+username, unique(char("username", 30))),
				blank(verbose("first name", char("first_name", 30))), blank(verbose("last name", char("last_name", 30))),
				blank(verbose("email address", schema.Field{Name: "email", Kind: schema.Email, MaxLength: 75})),
				boolean("is_staff", "staff status", staff, nil), boolean("is_active", "active", active, true), joined,
				userSet("groups", "auth.Group"), userSet("user_permissions", "auth.Permission"),
			}}),
		step("0002_alter_permission_name_max_length", migrate.AlterField{Model: "permission", Field: char("name", 255)}),
		step("0003_alter_user_email_max_length", migrate.AlterField{Model: "user", Field: blank(verbose("email address", schema.Field{Name: "email", Kind: schema.Email, MaxLength: 254}))}),
		step("0004_alter_user_username_opts", migrate.AlterField{Model: "user", Field: help("Required. 30"+username, unique(char("username", 30)))}),
		step("0005_alter_user_last_login_null", migrate.AlterField{Model: "user", Field: blank(null(login))}),
		migrate.Migration{Name: "0006_require_contenttypes_0002", Dependencies: []migrate.Key{{App: "contenttypes", Name: "0002_remove_content_type_name"}}},
		step("0007_alter_validators_add_error_messages", migrate.AlterField{Model: "user", Field: help("Required. 30"+username, unique(char("username", 30)))}),
		step("0008_alter_user_username_max_length", migrate.AlterField{Model: "user", Field: help("Required. 150"+username, unique(char("username", 150)))}),
		step("0009_alter_user_last_name_max_length", migrate.AlterField{Model: "user", Field: blank(verbose("last name", char("last_name", 150)))}),
		step("0010_alter_group_name_max_length", migrate.AlterField{Model: "group", Field: unique(char("name", 150))}),
		step("0011_update_proxy_permissions", migrate.RunGo{Do: migrate.Nothing, Undo: migrate.Nothing}),
		step("0012_alter_user_first_name_max_length", migrate.AlterField{Model: "user", Field: blank(verbose("first name", char("first_name", 150)))}),
	)
}

func sessionMigrations() []migrate.Migration {
	key := verbose("session key", char("session_key", 40))
	key.PrimaryKey = true
	return line("sessions", nil, step("0001_initial", migrate.CreateModel{
		Name: "Session", Table: "django_session",
		Fields: []schema.Field{key, verbose("session data", field("session_data", schema.Text)), indexed(verbose("expire date", field("expire_date", schema.DateTime)))},
	}))
}

func adminMigrations() []migrate.Migration {
	at := verbose("action time", field("action_time", schema.DateTime))
	was := at
	was.AutoNow = true
	at.DefaultFunc, at.NotEditable = true, true
	flag := verbose("action flag", field("action_flag", schema.PositiveSmallInteger))
	chosen := flag
	chosen.Choices = []schema.Choice{{Value: 1, Label: "Addition"}, {Value: 2, Label: "Change"}, {Value: 3, Label: "Deletion"}}
	return line(
		"admin", first("auth", "contenttypes"),
		step("0001_initial", migrate.CreateModel{
			Name: "LogEntry", Table: "django_admin_log",
			Fields: []schema.Field{
				autoID(), was, blank(null(verbose("object id", field("object_id", schema.Text)))), verbose("object repr", char("object_repr", 200)), flag,
				blank(verbose("change message", field("change_message", schema.Text))),
				blank(null(verbose("content type", fk("content_type", "contenttypes.ContentType", schema.SetNull)))), fk("user", "auth.User", schema.Cascade),
			},
			Options: schema.Options{VerboseNamePlural: "log entries", Ordering: []string{"-action_time"}},
		}),
		step("0002_logentry_remove_auto_add", migrate.AlterField{Model: "logentry", Field: at}),
		step("0003_logentry_add_action_flag_choices", migrate.AlterField{Model: "logentry", Field: chosen}),
	)
}

func siteMigrations() []migrate.Migration {
	domain := verbose("domain name", char("domain", 100))
	return line(
		"sites", nil,
		step("0001_initial", migrate.CreateModel{
			Name: "Site", Table: "django_site", Fields: []schema.Field{autoID(), domain, verbose("display name", char("name", 50))},
			Options: schema.Options{Ordering: []string{"domain"}},
		}),
		step("0002_alter_domain_unique", migrate.AlterField{Model: "site", Field: unique(domain)}),
	)
}

func flatpageMigrations() []migrate.Migration {
	return line("flatpages", []migrate.Key{{App: "sites", Name: "0001_initial"}}, step("0001_initial", migrate.CreateModel{
		Name: "FlatPage", Table: "django_flatpage",
		Fields: []schema.Field{
			autoID(), indexed(char("url", 100)), char("title", 200), blank(field("content", schema.Text)), verbose("enable comments", field("enable_comments", schema.Boolean)),
			blank(verbose("template name", char("template_name", 70))), verbose("registration required", field("registration_required", schema.Boolean)), many("sites", "sites.Site"),
		},
		Options: schema.Options{Ordering: []string{"url"}},
	}))
}

func redirectMigrations() []migrate.Migration {
	return line(
		"redirects", []migrate.Key{{App: "sites", Name: "0001_initial"}},
		step("0001_initial", migrate.CreateModel{
			Name: "Redirect", Table: "django_redirect",
			Fields: []schema.Field{
				autoID(), fk("site", "sites.Site", schema.Cascade), indexed(verbose("redirect from", char("old_path", 200))),
				blank(verbose("redirect to", char("new_path", 200))),
			},
			Options: schema.Options{UniqueTogether: [][]string{{"site", "old_path"}}, Ordering: []string{"old_path"}},
		}),
		step("0002_alter_redirect_new_path_help_text", migrate.AlterField{Model: "redirect", Field: blank(verbose("redirect to", char("new_path", 200)))}),
	)
}

// PostgresApps are Apps and the room that only PostgreSQL has.
func PostgresApps() []migrate.App {
	var room *schema.Model
	for _, m := range pgroom.All() {
		room = m.Schema()
	}
	create := migrate.CreateModel{Name: room.Name, Fields: room.Fields, Options: room.Options}
	create.Options.VerboseName, create.Options.VerboseNamePlural = "", ""
	return append(Apps(), migrate.App{Label: "pgroom", Models: pgroom.All(), Migrations: line("pgroom", nil, step("0001_initial", create))})
}
