package config

import (
	"fmt"
	"io"
	"net/url"
	"text/tabwriter"
)

// Describe prints every setting in force and whether it is the default. Files
// with secrets are named, their content is not shown.
func (c Config) Describe(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, p := range Names() {
		value, given := c.source[p.Key]
		note := ""
		if !given {
			value, note = p.DefaultValue, "(default)"
		}
		if p.Key == Prefix+"DATABASE_URL" {
			value = redactURL(value)
		}
		if value == "" {
			value, note = "-", ""
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", p.Key, value, note)
	}
	return table.Flush()
}

// redactURL hides the password in both places where PostgreSQL takes one.
func redactURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "[redacted]"
	}
	if q := u.Query(); q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}
