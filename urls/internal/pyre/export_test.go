package pyre

// FindExact is Find with the backtracking engine, whether the pattern needs it or not.
func (re *Regexp) FindExact(text string) ([]int, error) {
	other := &Regexp{names: re.names, exact: re.exact}
	return other.Find(text)
}
