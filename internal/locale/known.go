package locale

var known = map[string]*Locale{"en": english}
