package views

import (
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/web"
)

// Template is a view that renders a template with the keyword arguments of its URL. Django: TemplateView.
//
//	urls.Path("about", views.Template{Name: "news/about.html"})
type Template struct {
	// Name is the template's name.
	Name string
	// Context returns more variables; they win over the URL's. Default: none. Django: extra_context, get_context_data.
	Context func(r *web.Request) (map[string]any, error)
	// ContentType is the response's content type. Default: "text/html; charset=utf-8".
	ContentType string
	// Engine names the engine that renders. Default: the first that has the template.
	Engine string
}

// Serve renders the template.
func (v Template) Serve(r *web.Request) (*web.Response, error) {
	if resp := readOnly(r); resp != nil {
		return resp, nil
	}
	data := r.Match.Kwargs()
	if v.Context != nil {
		more, err := v.Context(r)
		if err != nil {
			return nil, err
		}
		for name, value := range more {
			data[name] = value
		}
	}
	return render(r, []string{v.Name}, data, options(v.ContentType, v.Engine))
}

func options(contentType, engine string) []RenderOption {
	if contentType == "" && engine == "" {
		return nil
	}
	return []RenderOption{ContentType(contentType), Using(engine)}
}

// Check reports a missing name.
func (v Template) Check() []manage.Message {
	if v.Name == "" {
		return []manage.Message{mistake("views.E001", "views.Template", "the view has no template", "set Name")}
	}
	return nil
}

// Pages returns the template as a page of unknown data, so that start-up finds out whether it exists.
func (v Template) Pages() []template.AnyPage {
	if v.Name == "" {
		return nil
	}
	return []template.AnyPage{template.Page[map[string]any](v.Name)}
}

// ViewName tells which template it is.
func (v Template) ViewName() string { return "views.Template(" + v.Name + ")" }

var _ Checker = Template{}
