package existing

import (
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Page is the Self-Service Welcome page: the licence has an account, or
// several. It never shows a Login ID.
func Page(accounts int) ui.Page {
	return ui.Page{
		Title: i18n.M("college.existing.title"), Body: existing(accounts),
		Rail: ui.HelpCard("/help", i18n.M("home.help.title")), NoIndex: true,
	}
}
