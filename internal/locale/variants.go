package locale

// variants are languages that differ from another one in a few formats.
var variants = map[string]*Locale{
	"de-ch": vary(known["de"], func(l *Locale) { l.Code, l.Thousand = "de-ch", "\u00a0" }),
	"hi": vary(english, func(l *Locale) {
		l.Code, l.Grouping = "hi", []int{0}
		l.Formats = map[string]string{"DATE_FORMAT": "j F Y", "TIME_FORMAT": "g:i A", "MONTH_DAY_FORMAT": "j F", "SHORT_DATE_FORMAT": "d-m-Y"}
	}),
}

func vary(l *Locale, change func(*Locale)) *Locale {
	c := *l
	change(&c)
	return &c
}
