package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Difference is one setting that two policies have otherwise.
type Difference struct {
	// Field is the setting's name in the stored form; for an attribute
	// "release", for an exception "exceptions".
	Field string
	// Was is the setting in the other policy and Is in this one. An attribute or
	// exception that only one of them has leaves the other side empty.
	Was, Is string
}

// Diff lists where the policy differs from another, in the order of its fields.
func (p Policy) Diff(from Policy) []Difference {
	var all []Difference
	is, was := reflect.ValueOf(p), reflect.ValueOf(from)
	for i := range is.NumField() {
		name, _, _ := strings.Cut(is.Type().Field(i).Tag.Get("json"), ",")
		switch name {
		case "preset":
		case "release":
			all = append(all, changed(name, attributeTexts(from), attributeTexts(p))...)
		case "exceptions":
			all = append(all, changed(name, exceptionTexts(from), exceptionTexts(p))...)
		default:
			if a, b := text(was.Field(i)), text(is.Field(i)); a != b {
				all = append(all, Difference{Field: name, Was: a, Is: b})
			}
		}
	}
	return all
}

// FromPreset lists where the policy differs from the preset it began as.
func (p Policy) FromPreset() []Difference { return p.Diff(p.Preset.Policy()) }

func text(v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = fmt.Sprint(v.Index(i))
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(v)
}

func attributeTexts(p Policy) []string {
	list := make([]string, len(p.Release))
	for i, a := range p.Release {
		list[i] = string(a.Fact) + " = " + a.Name
		if a.NameFormat != "" && a.NameFormat != p.NameFormat {
			list[i] += " (" + a.NameFormat + ")"
		}
		if a.FriendlyName != "" {
			list[i] += " [" + a.FriendlyName + "]"
		}
	}
	return list
}

func exceptionTexts(p Policy) []string {
	list := make([]string, len(p.Exceptions))
	for i, e := range p.Exceptions {
		list[i] = fmt.Sprintf("%s until %s, %s: %s", e.What, e.Until.UTC().Format(time.RFC3339), e.Owner, e.Reason)
	}
	return list
}

// changed lists what went and what came.
func changed(field string, was, is []string) []Difference {
	var all []Difference
	for _, t := range was {
		if !slices.Contains(is, t) {
			all = append(all, Difference{Field: field, Was: t})
		}
	}
	for _, t := range is {
		if !slices.Contains(was, t) {
			all = append(all, Difference{Field: field, Is: t})
		}
	}
	return all
}
