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

// whole is a moment to the minute: "21 November 2026, 3:42 p.m."
func whole(ctx context.Context, at time.Time) string {
	return i18n.T(ctx, "services.moment.at", "Date", i18n.AsDate(at), "Time", i18n.AsClock(at))
}
