package inbox

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"oneid/cmd/sandbox/site"
)

const apiVersion = "2010-04-01"

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// undeliverable tells the numbers nothing ever reaches.
func undeliverable(number string) bool { return strings.HasSuffix(number, "0199") }

// carrier answers the REST calls of the product.
func (b *Inbox) carrier(mux *http.ServeMux) {
	base := "/carrier/" + apiVersion + "/Accounts/{account}/"
	mux.HandleFunc("POST "+base+"Messages.json", b.authentic(b.postText))
	mux.HandleFunc("GET "+base+"Messages/{file}", b.authentic(b.getResource))
	mux.HandleFunc("POST "+base+"Calls.json", b.authentic(b.postCall))
	mux.HandleFunc("GET "+base+"Calls/{file}", b.authentic(b.getResource))
}

// problem answers an error as the carrier words it.
func problem(w http.ResponseWriter, status, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{
		"code": code, "message": message, "status": status, "more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	})
}

func (b *Inbox) authentic(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		right := subtle.ConstantTimeCompare([]byte(user+":"+password), []byte(b.account+":"+b.token)) == 1
		if !right || r.PathValue("account") != b.account {
			w.Header().Set("WWW-Authenticate", `Basic realm="carrier"`)
			problem(w, http.StatusUnauthorized, 20003, "Authenticate")
			return
		}
		h(w, r)
	}
}

// spoiled plays the fault of a channel, if one is on that ends the request.
func (b *Inbox) spoiled(w http.ResponseWriter, channel string) bool {
	switch b.faults.of(channel) {
	case faultSlow:
		time.Sleep(slowFault)
	case faultError:
		problem(w, http.StatusInternalServerError, 20500, "Internal Server Error")
		return true
	case faultReject:
		problem(w, http.StatusBadRequest, 21610, "The recipient cannot be reached")
		return true
	case faultDown:
		panic(http.ErrAbortHandler)
	}
	return false
}

// address checks the numbers of a request.
func address(w http.ResponseWriter, r *http.Request) (to, from string, ok bool) {
	to, from = r.PostFormValue("To"), r.PostFormValue("From")
	switch {
	case to == "":
		problem(w, http.StatusBadRequest, 21604, "A 'To' phone number is required.")
	case !e164.MatchString(to):
		problem(w, http.StatusBadRequest, 21211, "The 'To' number is not a valid phone number.")
	case from == "":
		problem(w, http.StatusBadRequest, 21603, "A 'From' phone number is required.")
	default:
		return to, from, true
	}
	return "", "", false
}

func (b *Inbox) postText(w http.ResponseWriter, r *http.Request) {
	to, from, ok := address(w, r)
	if !ok || b.spoiled(w, Text) {
		return
	}
	body, callback := r.PostFormValue("Body"), r.PostFormValue("StatusCallback")
	if body == "" {
		problem(w, http.StatusBadRequest, 21602, "Message body is required.")
		return
	}
	m := Message{ID: "SM" + site.Token(), Channel: Text, To: to, From: from, Body: body, At: time.Now().UTC(), State: "delivered"}
	last := "delivered"
	switch {
	case undeliverable(to):
		last = "undelivered"
	case b.faults.of(Text) == faultDrop:
		last = ""
	default:
		b.store.add(m)
	}
	b.later(func() {
		for _, state := range []string{"queued", "sent", last} {
			if state == "" {
				continue
			}
			form := url.Values{
				"MessageSid": {m.ID}, "SmsSid": {m.ID}, "AccountSid": {b.account}, "ApiVersion": {apiVersion},
				"To": {to}, "From": {from}, "MessageStatus": {state}, "SmsStatus": {state},
			}
			if state == "undelivered" {
				form.Set("ErrorCode", "30003")
			}
			b.report(b.life, callback, form)
		}
	})
	b.created(w, "Messages", m, "queued")
}

func (b *Inbox) postCall(w http.ResponseWriter, r *http.Request) {
	to, from, ok := address(w, r)
	if !ok || b.spoiled(w, Call) {
		return
	}
	c := &call{
		inbox: b, id: "CA" + site.Token(), to: to, from: from, url: r.PostFormValue("Url"), method: r.PostFormValue("Method"),
		callback: r.PostFormValue("StatusCallback"), events: r.PostForm["StatusCallbackEvent"], ring: ringDefault,
		answered: make(chan struct{}), declined: make(chan struct{}), keys: make(chan string, 32),
	}
	if target, err := url.Parse(c.url); err != nil || target.Host == "" {
		problem(w, http.StatusBadRequest, 21205, "Url is not a valid URL.")
		return
	}
	if c.method == "" {
		c.method = http.MethodPost
	}
	if seconds, err := strconv.Atoi(r.PostFormValue("Timeout")); err == nil && seconds > 0 {
		c.ring = seconds
	}
	m := Message{ID: c.id, Channel: Call, To: to, From: from, At: time.Now().UTC(), State: stateQueued}
	b.store.add(m)
	b.begin(c)
	b.created(w, "Calls", m, stateQueued)
}

func (b *Inbox) created(w http.ResponseWriter, kind string, m Message, status string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(b.resource(kind, m, status))
}

func (b *Inbox) resource(kind string, m Message, status string) map[string]any {
	return map[string]any{
		"sid": m.ID, "account_sid": b.account, "api_version": apiVersion, "to": m.To, "from": m.From, "body": m.Body,
		"status": status, "direction": "outbound-api", "date_created": m.At.Format(time.RFC1123Z), "error_code": nil, "error_message": nil,
		"uri": "/" + apiVersion + "/Accounts/" + b.account + "/" + kind + "/" + m.ID + ".json",
	}
}

func (b *Inbox) getResource(w http.ResponseWriter, r *http.Request) {
	m, ok := b.store.one(strings.TrimSuffix(r.PathValue("file"), ".json"))
	if !ok {
		problem(w, http.StatusNotFound, 20404, "The requested resource was not found")
		return
	}
	kind := "Messages"
	if m.Channel == Call {
		kind = "Calls"
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(b.resource(kind, m, m.State))
}
