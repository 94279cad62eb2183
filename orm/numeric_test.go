package orm_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// noNumber has decimals with more places than digits.
type noNumber struct {
	ID   int64
	A, B orm.Decimal
	C, D orm.Decimal
}

func (noNumber) Fields(n *noNumber) []orm.Field {
	return []orm.Field{orm.Numeric(&n.A, 0, 2), orm.Numeric(&n.B, 3, 4), orm.Numeric(&n.C, 0, 0), orm.Numeric(&n.D, 3, 3)}
}

func TestNumericMistakes(t *testing.T) {
	t.Parallel()
	err := orm.ModelOf[noNumber]().Err()
	for field, wrong := range map[string]bool{".A:": true, ".B:": true, ".C:": false, ".D:": false} {
		if err == nil || strings.Contains(err.Error(), field) != wrong {
			t.Errorf("Err() = %v; a mistake in %s is %v", err, field, wrong)
		}
	}
}
