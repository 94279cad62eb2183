package migrate_test

import (
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/django"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// mysqlConformance has no tables of Django's to compare with, only the statements that Django would give to MySQL 8.4. So
// MariaDB runs them in one database and our migrations in another, and both are described by the catalogue. The statements
// that sqlmigrate prints for MySQL are compared as text.
func mysqlConformance(t *testing.T) {
	theirs, history, models := openMySQL(t), openMySQL(t), openMySQL(t)
	c := newTally(t)
	defer c.print("mysql")

	refused := runDjangoOnMariaDB(t, theirs)
	for _, sql := range refused {
		c.skip("MariaDB refuses an index over an expression: " + sql)
	}
	want := mysqlCatalogue(t, theirs)
	migrated(t, history, django.Apps())
	c.described("history", mysqlCatalogue(t, history), want, mysqlDifference)
	migrated(t, models, planned(t))
	got := mysqlCatalogue(t, models)
	for key := range want {
		if !ours(key[strings.LastIndexByte(key, ' ')+1:]) {
			delete(want, key)
		}
	}
	for key := range got {
		if strings.Contains(key, " django_migrations") {
			delete(got, key)
		}
	}
	c.described("models", got, want, mysqlDifference)

	c.statements(dialect.MySQL(), django.Apps(), func(sql string) string {
		switch {
		case strings.Contains(sql, "DEFAULT b\"'0'\"") || strings.Contains(sql, "DEFAULT 0 NOT NULL, `f_duration`"):
			return "the file's default of f_decimal, b\"'0'\", is that of the stand-in for Django's driver"
		case strings.Contains(sql, "DROP CHECK") || strings.Contains(sql, "DROP INDEX") || strings.Contains(sql, "DROP CONSTRAINT"):
			return "constraints are dropped by DROP CONSTRAINT, which both servers know; Django finds no index to drop without a database"
		case strings.HasPrefix(sql, "RENAME TABLE") || strings.Contains(sql, " RENAME TO "):
			return "ALTER TABLE RENAME is RENAME TABLE"
		case strings.HasPrefix(sql, "DROP TABLE"):
			return "the word CASCADE does nothing on MySQL"
		case strings.Contains(sql, "`newsroom_temp` ALTER COLUMN") || strings.Contains(sql, "`newsroom_temp` MODIFY `d`"):
			return "a default is set and dropped by MODIFY, along with all else that the column has"
		case strings.Contains(sql, "_fk_newsroom_"):
			return "Django finds no foreign key to drop without a database"
		}
		return ""
	})
}

// mysqlDifference says why a row differs on MariaDB.
func mysqlDifference(key, got, want string) string {
	switch {
	case strings.Replace(got, "uuid|", "char(32)|", 1) == strings.Replace(want, "|utf8mb4_general_ci|", "||", 1):
		return "the type of UUIDs is uuid on MariaDB, in Django too; the files are for MySQL 8.4"
	case strings.Contains(key, " django_migrations"):
		return "the table of records is none of the files'"
	}
	return ""
}

// runDjangoOnMariaDB runs the statements of Django's migrations. It returns those that MariaDB does not take.
func runDjangoOnMariaDB(t *testing.T, ctx context.Context) []string {
	t.Helper()
	// What Django itself writes for MariaDB, or would find in the catalogue.
	fit := strings.NewReplacer(
		`DEFAULT b"'0'"`, "DEFAULT 0",
		"DROP CHECK", "DROP CONSTRAINT",
		"ALTER TABLE `temp_table` DROP COLUMN `other_id`", "ALTER TABLE `temp_table` DROP FOREIGN KEY `newsroom_temp_other_id_9b0750c5_fk_newsroom_other_id`, DROP COLUMN `other_id`",
	)
	var refused []string
	for _, app := range django.Apps() {
		file := djangoStatements(string(conformanceText(t, app.Label+".mysql.sql")))
		for _, m := range app.Migrations {
			for _, sql := range file[m.Name] {
				sql = fit.Replace(sql)
				_, err := orm.Exec(ctx, sql)
				switch {
				case err == nil || strings.HasPrefix(sql, "SELECT"):
				case strings.Contains(sql, "((LOWER("):
					refused = append(refused, sql)
				default:
					t.Fatalf("%s.%s: %s: %v", app.Label, m.Name, sql, err)
				}
			}
		}
	}
	if len(refused) != 2 {
		t.Errorf("MariaDB refuses %q, want the two indexes over expressions", refused)
	}
	return refused
}

// mysqlCatalogue describes a database: tables, columns, the order of columns, indexes, foreign keys and checks.
func mysqlCatalogue(t *testing.T, ctx context.Context) map[string]string {
	t.Helper()
	out := map[string]string{}
	collect(t, ctx, out,
		`SELECT 'table', TABLE_NAME, CONCAT_WS('|', ENGINE, TABLE_COLLATION, TABLE_COMMENT) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()`,
		`SELECT 'column', CONCAT(TABLE_NAME, '.', COLUMN_NAME), CONCAT_WS('|', COLUMN_TYPE, IS_NULLABLE, COALESCE(COLUMN_DEFAULT, ''), EXTRA, COALESCE(COLLATION_NAME, ''), COLUMN_COMMENT, COALESCE(GENERATION_EXPRESSION, ''))
			FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()`,
		`SELECT 'index', CONCAT(TABLE_NAME, '.', INDEX_NAME), CONCAT_WS('|', NON_UNIQUE, GROUP_CONCAT(CONCAT(COLUMN_NAME, COALESCE(SUB_PART, ''), ' ', COLLATION) ORDER BY SEQ_IN_INDEX))
			FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() GROUP BY TABLE_NAME, INDEX_NAME, NON_UNIQUE`,
		`SELECT 'foreign key', CONCAT(k.TABLE_NAME, '.', k.CONSTRAINT_NAME), CONCAT_WS('|', k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.UPDATE_RULE, r.DELETE_RULE)
			FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
			WHERE k.TABLE_SCHEMA = DATABASE()`,
		`SELECT 'check', CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME), CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`,
	)
	return out
}
