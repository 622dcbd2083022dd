package inbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// States of a call, as the carrier names them.
const (
	stateQueued   = "queued"
	stateRinging  = "ringing"
	stateAnswered = "in-progress"
	stateDone     = "completed"
	stateBusy     = "busy"
	stateNoAnswer = "no-answer"
	stateFailed   = "failed"
)

const (
	maxDocuments    = 50
	lettersASecond  = 15 // about the pace of a synthetic voice
	ringDefault     = 60
	gatherDefault   = 5
	keyWait         = 5 * time.Second // how long a pressed key may take to be used
	maxSayTimes     = 5
	defaultLanguage = "en-CA"
)

// call is one call under way. The goroutine of run is the only one that moves
// it on; hands reach it through the channels.
type call struct {
	inbox    *Inbox
	id       string
	to, from string
	url      string
	method   string
	callback string
	events   []string
	ring     int
	answered chan struct{} // closed when picked up
	declined chan struct{} // closed when declined or hung up
	keys     chan string
	pickUp   sync.Once
	putDown  sync.Once

	mu      sync.Mutex
	pressed int // keys sent in
	taken   int // keys the call has taken
	used    int // keys of those that were answered, or are the first of more
	since   time.Time
	spoken  time.Time // when the voice will have said all so far
	order   int
}

func (c *call) answer() { c.pickUp.Do(func() { close(c.answered) }) }
func (c *call) hangUp() { c.putDown.Do(func() { close(c.declined) }) }

// run takes the call from dialling to its end.
func (c *call) run(ctx context.Context) {
	c.tell(ctx, "initiated", "initiated")
	switch {
	case undeliverable(c.to):
		c.end(ctx, stateFailed)
		return
	case strings.HasSuffix(c.to, "0198"), c.inbox.faults.of(Call) == faultBusy:
		c.end(ctx, stateBusy)
		return
	case c.inbox.faults.of(Call) == faultDrop:
		c.end(ctx, stateFailed)
		return
	}
	c.state(stateRinging)
	c.tell(ctx, "ringing", stateRinging)
	if strings.HasSuffix(c.to, "0197") || c.inbox.faults.of(Call) == faultNoAnswer {
		c.end(ctx, stateNoAnswer)
		return
	}
	giveUp := time.NewTimer(time.Duration(c.ring) * c.inbox.second)
	defer giveUp.Stop()
	select {
	case <-c.answered:
	case <-c.declined:
		c.end(ctx, stateBusy)
		return
	case <-giveUp.C:
		c.end(ctx, stateNoAnswer)
		return
	case <-ctx.Done():
		return
	}
	c.mu.Lock()
	c.since = time.Now()
	c.spoken = c.since
	c.mu.Unlock()
	c.state(stateAnswered)
	c.tell(ctx, "answered", stateAnswered)
	if err := c.converse(ctx); err != nil {
		c.line("", "[the carrier] An application error has occurred: "+err.Error())
	}
	c.end(ctx, stateDone)
}

// converse fetches one document after the other and carries it out.
func (c *call) converse(ctx context.Context) error {
	method, address, extra := c.method, c.url, url.Values{}
	for range maxDocuments {
		data, err := c.inbox.ask(ctx, method, address, c.form(stateAnswered, extra))
		c.heard()
		if err != nil {
			return err
		}
		verbs, err := parseTwiML(data)
		if err != nil {
			return err
		}
		next, err := c.perform(ctx, verbs, address)
		if err != nil || next == nil {
			return err
		}
		method, address, extra = next.method, next.address, next.form
	}
	return fmt.Errorf("more than %d documents", maxDocuments)
}

// step is where a call goes on.
type step struct {
	method, address string
	form            url.Values
}

// perform carries out the verbs of one document. It answers where to go on,
// or nothing when the call is over.
func (c *call) perform(ctx context.Context, verbs []verb, base string) (*step, error) {
	for _, v := range verbs {
		switch v.Name {
		case "Gather":
			for _, inner := range v.Inner {
				c.utter(inner)
			}
			pressed, over := c.gather(ctx, v)
			if over {
				return nil, nil
			}
			if pressed == "" && v.Attr["actionOnEmptyResult"] != "true" {
				c.heard()
				continue
			}
			return onward(base, v.Attr["action"], v.Attr["method"], url.Values{"Digits": {pressed}})
		case "Redirect":
			return onward(base, v.Text, v.Attr["method"], url.Values{})
		case "Hangup", "Reject":
			return nil, nil
		default:
			c.utter(v)
		}
	}
	return nil, nil
}

func onward(base, to, method string, form url.Values) (*step, error) {
	from, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	target, err := from.Parse(to)
	if err != nil {
		return nil, err
	}
	if method == "" {
		method = http.MethodPost
	}
	return &step{method, target.String(), form}, nil
}

// utter says, plays or pauses: the words appear at once, the time they take
// is added to what the voice still has to say.
func (c *call) utter(v verb) {
	switch v.Name {
	case "Say":
		for range min(max(v.number("loop", 1), 1), maxSayTimes) {
			c.line(v.Attr["language"], v.Text)
			c.speak(time.Duration(utf8.RuneCountInString(v.Text)) * c.inbox.second / lettersASecond)
		}
	case "Play":
		c.line("", "♪ "+v.Text+v.Attr["digits"])
		c.speak(c.inbox.second)
	case "Pause":
		c.speak(time.Duration(v.number("length", 1)) * c.inbox.second)
	}
}

func (c *call) speak(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); c.spoken.Before(now) {
		c.spoken = now
	}
	c.spoken = c.spoken.Add(d)
}

// gather collects keys. The wait begins when the voice has ended and again
// with every key; a key may interrupt the voice. over: the callee hung up.
func (c *call) gather(ctx context.Context, v verb) (pressed string, over bool) {
	wanted := v.number("numDigits", 0)
	finish, given := v.Attr["finishOnKey"]
	if !given {
		finish = "#"
	}
	pause := time.Duration(v.number("timeout", gatherDefault)) * c.inbox.second
	c.mu.Lock()
	wait := pause + max(0, time.Until(c.spoken))
	c.mu.Unlock()
	for {
		timeout := time.NewTimer(wait)
		select {
		case key := <-c.keys:
			timeout.Stop()
			c.mu.Lock()
			c.taken++
			c.spoken = time.Now()
			c.mu.Unlock()
			if finish != "" && strings.Contains(finish, key) {
				return pressed, false
			}
			pressed += key
			c.line("", "» "+key)
			if wanted > 0 && len(pressed) >= wanted {
				return pressed, false
			}
			c.heard()
			wait = pause
		case <-timeout.C:
			return pressed, false
		case <-c.declined:
			timeout.Stop()
			return "", true
		case <-ctx.Done():
			timeout.Stop()
			return "", true
		}
	}
}

// heard notes that nothing more comes of the keys taken so far.
func (c *call) heard() {
	c.mu.Lock()
	c.used = c.taken
	c.mu.Unlock()
	c.inbox.store.alter(c.id, func(*Message) {}) // wakes who waits for it
}

// line adds what was said or pressed.
func (c *call) line(language, text string) {
	c.inbox.store.alter(c.id, func(m *Message) {
		m.Body = strings.TrimPrefix(m.Body+"\n"+text, "\n")
		if language != "" {
			m.Lang = language
		}
	})
}

func (c *call) state(state string) {
	c.inbox.store.alter(c.id, func(m *Message) { m.State = state })
}

func (c *call) end(ctx context.Context, state string) {
	c.state(state)
	c.hangUp()
	c.tell(ctx, "completed", state)
	c.inbox.forget(c.id)
}

// tell reports an event the product has asked for; by default only the end.
func (c *call) tell(ctx context.Context, event, state string) {
	if slices.Contains(c.events, event) || len(c.events) == 0 && event == "completed" {
		c.inbox.report(ctx, c.callback, c.form(state, url.Values{"Timestamp": {time.Now().UTC().Format(time.RFC1123Z)}}))
	}
}

// form is what every request about a call carries.
func (c *call) form(state string, extra url.Values) url.Values {
	c.mu.Lock()
	defer c.mu.Unlock()
	form := url.Values{
		"CallSid": {c.id}, "AccountSid": {c.inbox.account}, "ApiVersion": {apiVersion}, "Direction": {"outbound-api"},
		"To": {c.to}, "Called": {c.to}, "From": {c.from}, "Caller": {c.from}, "CallStatus": {state},
		"SequenceNumber": {strconv.Itoa(c.order)},
	}
	if state == stateDone {
		form.Set("CallDuration", strconv.Itoa(int(time.Since(c.since)/time.Second)))
	}
	c.order++
	for name, values := range extra {
		form[name] = values
	}
	return form
}

// press sends keys into the call, answering it first if it still rings, and
// waits a moment for what comes of them, so that a program can look at once.
func (c *call) press(ctx context.Context, pressed string) error {
	c.answer()
	c.mu.Lock()
	for _, key := range pressed {
		select {
		case c.keys <- string(key):
			c.pressed++
		default:
			c.mu.Unlock()
			return fmt.Errorf("too many keys at once")
		}
	}
	upTo := c.pressed
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, keyWait)
	defer cancel()
	for {
		c.inbox.store.mu.Lock()
		changed := c.inbox.store.changed
		c.inbox.store.mu.Unlock()
		c.mu.Lock()
		used := c.used >= upTo
		c.mu.Unlock()
		if used {
			return nil
		}
		select {
		case <-changed:
		case <-c.declined:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
