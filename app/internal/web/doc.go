// Package web is the ground every handler stands on.
//
// A handler decodes, calls one rule and renders; what goes wrong it returns.
// Handle logs an error once and shows the page of its kind; Decode reads a form
// within fixed limits; Render answers with the whole document, or with the part
// that htmx asked for; Next and Leave move on.
//
// Around every handler stand, from outside in: the last resort for panics, the
// request id and log line, the host check, the security headers, compression,
// the per-network flood limit, and the refusal of cross-site requests. SAML
// endpoints that other sites post to are mounted outside the last one and never
// read the session.
//
// Log lines hold the route's pattern, never the address: tokens and queries
// don't reach a log.
package web
