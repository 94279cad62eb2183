// Package schema describes the benchmark's tables to ent.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
)

// Author writes stories.
type Author struct{ ent.Schema }

// Annotations names the table.
func (Author) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "bench_user"}}
}

// Fields are the columns.
func (Author) Fields() []ent.Field { return []ent.Field{field.Int64("id"), field.String("name")} }

// Edges lead to the stories.
func (Author) Edges() []ent.Edge { return []ent.Edge{edge.To("stories", Story.Type)} }

// Tag is a subject.
type Tag struct{ ent.Schema }

// Annotations names the table.
func (Tag) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "bench_tag"}}
}

// Fields are the columns.
func (Tag) Fields() []ent.Field { return []ent.Field{field.Int64("id"), field.String("slug")} }

// Edges lead to the stories.
func (Tag) Edges() []ent.Edge { return []ent.Edge{edge.From("stories", Story.Type).Ref("tags")} }

// Story is an article.
type Story struct{ ent.Schema }

// Annotations names the table.
func (Story) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "bench_story"}}
}

// Fields are the columns.
func (Story) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"), field.String("title"), field.String("slug"), field.String("body"), field.String("status"),
		field.Int64("author_id"), field.Int64("likes"), field.Time("published").Optional().Nillable(), field.Time("created"),
	}
}

// Edges lead to the author and the tags.
func (Story) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("author", Author.Type).Ref("stories").Unique().Field("author_id").Required(),
		edge.To("tags", Tag.Type).StorageKey(edge.Table("bench_story_tags"), edge.Columns("story_id", "tag_id")),
	}
}
