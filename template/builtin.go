package template

import "github.com/nuages-go/nuages/template/internal/filters"

// builtinLibrary holds the tags and filters that every template has.
func builtinLibrary() *Library {
	return NewLibrary("builtins").addFilters(filters.Builtin()).
		Tag("autoescape", parseAutoescape).
		Tag("block", parseBlock).
		Tag("comment", parseComment).
		Tag("csp_nonce_attr", parseCSP).
		Tag("csrf_token", parseCSRF).
		Tag("cycle", parseCycle).
		Tag("debug", parseDebug).
		Tag("extends", parseExtends).
		Tag("filter", parseFilter).
		Tag("firstof", parseFirstof).
		Tag("for", parseFor).
		Tag("if", parseIf).
		Tag("ifchanged", parseIfchanged).
		Tag("include", parseInclude).
		Tag("load", parseLoad).
		Tag("lorem", parseLorem).
		Tag("now", parseNow).
		Tag("partial", parsePartial).
		Tag("partialdef", parsePartialdef).
		Tag("querystring", parseQuerystring).
		Tag("regroup", parseRegroup).
		Tag("resetcycle", parseResetCycle).
		Tag("spaceless", parseSpaceless).
		Tag("templatetag", parseTemplatetag).
		Tag("url", parseURL).
		Tag("verbatim", parseVerbatim).
		Tag("widthratio", parseWidthratio).
		Tag("with", parseWith)
}

// builtinLibraries are those that {% load %} knows in every engine.
func (e *DTL) builtinLibraries() []*Library {
	return []*Library{
		cacheLibrary(), NewLibrary("humanize").addFilters(filters.Humanize()), e.i18nLibrary(), l10nLibrary(), staticLibrary(), tzLibrary(),
	}
}
