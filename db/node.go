package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Node is a process that serves, as it told of itself last.
type Node struct {
	bun.BaseModel `bun:"table:nodes"`

	Name   string `bun:",pk"`
	SeenAt time.Time
	Keys   []string `bun:",array"` // fingerprints of the SAML keys that it holds
}

// NoteNode writes down what a node says of itself, in place of what it said
// before.
func NoteNode(ctx context.Context, q bun.IDB, n *Node) error {
	_, err := q.NewInsert().Model(n).On("CONFLICT (name) DO UPDATE").
		Set("seen_at = EXCLUDED.seen_at").Set("keys = EXCLUDED.keys").Exec(ctx)
	return wrap(err, "note node %s", n.Name)
}

// ForgetNode forgets a node that stops.
func ForgetNode(ctx context.Context, q bun.IDB, name string) error {
	_, err := q.NewDelete().Model((*Node)(nil)).Where("name = ?", name).Exec(ctx)
	return wrap(err, "forget node %s", name)
}

// NodesSince lists the nodes that have told of themselves after a time, by name.
func NodesSince(ctx context.Context, q bun.IDB, at time.Time) ([]Node, error) {
	var all []Node
	err := q.NewSelect().Model(&all).Where("seen_at > ?", at).Order("name").Scan(ctx)
	return all, wrap(err, "list nodes")
}
