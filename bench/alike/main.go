// Command alike checks that nobody learns from the product whether somebody has
// an account: as many persons with an account as without go through sign-in,
// both Forgot pages and the start of a passkey, one at a time and in random
// order. Their pages must be equal to the byte but for what they typed and what
// is drawn at random, and their times must pass for one source by their ranks.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneid/bench/figures"
	"oneid/bench/world"
)

// Goals.
const (
	wantRank = 0.01
	wantGap  = 5 * time.Millisecond
)

func main() {
	n := flag.Int("n", 2000, "how many persons with an account, and how many without")
	only := flag.String("only", "", "part of the name of the checks to run")
	flag.Parse()
	if err := run(*n, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench/alike:", err)
		os.Exit(1)
	}
}

// slow is the check whose every answer costs two hashes; a quarter of the people
// must do.
const slow = "answers to questions"

// somebody is one person of the check.
type somebody struct {
	loginID, last string
	born          time.Time
	known         bool
}

func (s somebody) birth() []string {
	return []string{
		"birth_day", strconv.Itoa(s.born.Day()), "birth_month", strconv.Itoa(int(s.born.Month())), "birth_year", strconv.Itoa(s.born.Year()),
	}
}

// check is one thing that a person may do. It returns the answer that is timed,
// and the page that the person sees after it.
type check struct {
	name string
	do   func(p *world.Person, s somebody) (timed, seen world.Answer, err error)
}

func checks() []check {
	start := func(p *world.Person, s somebody) (world.Answer, error) {
		return p.Post("/recovery/password", append(s.birth(), "loginid", s.loginID)...)
	}
	return []check{
		{"sign-in", func(p *world.Person, s somebody) (timed, seen world.Answer, err error) {
			timed, err = p.Post("/signin", "loginid", s.loginID, "password", "Not the password 1")
			return timed, timed, err
		}},
		{"forgot login ID", func(p *world.Person, s somebody) (timed, seen world.Answer, err error) {
			if timed, err = p.Post("/recovery/login-id", append(s.birth(), "first", "Load", "last", s.last)...); err == nil {
				seen, err = p.Get("/recovery/login-id/questions")
			}
			return timed, seen, err
		}},
		{slow, func(p *world.Person, s somebody) (timed, seen world.Answer, err error) {
			if _, err = p.Post("/recovery/login-id", append(s.birth(), "first", "Load", "last", s.last)...); err != nil {
				return timed, seen, err
			}
			page, err := p.Get("/recovery/login-id/questions")
			if err != nil {
				return timed, seen, err
			}
			timed, err = p.Post("/recovery/login-id/questions", "recovery", hidden(page.Body), "answer_1", "wrong one", "answer_2", "wrong two")
			return timed, timed, err
		}},
		{"forgot password", func(p *world.Person, s somebody) (timed, seen world.Answer, err error) {
			if timed, err = start(p, s); err == nil {
				seen, err = p.Get("/recovery/password/proofs")
			}
			return timed, seen, err
		}},
		{"forgot password, code", func(p *world.Person, s somebody) (timed, seen world.Answer, err error) {
			if _, err = start(p, s); err != nil {
				return timed, seen, err
			}
			page, err := p.Get("/recovery/password/proofs")
			if err != nil {
				return timed, seen, err
			}
			if timed, err = p.Post("/recovery/password/proofs", "recovery", hidden(page.Body), "proof", "text"); err == nil {
				seen, err = p.Get("/recovery/password/code")
			}
			return timed, seen, err
		}},
		{"passkey start", func(p *world.Person, s somebody) (timed, seen world.Answer, err error) {
			if _, err = start(p, s); err != nil {
				return timed, seen, err
			}
			timed, err = p.Post("/recovery/password/passkey/start")
			return timed, timed, err
		}},
	}
}

var recovery = regexp.MustCompile(`name="recovery" value="([^"]*)"`)

func hidden(body string) string {
	if found := recovery.FindStringSubmatch(body); found != nil {
		return found[1]
	}
	return ""
}

// drawn is what differs between any two persons: ids, references, random bytes,
// clock times, and the questions that each is asked.
var drawn = []*regexp.Regexp{
	regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
	regexp.MustCompile(`\b[A-Z0-9]{3}-[A-Z0-9]{3}\b`),
	regexp.MustCompile(`"(?:exchange|challenge)":"[^"]*"`),
	regexp.MustCompile(`\d{1,2}:\d\d [ap]\.m\.|noon|midnight`),
	regexp.MustCompile(`(?s)<label[^>]*>.*?</label>`),
	regexp.MustCompile(`<span class="sr">[^<]*\?</span>`),
	regexp.MustCompile(`datetime="[^"]*"|data-(?:until|end|warn)[a-z-]*="[^"]*"`),
}

func unlike(a world.Answer, s somebody) string {
	body := strings.NewReplacer(s.loginID, "LOGIN", s.last, "LAST").Replace(a.Body)
	for _, d := range drawn {
		body = d.ReplaceAllString(body, "…")
	}
	var headers []string
	for name := range a.Header {
		headers = append(headers, name)
	}
	slices.Sort(headers)
	return fmt.Sprintf("%d %s\n%s\n%s", a.Status, a.To(), strings.Join(headers, ","), body)
}

func run(n int, only string) (err error) {
	ctx := context.Background()
	w, err := world.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Stop()) }()
	ids, err := w.Accounts(ctx, n, "Load", "Runner", "+14165550100", true)
	if err != nil {
		return err
	}
	people := make([]somebody, 0, 2*n)
	for i, id := range ids {
		people = append(people,
			somebody{loginID: id, last: "Runner", born: world.Born(i), known: true},
			somebody{loginID: strings.Replace(id, "RUNNER", "RENNUR", 1), last: "Rennur", born: world.Born(i)})
	}
	fmt.Printf("%d persons with an account against %d without, one at a time (goals: equal pages, p > %v, medians within %v)\n", n, n, wantRank, wantGap)
	told := 0
	for i, c := range checks() {
		if !strings.Contains(c.name, only) {
			continue
		}
		asked := people
		if c.name == slow {
			asked = people[:len(people)/4]
		}
		alike, err := compare(w, c, asked, i)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if !alike {
			told++
		}
	}
	if told > 0 {
		return fmt.Errorf("%d checks tell them apart", told)
	}
	return nil
}

// apart is more than any check has people.
const apart = 8000

// compare runs one check for everybody. turn keeps the addresses of the checks
// apart, so that each is asked from networks that were quiet before.
func compare(w *world.World, c check, people []somebody, turn int) (bool, error) {
	took := map[bool][]time.Duration{}
	pages := map[bool]map[string]int{true: {}, false: {}}
	for i, who := range rand.Perm(len(people)) {
		s := people[who]
		p := w.Person(world.Address(turn*apart + i))
		timed, seen, err := c.do(p, s)
		p.Leave()
		if err != nil {
			return false, err
		}
		if timed.Status >= 500 || timed.Status == 429 {
			return false, fmt.Errorf("person %d was answered with %d", i, timed.Status)
		}
		took[s.known] = append(took[s.known], timed.Took)
		pages[s.known][unlike(timed, s)+unlike(seen, s)]++
	}
	known, unknown := figures.Quantile(took[true], 0.5), figures.Quantile(took[false], 0.5)
	p, gap := figures.Ranks(took[true], took[false]), (known - unknown).Abs()
	equal := len(pages[true]) == 1 && len(pages[false]) == 1
	for page := range pages[true] {
		equal = equal && pages[false][page] > 0
	}
	alike := equal && p > wantRank && gap < wantGap
	verdict := "  met"
	if !alike {
		verdict = "  NOT MET"
	}
	fmt.Printf("  %-26s pages equal: %-5v  p = %.3f  medians %.2f and %.2f ms, %.2f ms apart%s\n",
		c.name+":", equal, p, ms(known), ms(unknown), ms(gap), verdict)
	if !equal {
		difference(pages)
	}
	return alike, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// difference shows where two different pages part.
func difference(pages map[bool]map[string]int) {
	var all []string
	for _, known := range []bool{true, false} {
		fmt.Printf("    known %v: %d different pages\n", known, len(pages[known]))
		for page := range pages[known] {
			all = append(all, page)
		}
	}
	for _, other := range all[1:] {
		for i := range min(len(all[0]), len(other)) {
			if all[0][i] != other[i] {
				fmt.Printf("    %q\n    %q\n", all[0][max(i-80, 0):min(i+80, len(all[0]))], other[max(i-80, 0):min(i+80, len(other))])
				return
			}
		}
	}
}
