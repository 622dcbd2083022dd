package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Fault is one thing wrong with one variable.
type Fault struct {
	Name string // the variable, with its prefix
	What string
}

// Faults is everything wrong with an environment. It is an error.
type Faults []Fault

// Error names every fault, one a line.
func (f Faults) Error() string {
	lines := make([]string, 0, len(f)+1)
	if len(f) == 1 {
		lines = append(lines, "one setting is not right:")
	} else {
		lines = append(lines, fmt.Sprintf("%d settings are not right:", len(f)))
	}
	for _, fault := range f {
		lines = append(lines, "  "+fault.Name+": "+fault.What)
	}
	return strings.Join(lines, "\n")
}

func (f *Faults) add(name, format string, args ...any) {
	*f = append(*f, Fault{Name: Prefix + name, What: fmt.Sprintf(format, args...)})
}

// Load reads an environment as os.Environ gives it. The error is a Faults with
// all that is wrong. A command that needs only some of the configuration names
// those variables, without prefix, as its concerns; faults of others are then
// none of its business.
func Load(environ []string, concerns ...string) (Config, error) {
	given := map[string]string{}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok {
			given[name] = value
		}
	}
	return LoadFrom(given, concerns...)
}

// LoadFrom is Load for a map, as tests and the sandbox have it.
func LoadFrom(environ map[string]string, concerns ...string) (Config, error) {
	// An empty variable counts as absent: that is how compose files and unit
	// files leave one out.
	given := map[string]string{}
	for name, value := range environ {
		if strings.HasPrefix(name, Prefix) && value != "" {
			given[name] = value
		}
	}
	var faults Faults
	unknown(given, &faults)
	cfg, readable := parse(given, &faults)
	cfg.source = given
	check(&cfg, readable, &faults)
	faults = about(faults, concerns)
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
		return Config{}, faults
	}
	return cfg, nil
}

// about keeps the faults of the named variables; no names keep all.
func about(faults Faults, concerns []string) Faults {
	if len(concerns) == 0 {
		return faults
	}
	return slices.DeleteFunc(faults, func(f Fault) bool {
		return !slices.Contains(concerns, strings.TrimPrefix(f.Name, Prefix))
	})
}

// elsewhere are variables with our prefix that other programs of the project
// read; docs/configuration.md lists them too.
func elsewhere() []string { return []string{"ONEID_POSTGRES_BIN"} }

// Names lists every variable the product reads, with its default, in the order
// of Config.
func Names() []env.FieldParams {
	params, err := env.GetFieldParamsWithOptions(&Config{}, env.Options{Prefix: Prefix})
	if err != nil {
		panic(fmt.Sprintf("config: the tags of Config: %v", err)) // a mistake in config.go, caught by any test
	}
	return slices.DeleteFunc(params, func(p env.FieldParams) bool { return p.Ignored || p.OwnKey == "" || p.OwnKey == "-" })
}

func unknown(given map[string]string, faults *Faults) {
	known := elsewhere()
	for _, p := range Names() {
		known = append(known, p.Key)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, name) {
			faults.add(strings.TrimPrefix(name, Prefix), "nothing reads this name%s", meant(name, known))
		}
	}
}

// parse reads all variables; those that cannot be read are reported and leave
// their default, so that the checks of the others still run.
func parse(given map[string]string, faults *Faults) (Config, func(name string) bool) {
	usable := maps.Clone(given)
	var bad []string
	for _, p := range Names() {
		value, set := given[p.Key]
		if !set {
			continue
		}
		var alone Config
		err := env.ParseWithOptions(&alone, env.Options{Prefix: Prefix, Environment: map[string]string{p.Key: value}})
		if err != nil {
			faults.add(strings.TrimPrefix(p.Key, Prefix), "cannot read %q: %s", value, plain(err))
			delete(usable, p.Key)
			bad = append(bad, p.Key)
		}
	}
	var cfg Config
	// Each value was read alone before, so the whole cannot fail.
	_ = env.ParseWithOptions(&cfg, env.Options{Prefix: Prefix, Environment: usable})
	return cfg, func(name string) bool { return !slices.Contains(bad, Prefix+name) }
}

// plain takes the library's framing off a parse error.
func plain(err error) string {
	var parse env.ParseError
	if !errors.As(err, &parse) {
		return err.Error()
	}
	switch parse.Type.String() {
	case "time.Duration":
		return "want a duration such as 90s, 15m or 12h"
	case "int", "uint32", "uint8":
		return "want a whole number"
	case "bool":
		return "want true or false"
	case "[]netip.Prefix":
		return "want networks such as 10.0.0.0/8, separated by commas"
	case "slog.Level":
		return "want debug, info, warn or error"
	}
	return parse.Err.Error()
}

// meant guesses which variable was misspelt.
func meant(name string, known []string) string {
	best, least := "", 4
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; is " + best + " meant?"
}

// distance is the number of letters to add, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}
