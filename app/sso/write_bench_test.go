package sso_test

import (
	"fmt"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/db"
)

// What it costs to write answers down: several at a time share a statement.
func BenchmarkWriteQuick(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8, 16} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			app := apptest.New(b)
			opened(doctor(app), app.Viewer(apptest.ConnectingOntario))
			q := next(app)
			made := 0
			for b.Loop() {
				list := make([]db.Quick, n)
				for i := range list {
					made++
					a, e := *q.Assertion, *q.Event
					a.ID, a.RequestID = fmt.Sprint("_a", made), fmt.Sprint("_r", made)
					e.Seq, e.Before, e.Hash = q.Event.Seq, q.Event.Before, fmt.Append(nil, made)
					q.Event.Seq, q.Event.Before = e.Seq+1, e.Hash
					list[i] = db.Quick{Assertion: &a, Event: &e, Version: q.Version}
				}
				became, err := db.WriteQuick(app.Context(), app.DB, list)
				if err != nil || became[n-1] != db.QuickWritten {
					b.Fatal(became, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/answer")
		})
	}
}

func BenchmarkReadArrivals(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8, 16} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			app := apptest.New(b)
			opened(doctor(app), app.Viewer(apptest.ConnectingOntario))
			var token string
			if err := app.DB.NewSelect().Table("sessions").Column("token_hash").Where("name <> '' AND kind = 'account'").OrderExpr("created_at DESC").Limit(1).Scan(app.Context(), &token); err != nil {
				b.Fatal(err)
			}
			a := next(app).Assertion
			o, err := db.QuickOpening(app.Context(), app.DB, a.AccountID, a.ServiceID, a.EntityID, a.EntityID)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				list := make([]*db.Arrival, n)
				for i := range list {
					list[i] = &db.Arrival{TokenHash: token, Now: app.Clock.Now(), EntityID: a.EntityID, Named: a.EntityID, Party: &o.Party}
				}
				if err := db.ReadArrivals(app.Context(), app.DB, list); err != nil || list[n-1].Opening == nil {
					b.Fatal(list[n-1], err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/answer")
		})
	}
}
