package value

// Kind is what a value is to a template.
type Kind uint8

// The kinds. Undefined is a variable that does not exist.
const (
	Undefined Kind = iota
	None
	Bool
	Int
	Uint
	Float
	BigInt
	Decimal
	String
	Safe
	Bytes
	DateTime
	Date
	Clock
	Duration
	List
	Tuple
	Set
	Map
	Dict
	Mapping
	Seq
	Range
	Func
	Object
	Special
)

// Name is the kind's name in Python, for messages.
func (k Kind) Name() string {
	switch k {
	case Undefined, None:
		return "NoneType"
	case Bool:
		return "bool"
	case Int, Uint, BigInt:
		return "int"
	case Float:
		return "float"
	case Decimal:
		return "decimal.Decimal"
	case String:
		return "str"
	case Safe:
		return "SafeString"
	case Bytes:
		return "bytes"
	case DateTime:
		return "datetime.datetime"
	case Date:
		return "datetime.date"
	case Clock:
		return "datetime.time"
	case Duration:
		return "datetime.timedelta"
	case List:
		return "list"
	case Tuple:
		return "tuple"
	case Set:
		return "set"
	case Map, Dict, Mapping:
		return "dict"
	case Seq:
		return "generator"
	case Range:
		return "range"
	case Func:
		return "function"
	}
	return "object"
}

// IsNumber says whether the kind is a number; booleans count, as in Python.
func (k Kind) IsNumber() bool { return k >= Bool && k <= Decimal }

// IsInteger says whether the kind is a whole number or a boolean.
func (k Kind) IsInteger() bool { return k == Bool || k == Int || k == Uint || k == BigInt }

// IsText says whether the kind is text.
func (k Kind) IsText() bool { return k == String || k == Safe }
