// Command pumping asks for ten thousand texts and calls as a toll fraud would:
// with stolen or bought accounts whose passwords are known, and as a stranger
// through Forgot Password, each request from another network. It counts what the
// carrier was given in the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"oneid/bench/world"
)

// budget is how many codes may go out in an hour that nobody is used to, and
// notices how many texts may tell one number of something in a day.
const (
	budget  = 100
	notices = 20
)

// numbers are the attacker's: ranges all over the province, two accounts each.
func numbers() []string {
	var all []string
	for _, area := range []string{
		"416", "647", "437", "905", "289", "365", "226", "519", "548", "613", "343", "705", "249", "807", "742", "382",
		"416", "647", "905", "613",
	} {
		all = append(all, fmt.Sprintf("+1%s55501%02d", area, 10+len(all)))
	}
	return all
}

func main() {
	n := flag.Int("n", 10000, "how many times a message is asked for")
	hands := flag.Int("hands", 16, "how many ask at once")
	flag.Parse()
	if err := run(*n, *hands); err != nil {
		fmt.Fprintln(os.Stderr, "bench/pumping:", err)
		os.Exit(1)
	}
}

// victim is one account, and the browser that stands before its challenge.
type victim struct {
	loginID string
	nth     int // of those made together: says the birth date
	browser *world.Person
	ways    []string
}

func run(n, hands int) (err error) {
	ctx := context.Background()
	w, err := world.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Stop()) }()
	victims, err := prepare(ctx, w)
	if err != nil {
		return err
	}
	statuses, took, err := attack(w, victims, n, hands)
	if err != nil {
		return err
	}
	if err := settled(w); err != nil {
		return err
	}
	return report(w, n, statuses, took)
}

// prepare makes the accounts and signs in to each as far as the second factor.
func prepare(ctx context.Context, w *world.World) ([]*victim, error) {
	var victims []*victim
	for _, number := range numbers() {
		ids, err := w.Accounts(ctx, 2, "Toll", "Taker", number, true)
		if err != nil {
			return nil, err
		}
		for i, id := range ids {
			v := &victim{loginID: id, nth: i, browser: w.Person(world.Address(len(victims)))}
			if _, err := v.browser.Post("/signin", "loginid", id, "password", world.Password); err != nil {
				return nil, err
			}
			page, err := v.browser.Get("/challenge")
			if err != nil {
				return nil, err
			}
			for _, found := range choice.FindAllStringSubmatch(page.Body, -1) {
				v.ways = append(v.ways, found[1])
			}
			if len(v.ways) == 0 {
				return nil, fmt.Errorf("the challenge offers no phone (%d to %q)", page.Status, page.To())
			}
			victims = append(victims, v)
		}
	}
	return victims, nil
}

var (
	choice   = regexp.MustCompile(`<input[^>]*name="to"[^>]*value="([^"]+)"`)
	recovery = regexp.MustCompile(`name="recovery" value="([^"]+)"`)
)

// attack asks n times, half of it each way.
func attack(w *world.World, victims []*victim, n, hands int) (map[string]int, time.Duration, error) {
	var (
		next     atomic.Int64
		mu       sync.Mutex
		statuses = map[string]int{}
		fault    error
		all      sync.WaitGroup
	)
	began := time.Now()
	for range hands {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				v, from := victims[i/2%len(victims)], world.Address(100+i)
				what, ask := "signed in", signedIn
				if i%2 == 1 {
					what, ask = "Forgot Password", stranger
				}
				status, err := ask(w, v, from, i)
				mu.Lock()
				statuses[fmt.Sprintf("%s: %d", what, status)]++
				fault = errors.Join(fault, err)
				stop := fault != nil
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	all.Wait()
	return statuses, time.Since(began), fault
}

// signedIn asks for a code as somebody who knows the password.
func signedIn(w *world.World, v *victim, from string, i int) (int, error) {
	p := w.At(v.browser, from)
	defer p.Leave()
	answer, err := p.Post("/challenge", "to", v.ways[i/2%len(v.ways)])
	return answer.Status, err
}

// stranger asks for a code as somebody who knows login ID and birth date.
func stranger(w *world.World, v *victim, from string, i int) (int, error) {
	p := w.Person(from)
	defer p.Leave()
	born := world.Born(v.nth)
	answer, err := p.Post("/recovery/password", "loginid", v.loginID,
		"birth_day", born.Format("2"), "birth_month", born.Format("1"), "birth_year", born.Format("2006"))
	if err != nil || answer.Status != 303 {
		return answer.Status, err
	}
	page, err := p.Get("/recovery/password/proofs")
	if err != nil {
		return 0, err
	}
	found := recovery.FindStringSubmatch(page.Body)
	if found == nil {
		return page.Status, errors.New("the proofs name no recovery")
	}
	proof := []string{"text", "call"}[i/2%2]
	answer, err = p.Post("/recovery/password/proofs", "recovery", found[1], "proof", proof)
	return answer.Status, err
}

// settled waits until nothing more reaches the carrier.
func settled(w *world.World) error {
	const quiet = 5 * time.Second
	last, since := -1, time.Now()
	for time.Since(since) < quiet {
		count := 0
		for _, channel := range []string{"sms", "call", "mail"} {
			sent, err := w.Messages(channel)
			if err != nil {
				return err
			}
			count += len(sent)
		}
		if count != last {
			last, since = count, time.Now()
		}
		time.Sleep(200 * time.Millisecond)
	}
	return nil
}

func report(w *world.World, n int, statuses map[string]int, took time.Duration) error {
	texts, err := w.Messages("sms")
	if err != nil {
		return err
	}
	calls, err := w.Messages("call")
	if err != nil {
		return err
	}
	codes, most, told := len(calls), 0, map[string]int{}
	for _, text := range texts {
		if strings.Contains(text.Body, "\n@") {
			codes++
			continue
		}
		told[text.To]++
		most = max(most, told[text.To])
	}
	fmt.Printf("%d requests for a message in %v, to %d numbers, each request from another network:\n", n, took.Round(time.Second), len(numbers()))
	for what, count := range statuses {
		fmt.Printf("  %-22s %5d answers\n", what, count)
	}
	verdict := "  met"
	if codes > budget || most > notices {
		verdict = "  NOT MET"
	}
	fmt.Printf("messages sent: %d texts with a code and %d calls (goal: at most %d in all); %d notices, %d at most to one number (goal: at most %d)%s\n",
		codes-len(calls), len(calls), budget, len(texts)-codes+len(calls), most, notices, verdict)
	if verdict != "  met" {
		return errors.New("more was sent than the limits allow")
	}
	return nil
}
