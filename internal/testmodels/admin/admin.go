// Package admin has the model of Django's application of that name, for tests.
package admin

import (
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/auth"
	"github.com/nuages-go/nuages/internal/testmodels/contenttypes"
	"github.com/nuages-go/nuages/orm"
)

// All lists the models.
func All() []orm.Model { return []orm.Model{orm.ModelOf[LogEntry]()} }

// LogEntry is a change that somebody made in the admin.
type LogEntry struct {
	ID            int32
	ActionTime    time.Time
	User          orm.ForeignKey[auth.User, int32]
	ContentType   orm.ForeignKey[contenttypes.ContentType, int32]
	ObjectID      *string
	ObjectRepr    string
	ActionFlag    uint16
	ChangeMessage string
}

// Fields describes the columns.
func (LogEntry) Fields(l *LogEntry) []orm.Field {
	return []orm.Field{
		orm.DateTime(&l.ActionTime).DefaultFunc(time.Now).NotEditable().Verbose("action time"),
		orm.Ref(&l.User).OnDelete(orm.Cascade),
		orm.Ref(&l.ContentType).OnDelete(orm.SetNull).Null().Blank().Verbose("content type"),
		orm.Text(l.ObjectID).Blank().Verbose("object id"),
		orm.Char(&l.ObjectRepr, 200).Verbose("object repr"),
		orm.PositiveSmallInteger(&l.ActionFlag).Verbose("action flag").Choices(orm.Choice[uint16]{Value: 1, Label: "Addition"}, orm.Choice[uint16]{Value: 2, Label: "Change"}, orm.Choice[uint16]{Value: 3, Label: "Deletion"}),
		orm.Text(&l.ChangeMessage).Blank().Verbose("change message"),
	}
}

// Meta names the table.
func (LogEntry) Meta(l *LogEntry) orm.Meta {
	return orm.Meta{Table: "django_admin_log", VerboseName: "log entry", VerboseNamePlural: "log entries", Ordering: orm.By(orm.Desc(&l.ActionTime))}
}
