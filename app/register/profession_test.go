package register

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"oneid/app/internal/draft"
)

func TestOtherLicencesAreAddedRowByRow(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	p := b.get("/register/profession").wantStatus(http.StatusOK).
		wantText("College of Physicians and Surgeons of Ontario", "100093", "Independent practice", "Active").wantNot("Other college 1")
	p = b.post("/register/profession", append(p.hidden(), "add", "1")...).wantStatus(http.StatusOK).wantText("Other college 1", "Not verified")
	_, form, _ := strings.Cut(p.body, `<form id="step"`)
	form, _, _ = strings.Cut(form, "</form>")
	if got := strings.Count(form, "<option"); got != 27 { // 26 colleges, and "choose"
		t.Errorf("%d options, want 27", got)
	}
	p = b.post("/register/profession", append(p.hidden(), "college_1", "cho", "number_1", "h 123", "add", "1")...).
		wantStatus(http.StatusOK).wantText("Other college 2").wantValue("number_1", "h 123")
	if !strings.Contains(p.body, `id="other-2" tabindex="-1" autofocus`) {
		t.Error("the new row does not take the focus")
	}
	if b.read(b.id).Designations != nil {
		t.Error("adding a row saved the step")
	}
	b.post("/register/profession", append(p.hidden(), "college_1", "cho", "number_1", "h 123", "college_2", "", "number_2", "")...).wantGo("/register/questions")
	want := []draft.Stated{{College: "cho", Number: "H 123"}}
	if got := *b.read(b.id).Designations; !reflect.DeepEqual(got, want) {
		t.Errorf("saved %+v, want %+v", got, want)
	}
	b.get("/register/profession").wantValue("number_1", "H 123")
}

func TestResetClearsItsRowOnly(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	b.fill("profession", "rows", "2").wantStatus(http.StatusSeeOther)
	form := []string{"rows", "2", "college_1", "cho", "number_1", "1234", "college_2", "cko", "number_2", "5678", "reset", "1"}
	b.post("/register/profession", form...).wantStatus(http.StatusOK).
		wantText("The row was cleared.").wantValue("number_1", "").wantValue("number_2", "5678")
}

func TestStatedLicencesAreJudged(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	for _, c := range []struct {
		fields string
		says   string
	}{
		{"college_1= number_1=123", "Choose the college for other college 1, or choose Reset."},
		{"college_1=cho number_1=", "Enter your registration number with the College of Homeopaths of Ontario, or choose Reset."},
		{"college_1=nowhere number_1=123", "Choose one of the options in the list."},
		{"college_1=cpso number_1=100093", "CPSO is already in the first row. Choose a different college."},
		{"college_1=cho number_1=123 college_2=cho number_2=456", "You listed the College of Homeopaths of Ontario twice."},
		{"college_1=cho number_1=12_34", "Use only letters, digits, hyphens and spaces in the number."},
		{"college_1=cho number_1=123456789012345678901", "Shorten this number to 20 characters or fewer."},
		{"college_1=cho number_1=-1", "Numbers of the College of Homeopaths of Ontario look like A12345."},
	} {
		fields := []string{"rows", "2"}
		for _, field := range strings.Fields(c.fields) {
			name, value, _ := strings.Cut(field, "=")
			fields = append(fields, name, value)
		}
		b.post("/register/profession", fields...).wantStatus(http.StatusUnprocessableEntity).wantText(c.says)
	}
	if b.read(b.id).Designations != nil {
		t.Error("a refused form was saved")
	}
}

func TestNoMoreRowsThanColleges(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	p := b.post("/register/profession", "rows", "26", "add", "1").wantStatus(http.StatusUnprocessableEntity).
		wantText("You can add up to 26 other colleges.")
	if strings.Contains(p.body, "Other college 27") {
		t.Error("there is a 27th row")
	}
	b.post("/register/profession", "rows", "1000000").wantGo("/register/questions")
}
