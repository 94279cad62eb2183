package schema

// Kind is what a field holds: Django's field class.
type Kind uint8

// The kinds of fields.
const (
	Invalid Kind = iota
	Auto
	BigAuto
	SmallAuto
	Char
	Text
	Slug
	Email
	URL
	File
	Image
	FilePath
	Integer
	BigInteger
	SmallInteger
	PositiveInteger
	PositiveBigInteger
	PositiveSmallInteger
	Float
	Decimal
	Boolean
	Date
	DateTime
	Time
	Duration
	Binary
	UUID
	JSON
	IP
	Generated
	ForeignKey
	OneToOne
	ManyToMany
	ForeignObject
)

var kindNames = [...]string{
	Invalid: "Invalid", Auto: "Auto", BigAuto: "BigAuto", SmallAuto: "SmallAuto", Char: "Char", Text: "Text", Slug: "Slug",
	Email: "Email", URL: "URL", File: "File", Image: "Image", FilePath: "FilePath", Integer: "Integer", BigInteger: "BigInteger",
	SmallInteger: "SmallInteger", PositiveInteger: "PositiveInteger", PositiveBigInteger: "PositiveBigInteger",
	PositiveSmallInteger: "PositiveSmallInteger", Float: "Float", Decimal: "Decimal", Boolean: "Boolean", Date: "Date",
	DateTime: "DateTime", Time: "Time", Duration: "Duration", Binary: "Binary", UUID: "UUID", JSON: "JSON", IP: "IP",
	Generated: "Generated", ForeignKey: "ForeignKey", OneToOne: "OneToOne", ManyToMany: "ManyToMany",
	ForeignObject: "ForeignObject",
}

// String returns the kind's name, as it stands in migration files.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Invalid"
}

// IsAuto says that the database gives the value on insert.
func (k Kind) IsAuto() bool { return k == Auto || k == BigAuto || k == SmallAuto }

// IsInteger says that the column holds whole numbers.
func (k Kind) IsInteger() bool {
	return k.IsAuto() || k >= Integer && k <= PositiveSmallInteger
}

// IsText says that the column holds text.
func (k Kind) IsText() bool { return k >= Char && k <= FilePath }

// IsTemporal says that the column holds a date, a time or both.
func (k Kind) IsTemporal() bool { return k == Date || k == DateTime || k == Time }

// IsRelation says that the field points to another model.
func (k Kind) IsRelation() bool { return k >= ForeignKey }
