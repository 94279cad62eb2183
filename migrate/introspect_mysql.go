package migrate

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// mysqlPlainType brings the catalogue's spelling of a type to that of the dialect.
func mysqlPlainType(typ string) string {
	name, rest, _ := strings.Cut(typ, "(")
	arguments, after, _ := strings.Cut(rest, ")")
	if rest == "" {
		name, after, _ = strings.Cut(typ, " ")
		if after != "" {
			after = " " + after
		}
	}
	switch name {
	case "int":
		return "integer" + after
	case "bigint", "smallint":
		return name + after
	case "tinyint":
		if arguments == "1" {
			return "bool"
		}
	case "double":
		return "double precision"
	case "decimal":
		return "numeric(" + arguments + ")"
	}
	return typ
}

func firstQuoted(clause string) string {
	_, rest, _ := strings.Cut(clause, "`")
	name, _, _ := strings.Cut(rest, "`")
	return name
}

// mysql describes tables by the catalogue. Each table of the catalogue is told the schema, and the table, by a constant: else
// the server opens all tables of all databases.
func (ts dbTables) mysql(ctx context.Context, d *dialect.Dialect, db string) error {
	if err := ts.mysqlColumns(ctx, d, db); err != nil {
		return err
	}
	if err := ts.mysqlIndexes(ctx, d, db); err != nil {
		return err
	}
	for _, t := range ts {
		t.mysqlKeys()
	}
	if err := ts.mysqlChecks(ctx, d, db); err != nil {
		return err
	}
	return ts.mysqlForeignKeys(ctx, db)
}

func (ts dbTables) mysqlColumns(ctx context.Context, d *dialect.Dialect, db string) error {
	only, args := ts.only(" AND c.TABLE_NAME = ? AND t.TABLE_NAME = ?")
	return orm.QueryOn(ctx, db, `SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.IS_NULLABLE, COALESCE(c.COLUMN_DEFAULT, ''), c.EXTRA, c.COLUMN_COMMENT, COALESCE(c.GENERATION_EXPRESSION, ''), t.TABLE_COMMENT,
			CASE WHEN c.COLLATION_NAME <> t.TABLE_COLLATION THEN c.COLLATION_NAME ELSE '' END
		FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_NAME = c.TABLE_NAME
		WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_SCHEMA = DATABASE()`+only+" ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION", args, func(c []any) error {
		t := ts[text(c[0])]
		if t == nil {
			return nil
		}
		extra := strings.ToUpper(text(c[5]))
		deflt := strings.TrimPrefix(text(c[4]), "NULL")
		if _, err := strconv.ParseFloat(deflt, 64); !d.MariaDB && deflt != "" && err != nil && !strings.Contains(extra, "DEFAULT_GENERATED") {
			deflt = "'" + strings.ReplaceAll(deflt, "'", "''") + "'" // MySQL shows texts bare
		}
		t.Comment = strings.TrimPrefix(text(c[8]), "VIEW")
		t.Columns = append(t.Columns, dbColumn{
			Name: text(c[1]), Type: mysqlPlainType(text(c[2])), NotNull: text(c[3]) == "NO", Default: deflt, Comment: text(c[6]), Generated: text(c[7]),
			Identity: strings.Contains(extra, "AUTO_INCREMENT"), Stored: strings.Contains(extra, "STORED"), Collation: text(c[9]),
		})
		return nil
	})
}

func (ts dbTables) mysqlIndexes(ctx context.Context, d *dialect.Dialect, db string) error {
	only, args := ts.only(" AND TABLE_NAME = ?")
	expression := "EXPRESSION"
	if d.MariaDB { // it has none
		expression = "''"
	}
	return orm.QueryOn(ctx, db, "SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, NON_UNIQUE, COALESCE(COLLATION, 'A'), COALESCE("+expression+`, '') FROM information_schema.STATISTICS
		WHERE TABLE_SCHEMA = DATABASE()`+only+" ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX", args, func(c []any) error {
		t := ts[text(c[0])]
		if t == nil {
			return nil
		}
		name := text(c[1])
		if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != name {
			t.Indexes = append(t.Indexes, dbIndex{Name: name, Unique: number(c[3]) == 0, Primary: name == "PRIMARY", Own: name == "PRIMARY"})
		}
		ix := &t.Indexes[len(t.Indexes)-1]
		part := dbPart{Column: text(c[2]), Expression: bare(text(c[5])), Desc: text(c[4]) == "D"}
		ix.Columns, ix.Desc, ix.Parts = append(ix.Columns, part.Column), append(ix.Desc, part.Desc), append(ix.Parts, part)
		ix.Expression = ix.Expression || c[2] == nil
		return nil
	})
}

// mysqlKeys are the keys that follow from the indexes.
func (t *dbTable) mysqlKeys() {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		switch {
		case ix.Primary:
			t.Constraints = append(t.Constraints, dbConstraint{Name: ix.Name, Kind: "p", Columns: ix.Columns})
			for at, name := range ix.Columns {
				if col := t.column(name); col != nil {
					col.Key = at + 1
				}
			}
		case ix.Unique && !ix.Expression:
			ix.Own = true
			t.Constraints = append(t.Constraints, dbConstraint{Name: ix.Name, Kind: "u", Columns: ix.Columns})
		}
	}
}

// mysqlChecks reads the checks. One that belongs to a column has the column's name on MariaDB, and one that the server made
// up on MySQL.
func (ts dbTables) mysqlChecks(ctx context.Context, d *dialect.Dialect, db string) error {
	only, args := ts.only(" AND t.TABLE_NAME = ?")
	sql := `SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
		WHERE c.CONSTRAINT_SCHEMA = DATABASE() AND t.TABLE_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK'`
	if d.MariaDB {
		sql = `SELECT t.TABLE_NAME, t.CONSTRAINT_NAME, t.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS t WHERE t.CONSTRAINT_SCHEMA = DATABASE()`
	}
	return orm.QueryOn(ctx, db, sql+only, args, func(c []any) error {
		t := ts[text(c[0])]
		if t == nil {
			return nil
		}
		name, clause := text(c[1]), text(c[2])
		if strings.HasPrefix(clause, "json_valid(") { // MariaDB's own, of its JSON, which is a text
			if col := t.column(firstQuoted(clause)); col != nil && col.Type == "longtext" {
				col.Type, col.Collation = "json", ""
			}
			return nil
		}
		check := dbConstraint{Name: name, Kind: "c", Def: clause}
		switch column := firstQuoted(clause); {
		case t.column(name) != nil:
			check.Columns = []string{name}
		case strings.HasPrefix(name, t.Name+"_chk_") && t.column(column) != nil:
			check.Columns = []string{column}
		}
		if !slices.ContainsFunc(t.Constraints, func(o dbConstraint) bool { return o.Kind == "c" && o.Name == name }) {
			t.Constraints = append(t.Constraints, check)
		}
		return nil
	})
}

func (ts dbTables) mysqlForeignKeys(ctx context.Context, db string) error {
	only, args := ts.only(" AND k.TABLE_NAME = ? AND r.TABLE_NAME = ?")
	return orm.QueryOn(ctx, db, `SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE
		FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
		WHERE k.TABLE_SCHEMA = DATABASE() AND r.CONSTRAINT_SCHEMA = DATABASE()`+only+" ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION", args, func(c []any) error {
		t := ts[text(c[0])]
		if t == nil {
			return nil
		}
		name := text(c[1])
		if n := len(t.Constraints); n == 0 || t.Constraints[n-1].Kind != "f" || t.Constraints[n-1].Name != name {
			fk := dbConstraint{Name: name, Kind: "f", RefTable: text(c[3])}
			if rule := text(c[5]); rule != "NO ACTION" && rule != "RESTRICT" {
				fk.OnDelete = rule
			}
			t.Constraints = append(t.Constraints, fk)
		}
		fk := &t.Constraints[len(t.Constraints)-1]
		fk.Columns, fk.RefColumns = append(fk.Columns, text(c[2])), append(fk.RefColumns, text(c[4]))
		return nil
	})
}
