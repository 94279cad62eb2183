package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

// postgres describes tables by the catalogue.
func (ts dbTables) postgres(ctx context.Context, db string) error {
	for _, read := range []func(ctx context.Context, db string) error{ts.postgresColumns, ts.postgresIndexes, ts.postgresConstraints} {
		if err := read(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

// postgresTable joins the table c whose number stands in a column.
const postgresTable = " JOIN pg_catalog.pg_class c ON c.oid = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.pg_table_is_visible(c.oid)"

func (ts dbTables) postgresColumns(ctx context.Context, db string) error {
	only, args := ts.only(" AND c.relname = ?")
	return orm.QueryOn(ctx, db, `SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text, a.attgenerated::text, coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
			coalesce(col_description(c.oid, a.attnum), ''), coalesce(obj_description(c.oid, 'pg_class'), ''), coalesce((SELECT l.collname::text FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation AND l.collname <> 'default'), '')
		FROM pg_catalog.pg_attribute a`+fmt.Sprintf(postgresTable, "a.attrelid")+`
			LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
		WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`+only+" ORDER BY c.relname, a.attnum", args, func(c []any) error {
		t := ts[text(c[0])]
		if t == nil {
			return nil
		}
		notNull, _ := c[3].(bool)
		col := dbColumn{Name: text(c[1]), Type: text(c[2]), NotNull: notNull, Identity: text(c[4]) != "", Default: text(c[6]), Comment: text(c[7]), Collation: text(c[9])}
		if text(c[5]) != "" {
			col.Generated, col.Stored, col.Default = col.Default, true, ""
		}
		if strings.HasPrefix(col.Default, "nextval(") { // a serial: what counted up before there were identity columns
			col.Identity, col.Default = true, ""
		}
		t.Comment = text(c[8])
		t.Columns = append(t.Columns, col)
		return nil
	})
}

func (ts dbTables) postgresIndexes(ctx context.Context, db string) error {
	only, args := ts.only(" AND c.relname = ?")
	return orm.QueryOn(ctx, db, `SELECT c.relname::text, i.relname::text, x.indisunique, x.indisprimary, pg_get_indexdef(x.indexrelid), coalesce(pg_get_expr(x.indpred, x.indrelid), ''), x.indexprs IS NOT NULL,
			am.amname::text, coalesce(array_to_string(i.reloptions, ', '), ''), x.indnullsnotdistinct,
			k.ord > x.indnkeyatts, coalesce(a.attname::text, ''), pg_get_indexdef(x.indexrelid, k.ord::int, true), coalesce(x.indoption[k.ord - 1] & 1, 0) = 1,
			coalesce((SELECT o.opcname::text FROM pg_catalog.pg_opclass o WHERE o.oid = x.indclass[k.ord - 1] AND NOT o.opcdefault), '')
		FROM pg_catalog.pg_index x`+fmt.Sprintf(postgresTable, "x.indrelid")+` JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_am am ON am.oid = i.relam
			CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k(num, ord) LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.num AND k.num > 0
		WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`+only+" ORDER BY c.relname, i.relname, k.ord", args, func(c []any) error {
		t := ts[text(c[0])]
		if t == nil {
			return nil
		}
		truth := func(i int) bool { b, _ := c[i].(bool); return b }
		name := text(c[1])
		if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != name {
			ix := dbIndex{Name: name, SQL: text(c[4]), Where: bare(text(c[5])), Unique: truth(2), Primary: truth(3), Expression: truth(6), With: text(c[8]), NullsNotDistinct: truth(9)}
			if ix.Method = text(c[7]); ix.Method == "btree" && ix.With == "" {
				ix.Method = ""
			}
			t.Indexes = append(t.Indexes, ix)
		}
		ix := &t.Indexes[len(t.Indexes)-1]
		if truth(10) {
			ix.Include = append(ix.Include, text(c[11]))
			return nil
		}
		part := dbPart{Column: text(c[11]), Expression: bare(text(c[12])), Desc: truth(13), Class: text(c[14])}
		ix.Class = ix.Class || strings.HasSuffix(part.Class, "_pattern_ops")
		ix.Columns, ix.Desc, ix.Parts = append(ix.Columns, part.Column), append(ix.Desc, part.Desc), append(ix.Parts, part)
		return nil
	})
}

func (ts dbTables) postgresConstraints(ctx context.Context, db string) error {
	only, args := ts.only(" AND c.relname = ?")
	const names = "coalesce((SELECT string_agg(a.attname::text, ',' ORDER BY k.ord) FROM unnest(%s) WITH ORDINALITY AS k(num, ord) JOIN pg_catalog.pg_attribute a ON a.attrelid = %s AND a.attnum = k.num), '')"
	return orm.QueryOn(ctx, db, "SELECT c.relname::text, n.conname::text, n.contype::text, pg_get_constraintdef(n.oid), "+fmt.Sprintf(names, "n.conkey", "n.conrelid")+", coalesce((SELECT relname::text FROM pg_catalog.pg_class WHERE oid = n.confrelid), ''), "+
		fmt.Sprintf(names, "n.confkey", "n.confrelid")+", n.confdeltype::text, CASE WHEN n.condeferred THEN 'deferred' WHEN n.condeferrable THEN 'immediate' ELSE '' END FROM pg_catalog.pg_constraint n"+
		fmt.Sprintf(postgresTable, "n.conrelid")+" WHERE n.contype IN ('p', 'u', 'f', 'c', 'x') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"+only+" ORDER BY c.relname, n.conname", args, func(c []any) error {
		t := ts[text(c[0])]
		if t == nil {
			return nil
		}
		con := dbConstraint{Name: text(c[1]), Kind: text(c[2]), Def: text(c[3]), RefTable: text(c[5]), Deferrable: text(c[8])}
		if list := text(c[4]); list != "" {
			con.Columns = strings.Split(list, ",")
		}
		if list := text(c[6]); list != "" {
			con.RefColumns = strings.Split(list, ",")
		}
		con.OnDelete = map[string]string{"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT", "a": "NO ACTION"}[text(c[7])]
		if con.Kind == "p" {
			for i := range t.Columns {
				t.Columns[i].Key = slices.Index(con.Columns, t.Columns[i].Name) + 1
			}
		}
		if i := slices.IndexFunc(t.Indexes, func(ix dbIndex) bool { return ix.Name == con.Name }); i >= 0 && strings.Contains("pux", con.Kind) { // such a constraint has the name of its index
			t.Indexes[i].Own = true
		}
		t.Constraints = append(t.Constraints, con)
		return nil
	})
}
