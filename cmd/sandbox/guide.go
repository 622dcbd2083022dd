package main

import (
	"fmt"
	"io"
	"time"

	"oneid/cmd/sandbox/site"
	"oneid/cmd/sandbox/supervise"
)

// guide prints where everything is and what to try first.
func guide(out io.Writer, m site.Map, took time.Duration) {
	fmt.Fprintf(out, "\nThe sandbox is ready (%.1f s).\n\n", took.Seconds())
	row := func(what, address string) { fmt.Fprintf(out, "  %-22s %s\n", what, address) }
	row("ONE ID", m.Product.Base())
	row("College portal", m.Portal.Base())
	for _, viewer := range m.Viewers {
		row(titles[viewer.Name], viewer.Base())
	}
	row("Mail, texts, calls", m.Inbox.Base())
	row("For testers", m.Portal.Base()+"/lab")
	fmt.Fprintf(out, `
Try this:
  1. Register: at the college portal log in as m100093, password Portal-100093,
     choose "Register for Ontario Health's ONE ID", consent, sign up. Use a
     number such as 416 555 0123; codes and mail arrive at %s.
  2. Open a viewer: go to %s
     and sign in with the Login ID you were given.
  3. Sign in as MARGARET.DUBOIS, password %s;
     ClinicalConnect and OTN Hub are open to her too, CCO is not.
  4. Others: m100125 (in French), m100217 (has an account already),
     m100231 (wrong birth date), m100200 (suspended). The portal's log-in page
     lists all of them.
  5. The services console: sign in as SADE.OKOYE, the same password, and open
     %s/services. What she proposes LUC.ROY approves.

Ctrl-C ends everything; the data stays. make reset throws it away.

`, m.Inbox.Base(), m.Viewers[0].Base(), supervise.Password, m.Product.Base())
}
