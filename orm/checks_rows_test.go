package orm_test

import "github.com/nuages-go/nuages/orm"

// checkRow is a line of docs/reference/checks.md: a code, what it is about, and the models that make the mistake. Without models
// the mistake cannot be made here, and why says so; asked are those that need a database or routers (tested in package migrate and the root).
type checkRow struct {
	id, about, why string
	models         []orm.Model
	want           string // what is said, with the place
	asked          bool
}

func models(list ...orm.Model) []orm.Model { return list }

var plain = orm.ModelOf[ckPlain]()

const (
	compiled = "does not compile: "
	always   = "all databases have it"
	gone     = "of fields that Django removed"
)

// checksOfFields are Django's checks of fields.
var checksOfFields = []checkRow{
	{"fields.E001", "a name ends with an underscore", "", models(orm.ModelOf[ckEndsInUnderscore]()), "ckEndsInUnderscore.Title: the name", false},
	{"fields.E002", "a name contains `__`", "", models(orm.ModelOf[ckDoubleUnderscore]()), "ckDoubleUnderscore.Title: the name", false},
	{"fields.E003", "a field is named `pk`", "", models(orm.ModelOf[ckNamedPK]()), "ckNamedPK.Pk: the name pk", false},
	{"fields.E004", "choices are no list", compiled + "choices are values of the column's type", nil, "", false},
	{"fields.E005", "choices are no pairs", compiled + "a choice is an `orm.Choice`", nil, "", false},
	{"fields.E006", "db_index is no boolean", compiled + "`Index()` takes nothing", nil, "", false},
	{"fields.E007", "a primary key may be null", "", models(orm.ModelOf[ckNullKey]()), "ckNullKey.Code: a primary key cannot be null", false},
	{"fields.E008", "a validator cannot be called", "", models(orm.ModelOf[ckNilRule]()), "ckNilRule.Title: Validate got a nil", false},
	{"fields.E009", "a choice is longer than the column", "", models(orm.ModelOf[ckLongChoice]()), "ckLongChoice.Size: the choice \"größer\" has 6 characters", false},
	{"fields.E010", "objects share a default that can be changed", "", models(orm.ModelOf[ckSharedDefault]()), "ckSharedDefault.Data: the Default is a map[string]interface {}", false},
	{"fields.E011", "the database has no expressions as defaults", always, nil, "", false},
	{"fields.E012", "a default of the database names a column", "", models(orm.ModelOf[ckDefaultOfColumn]()), "ckDefaultOfColumn.Sub: the default of the database names the column title", false},
	{"fields.E013", "a composite key is not named `pk`", compiled + "it is `orm.Meta{PrimaryKey: …}`", nil, "", false},
	{"fields.E100", "an automatic field is no primary key", "`orm.Auto` and its like make it one", nil, "", false},
	{"fields.E110", "a boolean may be null", "Django allows it since 2.1; here it is a `*bool`", nil, "", false},
	{"fields.E120", "text of limited length without a limit", "`orm.Char(&f, 0)` is for SQLite and PostgreSQL; MariaDB and MySQL refuse it", nil, "", true},
	{"fields.E121", "the limit is not above 0", "", models(orm.ModelOf[ckNegativeLength]()), "ckNegativeLength.Title: MaxLength is -1", false},
	{"fields.W122", "a number has max_length", "", models(orm.ModelOf[ckLengthOfNumber]()), "ckLengthOfNumber.N: MaxLength is ignored", false},
	{"fields.E130", "a decimal has no decimal_places", compiled + "it is an argument of `orm.Numeric`; for 0 and 0 see fields.E132", nil, "", false},
	{"fields.E131", "decimal_places is negative", "", models(orm.ModelOf[ckDigits[negativePlaces]]()), ".N: a decimal of -1 places", false},
	{"fields.E132", "a decimal has no max_digits", "`orm.Numeric(&f, 0, 0)` is for SQLite and PostgreSQL; MariaDB and MySQL refuse it", nil, "", true},
	{"fields.E133", "max_digits is not above 0", "", models(orm.ModelOf[ckDigits[negativeDigits]]()), "", false},
	{"fields.E134", "more places than digits", "", models(orm.ModelOf[ckDigits[morePlaces]]()), ".N: a decimal of 4 digits, 5 of them after the point", false},
	{"fields.E135", "one of max_digits and decimal_places is missing", compiled + "both are arguments of `orm.Numeric`", nil, "", false},
	{"fields.E140", "a file path is neither a file nor a folder", "", models(orm.ModelOf[ckNoFiles]()), "ckNoFiles.Icon: it offers neither", false},
	{"fields.E150", "an address may be blank and not null", "", models(orm.ModelOf[ckBlankAddress]()), "ckBlankAddress.Host: an empty address", false},
	{"fields.E160", "auto_now, auto_now_add and default together", "", models(orm.ModelOf[ckTwoTimes]()), "ckTwoTimes.At: AutoNow, AutoNowAdd and Default", false},
	{"fields.W161", "a fixed default is the present", "", models(orm.ModelOf[ckFixedNow]()), "ckFixedNow.At: the Default is the time", false},
	{"fields.W162", "the database has no index on such a column", "", nil, "", true},
	{"fields.W163", "the database has no comments on columns", "", nil, "", true},
	{"fields.E170", "the default of a binary column is text", compiled + "it is a `[]byte`", nil, "", false},
	{"fields.E180", "the database has no JSON", always, nil, "", false},
	{"fields.E190", "the database has no collation on such a column", always + " on text; on others see orm.E003", nil, "", false},
	{"fields.E200", "a file is unique", "Django allows it since 1.11", nil, "", false},
	{"fields.E201", "a file is the primary key", "", models(orm.ModelOf[ckFileKey]()), "ckFileKey.Name: a file cannot be the primary key", false},
	{"fields.E202", "upload_to is an absolute path", "`orm.File` keeps the name only", nil, "", false},
	{"fields.E210", "Pillow is not installed", "`orm.Image` keeps the name only", nil, "", false},
	{"fields.E220", "the database has no generated columns", always, nil, "", false},
	{"fields.E221", "the database stores generated columns only", "PostgreSQL before 18", nil, "", true},
	{"fields.E222", "the database stores no generated columns", always, nil, "", false},
	{"fields.E223", "the output of a generated column has errors", "", models(orm.ModelOf[ckOutput[negativeDigits]]()), ".Lower: the output of the generated column: MaxLength is -4", false},
	{"fields.W224", "the output of a generated column has warnings", "", models(orm.ModelOf[ckOutput[negativePlaces]]()), ".Lower: the output of the generated column: MaxLength is ignored", false},
	{"fields.E900 to E907, W900 to W907", gone, "they are not there: [fields](fields.md) says what to take", nil, "", false},
}

// checksOfRelations are Django's checks of relations.
var checksOfRelations = []checkRow{
	{"fields.E300", "it leads to a model that is not installed, or abstract", "", models(orm.ModelOf[ckUnlisted]()), "ckUnlisted.Of: it leads to ckPlain, which no application", false},
	{"fields.E301", "it leads to a model that was swapped out", "the model is a type parameter", nil, "", false},
	{"fields.E302", "the way back is called as a field", "", models(orm.ModelOf[ckAccessorField](), orm.ModelOf[ckAccessorClash]()), "ckAccessorClash.Of: its way back, ckAccessorField.notes, is called as the field Notes", false},
	{"fields.E303", "the way back is called as a field in look-ups", "", models(orm.ModelOf[ckAccessorField](), orm.ModelOf[ckQueryClash]()), "ckQueryClash.Of: its way back in look-ups, \"notes\", is called as the field ckAccessorField.Notes", false},
	{"fields.E304", "two ways back have one name", "", models(plain, orm.ModelOf[ckSameAccessor]()), "ckSameAccessor.B: its way back, ckPlain.them, is called as that of ckSameAccessor.A", false},
	{"fields.E305", "two ways back have one name in look-ups", "", models(plain, orm.ModelOf[ckSameQuery]()), "ckSameQuery.B: the way back \"cksamequery\" of ckPlain is taken", false},
	{"fields.E306", "the related name is no name", "", models(plain, orm.ModelOf[ckBadRelated]()), "ckBadRelated.A: RelatedName(\"my notes\") is no name", false},
	{"fields.E307", "a lazy reference leads nowhere", compiled + "relations name types", nil, "", false},
	{"fields.E308", "the name of the way back ends with an underscore", "", models(plain, orm.ModelOf[ckBadRelated]()), "ckBadRelated.B: the name of its way back", false},
	{"fields.E309", "the name of the way back contains `__`", "", models(plain, orm.ModelOf[ckBadRelated]()), "ckBadRelated.C: the name of its way back", false},
	{"fields.E310", "the fields that it leads to are not unique together", "", models(orm.ModelOf[ckLooseTarget](), orm.ModelOf[ckLooseObject]()), "ckLooseObject.Of: a, b of ckLooseTarget are not unique together", false},
	{"fields.E311", "the field that it leads to is not unique", "", models(plain, orm.ModelOf[ckLooseKey]()), "ckLooseKey.Of: ckPlain.Code is not unique", false},
	{"fields.E312", "to_field does not exist", "", models(plain, orm.ModelOf[ckNoSuchTarget]()), "ckNoSuchTarget.Of: ckPlain has no field", false},
	{"fields.E320", "SET_NULL, and it cannot be null", "", models(plain, orm.ModelOf[ckDeletes]()), "ckDeletes.A: OnDelete(SetNull) needs Null()", false},
	{"fields.E321", "SET_DEFAULT, and it has no default", "", models(plain, orm.ModelOf[ckDeletes]()), "ckDeletes.B: OnDelete(SetDefault) needs a Default", false},
	{"fields.E322", "DB_SET_DEFAULT, and it has no db_default", "", models(plain, orm.ModelOf[ckDeletes]()), "ckDeletes.C: OnDelete(DBSetDefault) needs a DBDefault", false},
	{"fields.E323", "the database deletes a part of a chain, the program another", "", models(plain, orm.ModelOf[ckByProgram](), orm.ModelOf[ckByDatabase]()), "ckByDatabase.Of: OnDelete(DBCascade) leads to ckByProgram, whose Of has OnDelete(Cascade)", false},
	{"fields.E324", "the database has no DB_SET_DEFAULT", "MariaDB and MySQL", nil, "", true},
	{"fields.E330", "a many-to-many field is unique", compiled + "it has no such method", nil, "", false},
	{"fields.E331", "the model between is not installed", "", models(plain, orm.ModelOf[ckVia[fit]]()), ".Them: the model between, ckBetween", false},
	{"fields.E332", "a symmetrical relation with a model between", "Django allows it since 3.0", nil, "", false},
	{"fields.E333", "the model between has more than two keys to a model", "", models(orm.ModelOf[ckSelfVia](), orm.ModelOf[ckSelfBetween]()), "ckSelfVia.Them: the through model ckSelfBetween has several foreign keys", false},
	{"fields.E334", "it has more than one key to this model", "", models(plain, orm.ModelOf[ckVia[twoLeft]](), orm.ModelOf[ckBetween[twoLeft]]()), ".Them: the through model ckBetween", false},
	{"fields.E335", "it has more than one key to the other model", "", models(plain, orm.ModelOf[ckVia[oneLeft]](), orm.ModelOf[ckBetween[oneLeft]]()), ".Them: the through model ckBetween", false},
	{"fields.E336", "it has no key to one of them", "", models(plain, orm.ModelOf[ckVia[noKeys]](), orm.ModelOf[ckBetween[noKeys]]()), "needs a foreign key to", false},
	{"fields.E337", "through_fields does not name two fields", "", models(plain, orm.ModelOf[ckVia[half]](), orm.ModelOf[ckBetween[half]]()), ".Them: ThroughFields names one", false},
	{"fields.E338", "through_fields names a field that is not there", "", models(plain, orm.ModelOf[ckVia[noField]](), orm.ModelOf[ckBetween[noField]]()), "has no field \"nowhere\"", false},
	{"fields.E339", "through_fields names a field that is no key to the model", "", models(plain, orm.ModelOf[ckVia[notKey]](), orm.ModelOf[ckBetween[notKey]]()), "is not a foreign key to", false},
	{"fields.E340", "the table between is that of a model or relation", "with routers it is fields.W344", models(plain, orm.ModelOf[ckTableBetween]()), "ckTableBetween.Them: the table between, \"orm_test_ckplain\", is that of orm_test.ckPlain", false},
	{"fields.W340", "a many-to-many field may be null", compiled + "it has no such method", nil, "", false},
	{"fields.W341", "a many-to-many field has validators", compiled + "it has no such method", nil, "", false},
	{"fields.W342", "a foreign key is unique", "", models(plain, orm.ModelOf[ckUniqueKey]()), "ckUniqueKey.Of: a foreign key that is Unique", false},
	{"fields.W343", "limit_choices_to with a model between", "", models(plain, orm.ModelOf[ckVia[fit]](), orm.ModelOf[ckBetween[fit]]()), ".Them: LimitChoices has no effect", false},
	{"fields.W344", "fields.E340 where routers choose the database", "a site with `Settings.Routers`", nil, "", true},
	{"fields.W345", "a symmetrical relation has a related name", "", models(orm.ModelOf[ckSymmetrical]()), "ckSymmetrical.Friends: RelatedName has no effect", false},
	{"fields.W346", "a many-to-many field has a comment", compiled + "it has no such method", nil, "", false},
	{"fields.E347", "it leads to a composite key", "take an `orm.ForeignObject`", models(orm.ModelOf[ckComposite](), orm.ModelOf[ckToComposite]()), "ckToComposite.Of: the key of ckComposite has 2 columns", false},
}

// checksOfModels are Django's checks of models.
var checksOfModels = []checkRow{
	{"models.E001", "a swappable is not of the form app.model", compiled + "the model is a type parameter", nil, "", false},
	{"models.E002", "a swappable names a model that is not installed", compiled + "the model is a type parameter", nil, "", false},
	{"models.E003", "two relations are the same rows of a model between", "", models(plain, orm.ModelOf[ckTwins](), orm.ModelOf[ckTwinsBetween]()), "ckTwins.B: it is the same relation through ckTwinsBetween as A", false},
	{"models.E004", "a field `id` is not the primary key", "a field `ID` is the key, unless another is", nil, "", false},
	{"models.E005", "two parents have a field of one name", "", models(orm.ModelOf[ckParentA](), orm.ModelOf[ckParentB](), orm.ModelOf[ckTwoParents]()), "ckTwoParents.Name: the name \"name\" is taken", false},
	{"models.E006", "a field is called as another", "", models(orm.ModelOf[ckTakenName]()), "ckTakenName.B: the name \"a\" is taken by the field A", false},
	{"models.E006", "a field is called as the column of a key in look-ups", "", models(plain, orm.ModelOf[ckTakenAttribute]()), "ckTakenAttribute.Second: the name \"of_id\" means the key of Of", false},
	{"models.E007", "two fields have one column", "", models(orm.ModelOf[ckTakenColumn]()), "ckTakenColumn: fields A and B have the same column \"a\"", false},
	{"models.E008, E009", "index_together", "Django removed it", nil, "", false},
	{"models.E010, E011", "unique_together is no list of lists", compiled + "it is a `[][]any`", nil, "", false},
	{"models.E012", "an index or constraint names a field that is not there", "", models(orm.ModelOf[ckForeignField]()), "ckForeignField: Indexes:", false},
	{"models.E013", "an index or constraint names a many-to-many field", "", models(plain, orm.ModelOf[ckManyIndex]()), "ckManyIndex: Constraints: Them is a many-to-many field", false},
	{"models.E014", "ordering is no list", compiled + "it is a `[]orm.Order`", nil, "", false},
	{"models.E015", "ordering names what is not there", "", models(orm.ModelOf[ckByName]()), "ckByName: Ordering: cannot resolve \"author\"", false},
	{"models.E016", "an index or constraint names a field of a parent", "", models(orm.ModelOf[ckParentA](), orm.ModelOf[ckParentIndex]()), "ckParentIndex: Indexes: Name stands in the table of a parent", false},
	{"models.E017", "a proxy has fields", "", models(plain, orm.ModelOf[ckProxyField]()), "ckProxyField.More: a proxy model has no fields", false},
	{"models.E018", "the name of a column is too long", "PostgreSQL has 63 bytes, MariaDB and MySQL 64 characters", nil, "", true},
	{"models.E019", "the name of a column of a table between is too long", "", nil, "", true},
	{"models.E020", "the method check is overridden", "there is none: a site's checks are `Site.Checks`", nil, "", false},
	{"models.E021", "ordering and order_with_respect_to", "", models(plain, orm.ModelOf[ckRanked]()), "ckRanked.Place: the place of OrderWithin is the model's order", false},
	{"models.E022", "a lazy reference leads nowhere", compiled + "references name types", nil, "", false},
	{"models.E023", "a model's name begins or ends with an underscore", "", models(orm.ModelOf[ckUnderscoreModel]()), "ckUnderscoreModel: the name \"Odd_\"", false},
	{"models.E024", "a model's name contains `__`", "", models(orm.ModelOf[ckDoubleModel]()), "ckDoubleModel: the name \"Very__Odd\"", false},
	{"models.E025", "a property is called as the attribute of a relation", "methods are no fields: look-ups never see them", nil, "", false},
	{"models.E026", "two fields are the primary key", "", models(orm.ModelOf[ckTwoKeys]()), "ckTwoKeys.B: A is the primary key already", false},
	{"models.W027", "the database has no check constraints", always, nil, "", false},
	{"models.E028", "two models have one table", "with routers it is models.W035", models(plain, orm.ModelOf[ckSameTable]()), "ckSameTable: orm_test.ckPlain has the same table \"orm_test_ckplain\"", false},
	{"models.E029", "two indexes of a model have one name", "", models(orm.ModelOf[ckNames[sameNames]]()), ": two of its indexes are called \"names_1\"", false},
	{"models.E030", "indexes of two models have one name", "", models(orm.ModelOf[ckNames[sameNames]](), orm.ModelOf[ckNames[otherNames]]()), ": one of its indexes is called \"names_1\"", false},
	{"models.E031", "two constraints of a model have one name", "", models(orm.ModelOf[ckNames[sameNames]]()), ": two of its constraints are called \"names_2\"", false},
	{"models.E032", "constraints of two models have one name", "", models(orm.ModelOf[ckNames[sameNames]](), orm.ModelOf[ckNames[otherNames]]()), ": one of its constraints is called \"names_2\"", false},
	{"models.E033", "the name of an index begins with an underscore or a digit", "", models(orm.ModelOf[ckNames[oddName]]()), "the name of the index \"_names\" begins", false},
	{"models.E034", "the name of an index is longer than 30 characters", "", models(orm.ModelOf[ckNames[longName]]()), "is longer than 30 characters", false},
	{"models.W035", "models.E028 where routers choose the database", "a site with `Settings.Routers`", nil, "", true},
	{"models.W036", "the database has no unique constraints with conditions", "MariaDB and MySQL", nil, "", true},
	{"models.W037", "the database has no indexes with conditions", "MariaDB and MySQL", nil, "", true},
	{"models.W038", "the database has no deferrable unique constraints", "all but PostgreSQL", nil, "", true},
	{"models.W039", "the database has no unique constraints with further columns", "all but PostgreSQL", nil, "", true},
	{"models.W040", "the database has no indexes with further columns", "all but PostgreSQL", nil, "", true},
	{"models.E041", "a constraint follows a relation", "", models(plain, orm.ModelOf[ckJoined]()), "ckJoined: ckJoined.Of.Code is not a column", false},
	{"models.E042", "a field cannot be a part of a composite key", "", models(orm.ModelOf[ckNullPart]()), "ckNullPart: PrimaryKey: B may be null", false},
	{"models.W042", "the primary key was made by itself", "none is: a model without a field `ID` or `PrimaryKey()` is orm.E007", nil, "", false},
	{"models.W043", "the database has no indexes on expressions", "MariaDB", nil, "", true},
	{"models.W044", "the database has no unique constraints on expressions", "MariaDB", nil, "", true},
	{"models.W045", "a check holds SQL, which `FullClean` leaves out", "", models(orm.ModelOf[ckRawCheck]()), "ckRawCheck: the constraint \"raw\" holds SQL", false},
	{"models.W046", "the database has no comments on tables", "SQLite", nil, "", true},
	{"models.W047", "the database has no nulls that are not distinct", "all but PostgreSQL", nil, "", true},
	{"models.E048", "an index or constraint names a composite key", compiled + "the key has no address: name its fields", nil, "", false},
	{"models.E050", "the database looks after one relation of a model, the program after another", "", models(plain, orm.ModelOf[ckByBoth]()), "ckByBoth: A has OnDelete(DBCascade)", false},
}
