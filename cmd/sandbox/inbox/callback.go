package inbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const maxTwiML = 64 << 10

// Sign makes the value of X-Twilio-Signature: HMAC-SHA1, under the account's
// token, of the address and all parameters in order of their names.
func Sign(token, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	io.WriteString(mac, address)
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range form[name] {
			io.WriteString(mac, name+value)
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// ask sends a signed request to the product and reads its answer.
func (b *Inbox) ask(ctx context.Context, method, address string, form url.Values) ([]byte, error) {
	var req *http.Request
	var err error
	if strings.EqualFold(method, http.MethodGet) {
		target, parseErr := url.Parse(address)
		if parseErr != nil {
			return nil, parseErr
		}
		query := target.Query()
		for name, values := range form {
			query[name] = values
		}
		target.RawQuery = query.Encode()
		address, form = target.String(), nil
		req, err = http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	} else {
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	}
	if err != nil {
		return nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("X-Twilio-Signature", Sign(b.token, address, form))
	res, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxTwiML))
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s answered %s", address, res.Status)
	}
	return data, nil
}

// report tells the product how a text or call is doing, if it asked to hear.
// It tries a second time, as the real carrier does.
func (b *Inbox) report(ctx context.Context, address string, form url.Values) {
	if address == "" {
		return
	}
	_, err := b.ask(ctx, http.MethodPost, address, form)
	if err != nil && ctx.Err() == nil {
		_, err = b.ask(ctx, http.MethodPost, address, form)
	}
	if err != nil {
		log.Printf("inbox: status callback: %v", err)
	}
}
