package orm_test

import (
	"context"

	"github.com/nuages-go/nuages/orm"
)

var refInstances = []refRow{
	{"obj.save()", run(func(ctx context.Context) (any, error) { return nil, orm.Save(ctx, &Tag{Slug: "new"}) }), "", "an update, or an insert when the row is not there"},
	{"obj.save(force_insert=True)", run(func(ctx context.Context) (any, error) { return nil, orm.Create(ctx, &Tag{Slug: "new"}) }), "", ""},
	{"obj.save(update_fields=['slug'])", run(func(ctx context.Context) (any, error) {
		return nil, orm.Save(ctx, &Tag{ID: 1, Slug: "golang"}, &g.Slug)
	}), "", ""},
	{"obj.delete()", run(func(ctx context.Context) (any, error) { d, err := orm.Delete(ctx, &Tag{ID: 3}); return d.Total, err }), "1", ""},
	{"obj.refresh_from_db()", run(func(ctx context.Context) (any, error) {
		tag := &Tag{ID: 1}
		err := orm.Refresh(ctx, tag)
		return tag.Slug, err
	}), "go", "all columns"},
	{"obj.full_clean()", run(func(ctx context.Context) (any, error) { return nil, orm.FullClean(ctx, &Tag{Slug: "fine"}) }), "", ""},
	{"clean_fields(exclude=['slug'])", run(func(ctx context.Context) (any, error) {
		return nil, orm.CleanFields(ctx, &Tag{Slug: "no slug"}, &g.Slug)
	}), "", "`FullClean` takes exclusions too"},
	{"clean()", nil, "", "in these words: a method `Clean(ctx) error` on the model (`orm.Cleaner`)"},
	{"validate_unique()", run(func(ctx context.Context) (any, error) { return nil, orm.ValidateUnique(ctx, &Tag{Slug: "fine"}) }), "", ""},
	{"validate_constraints()", run(func(ctx context.Context) (any, error) { return nil, orm.ValidateConstraints(ctx, &Tag{Slug: "fine"}) }), "", ""},
	{"unique_for_date='day'", nil, "", "in these words: in `Fields`: `orm.Slug(&a.Slug).UniqueForDate(&a.Day)`, `UniqueForMonth`, `UniqueForYear`"},
	{"obj.pk", run(func(context.Context) (any, error) { return orm.PK(&Tag{ID: 7}), nil }), "7", "for code that does not know the model"},
	{"get_FOO_display()", run(func(context.Context) (any, error) { return orm.Display(&Tag{Slug: "go"}, &g.Slug), nil }), "go", "the label of the choice, or the value"},
	{"get_next_by_FOO(status='live'), get_previous_by_FOO()", run(func(ctx context.Context) (any, error) {
		art, err := articles.Get(ctx, orm.Eq(&a.ID, 2))
		if err != nil {
			return nil, err
		}
		next, err := orm.Next(ctx, articles.Filter(orm.Eq(&a.Status, Live)), art, &a.Created)
		return next.ID, err
	}), "3", "`orm.Previous` for the other way; pages of a list: `After`, `Before`"},
	{"order_with_respect_to, get_next_in_order()", nil, "", "in these words: a field: `orm.OrderWithin(&a.Place, &a.Question)`; `orm.SetOrder`, `orm.Next(ctx, q, obj, &a.Place)`"},
	{"serializable_value('slug')", run(func(context.Context) (any, error) { return orm.GetField(&Tag{Slug: "go"}, "slug") }), "go", "`orm.SetField(obj, \"slug\", v)` sets one by name"},
	{"obj == other", run(func(context.Context) (any, error) { return orm.Same(&Tag{ID: 7}, &Tag{ID: 7}), nil }), "true", "the same row"},
	{"hash(obj), {obj}", run(func(context.Context) (any, error) { id, err := orm.IdentityOf(&Tag{ID: 7}); return id.String(), err }), "orm_test.Tag 7", "a map key; an error for an object that is not saved"},
	{"obj.slug = Lower(Value('X')); obj.save()", run(func(ctx context.Context) (any, error) {
		tag := &Tag{}
		err := orm.Create(ctx, tag, orm.SetTo(&g.Slug, orm.Concat(orm.Val("n"), orm.Val("ew"))))
		return tag.Slug, err
	}), "new", "the object has the value; `BulkOptions.Set` for many"},
	{"history of changes (not in Django)", nil, "", "in these words: embed `orm.Audited[Change]`; `orm.HistoryOf[Change](obj)`"},
	{"refresh_from_db(fields=['slug'])", run(func(ctx context.Context) (any, error) {
		tag := &Tag{ID: 1}
		err := orm.Refresh(ctx, tag, &g.Slug)
		return tag.Slug, err
	}), "go", "what the object's query left out stays out unless it is named"},
	{"refresh_from_db(from_queryset=q)", run(func(ctx context.Context) (any, error) {
		tag := &Tag{ID: 1}
		err := orm.Objects[Tag]().ForUpdate().Refresh(ctx, tag)
		return tag.Slug, err
	}), "go", ""},
	{"get_deferred_fields()", run(func(ctx context.Context) (any, error) {
		tag, err := orm.Objects[Tag]().Only(&g.ID).First(ctx)
		if err != nil {
			return nil, err
		}
		return orm.Deferred(tag), nil
	}), "[slug]", ""},
	{"reading a deferred field", run(func(ctx context.Context) (any, error) {
		tag, err := orm.Objects[Tag]().Only(&g.ID).First(ctx)
		if err != nil {
			return nil, err
		}
		err = orm.Load(ctx, tag, &g.Slug)
		return tag.Slug, err
	}), "go", "for all objects of the result at once; a field that was not loaded has its zero value"},
	{"from_db()", nil, "", "no hook; `orm.PostInit` receivers see each loaded object"},
	{"pre_save, post_save (signals)", orm.PostSave[Tag]().On(func(context.Context, orm.SaveEvent[Tag]) error { return nil }), "", "listed in `apps.App.Receivers`; see the page on signals"},
	{"pre_delete, post_delete", orm.PostDelete[Tag]().On(func(context.Context, orm.DeleteEvent[Tag]) error { return nil }), "", ""},
	{"m2m_changed", orm.ManyChanged(&a.Tags).On(func(context.Context, orm.ManyEvent) error { return nil }), "", ""},
	{"obj.likes = F('likes') + 1; obj.save()", run(func(ctx context.Context) (any, error) {
		art, err := articles.Get(ctx, orm.Eq(&a.ID, 2))
		if err != nil {
			return nil, err
		}
		err = orm.Save(ctx, art, orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(1)))
		return art.Likes, err
	}), "2", "the object has the new value"},
	{"obj.save(force_update=True)", run(func(ctx context.Context) (any, error) {
		return nil, orm.Update(ctx, &Tag{ID: 1, Slug: "golang"})
	}), "", "`orm.ErrNotUpdated` when the row is gone"},
	{"obj.save(using='other')", run(func(ctx context.Context) (any, error) {
		return nil, orm.Objects[Tag]().Using("default").Save(ctx, &Tag{Slug: "there"})
	}), "", "so too `Create`, `Refresh`, `DeleteObject`"},
	{"changed fields (not in Django)", run(func(ctx context.Context) (any, error) {
		tag, err := orm.Objects[Tag]().Track().First(ctx)
		if err != nil {
			return nil, err
		}
		tag.Slug = "other"
		return orm.Changed(tag), orm.Save(ctx, tag)
	}), "[slug]", "`orm.Track(ctx)` or `Meta.Track` for more; `orm.Original` is the old value"},
}

var refRelations = []refRow{
	{"article.author", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		author, err := art.Author.Get(ctx)
		return author.Username, err
	}), "ada", ""},
	{"article.author_id", run(func(ctx context.Context) (any, error) { art, err := articles.First(ctx); return art.Author.ID, err }), "1", ""},
	{"article.author = user", run(func(context.Context) (any, error) {
		art := &Article{}
		art.Author.Set(&User{ID: 2})
		return art.Author.ID, nil
	}), "2", "or `Author: orm.To(user)` in a literal"},
	{"user.articles.all()", run(func(ctx context.Context) (any, error) {
		user, err := users.First(ctx)
		if err != nil {
			return nil, err
		}
		return user.Articles.All(ctx)
	}), "", "a field `orm.Many[Article]` described by `orm.HasMany`"},
	{"article.tags.filter(…), get_queryset()", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		return art.Tags.Query().Filter(orm.Eq(&g.Slug, "go")).Count(ctx)
	}), "1", ""},
	{"article.tags.add(tag)", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		return nil, art.Tags.Add(ctx, &Tag{ID: 2})
	}), "", "`AddIDs` by key"},
	{"article.tags.remove(tag)", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		return nil, art.Tags.Remove(ctx, &Tag{ID: 1})
	}), "", ""},
	{"article.tags.set([tag])", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		return nil, art.Tags.Set(ctx, &Tag{ID: 3})
	}), "", ""},
	{"article.tags.clear()", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		return nil, art.Tags.Clear(ctx)
	}), "", ""},
	{"article.tags.create(…)", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		return nil, art.Tags.Create(ctx, &Tag{Slug: "new"})
	}), "", ""},
	{"article.tags.get_or_create(slug='go')", run(func(ctx context.Context) (any, error) {
		art, err := articles.First(ctx)
		if err != nil {
			return nil, err
		}
		_, created, err := art.Tags.GetOrCreate(ctx, &Tag{Slug: "go"}, orm.Eq(&g.Slug, "go"))
		return created, err
	}), "false", "so too `UpdateOrCreate`"},
	{"add(x, through_defaults={…}), set(…, clear=True)", nil, "", "in these words: `story.Reviewers.With(orm.Set(&r.Stars, 5)).Add(ctx, x)`, `With().Clearing().Set(ctx, …)`"},
	{"tag.article_set (reverse name in a lookup)", run(func(ctx context.Context) (any, error) {
		return orm.Objects[Tag]().Filter(orm.Eq(&orm.RevMany[Article](&a.Tags).Title, "Title A")).Count(ctx)
	}), "1", "over a foreign key: `orm.Rev[Article](&a.Author)`"},
	{"prefetch_related_objects(list, 'tags')", run(func(ctx context.Context) (any, error) {
		list := []*Article{{ID: 1}, {ID: 2}}
		return nil, orm.PrefetchObjects(ctx, list, &a.Tags)
	}), "", "the first `Tags.All(ctx)` too loads those of the whole result"},
	{"Prefetch('tags', queryset=q[:2], to_attr='top')", nil, "", "in these words: `orm.PrefetchTo(q, &a.Top, &a.Tags, tags.Limit(2))` into a field that is declared with `orm.Extra`"},
	{"tag.article_set.add(article)", nil, "", "in these words: a field: `orm.ManyBack(&t.Articles, &orm.Fields[Article]().Tags)`"},
	{"from_queryset(), base_manager_name", nil, "", "in these words: functions that return a query are the managers"},
}

var refRaw = []refRow{
	{"cursor().execute('UPDATE …', [x])", run(func(ctx context.Context) (any, error) {
		return orm.Exec(ctx, "UPDATE orm_test_article SET likes = ?", 1)
	}), "6", ""},
	{"cursor().fetchall()", run(func(ctx context.Context) (any, error) {
		n := 0
		err := orm.QueryRows(ctx, "SELECT id FROM orm_test_article", nil, func([]any) error { n++; return nil })
		return n, err
	}), "6", ""},
	{"raw(sql, translations={'headline': 'title'})", run(func(ctx context.Context) (any, error) {
		return orm.Raw[Article]("SELECT id, title AS headline, likes + ? AS words FROM orm_test_article WHERE id = 1", 1).Column("headline", &a.Title).Prefetch(&a.Tags).All(ctx)
	}), "A", "columns find their fields by name, also those of `orm.Extra`; the others are deferred; arguments by name: `Named`"},
	{"raw(sql, {'min': 3}), %(min)s", run(func(ctx context.Context) (any, error) {
		sql, args, err := orm.NamedArgs("SELECT id, title FROM orm_test_article WHERE likes > :min ORDER BY id", map[string]any{"min": 3})
		if err != nil {
			return nil, err
		}
		return orm.Raw[Article](sql, args...).All(ctx)
	}), "", "for `RawExpr`, `Exec` and `QueryRows` too; a list is `IN (:ids)`"},
	{"executemany(…)", nil, "", "`BulkCreate`, `BulkUpdate`, or `orm.Exec` in a loop inside `orm.Atomic`"},
	{"callproc(…)", nil, "", "`orm.Exec(ctx, \"CALL name(?)\", x)`"},
	{"execute_wrapper(f), connection.queries", run(func(ctx context.Context) (any, error) {
		var log orm.QueryLog
		_, err := articles.Count(orm.WithQueryLog(ctx, &log))
		return log.Count(), err
	}), "1", "`log.Duplicates()` finds repeated ones"},
	{"DATABASE_ROUTERS, db_for_read, db_for_write", run(func(ctx context.Context) (any, error) {
		return articles.Count(orm.WithRouters(ctx, orm.Replicas("default")))
	}), "6", "a site lists them in `Settings.Routers`; `Replicas` reads from copies"},
	{"transaction.atomic()", run(func(ctx context.Context) (any, error) {
		return nil, orm.Atomic(ctx, func(context.Context) error { return nil })
	}), "", "inside another it is a savepoint"},
	{"transaction.on_commit(f)", run(func(ctx context.Context) (any, error) {
		return nil, orm.OnCommit(ctx, func(context.Context) error { return nil })
	}), "", ""},
}
