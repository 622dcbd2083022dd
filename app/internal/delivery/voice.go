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
	ctx   context.Context
	codes *code.Rules
	id    db.CodeID
	lang  i18n.Lang
}

// answer is what the call says after a key, or at its beginning.
func (c conversation) answer(step, digits string) (response, error) {
	if step == stepGreet {
		return c.greet(c.ctx, c.lang)
	}
	switch {
	case digits == "*":
		return c.greet(i18n.Switch(c.ctx, c.lang.Other()), c.lang.Other())
	case digits == "9" && step == stepFraud:
		reported, err := c.codes.Fraud(c.ctx, c.id)
		if err != nil || !reported {
			return c.last("voice.challenge.expired"), err
		}
		return c.last("voice.challenge.frozen"), nil
	case digits == "9":
		purpose, alive, err := c.codes.Calling(c.ctx, c.id)
		if err != nil {
			return response{}, err
		}
		if alive && purpose == code.SignIn {
			return response{Verbs: []any{
				c.gather(c.lang, stepFraud, c.say("voice.challenge.fraud")),
				c.say("voice.challenge.no_input"), hangup{},
			}}, nil
		}
	}
	digit, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 1 { // # or nothing
		return c.greet(c.ctx, c.lang)
	}
	outcome, err := c.codes.Pressed(c.ctx, c.id, digit)
	if err != nil {
		return response{}, err
	}
	switch outcome {
	case code.Right:
		return c.last("voice.challenge.right"), nil
	case code.Wrong:
		return c.last("voice.challenge.wrong"), nil
	}
	return c.last("voice.challenge.expired"), nil
}

// greet says who calls, offers the other language and asks for the digit, twice
// if need be.
func (c conversation) greet(ctx context.Context, lang i18n.Lang) (response, error) {
	c.ctx, c.lang = ctx, lang
	purpose, alive, err := c.codes.Calling(ctx, c.id)
	if err != nil {
		return response{}, err
	}
	if !alive {
		return c.last("voice.challenge.expired"), nil
	}
	// The offer of the other language is spoken by a voice of that language.
	offer := say{Language: lang.Other().Tag(), Text: i18n.T(ctx, "voice.challenge.language")}
	words := []say{c.say("voice.test.greeting"), offer, c.say("voice.test.prompt")}
	again := []say{c.say("voice.challenge.repeat"), c.say("voice.test.prompt")}
	if purpose == code.SignIn {
		words = []say{c.say("voice.challenge.greeting"), offer, c.say("voice.challenge.prompt"), c.say("voice.challenge.fraud")}
		again = []say{c.say("voice.challenge.repeat"), c.say("voice.challenge.prompt"), c.say("voice.challenge.fraud")}
	}
	return response{Verbs: []any{
		c.gather(lang, stepPress, words...),
		c.gather(lang, stepPress, again...),
		c.say("voice.challenge.no_input"),
		hangup{},
	}}, nil
}

// last says one thing and ends the call.
func (c conversation) last(key string) response {
	return response{Verbs: []any{say{Language: c.lang.Tag(), Text: i18n.T(c.ctx, key)}, hangup{}}}
}

func (c conversation) say(key string) say {
	return say{Language: c.lang.Tag(), Text: i18n.T(c.ctx, key)}
}

func (c conversation) gather(lang i18n.Lang, step string, words ...say) gather {
	return gather{
		Digits: 1, Method: "POST", Input: "dtmf", Timeout: keyWait, Says: words,
		Action: voiceAddress + string(c.id) + "?lang=" + string(lang) + "&step=" + step,
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
