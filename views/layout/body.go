package layout

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"oneid/views/ui"
)

// htmxConfig: no style sheet of its own (the content policy has one), Back asks
// the server anew, and requests stay on this site. htmx 4 has no setting for
// evaluating code; what would need it is refused by the content policy.
const htmxConfig = `{"includeIndicatorCSS":false,"history":"reload","mode":"same-origin","defaultTimeout":20000}`

// body draws the screen in a context that tells its H1 whether it takes the
// focus.
func body(p ui.Page, swapped bool) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if p.Body == nil {
			return nil
		}
		return p.Body.Render(within(ctx, p, swapped), w)
	})
}
