package college

import (
	"context"
	"strings"

	"oneid/views/i18n"
)

// told is what the context says of the college; empty where it names none.
func told(ctx context.Context) i18n.College {
	college, _ := i18n.CollegeOf(ctx)
	return college
}

// missingText lists what a record lacks.
func missingText(ctx context.Context, missing []string) string {
	words := map[string]i18n.Msg{
		"number":     i18n.M("college.missing.number"),
		"name":       i18n.M("college.missing.name"),
		"gender":     i18n.M("college.missing.gender"),
		"birth_date": i18n.M("college.missing.birth"),
		"status":     i18n.M("college.missing.status"),
	}
	shown := make([]string, len(missing))
	for i, what := range missing {
		shown[i] = words[what].In(ctx)
	}
	return strings.Join(shown, ", ")
}
