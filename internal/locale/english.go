package locale

var english = &Locale{
	Code: "en", Name: "English", NameLocal: "English",
	Months: [12]string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	},
	MonthsAlt: [12]string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	},
	MonthsShort: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	MonthsLower: [12]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"},
	MonthsAP: [12]string{
		"Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.",
	},
	Days:      [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
	DaysShort: [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
	AM:        "a.m.", PM: "p.m.", UpperAM: "AM", UpperPM: "PM", Midnight: "midnight", Noon: "noon",
	Formats: map[string]string{
		"DATE_FORMAT": "N j, Y", "TIME_FORMAT": "P", "DATETIME_FORMAT": "N j, Y, P", "YEAR_MONTH_FORMAT": "F Y",
		"MONTH_DAY_FORMAT": "F j", "SHORT_DATE_FORMAT": "m/d/Y", "SHORT_DATETIME_FORMAT": "m/d/Y P",
	},
	Decimal: ".", Thousand: ",", Grouping: []int{3},
	Units: [6][]string{
		{"%d\u00a0year", "%d\u00a0years"},
		{"%d\u00a0month", "%d\u00a0months"},
		{"%d\u00a0week", "%d\u00a0weeks"},
		{"%d\u00a0day", "%d\u00a0days"},
		{"%d\u00a0hour", "%d\u00a0hours"},
		{"%d\u00a0minute", "%d\u00a0minutes"},
	},
	Bytes:  []string{"%d byte", "%d bytes"},
	Join:   ", ",
	Plural: notOne,
}
