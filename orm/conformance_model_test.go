package orm_test

import (
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

func TestNewsroomModels(t *testing.T) {
	t.Parallel()
	if err := orm.NewRegistry(newsroom.All()...).Err(); err != nil {
		t.Fatal(err)
	}
}
