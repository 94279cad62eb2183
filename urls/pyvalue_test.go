package urls_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// The conformance files hold Python values. An object keeps its order, so it is read into urls.Params.

func decodeJSON(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return decodeValue(dec)
}

func decodeValue(dec *json.Decoder) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := decodeValue(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	case json.Delim('{'):
		object := urls.Params{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeValue(dec)
			if err != nil {
				return nil, err
			}
			object = append(object, urls.Param{Name: name.(string), Value: v})
		}
		_, err := dec.Token()
		return object, err
	}
	return tok, nil
}

func get(object any, name string) any {
	params, _ := object.(urls.Params)
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

func has(object any, name string) bool {
	params, _ := object.(urls.Params)
	for _, p := range params {
		if p.Name == name {
			return true
		}
	}
	return false
}

func getString(object any, name string) string {
	s, _ := get(object, name).(string)
	return s
}

// pyLiteral is a value whose str and repr are known texts.
type pyLiteral struct{ str, repr string }

func (p pyLiteral) String() string { return p.str }
func (p pyLiteral) PyRepr() string { return p.repr }

// pySequence is a tuple or a range.
type pySequence []any

func (s pySequence) PyRepr() string {
	var parts []string
	for _, v := range s {
		parts = append(parts, pyRepr(v))
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// pySet is a set.
type pySet []any

func (s pySet) PyRepr() string {
	if len(s) == 0 {
		return "set()"
	}
	var parts []string
	for _, v := range s {
		parts = append(parts, pyRepr(v))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func pyRepr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case string:
		return pyfmt.Quote(v)
	case int64:
		return fmt.Sprint(v)
	case float64:
		return pyfmt.Float(v)
	case pyLiteral:
		return v.repr
	case pySequence:
		return v.PyRepr()
	}
	return fmt.Sprint(v)
}

// pyValue makes a Go value of a decoded one.
func pyValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if !strings.ContainsAny(v.String(), ".eE") {
			n, _ := new(big.Int).SetString(v.String(), 10)
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = pyValue(v[i])
		}
		return list
	case urls.Params:
		if has(v, "$") {
			return tagged(v)
		}
		object := make(urls.Params, len(v))
		for i := range v {
			object[i] = urls.Param{Name: v[i].Name, Value: pyValue(v[i].Value)}
		}
		return object
	}
	return v
}

func tagged(object urls.Params) any {
	v := get(object, "v")
	text, _ := v.(string)
	switch kind := getString(object, "$"); kind {
	case "safe", "lazy":
		return text
	case "int":
		n, _ := new(big.Int).SetString(text, 10)
		return n
	case "float":
		return map[string]float64{"inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.NaN()}[text]
	case "decimal":
		return pyLiteral{text, "Decimal('" + text + "')"}
	case "uuid":
		return parseUUID(text)
	case "bytes":
		b, _ := base64.StdEncoding.DecodeString(text)
		return b
	case "timedelta":
		n, _ := v.(json.Number).Int64()
		return time.Duration(n) * time.Microsecond
	case "datetime":
		if t, err := time.Parse("2006-01-02T15:04:05.999999Z07:00", text); err == nil {
			return t
		}
		str := strings.Replace(text, "T", " ", 1)
		return pyLiteral{str, "datetime.datetime(" + numbers(text) + ")"}
	case "date":
		return pyLiteral{text, "datetime.date(" + numbers(text) + ")"}
	case "time":
		return pyLiteral{text, "datetime.time(" + numbers(text) + ")"}
	case "tuple":
		return pySequence(pyValue(v).([]any))
	case "set":
		return pySet(pyValue(v).([]any))
	case "range":
		list := pyValue(v).([]any)
		var seq pySequence
		start, stop, step := list[0].(int64), list[1].(int64), list[2].(int64)
		for n := start; step > 0 && n < stop || step < 0 && n > stop; n += step {
			seq = append(seq, n)
		}
		return seq
	case "map":
		var params urls.Params
		for _, pair := range v.([]any) {
			pair := pyValue(pair).([]any)
			name, ok := pair[0].(string)
			if !ok {
				name = pyRepr(pair[0])
			}
			params = append(params, urls.Param{Name: name, Value: pair[1]})
		}
		return params
	case "object":
		return pyLiteral{getString(object, "str"), getString(object, "str")}
	default:
		return fmt.Errorf("unknown kind %q", kind)
	}
}

// numbers are the parts of an ISO date or time as repr shows them.
func numbers(iso string) string {
	var parts []string
	for _, p := range strings.FieldsFunc(iso, func(r rune) bool { return strings.ContainsRune("-T:.", r) }) {
		if p = strings.TrimLeft(p, "0"); p == "" {
			p = "0"
		}
		parts = append(parts, p)
	}
	if len(parts) == 6 && parts[5] == "0" {
		parts = parts[:5]
	}
	return strings.Join(parts, ", ")
}

func parseUUID(text string) web.UUID {
	var u web.UUID
	hex := strings.ReplaceAll(text, "-", "")
	for i := range u {
		_, _ = fmt.Sscanf(hex[2*i:2*i+2], "%02x", &u[i])
	}
	return u
}
