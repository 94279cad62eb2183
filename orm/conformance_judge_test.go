package orm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// judge says what is wrong with the outcome of a case, as a database's rows in the file have it.
func judge(c *conformanceCase, got any, err error, db string) string {
	wantErr, want := c.Error, c.Result
	if db == "postgres" && c.ResultPG != nil {
		want, wantErr = c.ResultPG, nil
	}
	if db == "postgres" && c.ErrorPG != nil {
		wantErr = c.ErrorPG
	}
	// Django leaves the order inside the parts of a union to the database, which refuses it; here it is left out.
	if wantErr != nil && strings.HasPrefix(wantErr.Message, "ORDER BY not allowed in subqueries") {
		if err != nil {
			return fmt.Sprintf("error %v", err)
		}
		return ""
	}
	if wantErr != nil && strings.HasPrefix(wantErr.Message, "ANY_VALUE is not supported") { // here every version has it
		if err != nil {
			return fmt.Sprintf("error %v", err)
		}
		return ""
	}
	if wantErr != nil {
		if err == nil {
			return fmt.Sprintf("no error, want %s: %s (got %v)", wantErr.Class, wantErr.Message, show(got))
		}
		return checkClass(err, wantErr.Class)
	}
	if err != nil {
		return fmt.Sprintf("error %v", err)
	}
	dec := json.NewDecoder(bytes.NewReader(want))
	dec.UseNumber()
	var w any
	if err := dec.Decode(&w); err != nil {
		return err.Error()
	}
	if c.CountQueries {
		wm, gm := w.(map[string]any), got.(map[string]any)
		if num(gm["queries"]) > num(wm["queries"]) {
			return fmt.Sprintf("%v queries, want at most %v", gm["queries"], wm["queries"])
		}
		w, got = wm["rows"], gm["rows"]
	}
	w, g := canon(w), canon(got)
	if !reflect.DeepEqual(w, g) {
		return fmt.Sprintf("got %s, want %s", show(g), show(w))
	}
	return ""
}

func checkClass(err error, class string) string {
	ok := true
	switch class {
	case "DoesNotExist":
		ok = errors.Is(err, orm.ErrNotFound)
	case "MultipleObjectsReturned":
		ok = errors.Is(err, orm.ErrMultiple)
	case "IntegrityError":
		_, ok = errors.AsType[*orm.ConstraintError](err)
	case "ProtectedError", "RestrictedError":
		_, ok = errors.AsType[*orm.ProtectedError](err)
	}
	if !ok {
		return fmt.Sprintf("error %v, want a %s", err, class)
	}
	return ""
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// canon brings expected and found values to one form.
func canon(v any) any {
	switch v := v.(type) {
	case nil, bool, string:
		return v
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			f, _ := v.Float64()
			return round9(f)
		}
		return v.String()
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case int16:
		return strconv.Itoa(int(v))
	case float64:
		return round9(v)
	case newsroom.Section:
		return string(v)
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.999999")
	case time.Duration:
		return "duration " + strconv.FormatInt(v.Microseconds(), 10)
	case orm.Decimal:
		return round9(v.Float64())
	case *orm.Decimal:
		return canon(*v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canon(v[i])
		}
		return out
	case [][]any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canon(v[i])
		}
		return out
	case []map[string]any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canon(v[i])
		}
		return out
	case map[string]any:
		if k, ok := v["$"].(string); ok {
			return canonTagged(k, v)
		}
		out := map[string]any{}
		for k, x := range v {
			out[k] = canon(x)
		}
		return out
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			return nil
		}
		return canon(rv.Elem().Interface())
	}
	if rv.Kind() == reflect.Slice {
		out := make([]any, rv.Len())
		for i := range out {
			out[i] = canon(rv.Index(i).Interface())
		}
		return out
	}
	return fmt.Sprint(v)
}

func canonTagged(kind string, v map[string]any) any {
	s := fmt.Sprint(v["v"])
	switch kind {
	case "datetime":
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return s
		}
		return canon(t)
	case "date":
		t, _ := time.Parse("2006-01-02", s)
		return canon(t)
	case "time":
		t, _ := time.Parse("15:04:05.999999", s)
		return canon(t.Sub(t.Truncate(24 * time.Hour)))
	case "timedelta":
		return "duration " + s
	case "decimal":
		f, _ := strconv.ParseFloat(s, 64)
		return round9(f)
	case "object":
		return map[string]any{"model": v["model"], "pk": canon(v["pk"])}
	case "tuple", "set":
		return canon(v["v"])
	}
	return s
}

// round9 makes all numbers with a fraction comparable: floats of the file are rounded to 9 places. A whole one is written
// as an integer would be, since SQLite's own arithmetic and Python's may differ in that.
func round9(f float64) any {
	r := math.Round(f*1e9)/1e9 + 0 // which makes -0 a 0
	if r == math.Trunc(r) {
		return strconv.FormatFloat(r, 'f', 0, 64)
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}
