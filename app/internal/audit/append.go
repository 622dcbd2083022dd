package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"oneid/db"
)

// Pending is an event that is to be added by a statement of the caller's.
type Pending struct {
	event  Event
	at     time.Time
	origin Origin
}

// Pend notes an event with where the work under ctx comes from.
func Pend(ctx context.Context, at time.Time, e Event) Pending {
	return Pending{event: e, at: at, origin: originOf(ctx)}
}

// Result is what became of an event, in the words of package db, or why not.
type Result struct {
	Became string
	Err    error
}

// Write writes rows, and with each what its event is about, in one transaction,
// and moves the heads of their chains. It tells what became of each of the rows,
// which belong to the events at the places named.
type Write func(ctx context.Context, places []int, rows []*db.AuditEvent) ([]string, error)

// mostTries bounds how often Append begins again because other processes were
// quicker; each time one of them got through.
const mostTries = 50

// Append adds events by statements of the caller's, as many as it can in one
// transaction. An event that is refused leaves no gap: those behind it are written
// anew. When one spoils it for all, each is written by itself.
func (l *Log) Append(ctx context.Context, d *db.DB, list []Pending, write Write) []Result {
	l.mu.Lock() // our own requests wait here, and do not spoil each other's tries
	defer l.mu.Unlock()
	results := make([]Result, len(list))
	places := make([]int, len(list))
	for i := range places {
		places[i] = i
	}
	// Every node locks the chains in this order.
	slices.SortStableFunc(places, func(a, b int) int { return Chain(list[a].event) - Chain(list[b].event) })
	l.append(ctx, d, list, places, results, write)
	return results
}

func (l *Log) append(ctx context.Context, d *db.DB, list []Pending, places []int, results []Result, write Write) {
	fail := func(err error) {
		for _, i := range places {
			l.heads[Chain(list[i].event)] = nil
			results[i].Err = fmt.Errorf("record %s: %w", list[i].event.Kind, err)
		}
	}
	for range mostTries {
		rows, err := l.rows(ctx, d, list, places)
		if err != nil {
			fail(err)
			return
		}
		became, err := write(ctx, places, rows)
		if err != nil {
			fail(err)
			if len(places) == 1 {
				return
			}
			for _, i := range places {
				results[i] = Result{}
				l.append(ctx, d, list, []int{i}, results, write)
			}
			return
		}
		if places = l.settle(places, rows, became, results); len(places) == 0 {
			return
		}
	}
	fail(fmt.Errorf("the chain never stood still"))
}

// rows are the events as they follow each other in their chains.
func (l *Log) rows(ctx context.Context, d *db.DB, list []Pending, places []int) ([]*db.AuditEvent, error) {
	rows := make([]*db.AuditEvent, 0, len(places))
	ends := l.heads
	for _, i := range places {
		chain := Chain(list[i].event)
		if ends[chain] == nil {
			head, err := db.AuditHeadOf(ctx, d, chain)
			if err != nil {
				return nil, err
			}
			ends[chain], l.heads[chain] = head, head
		}
		row, err := l.next(ends[chain], list[i])
		if err != nil {
			return nil, err
		}
		ends[chain] = headAt(row)
		rows = append(rows, row)
	}
	return rows, nil
}

func headAt(row *db.AuditEvent) *db.AuditHead {
	return &db.AuditHead{Chain: row.Chain, Seq: row.Seq, Hash: row.Hash}
}

// settle takes what became of rows, and returns those that have to be written
// anew.
func (l *Log) settle(places []int, rows []*db.AuditEvent, became []string, results []Result) []int {
	var again []int
	var gap [chains]bool // one of its rows was refused: the head is where it was
	for k := range places {
		if became[k] != db.QuickWritten && became[k] != db.QuickMoved {
			gap[rows[k].Chain] = true
		}
	}
	for k, i := range places {
		chain := rows[k].Chain
		switch became[k] {
		case db.QuickWritten:
			l.heads[chain] = headAt(rows[k])
			results[i].Became = became[k]
		case db.QuickMoved:
			if !gap[chain] {
				l.heads[chain] = nil
			}
			again = append(again, i)
		default:
			results[i].Became = became[k]
		}
	}
	return again
}
