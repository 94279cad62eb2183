package web

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// bindPlans holds the plan of each struct type that was bound: reflect.Type to []bindField.
var bindPlans sync.Map

type bindField struct {
	structField
	required bool
}

var (
	uploadType          = reflect.TypeFor[*UploadedFile]()
	uploadsType         = reflect.TypeFor[[]*UploadedFile]()
	jsonUnmarshalerType = reflect.TypeFor[json.Unmarshaler]()
)

// The messages are those of Django's form fields.
const (
	msgRequired = "This field is required."
	msgInt      = "Enter a whole number."
	msgFloat    = "Enter a number."
	msgBool     = "Enter true or false."
	msgTime     = "Enter a valid date/time."
	msgDuration = "Enter a valid duration."
	msgText     = "Enter text."
	msgValue    = "Enter a valid value."
	msgList     = "Enter a list of values."
	msgObject   = "Enter an object."
)

func bindPlan(t reflect.Type) []bindField {
	if p, ok := bindPlans.Load(t); ok {
		return p.([]bindField)
	}
	fields := structFields(t, "form", snakeCase)
	plan := make([]bindField, len(fields))
	for i, f := range fields {
		plan[i].structField = f
		_, options, _ := strings.Cut(tagOf(t.FieldByIndex(f.index), "form"), ",")
		for option := range strings.SplitSeq(options, ",") {
			plan[i].required = plan[i].required || option == "required"
		}
	}
	p, _ := bindPlans.LoadOrStore(t, plan)
	return p.([]bindField)
}
