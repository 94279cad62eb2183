package schema

// SQL is a piece of SQL for each database. What stands in braces depends on where it is used: {1}, {2} ... are arguments,
// {args} all of them; {{ and }} are braces.
type SQL struct {
	// All is for the databases without a text of their own.
	All string
	// SQLite, PostgreSQL and MySQL are for one database each; MySQL serves MariaDB too, unless MariaDB is set.
	SQLite, PostgreSQL, MySQL, MariaDB string
}

// On returns the text for a database, by Django's name of it; ok is false when there is none.
func (s *SQL) On(database string, mariaDB bool) (text string, ok bool) {
	var own string
	switch {
	case database == "sqlite":
		own = s.SQLite
	case database == "postgresql":
		own = s.PostgreSQL
	case mariaDB && s.MariaDB != "":
		own = s.MariaDB
	default:
		own = s.MySQL
	}
	if own == "" {
		own = s.All
	}
	return own, own != ""
}

// IsZero says that there is no text for any database.
func (s *SQL) IsZero() bool { return *s == SQL{} }
