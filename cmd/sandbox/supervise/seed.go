package supervise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"oneid/cmd/sandbox/site"
)

const maxMetadata = 1 << 20

// Seed makes known to the product what it has to know once. The steps done
// are kept in a file, so that a failed one is taken up again at the next start.
type Seed struct {
	Product *Product
	State   string
	Sites   site.Map
	Client  *http.Client
}

// account is one of the accounts that sample members already have.
type account struct {
	first, last, born, licence, language string
	email, phone, loginID                string
	services                             []string
	role                                 string // of staff; empty for none
}

// Password is what the seeded accounts are signed in with.
const Password = "Sugar-Canoe-1867"

var accounts = []account{
	{"Margaret", "Dubois", "1960-03-03", "100217", "en", "margaret.dubois@example.ca", "+14165550117", "MARGARET.DUBOIS", []string{"clinicalconnect", "otnhub"}, ""},
	{"Olusegun", "Adeyemi-Clarke", "1977-11-30", "100224", "en", "olusegun.adeyemi-clarke@example.ca", "+14165550124", "OLUSEGUN.ADEYEMI-CLARKE", nil, ""},
	{"Segun", "Clarke", "1977-11-30", "100224", "en", "segun.clarke@example.ca", "+14165550125", "SEGUN.CLARKE", nil, ""},
	{"Sade", "Okoye", "1984-06-21", "", "en", "sade.okoye@example.ca", "+14165550131", "SADE.OKOYE", nil, "service-administrator"},
	{"Luc", "Roy", "1971-01-15", "", "fr", "luc.roy@example.ca", "+14165550132", "LUC.ROY", nil, "service-administrator"},
}

// Run takes every step that has not been taken yet.
func (s *Seed) Run(ctx context.Context) error {
	marker := filepath.Join(s.State, "seeded.json")
	done, err := readDone(marker)
	if err != nil {
		return err
	}
	for _, step := range s.steps() {
		if slices.Contains(done, step.name) {
			continue
		}
		if err := step.take(ctx); err != nil {
			return fmt.Errorf("seeding, %s: %w", step.name, err)
		}
		done = append(done, step.name)
		data, err := json.MarshalIndent(done, "", "  ")
		if err != nil {
			return err
		}
		if err := site.WriteFile(marker, data); err != nil {
			return err
		}
	}
	return nil
}

func readDone(marker string) ([]string, error) {
	data, err := os.ReadFile(marker)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var done []string
	if err := json.Unmarshal(data, &done); err != nil {
		return nil, fmt.Errorf("read %s: %w", marker, err)
	}
	return done, nil
}

type step struct {
	name string
	take func(context.Context) error
}

// steps lists what has to be done. Names hold the address, so that sites that
// have moved are made known anew.
func (s *Seed) steps() []step {
	steps := []step{{"college cpso at " + s.Sites.Portal.Base(), func(ctx context.Context) error {
		file, err := s.metadata(ctx, s.Sites.Portal)
		if err != nil {
			return err
		}
		_, err = s.Product.Command(ctx, "college", "import", file, "--college", "cpso", "--portal", s.Sites.Portal.Base())
		return err
	}}}
	for _, viewer := range s.Sites.Viewers {
		steps = append(steps, step{"service " + viewer.Name + " at " + viewer.Base(), func(ctx context.Context) error {
			file, err := s.metadata(ctx, viewer)
			if err != nil {
				return err
			}
			_, err = s.Product.Command(ctx, "sp", "import", file, "--service", viewer.Name, "--start", viewer.Base()+"/signin")
			return err
		}})
	}
	steps = append(steps, step{"organizations", func(ctx context.Context) error {
		_, err := s.Product.Command(ctx, "examples")
		return err
	}})
	for _, a := range accounts {
		steps = append(steps, step{"account " + a.loginID, func(ctx context.Context) error { return s.create(ctx, a) }})
	}
	for _, a := range sponsored {
		steps = append(steps, step{"sponsor " + a.organization + " of " + a.loginID, func(ctx context.Context) error {
			args := []string{"sponsor", a.loginID, a.organization}
			for _, service := range a.services {
				args = append(args, "--service", service)
			}
			_, err := s.Product.Command(ctx, args...)
			return err
		}})
	}
	return steps
}

// sponsored are the accounts that organizations answer for. Margaret may open
// ClinicalConnect for two, and is asked for which.
var sponsored = []struct {
	loginID, organization string
	services              []string
}{
	{"MARGARET.DUBOIS", "maple-falls-general-hospital", []string{"clinicalconnect"}},
	{"MARGARET.DUBOIS", "dr-a-okafor-medicine-professional-corporation", []string{"clinicalconnect"}},
	{"MARGARET.DUBOIS", "riverbend-family-health-team", []string{"otnhub"}},
}

func (s *Seed) create(ctx context.Context, a account) error {
	args := []string{
		"account", "create", "--first", a.first, "--last", a.last, "--email", a.email, "--phone", a.phone,
		"--password", Password, "--language", a.language, "--birth-date", a.born,
	}
	if a.licence != "" {
		args = append(args, "--college", "cpso", "--licence", a.licence)
	}
	for _, service := range a.services {
		args = append(args, "--service", service)
	}
	out, err := s.Product.Command(ctx, args...)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.TrimSpace(out), a.loginID) {
		return fmt.Errorf("the account is called %s, not %s; throw the data away with `make reset` if it was made before", strings.TrimSpace(out), a.loginID)
	}
	if a.role == "" {
		return nil
	}
	_, err = s.Product.Command(ctx, "staff", "add", a.loginID, a.role)
	return err
}

// metadata saves a site's SAML metadata as a file, which every command can
// read, whatever it makes of our names.
func (s *Seed) metadata(ctx context.Context, place site.Place) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, place.Base()+"/saml/metadata", nil)
	if err != nil {
		return "", err
	}
	res, err := s.Client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxMetadata))
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", req.URL, res.Status)
	}
	path := filepath.Join(s.State, "metadata", place.Name+".xml")
	return path, site.WriteFile(path, data)
}
