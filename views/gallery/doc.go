// Package gallery shows the parts of views/ui in the states that screens use
// them in, for looking at and for checking: every part at once, a refused and a
// filled wizard step, a sign-in, a signed-in page. Nothing of the product
// imports it. go run ./views/gallery/serve opens it in a browser.
package gallery
