package sqlite

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
)

type scalar = func(ctx sqlite.Context, args []sqlite.Value) (sqlite.Value, error)

// installMore adds the functions over texts and the aggregates that SQLite lacks.
func installMore(c *conn) error {
	hash := func(sum func(b []byte) []byte) scalar {
		return textFunc(func(s string) string { return hex.EncodeToString(sum([]byte(s))) })
	}
	for name, f := range map[string]struct {
		n int
		f scalar
	}{
		"REVERSE": {1, textFunc(reverse)},
		"REPEAT":  {2, repeat},
		"LPAD":    {3, pad(true)},
		"RPAD":    {3, pad(false)},
		"BITXOR":  {2, bitxor},
		"COT":     {1, cot},
		"CBRT":    {1, cbrt},
		"RAND": {0, func(sqlite.Context, []sqlite.Value) (sqlite.Value, error) {
			return sqlite.FloatValue(rand.Float64()), nil
		}},
		"nuages_json_contains": {2, jsonContains},
		"UUIDV4":               {0, uuidV4},
		"UUIDV7":               {1, uuidV7},
		"MD5":                  {1, hash(func(b []byte) []byte { s := md5.Sum(b); return s[:] })},
		"SHA1":                 {1, hash(func(b []byte) []byte { s := sha1.Sum(b); return s[:] })},
		"SHA224":               {1, hash(func(b []byte) []byte { s := sha256.Sum224(b); return s[:] })},
		"SHA256":               {1, hash(func(b []byte) []byte { s := sha256.Sum256(b); return s[:] })},
		"SHA384":               {1, hash(func(b []byte) []byte { s := sha512.Sum384(b); return s[:] })},
		"SHA512":               {1, hash(func(b []byte) []byte { s := sha512.Sum512(b); return s[:] })},
	} {
		if err := c.function(name, f.n, name != "RAND" && name != "UUIDV4" && name != "UUIDV7", f.f); err != nil {
			return err
		}
	}
	for name, final := range map[string]func(s *stats) sqlite.Value{
		"VAR_POP":     func(s *stats) sqlite.Value { return s.variance(false, false) },
		"VAR_SAMP":    func(s *stats) sqlite.Value { return s.variance(true, false) },
		"STDDEV_POP":  func(s *stats) sqlite.Value { return s.variance(false, true) },
		"STDDEV_SAMP": func(s *stats) sqlite.Value { return s.variance(true, true) },
	} {
		if err := aggregate(c.raw, name, func() sqlite.AggregateFunction { return &stats{final: final} }); err != nil {
			return err
		}
	}
	for name, op := range map[string]func(a, b int64) int64{
		"BIT_AND": func(a, b int64) int64 { return a & b },
		"BIT_OR":  func(a, b int64) int64 { return a | b },
		"BIT_XOR": func(a, b int64) int64 { return a ^ b },
	} {
		if err := aggregate(c.raw, name, func() sqlite.AggregateFunction { return &bits{op: op} }); err != nil {
			return err
		}
	}
	return aggregate(c.raw, "ANY_VALUE", func() sqlite.AggregateFunction { return &anyValue{} })
}

func aggregate(c *sqlite.Conn, name string, make func() sqlite.AggregateFunction) error {
	return c.CreateFunction(name, &sqlite.FunctionImpl{
		NArgs: 1, Deterministic: true,
		MakeAggregate: func(sqlite.Context) (sqlite.AggregateFunction, error) { return make(), nil },
	})
}

// textFunc is a function of one text; null stays null.
func textFunc(f func(s string) string) scalar {
	return func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
		if isNull(args[0]) {
			return sqlite.Value{}, nil
		}
		return sqlite.TextValue(f(args[0].Text())), nil
	}
}

func reverse(s string) string {
	rs := []rune(s)
	slices.Reverse(rs)
	return string(rs)
}

// maxText bounds what a statement can make of a small argument.
const maxText = 64 << 20

func repeat(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[0]) || isNull(args[1]) {
		return sqlite.Value{}, nil
	}
	s, n := args[0].Text(), args[1].Int64()
	if n <= 0 || s == "" {
		return sqlite.TextValue(""), nil
	}
	if n > int64(maxText/len(s)) {
		return sqlite.Value{}, errTooLong
	}
	return sqlite.TextValue(strings.Repeat(s, int(n))), nil
}

func pad(left bool) scalar {
	return func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
		if isNull(args[0]) || isNull(args[1]) || isNull(args[2]) {
			return sqlite.Value{}, nil
		}
		text, n, fill := []rune(args[0].Text()), args[1].Int64(), []rune(args[2].Text())
		if n > maxText {
			return sqlite.Value{}, errTooLong
		}
		if n <= int64(len(text)) || len(fill) == 0 {
			return sqlite.TextValue(string(text[:max(0, min(int(n), len(text)))])), nil
		}
		missing := make([]rune, int(n)-len(text))
		for i := range missing {
			missing[i] = fill[i%len(fill)]
		}
		if left {
			return sqlite.TextValue(string(missing) + string(text)), nil
		}
		return sqlite.TextValue(string(text) + string(missing)), nil
	}
}

func bitxor(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[0]) || isNull(args[1]) {
		return sqlite.Value{}, nil
	}
	return sqlite.IntegerValue(args[0].Int64() ^ args[1].Int64()), nil
}

func cot(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[0]) {
		return sqlite.Value{}, nil
	}
	return sqlite.FloatValue(1 / math.Tan(args[0].Float())), nil
}

func cbrt(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[0]) {
		return sqlite.Value{}, nil
	}
	return sqlite.FloatValue(math.Cbrt(args[0].Float())), nil
}

// stats counts the variance in one pass (Welford), so that large values do not lose their digits.
type stats struct {
	n       int64
	mean, m float64
	final   func(s *stats) sqlite.Value
}

func (s *stats) Step(_ sqlite.Context, args []sqlite.Value) error {
	if isNull(args[0]) {
		return nil
	}
	x := args[0].Float()
	s.n++
	d := x - s.mean
	s.mean += d / float64(s.n)
	s.m += d * (x - s.mean)
	return nil
}

// WindowInverse takes a value out again.
func (s *stats) WindowInverse(_ sqlite.Context, args []sqlite.Value) error {
	if isNull(args[0]) {
		return nil
	}
	x := args[0].Float()
	s.n--
	if s.n == 0 {
		s.mean, s.m = 0, 0
		return nil
	}
	d := x - s.mean
	s.mean -= d / float64(s.n)
	s.m -= d * (x - s.mean)
	return nil
}

func (s *stats) WindowValue(sqlite.Context) (sqlite.Value, error) { return s.final(s), nil }
func (s *stats) Finalize(sqlite.Context)                          {}

func (s *stats) variance(sample, root bool) sqlite.Value {
	n := s.n
	if sample {
		n--
	}
	if n <= 0 {
		return sqlite.Value{}
	}
	v := s.m / float64(n)
	if root {
		v = math.Sqrt(v)
	}
	return sqlite.FloatValue(v)
}

// bits folds integers.
type bits struct {
	op   func(a, b int64) int64
	vals []int64
}

func (b *bits) Step(_ sqlite.Context, args []sqlite.Value) error {
	if !isNull(args[0]) {
		b.vals = append(b.vals, args[0].Int64())
	}
	return nil
}

func (b *bits) WindowInverse(_ sqlite.Context, args []sqlite.Value) error {
	if !isNull(args[0]) && len(b.vals) > 0 {
		b.vals = b.vals[1:]
	}
	return nil
}

func (b *bits) WindowValue(sqlite.Context) (sqlite.Value, error) {
	if len(b.vals) == 0 {
		return sqlite.Value{}, nil
	}
	v := b.vals[0]
	for _, x := range b.vals[1:] {
		v = b.op(v, x)
	}
	return sqlite.IntegerValue(v), nil
}

func (b *bits) Finalize(sqlite.Context) {}

// anyValue keeps the first value.
type anyValue struct {
	set bool
	v   sqlite.Value
}

func (a *anyValue) Step(_ sqlite.Context, args []sqlite.Value) error {
	if a.set || isNull(args[0]) {
		return nil
	}
	a.set = true
	switch v := args[0]; v.Type() { // the argument is gone after the call
	case sqlite.TypeInteger:
		a.v = sqlite.IntegerValue(v.Int64())
	case sqlite.TypeFloat:
		a.v = sqlite.FloatValue(v.Float())
	case sqlite.TypeText:
		a.v = sqlite.TextValue(v.Text())
	case sqlite.TypeBlob:
		a.v = sqlite.BlobValue(slices.Clone(v.Blob()))
	}
	return nil
}

func (a *anyValue) WindowInverse(sqlite.Context, []sqlite.Value) error { return nil }
func (a *anyValue) WindowValue(sqlite.Context) (sqlite.Value, error)   { return a.v, nil }
func (a *anyValue) Finalize(sqlite.Context)                            {}
