package template

import (
	"cmp"

	"github.com/nuages-go/nuages/internal/locale"
	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

func (e *DTL) i18nLibrary() *Library {
	translate := func(env *filters.Env, text string) string {
		if e.opts.Translator == nil {
			return text
		}
		return e.opts.Translator.Translate(env.Ctx, "", text)
	}
	return NewLibrary("i18n").addFilters(filters.I18N(translate)).
		Tag("translate", parseTranslate).
		Tag("trans", parseTranslate).
		Tag("blocktranslate", parseBlockTranslate).
		Tag("blocktrans", parseBlockTranslate).
		Tag("language", parseLanguage).
		Tag("get_available_languages", parseAvailableLanguages).
		Tag("get_current_language", parseCurrentLanguage).
		Tag("get_current_language_bidi", parseCurrentLanguageBidi).
		Tag("get_language_info", parseLanguageInfo).
		Tag("get_language_info_list", parseLanguageInfoList)
}

// language returns the current language's code.
func (c *Context) language() string { return cmp.Or(LanguageFrom(c.env.Ctx), c.dtl.opts.Language) }

// languageNode is {% language code %}.
type languageNode struct {
	code *Expr
	body *NodeList
}

func parseLanguage(p *Parser, t Token) (Node, error) {
	bits := t.Split()
	if len(bits) != 2 {
		return nil, syntaxf("'%s' takes one argument (language)", bits[0])
	}
	code, err := p.Compile(bits[1])
	if err != nil {
		return nil, err
	}
	body, err := p.ParseUntil("endlanguage")
	return &languageNode{code, body}, err
}

// Render runs the body in the language.
func (n *languageNode) Render(c *Context) error {
	v, err := n.code.eval(c)
	if err != nil {
		return err
	}
	ctx, old := c.env.Ctx, c.env.Locale
	c.env.Ctx = WithLanguage(ctx, v.Str())
	c.env.Locale = c.dtl.locale(v.Str())
	err = n.body.render(c)
	c.env.Ctx, c.env.Locale = ctx, old
	return err
}

func parseCurrentLanguage(_ *Parser, t Token) (Node, error) {
	return parseAs(t, func(c *Context) (value.Value, error) { return value.OfString(c.language()), nil })
}

func parseCurrentLanguageBidi(_ *Parser, t Token) (Node, error) {
	return parseAs(t, func(c *Context) (value.Value, error) { return value.OfBool(locale.IsBidi(c.language())), nil })
}

func parseAvailableLanguages(_ *Parser, t Token) (Node, error) {
	return parseAs(t, func(c *Context) (value.Value, error) {
		var out []value.Value
		for _, l := range c.dtl.languages() {
			out = append(out, value.OfTuple(value.OfString(l.Code), value.OfString(c.translate("", l.Name))))
		}
		return value.OfList(out), nil
	})
}

// languages returns the site's languages, by default all that are known.
func (e *DTL) languages() []Language {
	if e.opts.Languages != nil {
		return e.opts.Languages
	}
	var out []Language
	for _, info := range locale.Languages() {
		out = append(out, Language{info.Code, info.Name})
	}
	return out
}

func (c *Context) languageInfo(v value.Value) (value.Value, error) {
	info, err := filters.LanguageInfo(v)
	if err != nil {
		return v, err
	}
	d := value.NewPairs()
	d.Set(value.OfString("bidi"), value.OfBool(info.Bidi))
	d.Set(value.OfString("code"), value.OfString(info.Code))
	d.Set(value.OfString("name"), value.OfString(info.Name))
	d.Set(value.OfString("name_local"), value.OfString(info.Local))
	d.Set(value.OfString("name_translated"), value.OfString(c.translate("", info.Name)))
	return value.OfDict(d), nil
}

func parseLanguageInfo(p *Parser, t Token) (Node, error) {
	args := t.Split()
	if len(args) != 5 || args[1] != "for" || args[3] != "as" {
		return nil, syntaxf("'%s' requires 'for string as variable' (got %s)", args[0], pyList(args[1:]))
	}
	code, err := p.Compile(args[2])
	return &asNode{args[4], func(c *Context) (value.Value, error) {
		v, err := code.eval(c)
		if err != nil {
			return v, err
		}
		return c.languageInfo(v)
	}}, err
}

func parseLanguageInfoList(p *Parser, t Token) (Node, error) {
	args := t.Split()
	if len(args) != 5 || args[1] != "for" || args[3] != "as" {
		return nil, syntaxf("'%s' requires 'for sequence as variable' (got %s)", args[0], pyList(args[1:]))
	}
	list, err := p.Compile(args[2])
	return &asNode{args[4], func(c *Context) (value.Value, error) {
		v, err := list.eval(c)
		if err != nil {
			return v, err
		}
		elems, err := v.Elements()
		if err != nil {
			return v, err
		}
		out := make([]value.Value, len(elems))
		for i, el := range elems {
			if first, ok := el.Index(0); ok && !el.Kind().IsText() { // a pair of code and name
				el = first
			}
			if out[i], err = c.languageInfo(el); err != nil {
				return v, err
			}
		}
		return value.OfList(out), nil
	}}, err
}
