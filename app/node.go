package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"oneid/app/internal/samlkey"
	"oneid/db"
)

// tellEvery is how often a node tells the others which SAML keys it holds. One
// that was not heard of for samlkey.Seen counts as stopped.
const tellEvery = time.Minute

// node is the name by which operators know this process among those on the same
// database.
func (g *ground) node() string {
	if g.cfg.Node != "" {
		return g.cfg.Node
	}
	name, err := os.Hostname()
	if err != nil {
		return "unnamed"
	}
	return name
}

// Tell notes that this node runs and which SAML keys it holds. Serve does so
// each minute; tests, which have no rounds of a process, do when they like.
func (a *App) Tell(ctx context.Context) error { return a.samlKeys.Note(ctx, a.db, a.node()) }

// keepTelling tells until ctx ends, takes it back then, and closes the returned
// channel.
func (a *App) keepTelling(ctx context.Context) <-chan struct{} {
	told := func(ctx context.Context, err error) {
		if err != nil {
			a.log.LogAttrs(ctx, slog.LevelError, "other nodes not told of this one's keys", slog.String("error", err.Error()))
		}
	}
	telling := rounds(ctx, tellEvery, func(ctx context.Context) { told(ctx, a.Tell(ctx)) })
	over := make(chan struct{})
	go func() {
		defer close(over)
		<-telling
		bounded(ctx, func(ctx context.Context) { told(ctx, db.ForgetNode(ctx, a.db, a.node())) })
	}()
	return over
}

// listNodes prints the nodes that run and what each lacks of the keys.
func listNodes(ctx context.Context, g *ground, keys []db.SAMLKey, w io.Writer) error {
	nodes, err := samlkey.Nodes(ctx, g.db, g.db.Clock.Now(), keys)
	if err != nil {
		return err
	}
	if len(nodes) == 0 {
		_, err = fmt.Fprintf(w, "\nNo node was seen in the last %.0f minutes.\n", samlkey.Seen.Minutes())
		return err
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NODE\tSEEN LAST\tLACKS")
	for _, n := range nodes {
		var lacks []string
		for _, k := range n.Lacks {
			lacks = append(lacks, k.ID)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", n.Name, stamp(n.SeenAt), or(strings.Join(lacks, ", "), "-"))
	}
	return table.Flush()
}
