package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	ringTime      = 30 * time.Second
	maxAnswer     = 64 << 10
	messagesFile  = "Messages.json"
	callsFile     = "Calls.json"
	statusAddress = "/carrier/status/"
	voiceAddress  = "/carrier/voice/"
)

// Account is an account with a carrier that speaks Twilio's API.
type Account struct {
	Label string // names it to operators
	URL   string // the API, before /2010-04-01
	SID   string
	Token string // signs in, and signs what the carrier sends back
	From  string // our number
	// Base is our own address, where the carrier calls back.
	Base string
}

// SMS carries texts.
type SMS struct{ Account }

// Voice carries calls. What is said is asked for when the call is answered, see
// Handlers.
type Voice struct{ Account }

// Name is the account's label.
func (a Account) Name() string { return a.Label }

// Hand sends a text.
func (s SMS) Hand(ctx context.Context, p Parcel) (string, error) {
	return s.post(ctx, messagesFile, url.Values{
		"To": {p.To}, "From": {s.From}, "Body": {p.Text},
		"StatusCallback": {s.Base + statusAddress + string(p.ID)},
	})
}

// Hand places a call.
func (v Voice) Hand(ctx context.Context, p Parcel) (string, error) {
	language, _, _ := strings.Cut(p.Language, "-")
	return v.post(ctx, callsFile, url.Values{
		"To": {p.To}, "From": {v.From}, "Timeout": {strconv.Itoa(int(ringTime / time.Second))},
		"Url":            {v.Base + voiceAddress + string(p.Code) + "?lang=" + language},
		"StatusCallback": {v.Base + statusAddress + string(p.ID)},
	})
}

func (a Account) post(ctx context.Context, file string, form url.Values) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, outboundLimit)
	defer cancel()
	address := fmt.Sprintf("%s/2010-04-01/Accounts/%s/%s", a.URL, url.PathEscape(a.SID), file)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", &Trouble{Code: "carrier settings"}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(a.SID, a.Token)
	res, err := carrierClient().Do(req)
	if err != nil {
		return "", &Trouble{Code: connectionTrouble(err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return "", &Trouble{Code: connectionTrouble(err)}
	}
	var answer struct {
		SID  string `json:"sid"`
		Code int    `json:"code"`
	}
	// An answer that is no JSON has no code and no id; the status decides.
	_ = json.Unmarshal(body, &answer)
	if res.StatusCode/100 == 2 {
		return answer.SID, nil
	}
	trouble := &Trouble{Code: "http " + strconv.Itoa(res.StatusCode)}
	if answer.Code != 0 {
		trouble.Code = strconv.Itoa(answer.Code)
	}
	// 400 is about what was asked: this number. Anything else (our account, too
	// many requests, the carrier itself) may pass or work elsewhere.
	trouble.Final = res.StatusCode == http.StatusBadRequest
	return "", trouble
}

// carrierClient shares the process's connections. It follows no redirect: a
// message goes to the address that was configured or nowhere.
func carrierClient() *http.Client {
	return &http.Client{
		Timeout:       outboundLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
