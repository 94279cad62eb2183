package orm_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// coded has a key of text; pointing points to it with a number.
type coded struct {
	Code string
}

func (coded) Fields(c *coded) []orm.Field { return []orm.Field{orm.Char(&c.Code, 20).PrimaryKey()} }

type pointing struct {
	ID   int64
	Code orm.FK[coded]
}

type textPointing struct {
	ID   int64
	Plan orm.ForeignKey[Tag, string]
}

// TestKeyTypes looks whether a foreign key of another type than the key is found when the models are.
func TestKeyTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		model orm.Model
		want  string
	}{
		{"number to text", orm.ModelOf[pointing](), "pointing.Code: its key has the type int64, coded.Code the type string (declare the field as orm.ForeignKey[coded, string])"},
		{"text to number", orm.ModelOf[textPointing](), "declare the field as orm.ForeignKey[Tag, int64]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := orm.NewRegistry(tt.model).Err(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}
