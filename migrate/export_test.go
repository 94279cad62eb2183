package migrate

// SQLiteParts splits the body of CREATE TABLE.
func SQLiteParts(sql string) []string { return sqliteParts(sql) }
