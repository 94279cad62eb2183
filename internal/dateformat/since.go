package dateformat

import (
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/locale"
)

// Since prints the time between from and to in up to depth neighbouring units: "2 weeks, 3 days". What is not in the past
// is "0 minutes". Both times count in their own zone's calendar.
func Since(from, to time.Time, depth int, l *locale.Locale) string {
	total := int64(to.Sub(from).Seconds())
	if to.Sub(from) < 0 || total <= 0 {
		return unit(l, 5, 0)
	}
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if from.Day() > to.Day() || from.Day() == to.Day() && clock(from) > clock(to) {
		months--
	}
	years, months := months/12, months%12
	pivot := from
	if years != 0 || months != 0 {
		year, month := from.Year()+years, int(from.Month())+months
		if month > 12 {
			month, year = month-12, year+1
		}
		day := min(from.Day(), daysIn(year, month))
		pivot = time.Date(year, time.Month(month), day, from.Hour(), from.Minute(), from.Second(), 0, from.Location())
	}
	rest := int64(to.Sub(pivot).Seconds())
	parts := [6]int64{int64(years), int64(months)}
	for i, size := range []int64{7 * 86400, 86400, 3600, 60} {
		parts[i+2] = rest / size
		rest %= size
	}
	first := 0
	for first < len(parts) && parts[first] == 0 {
		first++
	}
	if first == len(parts) {
		return unit(l, 5, 0)
	}
	var out []string
	for i := first; i < len(parts) && len(out) < depth && parts[i] != 0; i++ {
		out = append(out, unit(l, i, int(parts[i])))
	}
	return strings.Join(out, l.Join)
}

func clock(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// daysIn counts February as 28 days, as Django does.
func daysIn(_, month int) int {
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

func unit(l *locale.Locale, i, n int) string {
	forms := l.Units[i]
	form := forms[min(l.Plural(n), len(forms)-1)]
	return strings.Replace(form, "%d", strconv.Itoa(n), 1)
}
