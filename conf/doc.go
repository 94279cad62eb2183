// Package conf fills a settings struct from the environment and a .env file. No other part of Nuages takes settings from the
// environment: settings are values that main passes on.
//
//	type Settings struct {
//		SecretKey    string        // SECRET_KEY
//		Debug        bool          // DEBUG
//		AllowedHosts []string      // ALLOWED_HOSTS=example.com,www.example.com
//		PageTimeout  time.Duration // PAGE_TIMEOUT=30s
//		UploadLimit  conf.Size     // UPLOAD_LIMIT=2.5MiB
//	}
//
//	settings := Settings{AllowedHosts: []string{"localhost"}} // what the environment does not say stays
//	report, err := conf.FromEnv(&settings, conf.Options{Environ: os.Environ(), File: ".env"})
//
// # Names
//
// A field's variable is its name in capitals with underscores: SecretKey is SECRET_KEY, SecureHSTSSeconds is
// SECURE_HSTS_SECONDS, a field Host in a struct field Mail is MAIL_HOST. A field tag `env:"NAME"` gives another name,
// `env:"-"` leaves the field out. With Options.Prefix "SHOP_" the variable SHOP_DEBUG is looked for before DEBUG. For text
// a variable NAME_FILE may name a file that holds the value, as container secrets do.
//
// # Precedence
//
// The environment wins over the file, the file over what the struct holds already. In each the prefixed name wins over
// the bare one. The Report says where each value came from.
//
// # Values
//
//	text        as it is                       number      42, -1, 0.5, 1_000
//	boolean     true/false, yes/no, on/off, 1/0    list        comma-separated, blanks around items dropped
//	duration    30s, 1h30m, 2d, or seconds     size        512, 64KiB, 2.5MB
//	URL         https://host/path              map         key=value,key2=value2
//
// and every type that implements encoding.TextUnmarshaler (netip.Prefix, regexp.Regexp, big.Int ...). A pointer is set to
// a new value. A field of any other type is left alone.
//
// # The file
//
//	# a comment
//	export NAME=value             # a comment after a blank
//	SINGLE='taken $literally'     # may span lines
//	DOUBLE="a\nb ${NAME}"         # \n \r \t \\ \" \$ and ${NAME}; may span lines
//	URL=${SCHEME:-https}://host   # ${NAME:-default} when NAME is not set or empty
//
// ${NAME} is the environment's value, else that of an earlier line; an unknown name is a mistake. A $ without { is a $.
//
// Every mistake is reported at once, each with the name, the value (masked when the name says that it is secret), the
// reason and the fix.
package conf
