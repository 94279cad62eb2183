// Package validators has rules for single values: Django's django.core.validators. A rule is a function of the value, which
// returns nil or an *Error with a code for programs and a sentence for people. Rules are values without state: keep them at
// package level.
//
//	orm.Char(&a.Phone, 20).Validate(validators.Matches[string](phone, "Enter a phone number.", "phone"))
//	orm.Integer(&a.Age).Validate(validators.Min(18), validators.Max(120))
//	err := validators.Email("ada@example.org")
//
// Texts may be of a type of your own. Differs from Django: a class with arguments is a function that makes the rule, and a
// regular expression is Go's (RE2), where $ is the end of the text and nothing else.
package validators
