package i18n_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// entry is a message as it is written: its forms by name.
type entry map[string]string

func written(t *testing.T, lang string) map[string]entry {
	t.Helper()
	var tree map[string]any
	data, err := os.ReadFile(lang + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	if err := toml.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	out := map[string]entry{}
	flatten(t, out, tree, "")
	return out
}

func flatten(t *testing.T, out map[string]entry, tree map[string]any, path string) {
	t.Helper()
	forms := entry{}
	for name, v := range tree {
		switch v := v.(type) {
		case string:
			forms[name] = v
		case map[string]any:
			flatten(t, out, v, strings.TrimPrefix(path+"."+name, "."))
		default:
			t.Errorf("%s.%s: a value outside a message", path, name)
		}
	}
	if len(forms) > 0 {
		out[path] = forms
	}
}

var (
	field    = regexp.MustCompile(`\{\{\.([A-Za-z0-9]+)\}\}`)
	keyPart  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	address  = regexp.MustCompile(`https?://\S+|\S+@\S+`)
	wordForm = regexp.MustCompile(`[a-zà-öø-ÿœæ’-]+`)
	ending   = regexp.MustCompile(`[.!?…]+\s+|\n+`)
	letters  = regexp.MustCompile(`[\pL\pN]`)
)

func fieldsOf(e entry) []string {
	found := map[string]bool{}
	for _, text := range e {
		for _, m := range field.FindAllStringSubmatch(text, -1) {
			found[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func wordsOf(text string) []string {
	return wordForm.FindAllString(strings.ToLower(address.ReplaceAllString(field.ReplaceAllString(text, " "), " ")), -1)
}

// shownIn is the language that a message is written in.
func shownIn(lang, key string) string {
	if swapped[key] {
		return map[string]string{"en": "fr", "fr": "en"}[lang]
	}
	return lang
}

func TestBothLanguagesHaveTheSameMessages(t *testing.T) {
	t.Parallel()
	en, fr := written(t, "en"), written(t, "fr")
	for key := range en {
		if fr[key] == nil {
			t.Errorf("%s: only in en.toml", key)
		}
	}
	for key := range fr {
		if en[key] == nil {
			t.Errorf("%s: only in fr.toml", key)
			continue
		}
		if got, want := fieldsOf(fr[key]), fieldsOf(en[key]); !slices.Equal(got, want) {
			t.Errorf("%s: placeholders differ: en %v, fr %v", key, want, got)
		}
		if (en[key]["one"] == "") != (fr[key]["one"] == "") {
			t.Errorf("%s: plural in one language only", key)
		}
		bare := field.ReplaceAllString(en[key]["other"], "")
		if en[key]["other"] == fr[key]["other"] && !same[key] && letters.MatchString(bare) {
			t.Errorf("%s: same text in both languages", key)
		}
	}
}

func TestKeysAndFormsAreWellMade(t *testing.T) {
	t.Parallel()
	forms := map[string][]string{"en": {"one other", "other"}, "fr": {"many one other", "other"}}
	used := map[string]bool{}
	for _, lang := range []string{"en", "fr"} {
		for key, e := range written(t, lang) {
			parts := strings.Split(key, ".")
			if len(parts) != 3 {
				t.Errorf("%s: keys are capability.screen.element", key)
			}
			for _, part := range parts {
				if !keyPart.MatchString(part) || reserved[part] {
					t.Errorf("%s: %q can't be part of a key", key, part)
				}
			}
			if got := strings.Join(slices.Sorted(maps.Keys(e)), " "); !slices.Contains(forms[lang], got) {
				t.Errorf("%s %s: forms %q, want one of %q", lang, key, got, forms[lang])
			}
			for form, text := range e {
				shows := strings.Contains(text, "{{.Count}}")
				switch {
				case e["one"] == "" && shows:
					t.Errorf("%s %s: {{.Count}} is for plural messages only", lang, key)
				case e["one"] != "" && !shows && (lang != "en" || form != "one"):
					t.Errorf("%s %s: form %s must show {{.Count}}: French “one” also covers 0", lang, key, form)
				}
				if strings.Count(text, "{{") != len(field.FindAllString(text, -1)) || strings.Contains(field.ReplaceAllString(text, ""), "{") {
					t.Errorf("%s %s: malformed placeholder", lang, key)
				}
			}
			for _, name := range fieldsOf(e) {
				used[name] = true
				if samples[name] == "" {
					t.Errorf("%s: unknown placeholder %s; add a sample in rules_test.go", key, name)
				}
			}
		}
	}
	for name := range samples {
		if !used[name] {
			t.Errorf("sample %s is used by no message", name)
		}
	}
}

func TestTheWordsFollowTheGlossary(t *testing.T) {
	t.Parallel()
	english, french := set(strings.Fields(englishWords)...), set(strings.Fields(frenchWords)...)
	limit := map[string]int{"en": 28, "fr": 34}
	avoid := map[string][]*regexp.Regexp{}
	for lang, patterns := range never {
		for _, p := range patterns {
			avoid[lang] = append(avoid[lang], regexp.MustCompile(p))
		}
	}
	for _, lang := range []string{"en", "fr"} {
		for key, e := range written(t, lang) {
			shown := shownIn(lang, key)
			foreign := english
			if shown == "en" {
				foreign = french
			}
			for _, text := range e {
				for _, w := range wordsOf(text) {
					if foreign[w] {
						t.Errorf("%s %s: %q looks like the other language", lang, key, w)
					}
				}
				bare := address.ReplaceAllString(field.ReplaceAllString(text, "X"), "X")
				for _, p := range avoid[shown] {
					if m := p.FindString(bare); m != "" && !neverExcept[key] {
						t.Errorf("%s %s: never say %q", lang, key, m)
					}
				}
				for _, sentence := range ending.Split(field.ReplaceAllString(text, "Xxxx"), -1) {
					if n := len(wordsOf(sentence)); n > limit[shown] {
						t.Errorf("%s %s: a sentence of %d words, want at most %d", lang, key, n, limit[shown])
					}
				}
			}
		}
	}
}

func TestTypography(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "fr"} {
		for key, e := range written(t, lang) {
			for _, text := range e {
				for _, fault := range typography(shownIn(lang, key), text, strings.HasPrefix(key, "sms.")) {
					t.Errorf("%s %s: %s: %q", lang, key, fault, text)
				}
				filled := filledIn(lang, key, text)
				if odd := regexp.MustCompile(`\.\.|[?!…]\.| [,.]|\?\?`).FindString(filled); odd != "" {
					t.Errorf("%s %s: odd punctuation %q once filled in: %q", lang, key, odd, filled)
				}
			}
		}
	}
}

// filledIn is the text with the samples in it, as T would write it.
func filledIn(lang, key, text string) string {
	filled := field.ReplaceAllStringFunc(text, func(m string) string {
		name := field.FindStringSubmatch(m)[1]
		switch {
		case strings.HasPrefix(key, "sms.") && lang == "fr" && name == "Date":
			return "21 nov. 2026"
		case strings.HasPrefix(key, "sms.") && lang == "fr" && name == "Time":
			return "15 h 42"
		}
		return samples[name]
	})
	return strings.ReplaceAll(filled, "..", ".")
}

const noBreak = "\u00a0"

type typoRule struct {
	pattern *regexp.Regexp
	fault   string
}

func rules(pairs ...string) []typoRule {
	var out []typoRule
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, typoRule{regexp.MustCompile(pairs[i]), pairs[i+1]})
	}
	return out
}

var (
	anyTypo = rules(`^\s|\s$|  `, "stray or double spaces", `\.\.\.`, "use … for an ellipsis", `<[a-z/]|&[a-z]+;`, "markup in a message")
	curly   = rules(`['"]`, "straight quote or apostrophe")
	enTypo  = rules(`[«`+noBreak+`]`, "French spacing or quotes in English", ` [:;!?]`, "space before punctuation")
	frTypo  = rules(`[“”]`, "English quotes in French",
		`[^`+noBreak+`\d]:([^/]|$)|[^`+noBreak+`]»|«[^`+noBreak+`]`, "needs a no-break space before : and inside « »",
		`[ `+noBreak+`][;!?]`, "no space before ; ! ? in Canadian French",
		`\d (h|%|\$|min)( |\.|,|$)|\d(h|%|\$)`, "needs a no-break space between a number and h, %, $ or min")
	frNames = rules(`\b(de|que|la|au nom de) \{\{\.(Service|Organization|Name|Contact|CollegeName)\}\}|l’\{\{\.(Service|Organization|Name)`,
		"a name that may start with a vowel would need d’ or qu’; turn the sentence")
)

func typography(lang, text string, sms bool) []string {
	var faults []string
	judge := func(text string, rules []typoRule) {
		for _, r := range rules {
			if r.pattern.MatchString(text) {
				faults = append(faults, r.fault)
			}
		}
	}
	judge(text, anyTypo)
	if sms {
		return faults
	}
	bare := field.ReplaceAllString(regexp.MustCompile(`https?://\S+`).ReplaceAllString(text, "X"), "X")
	judge(bare, curly)
	if lang == "en" {
		judge(bare, enTypo)
	} else {
		judge(bare, frTypo)
		judge(text, frNames)
	}
	return faults
}

func TestATextMessageIsOnePart(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "fr"} {
		for key, e := range written(t, lang) {
			if !strings.HasPrefix(key, "sms.") {
				continue
			}
			for _, text := range e {
				filled := filledIn(lang, key, text)
				for _, r := range filled {
					if !strings.ContainsRune(gsm, r) {
						t.Errorf("%s %s: %q is not in the GSM alphabet", lang, key, r)
					}
				}
				if n := utf8.RuneCountInString(filled); n > 160 {
					t.Errorf("%s %s: %d characters, want at most 160", lang, key, n)
				}
				if strings.HasPrefix(key, "sms.code.") && !strings.HasSuffix(filled, "\n\n@oneid.example.ca #123456") {
					t.Errorf("%s %s: the last line must be @domain #code, for autofill", lang, key)
				}
			}
		}
	}
}

func TestAScreenAsksBeforeItTires(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`[\pL\pN][\pL\pN’-]*`)
	for _, lang := range []string{"en", "fr"} {
		messages := written(t, lang)
		for screen, elements := range firstField {
			n := 0
			for _, element := range strings.Fields(elements) {
				e := messages[screen+"."+element]
				if e == nil {
					t.Errorf("%s: no message %s.%s", lang, screen, element)
				}
				n += len(word.FindAllString(field.ReplaceAllString(e["other"], "X"), -1))
			}
			if n > 80 {
				t.Errorf("%s %s: %d words before the first field, want at most 80", lang, screen, n)
			}
		}
	}
}
