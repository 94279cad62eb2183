package urls

import "context"

// AppendURL appends the URL of a name without arguments. It is false, with b as it was, where only ReverseURL can tell.
// The template tag url builds most of its addresses so: into the page, without a string.
func (res *Resolver) AppendURL(ctx context.Context, b []byte, name string) ([]byte, bool) {
	f := res.fastForm(ctx, name, 0)
	if f == nil {
		return b, false
	}
	return append(b, f.literals[0]...), true
}

// AppendURLInt is AppendURL with a whole number as the only argument.
func (res *Resolver) AppendURLInt(ctx context.Context, b []byte, name string, n int64) ([]byte, bool) {
	f := res.fastForm(ctx, name, 1)
	if f == nil {
		return b, false
	}
	out, ok := appendInt(append(b, f.literals[0]...), n, f.classes[0])
	return f.end(out, b, ok)
}

// AppendURLText is AppendURL with a text as the only argument.
func (res *Resolver) AppendURLText(ctx context.Context, b []byte, name, text string) ([]byte, bool) {
	f := res.fastForm(ctx, name, 1)
	if f == nil {
		return b, false
	}
	out, ok := appendText(append(b, f.literals[0]...), text, f.classes[0])
	return f.end(out, b, ok)
}

// fastForm is the route of a name with n arguments, nil if its URLs need more than to be put together.
func (res *Resolver) fastForm(ctx context.Context, name string, n int) *planForm {
	if sc := scopeOf(ctx); sc != nil && sc.prefix != "" {
		return nil
	}
	p := res.table(res.language(ctx)).plan(name)
	if p == nil || len(p.byCount[n]) == 0 {
		return nil
	}
	return &p.byCount[n][0]
}

// end appends the last literal to out, which began as b. What fastArgs leaves to reverse is left here too.
func (f *planForm) end(out, b []byte, ok bool) ([]byte, bool) {
	out = append(out, f.literals[1]...)
	url := out[len(b):]
	if !ok || len(url) > 1 && url[0] == '/' && url[1] == '/' {
		return b, false
	}
	return out, true
}
