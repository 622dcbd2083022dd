package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"

	"oneid/views/form"
	"oneid/views/i18n"
)

// Phones judges phone numbers. Its zero value takes numbers of Canada and the
// United States.
type Phones struct {
	// Regions lists the countries whose numbers are taken, as ISO 3166 codes.
	Regions []string
}

const (
	homeRegion   = "CA" // how a number without a country code is read
	maxTyped     = 40
	maxExtension = 6
	chargedLines = "976" // exchanges that charge the caller, in every area code
)

// Contact judges a phone number at which a person can be called, and an
// extension, typed into its own field or after the number. It returns the number
// in E.164, followed by ";ext=" and the extension where there is one.
func (p Phones) Contact(errs *form.Errors, field, extensionField, typed, extension string) string {
	if strings.TrimSpace(typed) == "" {
		errs.Add(field, i18n.M("register.personal.phone_missing"))
		return ""
	}
	number, fault := p.read(typed, i18n.M("check.phone.invalid"))
	if !fault.Zero() {
		errs.Add(field, fault)
		return ""
	}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.PAGER:
		errs.Add(field, i18n.M("check.phone.premium"))
		return ""
	}
	if charged(number) {
		errs.Add(field, i18n.M("check.phone.premium"))
		return ""
	}
	ext := strings.TrimSpace(norm.NFKC.String(extension))
	if ext == "" {
		ext = number.GetExtension()
	}
	if utf8.RuneCountInString(ext) > maxExtension || digits(ext) != ext {
		errs.Add(extensionField, i18n.M("check.phone.extension_invalid"))
		return ""
	}
	e164 := phonenumbers.Format(number, phonenumbers.E164)
	if ext != "" {
		return e164 + ";ext=" + ext
	}
	return e164
}

// Challenge judges the nth number to which codes are sent, and returns it in
// E.164. It must be direct, and nobody may earn by our calling it.
func (p Phones) Challenge(errs *form.Errors, field, typed string, n int) string {
	if strings.TrimSpace(typed) == "" {
		errs.Add(field, i18n.M("check.phone.missing"))
		return ""
	}
	number, fault := p.read(typed, i18n.M("register.phone.invalid", "Number", n))
	if !fault.Zero() {
		errs.Add(field, fault)
		return ""
	}
	if number.GetExtension() != "" {
		errs.Add(field, i18n.M("register.phone.extension"))
		return ""
	}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.VOIP:
	default: // premium, toll-free, shared cost, personal, pager, satellite
		errs.Add(field, i18n.M("check.phone.premium"))
		return ""
	}
	if charged(number) {
		errs.Add(field, i18n.M("check.phone.premium"))
		return ""
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

func (p Phones) read(typed string, invalid i18n.Msg) (*phonenumbers.PhoneNumber, i18n.Msg) {
	if len(typed) > maxTyped {
		return nil, invalid
	}
	number, err := phonenumbers.Parse(norm.NFKC.String(typed), homeRegion)
	if err != nil {
		return nil, invalid
	}
	if !phonenumbers.IsValidNumber(number) {
		// A wrong country is worth telling apart from a wrong digit.
		if number.GetCountryCode() != 1 {
			return nil, i18n.M("check.phone.country")
		}
		return nil, invalid
	}
	if !p.takes(number) {
		return nil, i18n.M("check.phone.country")
	}
	return number, i18n.Msg{}
}

// takes reports whether the number belongs to a country on the list. Numbers
// that all of North America shares, such as 800 and 900, belong to none and
// are judged by their type.
func (p Phones) takes(number *phonenumbers.PhoneNumber) bool {
	regions := p.Regions
	if len(regions) == 0 {
		regions = []string{"CA", "US"}
	}
	return slices.Contains(regions, phonenumbers.GetRegionCodeForNumber(number))
}

// charged reports numbers in exchanges that charge the caller.
func charged(number *phonenumbers.PhoneNumber) bool {
	national := phonenumbers.GetNationalSignificantNumber(number)
	return number.GetCountryCode() == 1 && len(national) == 10 && (national[3:6] == chargedLines || strings.HasPrefix(national, "900"))
}
