// Package auth has the models of Django's application of that name, for tests.
package auth

import (
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/contenttypes"
	"github.com/nuages-go/nuages/orm"
)

// All lists the models.
func All() []orm.Model {
	return []orm.Model{orm.ModelOf[Permission](), orm.ModelOf[Group](), orm.ModelOf[User]()}
}

// Permission allows something.
type Permission struct {
	ID          int32
	Name        string
	ContentType orm.ForeignKey[contenttypes.ContentType, int32]
	Codename    string
}

// Fields describes the columns.
func (Permission) Fields(p *Permission) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Name, 255),
		orm.Ref(&p.ContentType).OnDelete(orm.Cascade).Verbose("content type"),
		orm.Char(&p.Codename, 100),
	}
}

// Meta says which permissions are the same.
func (Permission) Meta(p *Permission) orm.Meta {
	return orm.Meta{UniqueTogether: [][]any{{&p.ContentType, &p.Codename}}}
}

// Group has users.
type Group struct {
	ID          int32
	Name        string
	Permissions orm.Many[Permission]
}

// Fields describes the columns.
func (Group) Fields(g *Group) []orm.Field {
	return []orm.Field{orm.Char(&g.Name, 150).Unique(), orm.ManyToMany(&g.Permissions).Blank()}
}

// User may log in.
type User struct {
	ID              int32
	Password        string
	LastLogin       *time.Time
	IsSuperuser     bool
	Username        string
	FirstName       string
	LastName        string
	Email           string
	IsStaff         bool
	IsActive        bool
	DateJoined      time.Time
	Groups          orm.Many[Group]
	UserPermissions orm.Many[Permission]
}

// Fields describes the columns.
func (User) Fields(u *User) []orm.Field {
	return []orm.Field{
		orm.Char(&u.Password, 128),
		orm.DateTime(u.LastLogin).Blank().Verbose("last login"),
		orm.Bool(&u.IsSuperuser).Verbose("superuser status").Help("Designates that this user has all permissions without explicitly assigning them."),
		orm.Char(&u.Username, 150).Unique().Help("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
		orm.Char(&u.FirstName, 150).Blank().Verbose("first name"),
		orm.Char(&u.LastName, 150).Blank().Verbose("last name"),
		orm.Email(&u.Email).Blank().Verbose("email address"),
		orm.Bool(&u.IsStaff).Verbose("staff status").Help("Designates whether the user can log into this admin site."),
		orm.Bool(&u.IsActive).Default(true).Verbose("active").Help("Designates whether this user should be treated as active. Unselect this instead of deleting accounts."),
		orm.DateTime(&u.DateJoined).DefaultFunc(time.Now).Verbose("date joined"),
		orm.ManyToMany(&u.Groups).Blank().RelatedName("user_set"),
		orm.ManyToMany(&u.UserPermissions).Blank().RelatedName("user_set"),
	}
}
