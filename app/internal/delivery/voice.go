package delivery

import (
	"context"
	"encoding/xml"
	"strconv"

	"oneid/app/internal/code"
	"oneid/db"
	"oneid/views/i18n"
)

// Steps of a call, in the address that the carrier asks next.
const (
	stepGreet = ""      // the call was answered
	stepPress = "press" // a key was pressed
	stepFraud = "fraud" // 9 was pressed once
)

// keyWait is how many seconds a call listens for a key.
const keyWait = 8

// conversation is one request of a call in progress. It keeps nothing between
// requests: the code's row and the address say how far the call is.
type conversation struct {
	codes *code.Rules
	id    db.CodeID
}

// answer is what the call says after a key, or at its beginning.
func (c conversation) answer(ctx context.Context, step, digits string) (response, error) {
	if step == stepGreet {
		return c.greet(ctx)
	}
	switch {
	case digits == "*":
		return c.greet(i18n.Switch(ctx, i18n.LangOf(ctx).Other()))
	case digits == "9" && step == stepFraud:
		reported, err := c.codes.Fraud(ctx, c.id)
		if err != nil || !reported {
			return last(ctx, "voice.challenge.expired"), err
		}
		return last(ctx, "voice.challenge.frozen"), nil
	case digits == "9":
		purpose, alive, err := c.codes.Calling(ctx, c.id)
		if err != nil {
			return response{}, err
		}
		if alive && purpose != code.Test {
			return response{Verbs: []any{
				c.gather(ctx, stepFraud, spoken(ctx, fraudKey(purpose))),
				spoken(ctx, "voice.challenge.no_input"), hangup{},
			}}, nil
		}
	}
	digit, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 1 { // # or nothing
		return c.greet(ctx)
	}
	outcome, err := c.codes.Pressed(ctx, c.id, digit)
	if err != nil {
		return response{}, err
	}
	switch outcome {
	case code.Right:
		return last(ctx, "voice.challenge.right"), nil
	case code.Wrong:
		return last(ctx, "voice.challenge.wrong"), nil
	}
	return last(ctx, "voice.challenge.expired"), nil
}

// greet says who calls, offers the other language and asks for the digit, twice
// if need be.
func (c conversation) greet(ctx context.Context) (response, error) {
	purpose, alive, err := c.codes.Calling(ctx, c.id)
	if err != nil {
		return response{}, err
	}
	if !alive {
		return last(ctx, "voice.challenge.expired"), nil
	}
	// The offer of the other language is spoken by a voice of that language.
	offer := spoken(ctx, "voice.challenge.language")
	offer.Language = i18n.LangOf(ctx).Other().Tag()
	greeting, asked := askedFor(ctx, purpose)
	words := append([]say{greeting, offer}, asked...)
	again := append([]say{spoken(ctx, "voice.challenge.repeat")}, asked...)
	return response{Verbs: []any{
		c.gather(ctx, stepPress, words...),
		c.gather(ctx, stepPress, again...),
		spoken(ctx, "voice.challenge.no_input"),
		hangup{},
	}}, nil
}

// askedFor is who calls, and what is asked, by what the call is for.
func askedFor(ctx context.Context, p code.Purpose) (greeting say, asked []say) {
	switch p {
	case code.SignIn:
		return spoken(ctx, "voice.challenge.greeting"), []say{spoken(ctx, "voice.challenge.prompt"), spoken(ctx, fraudKey(p))}
	case code.Recovery:
		return spoken(ctx, "voice.recovery.greeting"), []say{spoken(ctx, "voice.recovery.prompt"), spoken(ctx, fraudKey(p))}
	}
	return spoken(ctx, "voice.test.greeting"), []say{spoken(ctx, "voice.test.prompt")}
}

func fraudKey(p code.Purpose) string {
	if p == code.Recovery {
		return "voice.recovery.fraud"
	}
	return "voice.challenge.fraud"
}

// last says one thing and ends the call.
func last(ctx context.Context, key string) response {
	return response{Verbs: []any{spoken(ctx, key), hangup{}}}
}

func spoken(ctx context.Context, key string) say {
	return say{Language: i18n.LangOf(ctx).Tag(), Text: i18n.T(ctx, key)}
}

func (c conversation) gather(ctx context.Context, step string, words ...say) gather {
	return gather{
		Digits: 1, Method: "POST", Input: "dtmf", Timeout: keyWait, Says: words,
		Action: voiceAddress + string(c.id) + "?lang=" + string(i18n.LangOf(ctx)) + "&step=" + step,
	}
}

// The part of TwiML that calls need.
type (
	response struct {
		XMLName xml.Name `xml:"Response"`
		Verbs   []any
	}
	say struct {
		XMLName  xml.Name `xml:"Say"`
		Language string   `xml:"language,attr"`
		Text     string   `xml:",chardata"`
	}
	gather struct {
		XMLName xml.Name `xml:"Gather"`
		Digits  int      `xml:"numDigits,attr"`
		Action  string   `xml:"action,attr"`
		Method  string   `xml:"method,attr"`
		Input   string   `xml:"input,attr"`
		Timeout int      `xml:"timeout,attr"`
		Says    []say
	}
	hangup struct {
		XMLName xml.Name `xml:"Hangup"`
	}
)
