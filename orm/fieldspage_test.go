package orm_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// djangoFields are the field classes and options of Django 6.1 that docs/reference/fields.md must speak of.
const djangoFields = `
AutoField BigAutoField SmallAutoField BigIntegerField BinaryField BooleanField CharField CompositePrimaryKey DateField
DateTimeField DecimalField DurationField EmailField FileField FilePathField FloatField GeneratedField GenericIPAddressField
ImageField IntegerField JSONField PositiveBigIntegerField PositiveIntegerField PositiveSmallIntegerField SlugField
SmallIntegerField TextField TimeField URLField UUIDField ForeignKey OneToOneField ManyToManyField ForeignObject
GenericForeignKey GenericRelation OrderWrt
null blank choices db_column db_comment db_default db_index db_tablespace default editable error_messages help_text max_length
primary_key serialize unique unique_for_date unique_for_month unique_for_year validators verbose_name name auto_created
auto_now auto_now_add db_collation allow_unicode protocol unpack_ipv4 path match recursive allow_files allow_folders upload_to
storage width_field height_field max_digits decimal_places expression output_field db_persist encoder decoder
on_delete to to_field related_name related_query_name limit_choices_to db_constraint parent_link swappable symmetrical through
through_fields db_table
`

// TestFieldsPage: the page names all that Django has, and nothing that package orm has not.
func TestFieldsPage(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../docs/reference/fields.md")
	must(t, err)
	page := string(raw)
	for name := range strings.FieldsSeq(djangoFields) {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the page says nothing about %s", name)
		}
	}
	has := exported(t)
	found := 0
	for _, code := range regexp.MustCompile("`[^`\n]+`").FindAllString(page, -1) {
		for _, m := range regexp.MustCompile(`\borm\.([A-Z]\w*)|[\x60.]([A-Z]\w*)\(`).FindAllStringSubmatch(code, -1) {
			if name := m[1] + m[2]; !strings.HasSuffix(m[0], "uuid.New(") && !has[name] {
				t.Errorf("%s: package orm has no %s", code, name)
			}
			found++
		}
	}
	if found < 100 {
		t.Errorf("only %d names found", found)
	}
}

// exported are the names of the package's functions, methods, types and constants.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	names, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		must(t, err)
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				out[d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						out[s.Name.Name] = true
					case *ast.ValueSpec:
						for _, id := range s.Names {
							out[id.Name] = true
						}
					}
				}
			}
		}
	}
	return out
}
