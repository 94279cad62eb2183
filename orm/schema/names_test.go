package schema_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm/schema"
)

// The names are those that Django 6.1 gave; they stand in databases, so they must never change.
func TestIndexName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		table, suffix string
		columns       []string
		limit         int
		want          string
	}{
		{"newsroom_author", "", []string{"name"}, 0, "newsroom_author_name_6102e385"},
		{"newsroom_story_related", "_uniq", []string{"from_story_id", "to_story_id"}, 0, "newsroom_story_related_from_story_id_to_story_id_561239d5_uniq"},
		{"auth_permission", "_uniq", []string{"content_type_id", "codename"}, 63, "auth_permission_content_type_id_codename_01ab375a_uniq"},
		{"auth_permission", "_fk_django_content_type_id", []string{"content_type_id"}, 63, "auth_permission_content_type_id_2f476e4b_fk_django_co"},
		{"auth_user_groups", "_fk_auth_user_id", []string{"user_id"}, 63, "auth_user_groups_user_id_6a12ed8b_fk_auth_user_id"},
		{"django_session", "", []string{"expire_date"}, 63, "django_session_expire_date_a5c62663"},
		{`"quoted"`, "", []string{"a"}, 63, schema.IndexName("quoted", []string{"a"}, "", 63)},
	}
	for _, tt := range tests {
		if got := schema.IndexName(tt.table, tt.columns, tt.suffix, tt.limit); got != tt.want {
			t.Errorf("IndexName(%q, %v, %q) = %q, want %q", tt.table, tt.columns, tt.suffix, got, tt.want)
		}
	}
	long := schema.IndexName(strings.Repeat("t", 80), []string{strings.Repeat("c", 80)}, "_uniq", 63)
	if len(long) > 63 {
		t.Errorf("IndexName of long names has %d characters: %s", len(long), long)
	}
}

func TestAutoIndexName(t *testing.T) {
	t.Parallel()
	got := schema.AutoIndexName("news_story", []string{"section", "published"}, []bool{false, true})
	if got != "news_story_section_4da985_idx" || len(got) > 30 {
		t.Errorf("AutoIndexName = %q", got)
	}
	if got := schema.AutoIndexName("_t", []string{"a"}, nil); !strings.HasPrefix(got, "D") {
		t.Errorf("AutoIndexName of a table that begins with _ = %q, want a leading D", got)
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	fk := schema.Field{Name: "author", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "a.B"}}
	if fk.ColumnName() != "author_id" || !fk.WantsIndex() {
		t.Errorf("foreign key: column %q, index %v", fk.ColumnName(), fk.WantsIndex())
	}
	one := schema.Field{Name: "author", Kind: schema.OneToOne}
	if one.WantsIndex() {
		t.Error("a one-to-one field is unique and wants no index")
	}
	slug := schema.Field{Name: "slug", Kind: schema.Slug}
	if !slug.WantsIndex() {
		t.Error("a slug has an index")
	}
	slug.NoIndex = true
	if slug.WantsIndex() {
		t.Error("NoIndex is ignored")
	}
	if schema.Kind(200).String() != "Invalid" || schema.PositiveSmallInteger.String() != "PositiveSmallInteger" {
		t.Error("names of kinds")
	}
}
