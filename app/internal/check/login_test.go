package check

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"oneid/views/form"
)

func loginNames(t testing.TB) *LoginNames {
	t.Helper()
	l, err := NewLoginNames()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const (
	latin    = "register.personal.name_latin"
	reserved = "register.personal.name_reserved"
)

func TestLoginIDsOfHostileNames(t *testing.T) {
	t.Parallel()
	l := loginNames(t)
	for _, c := range []struct{ first, last, want string }{
		// The guide's own.
		{"Randy", "Burt", "RANDY.BURT"}, {"Patricia Lynn", "Coleman", "PATRICIALYNN.COLEMAN"}, {"Mike", "Warner-Singh", "MIKE.WARNER-SINGH"},
		// Accents, composed or not, and letters without a plain decomposition.
		{"Élodie", "Lefèvre-Bélanger", "ELODIE.LEFEVRE-BELANGER"}, {"Vale\u0301rie", "Pe\u0301loquin", "VALERIE.PELOQUIN"},
		{"Ánh", "Đặng", "ANH.DANG"}, {"Łukasz", "Żółkiewski", "LUKASZ.ZOLKIEWSKI"}, {"Søren", "Kierkegård", "SOREN.KIERKEGARD"},
		{"Jürgen", "Großmann", "JURGEN.GROSSMANN"}, {"Ægir", "Þórsson", "AEGIR.THORSSON"}, {"Cœur", "D’Œuvre", "COEUR.DOEUVRE"},
		{"Işıl", "İnönü", "ISIL.INONU"}, {"Ŋila", "Ħaż", "NGILA.HAZ"}, {"Eiður", "Ðonsson", "EIDUR.DONSSON"}, {"Çağrı", "Şahin", "CAGRI.SAHIN"},
		{"Nguyễn", "Trần", "NGUYEN.TRAN"}, {"Ĳsbrand", "ſmith", "IJSBRAND.SMITH"}, {"ﬁona", "Oﬀ", "FIONA.OFF"}, {"Ａｎｎ", "Ｌｅｅ", "ANN.LEE"},
		// Apostrophes, blanks, periods and hyphens of all kinds.
		{"Siobhán", "O'Connor", "SIOBHAN.OCONNOR"}, {"Sam", "Eto’o", "SAM.ETOO"}, {"Jean-François", "D’Amours", "JEAN-FRANCOIS.DAMOURS"},
		{"Jean‑François", "D‘Amours", "JEAN-FRANCOIS.DAMOURS"}, {"Anne–Marie", "Roy", "ANNE-MARIE.ROY"}, {"María José", "de la Cruz y Fernández", "MARIAJOSE.DELACRUZYFERNANDEZ"},
		{"  mary ANN ", "mcDONALD  ", "MARYANN.MCDONALD"}, {"J. R.", "St. John", "JR.STJOHN"}, {"-Ann-", "--Lee---Ray--", "ANN.LEE-RAY"}, {"Keʼala", "Kahanamoku", "KEALA.KAHANAMOKU"},
		// One letter, one name, very long ones.
		{"Zoë", "O", "ZOE.O"}, {"", "Suharto", "SUHARTO"}, {"Prakash", "", "PRAKASH"}, {"Prakash", "Prakash", "PRAKASH.PRAKASH"},
		{"Ottilie", "Wolfeschlegelsteinhausenbergerdorffmanns", "OTTILIE.WOLFESCHLEGELSTEINHAUSENBERGERDORFFMANNS"},
		{"Anna-Maria-Louise-Charlotte", "Ng", "ANNA-MARIA-LOUISE-CHARLOTTE.NG"},
		{strings.Repeat("A", 30), strings.Repeat("B", 45), strings.Repeat("A", 20) + "." + strings.Repeat("B", 37)},
		{strings.Repeat("ab-", 10), strings.Repeat("B", 45), strings.Repeat("AB-", 6) + "AB." + strings.Repeat("B", 37)},
		{"", strings.Repeat("B", 100), strings.Repeat("B", 58)},
		// Real names that careless software trips over.
		{"Nadia", "Null", "NADIA.NULL"}, {"Test", "Root", "TEST.ROOT"}, {"Mary", "Help", "MARY.HELP"}, {"Jennifer", "Service", "JENNIFER.SERVICE"}, {"True", "False", "TRUE.FALSE"},
		// Letters nobody sees are left out.
		{"Jo\u200bhn", "Smi\u00adth", "JOHN.SMITH"}, {"\u202eJohn", "Smith\ufeff", "JOHN.SMITH"},
		// No Latin reading.
		{"明", "李", latin}, {"Мария", "Иванова", latin}, {"Dmitrу", "Smith", latin}, {"John", "Ѕmith", latin}, {"Γιώργος", "Lee", latin}, {"محمد", "علي", latin}, {"", "", latin},
		{"--", "Smith", latin}, {"John", "''", latin}, {"J0hn", "Smith", latin}, {"John", "Smith2", latin}, {"John@oneid", "Smith", latin}, {"<b>", "Smith", latin},
		{"John\x00", "Smith", latin}, {"A;DROP", "TABLE", latin}, {"😀", "Smith", latin}, {"{{.Brand}}", "X", latin}, {"../etc", "passwd", latin},
		// Kept for staff, however they are spelt.
		{"Admin", "Oneid", reserved}, {"Àdmín", "Smith", reserved}, {"A d m i n", "Smith", reserved}, {"Ad-min", "Smith", reserved}, {"One", "Id", reserved}, {"O-n-e", "ID", reserved},
		{"Service", "Desk", reserved}, {"Helpdesk", "Lee", reserved}, {"John", "Post-Master", reserved}, {"Santé", "Ontario", reserved}, {"No", "Reply", reserved},
		{"Registration", "Agents", reserved}, {"Null", "Null", reserved}, {"Test", "Test", reserved}, {"Sysadmin", "", reserved}, {"Cybersanté", "Roy", reserved},
	} {
		base, fault := l.Base(c.first, c.last)
		got := base
		if !fault.Zero() {
			got = fault.Key
		}
		if got != c.want {
			t.Errorf("%q %q gives %s, want %s", c.first, c.last, got, c.want)
		}
	}
}

func TestEveryLoginIDIsPlainAndFits(t *testing.T) {
	t.Parallel()
	l := loginNames(t)
	form := regexp.MustCompile(`^[A-Z]+(-[A-Z]+)*(\.[A-Z]+(-[A-Z]+)*)?$`)
	names := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-zÀ-ž' -]{0,60}`))
	rapid.Check(t, func(t *rapid.T) {
		base, fault := l.Base(names.Draw(t, "first"), names.Draw(t, "last"))
		if (base == "") == fault.Zero() {
			t.Fatalf("base %q with fault %q", base, fault.Key)
		}
		if base != "" && (!form.MatchString(base) || len(base) > maxLoginBase) {
			t.Fatalf("base %q", base)
		}
	})
}

func TestAFaultStandsAtTheNameItComesFrom(t *testing.T) {
	t.Parallel()
	l := loginNames(t)
	for _, c := range []struct{ first, last, fields string }{
		{"明", "Li", "first"}, {"Ming", "李", "last"}, {"明", "李", "first last"}, {"Admin", "Lee", "first"}, {"Lee", "Admin", "last"}, {"One", "Id", "first"},
	} {
		var errs form.Errors
		if got := l.Check(&errs, "first", "last", c.first, c.last); got != "" {
			t.Errorf("%q %q gives %s", c.first, c.last, got)
		}
		var fields []string
		for _, item := range errs.All() {
			fields = append(fields, item.Field)
		}
		if got := strings.Join(fields, " "); got != c.fields {
			t.Errorf("%q %q: faults at %q, want %q", c.first, c.last, got, c.fields)
		}
	}
	var errs form.Errors
	if got := l.Check(&errs, "first", "last", "Ada", "Lovelace"); got != "ADA.LOVELACE" || errs.Any() {
		t.Errorf("got %s, %+v", got, errs.All())
	}
}

func TestNamesFarFromTheLegalOnesAreNoticed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		legalFirst, legalMiddle, legalLast, first, last string
		want                                            bool
	}{
		{"Michael", "", "Warner-Singh", "Mike", "Singh", false}, {"William", "", "Burt", "Bill", "Burt", false}, {"Patricia", "Lynn", "Coleman", "Lynn", "Coleman", false},
		{"Siobhán", "", "O'Connor", "Siobhan", "OConnor", false}, {"Margaret", "Ann", "Dubois", "Peggy", "Dubois", false}, {"", "", "Suharto", "Suharto", "Suharto", false},
		{"María José", "", "de la Cruz y Fernández", "Maria", "Cruz", false}, {"Pria", "", "Natarajan", "Priya", "Natrajan", false}, {"明", "", "李", "Ming", "Li", false},
		{"Zoë", "", "O", "Zoe", "O", false}, {"  mary ANN ", "", "mcDONALD  ", "Mary", "MacDonald", false},
		{"John", "", "Smith", "Jane", "Baker", true}, {"John", "", "Smith", "Margaret", "Smith", true}, {"John", "", "Smith", "Randy", "Burt", true}, {"Zoë", "", "O", "Zoe", "Olsen", true},
	} {
		if got := Far(c.legalFirst, c.legalMiddle, c.legalLast, c.first, c.last); got != c.want {
			t.Errorf("%s %s as %s %s: far is %v, want %v", c.legalFirst, c.legalLast, c.first, c.last, got, c.want)
		}
	}
}
