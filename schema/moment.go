package schema

import "time"

// parseMoment reads an RFC 3339 time as time.Parse does. (The moment is the same; its zone may be another.)
func parseMoment(text string) (time.Time, error) {
	if t, ok := plainMoment(text); ok {
		return t, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

// plainMoment reads a time in the shapes that nearly all have, 2024-06-28T18:00:00[.123]+08:00 or …Z, in less
// time than time.Parse takes. Of anything else it says ok false: of odd years and of a month's last days,
// which would need a calendar, too.
func plainMoment(text string) (t time.Time, ok bool) {
	const shape = "2024-06-30T18:00:00"
	if len(text) <= len(shape) || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return t, false
	}
	century, years := twoDigits(text), twoDigits(text[2:])
	month, day := twoDigits(text[5:]), twoDigits(text[8:])
	hour, minute, second := twoDigits(text[11:]), twoDigits(text[14:]), twoDigits(text[17:])
	if century < 20 || century > 21 || years > 98 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	nanoseconds, rest, ok := fraction(text[len(shape):])
	if !ok {
		return t, false
	}
	offset, ok := zoneOffset(rest)
	if !ok {
		return t, false
	}
	return time.Date(100*century+years, time.Month(month), day, hour, minute, second-offset, nanoseconds, time.UTC), true
}

// notDigits is more than any two digits say.
const notDigits = 100

func twoDigits(text string) int {
	tens, ones := text[0]-'0', text[1]-'0'
	if tens > 9 || ones > 9 {
		return notDigits
	}
	return 10*int(tens) + int(ones)
}

// fraction reads a fraction of a second, if there is one, of up to nine digits.
func fraction(text string) (nanoseconds int, rest string, ok bool) {
	if text[0] != '.' {
		return 0, text, true
	}
	i, unit := 1, int(time.Second)
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		unit /= 10
		nanoseconds += int(text[i]-'0') * unit
	}
	return nanoseconds, text[i:], 1 < i && i <= 10
}

// zoneOffset reads a zone, as seconds east of UTC.
func zoneOffset(text string) (offset int, ok bool) {
	if text == "Z" {
		return 0, true
	}
	if len(text) != len("+08:00") || text[3] != ':' {
		return 0, false
	}
	hours, minutes := twoDigits(text[1:]), twoDigits(text[4:])
	offset = 60 * (60*hours + minutes)
	switch {
	case hours > 23 || minutes > 59:
		return 0, false
	case text[0] == '+':
		return offset, true
	}
	return -offset, text[0] == '-'
}
