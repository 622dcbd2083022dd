package web

import "net/http"

// cspEndpoint is where browsers report what the content policy refused.
const cspEndpoint = "/csp-report"

// policy is the content policy, with the origins that forms may post to beside
// our own. Nothing inline, nothing from elsewhere, nothing in frames.
func policy(formTargets ...string) string {
	forms := "form-action 'self'"
	for _, origin := range formTargets {
		forms = forms + " " + origin
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; manifest-src 'self'; worker-src 'self'; " + forms +
		"; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; report-uri " + cspEndpoint + "; report-to csp"
}

// secureHeaders sets what every answer carries, errors included (SECURITY.md
// 5.3). A handler may narrow Cache-Control or replace the content policy.
func secureHeaders(https bool, next http.Handler) http.Handler {
	csp := policy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("Reporting-Endpoints", `csp="`+cspEndpoint+`"`)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Permissions-Policy", "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)")
		h.Set("Cache-Control", "no-store")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}
