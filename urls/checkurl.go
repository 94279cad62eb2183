package urls

import "fmt"

// CheckURL says whether a name can be reversed with that many arguments, or with keyword arguments of these names. Start-up
// checks of templates ask it for each url tag; the error says what is wrong, and the fix.
func (res *Resolver) CheckURL(name string, args int, kwargs []string) error {
	s, view, err := res.def.find(name, "")
	if err != nil {
		return withHint(err, res.suggest(name))
	}
	candidates := s.names[view]
	if candidates == nil {
		return withHint(fmt.Errorf("no pattern has the URL name %q", name), res.suggest(name))
	}
	gives := ""
	for _, c := range candidates {
		for _, f := range c.forms {
			if args > 0 && len(f.params) == args || args == 0 && c.fitsNames(&f, kwargs) {
				return nil
			}
		}
		gives = c.leaf.Pattern
	}
	given := fmt.Sprintf("%d arguments", args)
	if args == 1 {
		given = "1 argument"
	}
	if len(kwargs) > 0 {
		given = fmt.Sprintf("the arguments %v", kwargs)
	}
	return fmt.Errorf("the URL name %q gets %s, which its route %q does not take", name, given, gives)
}

func withHint(err error, hint string) error {
	if hint == "" {
		return err
	}
	return fmt.Errorf("%w (%s)", err, hint)
}
