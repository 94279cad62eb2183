package locale

// The plural rules of the languages, as in their catalogues.

func notOne(n int) int {
	if n == 1 {
		return 0
	}
	return 1
}

func aboveOne(n int) int {
	if n > 1 {
		return 1
	}
	return 0
}

func single(int) int { return 0 }

func slavic(n int) int {
	switch {
	case n%10 == 1 && n%100 != 11:
		return 0
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return 1
	}
	return 2
}

func arabic(n int) int {
	switch {
	case n <= 2:
		return n
	case n%100 >= 3 && n%100 <= 10:
		return 3
	case n%100 >= 11:
		return 4
	}
	return 5
}

func polish(n int) int {
	switch {
	case n == 1:
		return 0
	case slavic(n) == 1:
		return 1
	}
	return 2
}

func czech(n int) int {
	switch {
	case n == 1:
		return 0
	case n >= 2 && n <= 4:
		return 1
	}
	return 2
}
