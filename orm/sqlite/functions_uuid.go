package sqlite

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"zombiezen.com/go/sqlite"
)

// uuidV4 is a random identifier, as 32 hexadecimal digits.
func uuidV4(sqlite.Context, []sqlite.Value) (sqlite.Value, error) {
	return uuid(4, nil), nil
}

// uuidV7 is an identifier that begins with the time, moved by the microseconds of the argument.
func uuidV7(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	ms := time.Now().Add(time.Duration(args[0].Int64()) * time.Microsecond).UnixMilli()
	return uuid(7, []byte{byte(ms >> 40), byte(ms >> 32), byte(ms >> 24), byte(ms >> 16), byte(ms >> 8), byte(ms)}), nil
}

func uuid(version byte, begin []byte) sqlite.Value {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it does not fail
	copy(b[:], begin)
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	return sqlite.TextValue(hex.EncodeToString(b[:]))
}
