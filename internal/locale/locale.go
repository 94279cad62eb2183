package locale

import "strings"

// Locale is how a language prints dates and numbers. It must not be changed.
type Locale struct {
	Code string
	// Name and NameLocal are the language's name in English and in itself.
	Name, NameLocal string
	Bidi            bool
	// Months are the names of months: in full, alone in a date (E), three letters (M), lower-case three letters (b),
	// Associated Press style (N).
	Months, MonthsAlt, MonthsShort, MonthsLower, MonthsAP [12]string
	// Days are the names of days from Monday on, in full and in three letters.
	Days, DaysShort [7]string
	// AM, PM are the forms of the letter a, UpperAM and UpperPM those of A.
	AM, PM, UpperAM, UpperPM, Midnight, Noon string
	// Formats are the date formats by Django's names.
	Formats map[string]string
	// Decimal and Thousand are the separators of numbers; Grouping the sizes of groups from the right.
	Decimal, Thousand string
	Grouping          []int
	// Units are the words of year, month, week, day, hour, minute, by plural form; %d is the number.
	Units [6][]string
	// Bytes are the words for a number of bytes, by plural form; the English ones if empty.
	Bytes []string
	// Join stands between the parts of a time span.
	Join string
	// Plural gives the plural form of a number.
	Plural func(n int) int
	// Texts are translations of other texts that filters print.
	Texts map[string]string
}

// CountBytes returns the words for n bytes; %d is the number.
func (l *Locale) CountBytes(n int) string {
	forms := l.Bytes
	if len(forms) == 0 {
		forms = english.Bytes
	}
	return forms[min(l.Plural(n), len(forms)-1)]
}

// Text returns the translation of a text that filters print, or the text.
func (l *Locale) Text(s string) string {
	if t, ok := l.Texts[s]; ok {
		return t
	}
	return s
}

// Format returns the date format of a name, and whether there is one.
func (l *Locale) Format(name string) (string, bool) {
	f, ok := l.Formats[name]
	if !ok && l.Code != english.Code {
		f, ok = english.Formats[name]
	}
	return f, ok
}

// Find returns the locale of a language code, that of the language without its variant, or English.
func Find(code string) *Locale {
	code = strings.ToLower(strings.ReplaceAll(code, "_", "-"))
	for code != "" {
		if l, ok := known[code]; ok {
			return l
		}
		if l, ok := variants[code]; ok {
			return l
		}
		cut := strings.LastIndexByte(code, '-')
		if cut < 0 {
			break
		}
		code = code[:cut]
	}
	return english
}
