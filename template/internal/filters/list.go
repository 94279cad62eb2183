package filters

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/template/internal/value"
)

func empty() value.Value { return value.OfString("") }

func first(_ *Env, v, _ value.Value) (value.Value, error) {
	if !isSequence(v) {
		return v, fmt.Errorf("first: '%s' object is not subscriptable", v.TypeName())
	}
	if out, ok := v.Index(0); ok {
		return out, nil
	}
	if n, ok := v.Len(); ok && n == 0 {
		return empty(), nil
	}
	return v, fmt.Errorf("first: '%s' object is not subscriptable", v.TypeName())
}

func last(_ *Env, v, _ value.Value) (value.Value, error) {
	if !isSequence(v) {
		return v, fmt.Errorf("last: '%s' object is not subscriptable", v.TypeName())
	}
	n, ok := v.Len()
	if ok && n == 0 {
		return empty(), nil
	}
	if out, ok := v.Index(n - 1); ok && n > 0 {
		return out, nil
	}
	return v, fmt.Errorf("last: '%s' object is not subscriptable", v.TypeName())
}

func random(_ *Env, v, _ value.Value) (value.Value, error) {
	n, ok := v.Len()
	if !ok {
		return v, fmt.Errorf("random: object of type '%s' has no len()", v.TypeName())
	}
	if n == 0 {
		return empty(), nil
	}
	out, _ := v.Index(rand.IntN(n))
	return out, nil
}

func length(_ *Env, v, _ value.Value) (value.Value, error) {
	n, _ := v.Len()
	return value.OfInt(int64(n)), nil
}

// isSequence says whether a value has a first element to Python.
func isSequence(v value.Value) bool {
	switch v.Kind() {
	case value.Dict, value.Map, value.Mapping, value.Set, value.Seq, value.None, value.Func:
		return false
	}
	return !v.IsView()
}

func join(e *Env, v, arg value.Value) (value.Value, error) {
	elems, err := v.Elements()
	if err != nil {
		return v, nil //nolint:nilerr // what cannot be joined stays as it is
	}
	if !e.Autoescape && (!arg.Kind().IsText() || slices.ContainsFunc(elems, func(el value.Value) bool { return !el.Kind().IsText() })) {
		return v, nil // Python joins nothing but text
	}
	sep := arg.Str()
	if e.Autoescape {
		sep = conditional(arg).Text()
	}
	var b []byte
	for i, el := range elems {
		if i > 0 {
			b = append(b, sep...)
		}
		if e.Autoescape {
			b = append(b, conditional(el).Text()...)
		} else {
			b = value.AppendStr(b, el)
		}
	}
	return value.OfSafe(string(b)), nil
}

// each makes a filter that changes the elements of a list.
func each(f func(value.Value) value.Value) Func {
	return func(_ *Env, v, _ value.Value) (value.Value, error) {
		elems, err := v.Elements()
		if err != nil {
			return v, err
		}
		out := make([]value.Value, len(elems))
		for i, el := range elems {
			out[i] = f(el)
		}
		return value.OfList(out), nil
	}
}

func markSafe(v value.Value) value.Value {
	if v.IsSafe() {
		return v
	}
	return value.OfSafe(v.Str())
}

// slice is Python's v[start:stop:step].
func slice(_ *Env, v, arg value.Value) (value.Value, error) {
	var bounds [3]*int
	parts := strings.Split(arg.Str(), ":")
	if len(parts) > 3 {
		return v, nil
	}
	for i, part := range parts {
		if part == "" {
			continue
		}
		n, ok := wholeArg(value.OfString(part))
		if !ok {
			return v, nil
		}
		bounds[i] = &n
	}
	if len(parts) == 1 { // slice(stop)
		bounds[0], bounds[1] = nil, bounds[0]
	}
	isText := v.Kind().IsText()
	if k := v.Kind(); v.IsView() || !isText && k != value.List && k != value.Tuple && k != value.Range && k != value.Bytes {
		return v, nil
	}
	var s value.Sequence
	if err := s.Fill(v); err != nil {
		return v, nil //nolint:nilerr // what cannot be cut stays as it is
	}
	indices, ok := sliceIndices(s.Len(), bounds)
	if !ok {
		return v, nil
	}
	if isText {
		var b strings.Builder
		for _, i := range indices {
			b.WriteString(s.At(i).Text())
		}
		return value.OfString(b.String()), nil
	}
	out := make([]value.Value, len(indices))
	for i, index := range indices {
		out[i] = s.At(index)
	}
	if v.Kind() == value.Tuple {
		return value.OfTuple(out...), nil
	}
	return value.OfList(out), nil
}

func sliceIndices(n int, bounds [3]*int) ([]int, bool) {
	step := 1
	if bounds[2] != nil {
		step = *bounds[2]
	}
	if step == 0 {
		return nil, false
	}
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	clamp := func(p *int, def int) int {
		if p == nil {
			return def
		}
		i := *p
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	start, stop := clamp(bounds[0], low), clamp(bounds[1], high)
	if step < 0 {
		start, stop = clamp(bounds[0], high), clamp(bounds[1], low)
	}
	var out []int
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		out = append(out, i)
	}
	return out, true
}

func divisibleby(_ *Env, v, arg value.Value) (value.Value, error) {
	a, aok := v.BigInt()
	b, bok := arg.BigInt()
	switch {
	case !aok || !bok:
		return v, errors.New("divisibleby: not a whole number")
	case b.Sign() == 0:
		return v, errors.New("divisibleby: division by zero")
	}
	return value.OfBool(new(big.Int).Rem(a, b).Sign() == 0), nil
}

func getDigit(_ *Env, v, arg value.Value) (value.Value, error) {
	place, ok := arg.BigInt()
	if !ok {
		if !arg.Kind().IsText() {
			return v, argError("get_digit", arg)
		}
		return v, nil
	}
	n, ok := v.BigInt()
	switch {
	case !ok && !v.Kind().IsText() && !v.Kind().IsNumber():
		return v, fmt.Errorf("get_digit: '%s' is no number", v.TypeName())
	case !ok:
		return v, nil
	case place.Sign() <= 0:
		return value.OfBig(n), nil
	}
	text := n.String()
	digit, ok := wholeArg(arg)
	if !ok || digit > len(text) {
		return value.OfInt(0), nil
	}
	c := text[len(text)-digit]
	if c == '-' {
		return v, errors.New("get_digit: invalid literal for int(): '-'")
	}
	return value.OfInt(int64(c - '0')), nil
}

// dictsort orders by a key of the elements, an index, or a path of keys.
func dictsort(reversed bool) Func {
	return func(e *Env, v, arg value.Value) (value.Value, error) {
		if arg.Kind().IsText() && arg.Text() == "" {
			return v, errors.New("dictsort: the key is empty")
		}
		key, ok := sortKey(e, arg)
		if !ok {
			return empty(), nil
		}
		elems, err := v.Elements()
		if err != nil {
			return empty(), nil //nolint:nilerr // what cannot be sorted gives nothing
		}
		type keyed struct{ key, elem value.Value }
		list := make([]keyed, len(elems))
		for i, el := range elems {
			k, ok := key(el)
			if !ok {
				return empty(), missingKey(el, arg)
			}
			list[i] = keyed{k, el}
		}
		sortable := true
		slices.SortStableFunc(list, func(a, b keyed) int {
			order, ok := value.Compare(a.key, b.key)
			sortable = sortable && ok
			if reversed {
				return -order
			}
			return order
		})
		if !sortable {
			return empty(), nil
		}
		out := make([]value.Value, len(list)) // the list itself keeps its order
		for i := range list {
			out[i] = list[i].elem
		}
		return value.OfList(out), nil
	}
}

// missingKey is the error for an element without the index or the key that a number names. What a path names may be missing.
func missingKey(el, arg value.Value) error {
	if _, isNumber := arg.ParseNumber(); !isNumber {
		return nil
	}
	switch el.Kind() {
	case value.Dict, value.Map, value.Mapping:
		return fmt.Errorf("dictsort: there is no key %s", arg.Repr())
	case value.List, value.Tuple, value.String, value.Safe:
		if arg.Kind().IsInteger() {
			return fmt.Errorf("dictsort: index %s out of range", arg.Repr())
		}
	}
	return nil
}

func sortKey(e *Env, arg value.Value) (func(value.Value) (value.Value, bool), bool) {
	path := arg.Str()
	if _, isNumber := arg.ParseNumber(); isNumber {
		return func(v value.Value) (value.Value, bool) { return v.Item(arg) }, true
	}
	if !arg.Kind().IsText() || strings.HasPrefix(path, "_") || strings.Contains(path, "._") {
		return nil, false
	}
	var steps []*value.Step
	for name := range strings.SplitSeq(path, ".") {
		steps = append(steps, value.NewStep(name))
	}
	return func(v value.Value) (value.Value, bool) {
		for _, s := range steps {
			next, ok, err := s.Get(e.Ctx, v)
			if !ok || err != nil {
				return value.Value{}, false
			}
			if v, err = next.Lazy(e.Ctx); err != nil {
				return value.Value{}, false
			}
		}
		return v, true
	}, true
}

// maxNesting bounds how deep lists are nested in unordered_list, maxListing how long what it prints may get.
const (
	maxNesting = 100
	maxListing = 8 << 20
)

func unorderedList(e *Env, v, _ value.Value) (value.Value, error) {
	var b []byte
	b, err := appendItems(e, b, v, 1)
	return value.OfSafe(string(b)), err
}

func appendItems(e *Env, dst []byte, v value.Value, depth int) ([]byte, error) {
	elems, err := v.Elements()
	if err == nil && (depth > maxNesting || len(dst) > maxListing) {
		err = errors.New("unordered_list: the list is nested too deep, or holds itself")
	}
	if err != nil {
		return dst, err
	}
	indent := strings.Repeat("\t", depth)
	wrote := false
	for i := 0; i < len(elems); i++ {
		if wrote {
			dst = append(dst, '\n')
		}
		wrote = true
		dst = append(append(dst, indent...), "<li>"...)
		if e.Autoescape {
			dst = append(dst, conditional(elems[i]).Text()...)
		} else {
			dst = value.AppendStr(dst, elems[i])
		}
		if i+1 < len(elems) && isNested(elems[i+1]) {
			i++
			if n, ok := elems[i].Len(); ok && n == 0 {
				dst = append(dst, "</li>"...)
				continue
			}
			dst = append(append(append(dst, '\n'), indent...), "<ul>\n"...)
			if dst, err = appendItems(e, dst, elems[i], depth+1); err != nil {
				return dst, err
			}
			dst = append(append(append(dst, '\n'), indent...), "</ul>\n"...)
			dst = append(dst, indent...)
		}
		dst = append(dst, "</li>"...)
	}
	return dst, nil
}

func isNested(v value.Value) bool {
	switch v.Kind() {
	case value.List, value.Tuple, value.Seq:
		return true
	}
	return false
}

// words returns the text that a filter was given, or the default.
func words(filter string, arg value.Value, def string) (string, error) {
	switch {
	case arg.IsUndefined():
		return def, nil
	case !arg.Kind().IsText():
		return "", fmt.Errorf("%s: the argument %s is no text", filter, arg.Repr())
	}
	return arg.Text(), nil
}

func pluralize(_ *Env, v, arg value.Value) (value.Value, error) {
	suffix, err := words("pluralize", arg, "s")
	if err != nil {
		return v, err
	}
	singular, plural, both := strings.Cut(suffix, ",")
	if !both {
		singular, plural = "", suffix
	}
	if strings.Contains(plural, ",") {
		return empty(), nil
	}
	one, known := false, false
	if f, ok := v.ParseNumber(); ok {
		one, known = f == 1, true
	} else if n, ok := v.Len(); ok && !v.Kind().IsText() && v.Kind() != value.Bytes {
		one, known = n == 1, true
	} else if ok {
		one, known = utf8.RuneCountInString(v.Text()) == 1, false
	}
	switch {
	case !known:
		return empty(), nil
	case one:
		return value.OfString(singular), nil
	}
	return value.OfString(plural), nil
}

func yesno(e *Env, v, arg value.Value) (value.Value, error) {
	if arg.IsNone() {
		arg = value.Value{}
	}
	list, err := words("yesno", arg, e.Locale.Text("yes,no,maybe"))
	if err != nil {
		return v, err
	}
	parts := strings.Split(list, ",")
	if len(parts) < 2 {
		return v, nil
	}
	yes, no, maybe := parts[0], parts[1], parts[1]
	if len(parts) == 3 {
		maybe = parts[2]
	} else if len(parts) > 3 {
		yes, no, maybe = parts[0], parts[1], parts[1]
	}
	switch {
	case v.IsNone():
		return value.OfString(maybe), nil
	case v.Truth():
		return value.OfString(yes), nil
	}
	return value.OfString(no), nil
}
