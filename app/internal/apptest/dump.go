package apptest

import (
	"bytes"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Dump is the text of every table, as a backup would hold it.
func (a *App) Dump() string {
	a.Helper()
	conn, err := pgx.Connect(a.Context(), a.DB.Pool.Config().ConnString())
	if err != nil {
		a.Fatal(err)
	}
	defer conn.Close(a.Context())
	rows, err := conn.Query(a.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	if err != nil {
		a.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		a.Fatal(err)
	}
	var text bytes.Buffer
	for _, table := range tables {
		fmt.Fprintf(&text, "\n-- %s\n", table)
		if _, err := conn.PgConn().CopyTo(a.Context(), &text, "COPY "+pgx.Identifier{table}.Sanitize()+" TO STDOUT"); err != nil {
			a.Fatal(err)
		}
	}
	return text.String()
}
