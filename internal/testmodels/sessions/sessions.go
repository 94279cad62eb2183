// Package sessions has the model of Django's application of that name, for tests.
package sessions

import (
	"time"

	"github.com/nuages-go/nuages/orm"
)

// All lists the models.
func All() []orm.Model { return []orm.Model{orm.ModelOf[Session]()} }

// Session is what a visitor left behind.
type Session struct {
	SessionKey  string
	SessionData string
	ExpireDate  time.Time
}

// Fields describes the columns.
func (Session) Fields(s *Session) []orm.Field {
	return []orm.Field{
		orm.Char(&s.SessionKey, 40).PrimaryKey().Verbose("session key"),
		orm.Text(&s.SessionData).Verbose("session data"),
		orm.DateTime(&s.ExpireDate).Index().Verbose("expire date"),
	}
}

// Meta names the table.
func (Session) Meta(*Session) orm.Meta { return orm.Meta{Table: "django_session"} }
