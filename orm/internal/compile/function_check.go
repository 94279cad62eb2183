package compile

import (
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
)

// arityOf is how many arguments a function takes; hi is -1 where there is no end.
func arityOf(name string) (lo, hi int) {
	switch name {
	case "Now", "Random", "Pi", "RowNumber", "Rank", "DenseRank", "PercentRank", "CumeDist", "UUID4":
		return 0, 0
	case "UUID7":
		return 0, 1
	case "NullIf", "ATan2", "Mod", "Power", "Log", "Left", "Right", "Repeat", "StrIndex", "NthValue":
		return 2, 2
	case "Round":
		return 1, 2
	case "Replace", "LPad", "RPad", "Substr":
		return 2, 3
	case "Lag", "Lead":
		return 1, 3
	case "Coalesce", "Greatest", "Least":
		return 2, -1
	case "Concat":
		return 1, -1
	case "JSONObject", "JSONArray":
		return 0, -1
	}
	return 1, 1
}

// checkFunction refuses a call that no database would take.
func checkFunction(d *dialect.Dialect, n expr.Func) error {
	if _, ok := formOf(n.Name); !ok {
		return nil // its own error follows
	}
	lo, hi := arityOf(n.Name)
	count := len(n.Args)
	if count < lo || hi >= 0 && count > hi {
		want := fmt.Sprint(lo)
		switch {
		case hi < 0:
			want = fmt.Sprint("at least ", lo)
		case hi > lo:
			want = fmt.Sprint(lo, " to ", hi)
		}
		return fmt.Errorf("orm: %s takes %s arguments, not %d", n.Name, want, count)
	}
	switch {
	case n.Name == "JSONObject" && count%2 != 0:
		return fmt.Errorf("orm: JSONObject takes names and values in turn, not %d arguments", count)
	case n.Name == "Collate" && !isCollation(n.Unit, d):
		return fmt.Errorf("orm: %q is not the name of a collation", n.Unit)
	}
	return checkZone(n.Zone)
}

// checkZone refuses a zone that a database would not know.
func checkZone(name string) error {
	if name == "" {
		return nil
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return fmt.Errorf("orm: %q is no time zone of the IANA database", name)
	}
	return nil
}

// isCollation allows what names of collations are made of: MySQL takes them without quotes.
func isCollation(name string, d *dialect.Dialect) bool {
	for i := range len(name) {
		c := name[i]
		word := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
		if !word && (d.Name == "mysql" || c != '-' && c != '.') {
			return false
		}
	}
	return name != ""
}
