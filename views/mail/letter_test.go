package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"oneid/views/i18n"
	"oneid/views/mail"
)

func reader(t *testing.T, lang i18n.Lang) context.Context {
	t.Helper()
	c, err := i18n.New(i18n.Standing{
		Brand: "ONE ID", Agency: map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone: "+18662501554", DeskEmail: "desk@example.ca",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Strict = true
	return i18n.With(t.Context(), c, lang)
}

func compose(t *testing.T, lang i18n.Lang, m mail.Model) (mail.Letter, *goquery.Document) {
	t.Helper()
	letter, err := mail.Compose(reader(t, lang), m)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(letter.HTML))
	if err != nil {
		t.Fatal(err)
	}
	return letter, doc
}

func confirm(link string) mail.Model {
	return mail.Model{
		Name: "Ada", Subject: i18n.M("mail.email_confirm.subject"), Body: i18n.M("mail.email_confirm.body", "Link", link), Link: link,
	}
}

func TestOnlyTheMailsOwnAddressBecomesALink(t *testing.T) {
	t.Parallel()
	const link = "https://oneid.example.ca/l/abc"
	m := confirm(link)
	m.Name = "Ada\n\nhttps://evil.example/"
	_, doc := compose(t, i18n.EN, m)
	anchors := doc.Find("a")
	if got, _ := anchors.Attr("href"); anchors.Length() != 1 || got != link || anchors.Text() != link {
		t.Errorf("got %d links, the first to %q, want the one to %s", anchors.Length(), got, link)
	}
}

func TestWhatPeopleTypedStaysText(t *testing.T) {
	t.Parallel()
	m := confirm("https://oneid.example.ca/l/abc")
	m.Name = `<img src="https://evil.example/x">`
	_, doc := compose(t, i18n.EN, m)
	if n := doc.Find("img, script, iframe, link, [src]").Length(); n != 0 {
		t.Errorf("got %d elements that fetch something, want none", n)
	}
}

func TestAMailNamesItsLanguages(t *testing.T) {
	t.Parallel()
	for lang, other := range map[i18n.Lang]string{i18n.EN: "fr-CA", i18n.FR: "en-CA"} {
		_, doc := compose(t, lang, confirm("https://oneid.example.ca/l/abc"))
		if got, _ := doc.Find("html").Attr("lang"); got != lang.Tag() {
			t.Errorf("%s: got lang %q, want %q", lang, got, lang.Tag())
		}
		if n := doc.Find("p[lang='" + other + "']").Length(); n != 1 {
			t.Errorf("%s: got %d lines in the other language, want 1", lang, n)
		}
		if h1 := doc.Find("h1"); h1.Length() != 1 || h1.Text() != doc.Find("title").Text() {
			t.Errorf("%s: want one heading that is the title", lang)
		}
	}
}

func TestTextAndHTMLSayTheSame(t *testing.T) {
	t.Parallel()
	m := mail.Model{
		Name: "Ada", Subject: i18n.M("mail.register_again.subject"), Body: i18n.M("mail.register_again.body"),
		At: time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC), Device: "Firefox", Place: "Toronto",
		Security: true, NotMe: "https://oneid.example.ca/n/abc", Reference: "K7Q-42M", Never: true,
	}
	for _, lang := range i18n.Langs() {
		letter, doc := compose(t, lang, m)
		shown := strings.Join(strings.Fields(doc.Find("main").Text()), "")
		for _, line := range strings.Split(letter.Text, "\n") {
			if !strings.Contains(shown, strings.Join(strings.Fields(line), "")) {
				t.Errorf("%s: the HTML lacks %q", lang, line)
			}
		}
	}
}

func TestATextMessageHasOnlyLettersThatFitItsAlphabet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 8, 21, 20, 42, 0, 0, time.UTC)
	for want, m := range map[string]i18n.Msg{
		"123456 est votre code ONE ID. Valide jusqu'à 16 h 42. Ne le donnez à personne.\n\n@oneid.example.ca #123456": i18n.M(
			"sms.code.body", "Code", "123456", "Domain", "oneid.example.ca", "Time", i18n.AsClock(at)),
		"ONE ID : mot de passe changé le 21 aout 2026. Ce n'est pas vous? Appelez le 1 866 250-1554": i18n.M(
			"sms.notice.password_changed", "Date", i18n.AsDate(at)),
	} {
		if got := mail.Text(reader(t, i18n.FR), m); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestADeviceIsNamedWithoutAPlaceThatNobodyKnows(t *testing.T) {
	t.Parallel()
	m := mail.Model{Subject: i18n.M("mail.codes_made.subject"), Body: i18n.M("mail.codes_made.body"), Device: "Firefox, Windows"}
	letter, _ := compose(t, i18n.EN, m)
	if !strings.Contains(letter.Text, "\nDevice: Firefox, Windows\n") {
		t.Errorf("got %s, want the device", letter.Text)
	}
}
