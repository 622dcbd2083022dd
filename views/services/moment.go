package services

import (
	"context"
	"time"

	"oneid/views/i18n"
)

// said is a day on which something needs attention, with what it is.
func (a Attention) said() i18n.Msg {
	on := i18n.AsDate(a.On)
	switch a.What {
	case "metadata_ends":
		return i18n.M("services.watch.metadata", "Date", on)
	case "metadata_ended":
		return i18n.M("services.watch.metadata_ended", "Date", on)
	case "signing_ends":
		return i18n.M("services.watch.signing", "Date", on)
	case "encryption_ends":
		return i18n.M("services.watch.encryption", "Date", on)
	case "exception_ends":
		return i18n.M("services.watch.exception", "Item", ExceptionForm{What: a.Name}.said(), "Date", on)
	case "fetch_trouble":
		return i18n.M("services.watch.fetch", "Date", on)
	}
	return i18n.M("services.watch.clock", "Number", a.Days)
}

// action is what to do about it, and the page where it is done.
type action struct {
	todo, label i18n.Msg
	href        string
}

func (a Attention) action(id string) action {
	switch a.What {
	case "metadata_ended":
		return action{i18n.M("services.check.metadata_do"), i18n.M("services.metadata.renew"), BringPath(id)}
	case "metadata_ends", "signing_ends", "encryption_ends":
		return action{i18n.M("services.watch.act"), i18n.M("services.metadata.renew"), BringPath(id)}
	case "exception_ends":
		return action{i18n.M("services.check.exception_do"), i18n.M("services.watch.to_policy"), Path(id, TabPolicy)}
	case "fetch_trouble":
		return action{i18n.M("services.check.fresh_do"), i18n.M("services.watch.to_metadata"), Path(id, TabMetadata)}
	}
	return action{todo: i18n.M("services.check.clock_do")}
}

// whole is a moment to the minute: "21 November 2026, 3:42 p.m."
func whole(ctx context.Context, at time.Time) string {
	return i18n.T(ctx, "services.moment.at", "Date", i18n.AsDate(at), "Time", i18n.AsClock(at))
}

// second is a moment to the second, for what follows quickly on one another:
// "2026-11-22 15:42:07", on Ontario's clock.
func second(at time.Time) string { return i18n.Local(at).Format(time.DateTime) }
