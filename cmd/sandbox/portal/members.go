package portal

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed data/members.json
var membersFile []byte

// Name is a legal name as the college has it on file.
type Name struct {
	First  string `json:"first"`
	Middle string `json:"middle"`
	Last   string `json:"last"`
}

// Full is the name on one line.
func (n Name) Full() string {
	return strings.Join(strings.Fields(n.First+" "+n.Middle+" "+n.Last), " ")
}

// Login is what a member signs in to the portal with.
type Login struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// Member is one sample member of the college.
type Member struct {
	Number           string   `json:"number"`
	Legal            Name     `json:"legal"`
	Gender           string   `json:"gender"`
	BirthDate        string   `json:"birth_date"`
	Class            string   `json:"class"`
	Status           string   `json:"status"`
	Language         string   `json:"language"`
	Portal           Login    `json:"portal"`
	Why              string   `json:"why"`
	Accounts         []string `json:"accounts,omitempty"`
	CorrectBirthDate string   `json:"correct_birth_date,omitempty"`
}

// Standings are the states a certificate of registration can be in.
var standings = []string{"active", "suspended", "resigned", "expired", "revoked", "deceased"}

// Samples are the sample members as they come, before any correction.
func Samples() ([]Member, error) {
	var members []Member
	if err := json.Unmarshal(membersFile, &members); err != nil {
		return nil, fmt.Errorf("sample members: %w", err)
	}
	return members, nil
}
