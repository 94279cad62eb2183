package serializers

// EachMember calls f for the members of a JSON object, whose names are unquoted.
func EachMember(raw []byte, f func(name string, value []byte)) error {
	return eachMember(raw, func(name, value []byte) error {
		s, err := unquoteJSON(name)
		f(s, value)
		return err
	})
}

// JSONItems are the elements of a JSON list.
func JSONItems(raw []byte) (out []string, isList bool) {
	list, isList, _ := jsonValue(raw).list()
	for _, v := range list {
		out = append(out, string(v.(jsonValue)))
	}
	return out, isList
}
