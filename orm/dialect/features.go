package dialect

// Has says whether the database can do what Django calls a feature, by Django's name: "can_distinct_on_fields". It is what
// a model's RequiredFeatures ask. A name that is not known here is a feature that the database does not have.
func (d *Dialect) Has(feature string) bool {
	switch feature {
	case "supports_transactions", "supports_json_field", "uses_savepoints", "supports_over_clause":
		return true
	case "has_select_for_update":
		return d.ForUpdate
	case "can_distinct_on_fields":
		return d.DistinctOn
	case "can_rollback_ddl":
		return d.TransactionalDDL
	case "can_defer_constraint_checks":
		return d.DeferredKeys
	case "can_return_columns_from_insert", "can_return_rows_from_bulk_insert":
		return d.Returning
	case "can_return_rows_from_update":
		return d.ReturnsUpdates
	case "supports_order_by_nulls_modifier":
		return d.NullsFirstLast
	case "supports_aggregate_filter_clause":
		return d.FilterClause
	case "supports_lateral_joins":
		return d.Lateral
	}
	return false
}
