package browser

import "strings"

// known are the browsers and systems people use, by what tells them from the
// others. The order matters: most browsers also claim to be those below them.
var (
	browsers = []sign{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"HeadlessChrome/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []sign{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Macintosh", "Mac"}, {"Linux", "Linux"},
	}
)

type sign struct{ mark, name string }

// Name names the browser and the system of a User-Agent, as far as they are
// known; empty when neither is.
func Name(agent string) string {
	browser, system := first(browsers, agent), first(systems, agent)
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + ", " + system
}

func first(signs []sign, agent string) string {
	for _, s := range signs {
		if strings.Contains(agent, s.mark) {
			return s.name
		}
	}
	return ""
}
