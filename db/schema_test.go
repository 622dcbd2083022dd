package db_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"oneid/db"
	"oneid/db/dbtest"
)

var update = flag.Bool("update", false, "rewrite schema.sql from the migrations")

const schemaFile = "schema.sql"

// The file is for people who want to read the whole schema in one place, and
// shows in a review what a migration really changes.
func TestTheSchemaFileIsWhatTheMigrationsMake(t *testing.T) {
	t.Parallel()
	got := dump(t, dbtest.New(t))
	if *update {
		if err := os.WriteFile(schemaFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is out of date: go test ./db -run Schema -update", schemaFile)
	}
}

// ours leaves out the tables of the job queue and of the migrations themselves.
const ours = `c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
	AND c.relname NOT LIKE 'river%' AND c.relname NOT LIKE 'bun_%'`

func dump(t *testing.T, d *db.DB) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("-- The schema that the migrations make, without the job queue's tables. Written by\n" +
		"-- the test of this folder: go test ./db -run Schema -update\n")
	for _, table := range rows(t, d, "SELECT c.relname, c.relpersistence::text FROM pg_class c WHERE "+ours+" ORDER BY 1") {
		kind := "TABLE"
		if table[1] == "u" {
			kind = "UNLOGGED TABLE"
		}
		fmt.Fprintf(&out, "\nCREATE %s %s (\n", kind, table[0])
		var lines []string
		for _, col := range rows(t, d, `SELECT a.attname, format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
				|| coalesce(' DEFAULT ' || pg_get_expr(f.adbin, f.adrelid), '')
			FROM pg_attribute a LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
			WHERE a.attrelid = '`+table[0]+`'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`) {
			lines = append(lines, "    "+col[0]+" "+col[1])
		}
		for _, con := range rows(t, d, `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
			WHERE conrelid = '`+table[0]+`'::regclass AND contype IN ('p', 'u', 'f', 'c') ORDER BY contype <> 'p', conname`) {
			lines = append(lines, "    CONSTRAINT "+con[0]+" "+con[1])
		}
		out.WriteString(strings.Join(lines, ",\n") + "\n);\n")
		for _, index := range rows(t, d, `SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x
			JOIN pg_class i ON i.oid = x.indexrelid LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid
			WHERE x.indrelid = '`+table[0]+`'::regclass AND k.oid IS NULL ORDER BY 1`) {
			out.WriteString(strings.ReplaceAll(index[1], "public.", "") + ";\n")
		}
		for _, trigger := range rows(t, d, `SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger
			WHERE tgrelid = '`+table[0]+`'::regclass AND NOT tgisinternal ORDER BY 1`) {
			out.WriteString(strings.ReplaceAll(trigger[1], "public.", "") + ";\n")
		}
	}
	for _, function := range rows(t, d, `SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
		WHERE p.pronamespace = 'public'::regnamespace AND p.proname NOT LIKE 'river%' ORDER BY 1`) {
		out.WriteString("\n" + strings.ReplaceAll(function[1], "public.", "") + ";\n")
	}
	return out.String()
}

func rows(t *testing.T, d *db.DB, query string) [][2]string {
	t.Helper()
	found, err := d.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	var all [][2]string
	for found.Next() {
		var r [2]string
		if err := found.Scan(&r[0], &r[1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
