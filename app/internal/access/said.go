package access

import (
	"context"
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// said is a message as a session keeps it. Its arguments are texts, dates and
// counts: whatever else a message can show doesn't survive being written down.
type said struct {
	Kind  ui.Kind              `json:"kind,omitempty"`
	Key   string               `json:"key"`
	Texts map[string]string    `json:"texts,omitempty"`
	Dates map[string]time.Time `json:"dates,omitempty"`
	Count *int                 `json:"count,omitempty"`
}

// Say has the next page say, once, what has just happened. The message's
// arguments may be texts, dates (i18n.AsDate), and a Count.
func (m *Manager) Say(ctx context.Context, flash ui.Flash) {
	msg := flash.Text
	kept := &said{Kind: flash.Kind, Key: msg.Key, Texts: map[string]string{}, Dates: map[string]time.Time{}}
	for i := 0; i+1 < len(msg.Args); i += 2 {
		name, _ := msg.Args[i].(string)
		switch v := msg.Args[i+1].(type) {
		case string:
			kept.Texts[name] = v
		case i18n.AsDate:
			kept.Dates[name] = time.Time(v)
		case int:
			kept.Count = &v
		}
	}
	s := m.Current(ctx)
	s.Said = kept
	m.put(ctx, s)
}

// TakeSaid returns what is to be said, once; the zero flash for nothing.
func (m *Manager) TakeSaid(ctx context.Context) ui.Flash {
	s := m.Current(ctx)
	if s.Said == nil {
		return ui.Flash{}
	}
	kept := s.Said
	s.Said = nil
	msg := i18n.Msg{Key: kept.Key}
	for name, text := range kept.Texts {
		msg.Args = append(msg.Args, name, text)
	}
	for name, at := range kept.Dates {
		msg.Args = append(msg.Args, name, i18n.AsDate(at))
	}
	if kept.Count != nil {
		msg.Args = append(msg.Args, "Count", *kept.Count)
	}
	m.put(ctx, s)
	return ui.Flash{Kind: kept.Kind, Text: msg}
}
