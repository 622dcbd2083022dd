package layout

import "context"

// WithTimeout says when the session under the page ends.
func WithTimeout(ctx context.Context, t *Timeout) context.Context {
	f := frame(ctx)
	f.Timeout = t
	return WithFrame(ctx, f)
}
