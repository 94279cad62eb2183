package web

// The methods in this file let templates look into a request, through interfaces that package template declares:
// {{ request.GET.page }}, {% for key in request.GET %}, {% querystring %}.

// TemplateKeys returns the keys in order.
func (v *Values) TemplateKeys() []string { return v.Keys() }

// TemplateKey returns the last value of a key.
func (v *Values) TemplateKey(key string) (any, bool) {
	value, ok := v.Lookup(key)
	if !ok {
		return nil, false
	}
	return value, true
}

// TemplateValues returns all values of a key.
func (v *Values) TemplateValues(key string) []string { return v.GetList(key) }

// TemplateKeys returns the names of the fields with files, each once.
func (f *Files) TemplateKeys() []string {
	var keys []string
	seen := map[string]bool{}
	for file := range f.All() {
		if !seen[file.Field] {
			seen[file.Field] = true
			keys = append(keys, file.Field)
		}
	}
	return keys
}

// TemplateKey returns the last file of a field.
func (f *Files) TemplateKey(key string) (any, bool) {
	file := f.Get(key)
	if file == nil {
		return nil, false
	}
	return file, true
}

// AltersData keeps templates from calling the methods that change the request. Django: alters_data.
func (r *Request) AltersData(method string) bool { return method == "Close" || method == "ParseForm" }
