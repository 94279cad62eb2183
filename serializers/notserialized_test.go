package serializers_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
)

// Account has a column that fixtures leave out.
type Account struct {
	ID    int64
	Name  string
	Token string
}

func (Account) Fields(a *Account) []orm.Field {
	return []orm.Field{orm.Char(&a.Name, 20), orm.Char(&a.Token, 20).NotSerialized()}
}

func TestNotSerialized(t *testing.T) {
	t.Parallel()
	model := orm.ModelOf[Account]()
	ctx := withTables(t, sqliteDB(t), migrate.App{Label: "serializers_test", Models: []orm.Model{model}})
	if err := orm.Create(ctx, &Account{Name: "ada", Token: "s3cret"}); err != nil {
		t.Fatal(err)
	}
	for name, fields := range map[string][]string{"all": nil, "asked for": {"name", "token"}} {
		var b bytes.Buffer
		if err := serializers.Serialize(ctx, &b, serializers.JSON, model.Records(), serializers.Options{Fields: fields}); err != nil {
			t.Fatal(err)
		}
		if want := `[{"model": "serializers_test.account", "pk": 1, "fields": {"name": "ada"}}]`; strings.TrimSpace(b.String()) != want {
			t.Errorf("%s: %s, want %s", name, b.String(), want)
		}
	}
}
