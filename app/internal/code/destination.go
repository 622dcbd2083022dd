package code

import (
	"regexp"
	"slices"
)

// northAmerican is a number of the North American plan in E.164: area code,
// exchange, line.
var northAmerican = regexp.MustCompile(`^\+1([2-9]\d{2})([2-9]\d{2})\d{4}$`)

// Reachable reports whether codes go to this number: an ordinary number in
// Canada or the United States. Premium, toll-free, satellite and personal
// numbers and the plan's other countries earn someone money with each code that
// is sent to them, and nobody confirms a sign-in there.
func Reachable(number string) bool {
	parts := northAmerican.FindStringSubmatch(number)
	return parts != nil && !slices.Contains(refusedAreas(), parts[1]) && parts[2] != "976"
}

func refusedAreas() []string {
	return []string{
		"900",                                           // premium
		"800", "833", "844", "855", "866", "877", "888", // toll-free
		"500", "521", "522", "523", "524", "525", "526", "527", "528", "529", "532", "533", "535", "538", "542", "543",
		"544", "545", "546", "547", "549", "550", "552", "553", "554", "556", "566", "558", "569", "577", "578", "588", "589", // personal
		"600", "622", "633", "644", "655", "677", "688", "700", "710", // satellite and other networks
		"242", "246", "264", "268", "284", "340", "345", "441", "473", "649", "658", "664", "670", "671", "684", "721",
		"758", "767", "784", "787", "809", "829", "849", "868", "869", "876", "939", // other countries and territories
	}
}
