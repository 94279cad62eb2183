package template

// Library is a set of tags and filters. A template gets them by {% load name %}, or always if the engine lists the library
// in Builtins.
type Library struct {
	name string
}

// NewLibrary makes an empty library.
func NewLibrary(name string) *Library { return &Library{name: name} }

// Name returns the name for {% load %}.
func (l *Library) Name() string { return l.name }
