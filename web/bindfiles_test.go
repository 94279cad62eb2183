package web_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/web"
)

type upload struct {
	Title  string
	Photo  *web.UploadedFile   `form:"photo,required"`
	Others []*web.UploadedFile `form:"others"`
	Author *string
	hidden int
}

func TestBindFiles(t *testing.T) {
	t.Parallel()
	body := strings.ReplaceAll("--B\nContent-Disposition: form-data; name=title\n\nT\n"+
		"--B\nContent-Disposition: form-data; name=photo; filename=p.png\n\npixels\n"+
		"--B\nContent-Disposition: form-data; name=others; filename=a\n\n1\n--B\nContent-Disposition: form-data; name=others; filename=b\n\n2\n--B--\n", "\n", "\r\n")
	got, err := web.Bind[upload](multipartRequest(nil, strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "T" || got.Photo.Name != "p.png" || len(got.Others) != 2 || got.Others[1].Name != "b" || got.Author != nil || got.hidden != 0 {
		t.Errorf("got %+v", got)
	}
	_, err = web.Bind[upload](multipartRequest(nil, strings.NewReader("--B--\r\n")))
	if web.StatusOf(err) != 422 || !strings.Contains(err.Error(), "photo: This field is required.") {
		t.Errorf("without the file: %v", err)
	}
}

func TestBindQueryOnPost(t *testing.T) {
	t.Parallel()
	got, err := web.BindQuery[signup](bindRequest("POST", "/?name=q", "application/xml", "<x/>"))
	if err != nil || got.Name != "q" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestBindNeedsAStruct(t *testing.T) {
	t.Parallel()
	if _, err := web.Bind[int](bindRequest("GET", "/", "", "")); web.StatusOf(err) != 500 {
		t.Errorf("Bind[int]: %v", err)
	}
	if got, err := web.Bind[*signup](bindRequest("GET", "/?name=p", "", "")); err != nil || got.Name != "p" {
		t.Errorf("Bind of a pointer: %v, %v", got, err)
	}
}

type Paging struct{ Page int }

func TestBindEmbedded(t *testing.T) {
	t.Parallel()
	type list struct {
		*Paging
		Query string
	}
	got, err := web.Bind[list](bindRequest("GET", "/?query=x&page=2", "", ""))
	if err != nil || got.Paging == nil || got.Page != 2 || got.Query != "x" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = web.Bind[list](bindRequest("GET", "/?query=x", "", "")); err != nil || got.Paging != nil {
		t.Errorf("without its fields: %+v, %v", got, err)
	}
}

func TestBindPointerIsValidated(t *testing.T) {
	t.Parallel()
	if _, err := web.Bind[*signup](bindRequest("GET", "/?name=root", "", "")); web.StatusOf(err) != 422 {
		t.Errorf("error %v", err)
	}
}

// Lists and maps may stand at the top of JSON.
func TestBindJSONList(t *testing.T) {
	t.Parallel()
	got, err := web.Bind[[]signup](bindRequest("POST", "/", "application/json", `[{"name":"a"},{"name":"b"}]`))
	if err != nil || len(got) != 2 || got[1].Name != "b" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestBindReportsNotEverything(t *testing.T) {
	t.Parallel()
	_, err := web.Bind[[]int](bindRequest("POST", "/", "application/json", "["+strings.Repeat(`"",`, 500000)+"1]"))
	fields, ok := errors.AsType[*web.FieldErrors](err)
	if !ok || len(fields.List()) != 100 {
		t.Errorf("error %.100v", err)
	}
}

func TestTemplateAccess(t *testing.T) {
	t.Parallel()
	v := web.ParseValues("a=1&a=2&b=")
	if got, ok := v.TemplateKey("a"); got != "2" || !ok {
		t.Errorf("a = %v", got)
	}
	if got, ok := v.TemplateKey("none"); got != nil || ok {
		t.Errorf("none = %v", got)
	}
	if got := v.TemplateKeys(); len(got) != 2 || len(v.TemplateValues("a")) != 2 {
		t.Errorf("keys %v", got)
	}
}
