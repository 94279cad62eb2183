package fn

import "github.com/nuages-go/nuages/orm"

// Lower is the text in small letters. SQLite knows those of ASCII alone, PostgreSQL those of the database's locale.
func Lower[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("Lower", e) }

// Upper is the text in capitals, of the letters that Lower knows.
func Upper[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("Upper", e) }

// Length is the number of characters.
func Length[V ~string](e orm.Expr[V]) orm.Expr[int64] { return orm.Function[int64]("Length", e) }

// Trim takes the spaces off both ends.
func Trim[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("Trim", e) }

// LTrim takes the spaces off the beginning.
func LTrim[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("LTrim", e) }

// RTrim takes the spaces off the end.
func RTrim[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("RTrim", e) }

// Reverse is the text backwards.
func Reverse[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("Reverse", e) }

// Ord is the number of the first character in Unicode.
func Ord[V ~string](e orm.Expr[V]) orm.Expr[int64] { return orm.Function[int64]("Ord", e) }

// Chr is the character with a number in Unicode: Chr(9749) is a cup of tea.
func Chr[N Whole](code N) orm.Expr[string] { return orm.Function[string]("Chr", argument(code)) }

// Left is the first characters.
func Left[V ~string, N Whole](e orm.Expr[V], length N) orm.Expr[string] {
	return orm.Function[string]("Left", e, argument(length))
}

// Right is the last characters.
func Right[V ~string, N Whole](e orm.Expr[V], length N) orm.Expr[string] {
	return orm.Function[string]("Right", e, argument(length))
}

// LPad fills a text at the beginning until it has the length; a longer one loses its end. Django's default fill is a space.
func LPad[V ~string, N Whole, F Text](e orm.Expr[V], length N, fill F) orm.Expr[string] {
	return orm.Function[string]("LPad", e, argument(length), argument(fill))
}

// RPad fills a text at the end until it has the length; a longer one loses its end. Django's default fill is a space.
func RPad[V ~string, N Whole, F Text](e orm.Expr[V], length N, fill F) orm.Expr[string] {
	return orm.Function[string]("RPad", e, argument(length), argument(fill))
}

// Repeat is the text several times.
func Repeat[V ~string, N Whole](e orm.Expr[V], times N) orm.Expr[string] {
	return orm.Function[string]("Repeat", e, argument(times))
}

// Replace puts one text for another, wherever it occurs.
func Replace[V ~string, O, N Text](e orm.Expr[V], old O, with N) orm.Expr[string] {
	return orm.Function[string]("Replace", e, argument(old), argument(with))
}

// StrIndex is the place of a text in another, counted from 1; 0 where it is not in it.
func StrIndex[V ~string, S Text](e orm.Expr[V], part S) orm.Expr[int64] {
	return orm.Function[int64]("StrIndex", e, argument(part))
}

// Substr is the part of a text from a place on, counted from 1, of a length; without one it goes to the end.
func Substr[V ~string, P Whole](e orm.Expr[V], from P, length ...P) orm.Expr[string] {
	args := []orm.AnyExpr{e, argument(from)}
	for _, n := range length {
		args = append(args, argument(n))
	}
	return orm.Function[string]("Substr", args...)
}

// MD5 is the checksum of the text's UTF-8 in hexadecimal digits.
func MD5[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("MD5", e) }

// SHA1 is the checksum of the text's UTF-8 in hexadecimal digits. PostgreSQL needs the extension pgcrypto.
func SHA1[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("SHA1", e) }

// SHA224 is the checksum of the text's UTF-8 in hexadecimal digits.
func SHA224[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("SHA224", e) }

// SHA256 is the checksum of the text's UTF-8 in hexadecimal digits.
func SHA256[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("SHA256", e) }

// SHA384 is the checksum of the text's UTF-8 in hexadecimal digits.
func SHA384[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("SHA384", e) }

// SHA512 is the checksum of the text's UTF-8 in hexadecimal digits.
func SHA512[V ~string](e orm.Expr[V]) orm.Expr[string] { return orm.Function[string]("SHA512", e) }
