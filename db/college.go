package db

import (
	"context"

	"github.com/uptrace/bun"
)

// College is a regulatory college.
type College struct {
	bun.BaseModel `bun:"table:colleges"`

	Code          CollegeCode `bun:",pk"`
	Position      int
	NameEn        string
	NameFr        string
	ShortEn       string
	ShortFr       string
	RidSystem     string // naming system of its numbers toward services
	NumberPattern string // regular expression of a whole number
	NumberExample string
	NumberKnown   bool // false: the pattern is a generous guess
	RegistryFeed  bool
	Contact       *CollegeContact `bun:"type:jsonb"` // only of colleges that hand over
}

// CollegeContact is whom people call about what a college says of them. Texts
// are by language.
type CollegeContact struct {
	Desk     map[string]string `json:"desk"`
	Phone    map[string]string `json:"phone"`
	TollFree map[string]string `json:"toll_free"`
	Email    string            `json:"email"`
	Hours    map[string]string `json:"hours"`
}

// Colleges lists every college, in the order of the reference list.
func Colleges(ctx context.Context, q bun.IDB) ([]College, error) {
	var all []College
	err := q.NewSelect().Model(&all).Order("position").Scan(ctx)
	return all, wrap(err, "list colleges")
}

// CollegeByCode finds a college.
func CollegeByCode(ctx context.Context, q bun.IDB, code CollegeCode) (*College, error) {
	c := new(College)
	err := q.NewSelect().Model(c).Where("code = ?", code).Scan(ctx)
	return c, wrap(err, "find college %s", code)
}

// FirstCollege is the first college that people come from, for pages that can't
// know which one it was.
func FirstCollege(ctx context.Context, q bun.IDB) (*College, error) {
	c := new(College)
	err := q.NewSelect().Model(c).Where("contact IS NOT NULL").Order("position").Limit(1).Scan(ctx)
	return c, wrap(err, "find a college")
}
