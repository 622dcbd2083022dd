package services

import (
	"strings"
	"testing"
)

func TestAServicesNameIsNoAddressOfTheConsole(t *testing.T) {
	t.Parallel()
	for entity, want := range map[string]string{
		"https://viewer.example.ca/metadata": "viewer-example-ca-metadata",
		"https://keys":                       "service-keys",
		"http://import/":                     "service-import",
		"https://é":                          "service-",
	} {
		got := string(ownService(entity))
		if got != want || !strings.Contains(got, "-") {
			t.Errorf("%s: got %q, want %q", entity, got, want)
		}
	}
}
