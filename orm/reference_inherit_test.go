package orm_test

import (
	"context"

	"github.com/nuages-go/nuages/orm"
)

var refInheritance = []refRow{
	{"class Meta: abstract = True", nil, "", "in these words: embed a struct with fields; its own `Fields` and `Meta` describe it"},
	{"name = None", nil, "", "in these words: a field of the model hides the embedded one of the same name; `orm.Ignore(&b.Name)` removes it"},
	{"related_name='%(app_label)s_%(class)s'", nil, "", "in these words: the same placeholders, in `RelatedName`, `DefaultRelatedName` and the names of indexes and constraints"},
	{"class Restaurant(Place)", nil, "", "in these words: embed `Place`, and say `orm.Parent(&r.Place)` in `Fields`; `.Link(name)` for a `parent_link`"},
	{"class Meta: proxy = True", nil, "", "in these words: embed the model, `orm.Meta{Proxy: true}`"},
	{"Restaurant.objects.create(name='Mario', …)", run(func(ctx context.Context) (any, error) {
		return nil, orm.Create(ctx, &Restaurant{Place: Place{Named: Named{"Mario"}, Address: "5 Road"}})
	}), "", "both tables, one transaction"},
	{"Restaurant.objects.filter(name='Diner')", run(func(ctx context.Context) (any, error) {
		return orm.Objects[Restaurant]().Filter(orm.Eq(&re.Name, "Diner")).Count(ctx)
	}), "1", "the parent's fields are the child's"},
	{"Place.objects.filter(restaurant__serves_pizza=True)", run(func(ctx context.Context) (any, error) {
		return orm.Objects[Place]().Filter(orm.Eq(&orm.Child[Restaurant](pl).ServesPizza, true)).Count(ctx)
	}), "1", ""},
	{"place.restaurant", run(func(ctx context.Context) (any, error) {
		place, err := orm.Objects[Place]().Get(ctx, orm.Eq(&pl.Name, "Diner"))
		if err != nil {
			return nil, err
		}
		diner, err := place.Restaurant.Get(ctx)
		return diner.Seats, err
	}), "20", "a field `Restaurant orm.One[Restaurant]`, described by `orm.HasChild`"},
	{"restaurant.place_ptr", run(func(ctx context.Context) (any, error) {
		diner, err := orm.Objects[Restaurant]().Get(ctx, orm.Eq(&re.Name, "Diner"))
		return diner.Place.Address, err
	}), "2 Road", "the embedded struct"},
	{"Restaurant.objects.update(name=…, seats=…)", run(func(ctx context.Context) (any, error) {
		return orm.Objects[Restaurant]().Update(ctx, orm.Set(&re.Name, "New"), orm.Set(&re.Seats, 9))
	}), "2", "columns of both tables"},
	{"restaurant.delete(keep_parents=True)", run(func(ctx context.Context) (any, error) {
		diner, err := orm.Objects[Restaurant]().Get(ctx, orm.Eq(&re.Name, "Diner"))
		if err != nil {
			return nil, err
		}
		if _, err := orm.Objects[Lot]().Delete(ctx); err != nil {
			return nil, err
		}
		d, err := orm.DeleteKeepingParents(ctx, diner)
		return d.Total, err
	}), "1", ""},
	{"Restaurant(place_ptr=place, …).save_base(raw=True)", run(func(ctx context.Context) (any, error) {
		place, err := orm.Objects[Place]().Get(ctx, orm.Eq(&pl.Name, "Bar"))
		if err != nil {
			return nil, err
		}
		return nil, orm.Create(ctx, &Restaurant{Place: *place, Seats: 3})
	}), "", "a restaurant of a place that is there"},
	{"_meta.parents, get_parent_list()", run(func(context.Context) (any, error) { return orm.ModelOf[Italian]().Parents(), nil }), "[food.Restaurant]", ""},
	{"_meta.concrete_model, proxy", run(func(context.Context) (any, error) { return orm.ModelOf[Italian]().Concrete(), nil }), "food.Italian", "`IsProxy` too"},
	{"_meta.get_fields()", run(func(context.Context) (any, error) { return len(orm.ModelOf[Italian]().AllFields()), nil }), "11", "`Schema` has the model's own"},
}
