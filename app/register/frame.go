package register

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"oneid/app/internal/draft"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// root is where the wizard lives.
const root = "/register/"

// Slugs that other parts of the wizard lead to.
const (
	questionsSlug = "questions"
	reviewSlug    = "review"
	completeSlug  = "complete"
)

// here places a step's screen; each Show puts it into its model. The mark of
// what is saved stays what it was when the form was first made. A step that
// saved something while assisting deletes view.FieldSaved from typed first, for
// the page it shows is newer than its form.
func here(ctx context.Context, step Step, d *draft.Draft, typed url.Values) view.Here {
	h := view.Here{Slug: step.Slug(), Saved: typed.Get(view.FieldSaved), Mark: newMark(), Notice: noticeOf(ctx), Minutes: minutesOf(ctx)}
	if h.Saved == "" {
		h.Saved = saved(step, d)
	}
	h.Change = changing(ctx) || typed.Get(view.FieldChange) != ""
	return h
}

func newMark() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// saved is the mark of what a step has in the draft: it changes when, and only
// when, that step's own answers do. What a step owns is what it forgets.
func saved(step Step, d *draft.Draft) string {
	with := parts(d.Content)
	bare := &draft.Draft{ID: d.ID, College: d.College, Content: copied(d.Content)}
	step.Forget(bare)
	without := parts(bare.Content)
	names := make([]string, 0, len(with))
	for name := range with {
		if !bytes.Equal(with[name], without[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	hash := sha256.New()
	hash.Write([]byte(d.ID))
	for _, name := range names {
		hash.Write([]byte(name))
		hash.Write(with[name])
	}
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:12])
}

// parts and copied can't fail: a draft's content is made of what JSON can hold,
// and was read from JSON.
func parts(c draft.Content) map[string]json.RawMessage {
	text, _ := json.Marshal(c)
	var p map[string]json.RawMessage
	_ = json.Unmarshal(text, &p)
	return p
}

func copied(c draft.Content) draft.Content {
	text, _ := json.Marshal(c)
	var other draft.Content
	_ = json.Unmarshal(text, &other)
	return other
}

// framed puts the wizard around a step's page.
func (s Steps) framed(ctx context.Context, d *draft.Draft, step Step, p ui.Page, typed url.Values) ui.Page {
	back := s.before(d, step)
	if (changing(ctx) || typed.Get(view.FieldChange) != "") && s.Reachable(d, reviewSlug) && step.Slug() != reviewSlug {
		back = root + reviewSlug
	}
	info := s.info(d, step)
	info.Name = p.Title
	return view.Framed(p, view.Around{Step: info, Back: back, Help: root + "help/" + step.Slug()})
}

// before is the address of the needed step before one; empty for the first.
func (s Steps) before(d *draft.Draft, step Step) string {
	back := ""
	for _, other := range s {
		if other.Slug() == step.Slug() {
			break
		}
		if other.Needed(d) {
			back = root + other.Slug()
		}
	}
	return back
}

// info numbers the steps as the guide does: pages that follow each other under
// one name are one step. A step that is not needed is not counted.
func (s Steps) info(d *draft.Draft, at Step) *ui.StepInfo {
	info := &ui.StepInfo{ListTitle: i18n.M("register.frame.nav_label")}
	var last string
	for _, step := range s {
		if !step.Needed(d) {
			continue
		}
		if name := step.Name(); name.Key != last || info.All == nil {
			info.All = append(info.All, ui.Step{Name: name, State: ui.StepDone})
			last = name.Key
		}
		line := &info.All[len(info.All)-1]
		if !step.Done(d) && line.State == ui.StepDone {
			line.State = ui.StepTodo
		}
		if step.Slug() == at.Slug() {
			info.Number = len(info.All)
		}
	}
	info.Total = len(info.All)
	if info.Number > 0 {
		info.All[info.Number-1].State = ui.StepCurrent
	}
	return info
}

type (
	noticeKey  struct{}
	changeKey  struct{}
	minutesKey struct{}
)

// withIdle has the step's screen say how long it may rest.
func withIdle(ctx context.Context, idle time.Duration) context.Context {
	return context.WithValue(ctx, minutesKey{}, int(idle/time.Minute))
}

func minutesOf(ctx context.Context) int {
	n, _ := ctx.Value(minutesKey{}).(int)
	return n
}

// withNotice has the step's screen say something under its heading.
func withNotice(ctx context.Context, m i18n.Msg) context.Context {
	return context.WithValue(ctx, noticeKey{}, m)
}

func noticeOf(ctx context.Context) i18n.Msg {
	m, _ := ctx.Value(noticeKey{}).(i18n.Msg)
	return m
}

// withChange notes that the person came from the check page.
func withChange(ctx context.Context) context.Context {
	return context.WithValue(ctx, changeKey{}, true)
}

func changing(ctx context.Context) bool { return ctx.Value(changeKey{}) != nil }
