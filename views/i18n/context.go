package i18n

import "context"

// College is what messages need to know about the college a person comes from.
type College struct {
	Short, Name, Desk, Hours map[Lang]string // Desk with its article
	Phone, TollFree          string          // E.164, an extension as ";ext=606"; anything else is shown as it is
	Email                    string
}

func (c *College) fill(lang Lang, name string) (string, bool) {
	switch name {
	case "College":
		return c.Short[lang], true
	case "CollegeName":
		return c.Name[lang], true
	case "CollegeDesk":
		return c.Desk[lang], true
	case "CollegeHours":
		return c.Hours[lang], true
	case "CollegePhone":
		return phone(lang, c.Phone), true
	case "CollegeTollFree":
		return phone(lang, c.TollFree), true
	case "CollegeEmail":
		return c.Email, true
	}
	return "", false
}

// scope is everything the package keeps in a context, in one value so that
// showing a message looks once.
type scope struct {
	catalogue *Catalogue
	lang      Lang
	college   *College
}

type scopeKey struct{}

func scopeOf(ctx context.Context) scope {
	s, _ := ctx.Value(scopeKey{}).(scope)
	if s.lang == "" {
		s.lang = EN
	}
	return s
}

// With gives the context its catalogue and its language.
func With(ctx context.Context, c *Catalogue, lang Lang) context.Context {
	s := scopeOf(ctx)
	s.catalogue, s.lang = c, lang
	return context.WithValue(ctx, scopeKey{}, s)
}

// Switch keeps the catalogue and the college and changes the language, for a
// line in the reader's other language.
func Switch(ctx context.Context, lang Lang) context.Context {
	s := scopeOf(ctx)
	s.lang = lang
	return context.WithValue(ctx, scopeKey{}, s)
}

// WithCollege lets messages name the college: its placeholders need no
// arguments from here on.
func WithCollege(ctx context.Context, college College) context.Context {
	s := scopeOf(ctx)
	s.college = &college
	return context.WithValue(ctx, scopeKey{}, s)
}

// LangOf is the language of the context, English if none was set.
func LangOf(ctx context.Context) Lang { return scopeOf(ctx).lang }

// CollegeOf is the college that WithCollege put in, if any.
func CollegeOf(ctx context.Context) (College, bool) {
	if c := scopeOf(ctx).college; c != nil {
		return *c, true
	}
	return College{}, false
}

// StandingOf is what the operator calls itself; the zero value if the context
// has no catalogue.
func StandingOf(ctx context.Context) Standing {
	if c := scopeOf(ctx).catalogue; c != nil {
		return c.standing
	}
	return Standing{}
}

// Spoken tells whether With has given the context its catalogue.
func Spoken(ctx context.Context) bool { return scopeOf(ctx).catalogue != nil }
