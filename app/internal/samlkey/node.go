package samlkey

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneid/db"
	"oneid/saml"
)

// Seen is for how long a node counts as running that has told of itself. Nodes
// do so each minute.
const Seen = 5 * time.Minute

// Note writes down which keys this node holds, for those who would switch to one
// of them on another. First it looks again for what the node lacks.
func (r *Ring) Note(ctx context.Context, d *db.DB, name string) error {
	r.lookNow()
	s, err := r.at(ctx, d, 0)
	if err != nil {
		return err
	}
	n := &db.Node{Name: name, SeenAt: d.Clock.Now(), Keys: []string{}}
	for _, h := range s.keys {
		if h.row.State != db.KeyRetired && h.key.Signer != nil {
			n.Keys = append(n.Keys, saml.Fingerprint(h.key.Certificate))
		}
	}
	return db.NoteNode(ctx, d, n)
}

// NodeKeys is a node that runs, and the keys that it lacks, retired ones aside.
type NodeKeys struct {
	db.Node
	Lacks []db.SAMLKey
}

// Nodes lists the nodes that run, as far as they have told.
func Nodes(ctx context.Context, q db.Querier, now time.Time, keys []db.SAMLKey) ([]NodeKeys, error) {
	nodes, err := db.NodesSince(ctx, q, now.Add(-Seen))
	if err != nil {
		return nil, err
	}
	var all []NodeKeys
	for _, n := range nodes {
		line := NodeKeys{Node: n}
		for _, k := range keys {
			if k.State != db.KeyRetired && !slices.Contains(n.Keys, k.Fingerprint) {
				line.Lacks = append(line.Lacks, k)
			}
		}
		all = append(all, line)
	}
	return all, nil
}

// Lacking is a switch to a key that nodes lack which run.
type Lacking struct {
	Key   db.SAMLKey
	Nodes []string
}

func (l *Lacking) Error() string {
	return fmt.Sprintf("%s: %s can't use it yet: %s; each node looks once a minute",
		l.Key.ID, strings.Join(l.Nodes, ", "), remedy(l.Key, "each of them"))
}

// ready fails where not every node that runs could use a key: with ErrLacks where
// this one has not got it, with *Lacking for the others.
func (r *Rules) ready(ctx context.Context, tx db.Tx, k db.SAMLKey) error {
	if lack := r.Ring.Holds(k); lack != nil {
		return lack
	}
	nodes, err := Nodes(ctx, tx, tx.At, []db.SAMLKey{k})
	if err != nil {
		return err
	}
	l := &Lacking{Key: k}
	for _, n := range nodes {
		// What this node holds was just looked at; what it told may be a minute old.
		if n.Name != r.Node && len(n.Lacks) > 0 {
			l.Nodes = append(l.Nodes, n.Name)
		}
	}
	if len(l.Nodes) > 0 {
		return l
	}
	return nil
}
