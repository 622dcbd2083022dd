package gallery

import (
	"context"
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/layout"
	"oneid/views/ui"
)

// Shown is a page of the gallery and who looks at it.
type Shown struct {
	Page   ui.Page
	Viewer layout.Viewer
	Frame  layout.FrameInfo
}

// Context is what the page is drawn in.
func (s Shown) Context(ctx context.Context, lang i18n.Lang) (context.Context, error) {
	catalogue, err := i18n.New(standing())
	if err != nil {
		return nil, err
	}
	catalogue.Strict = true
	ctx = i18n.WithCollege(i18n.With(ctx, catalogue, lang), college())
	return layout.WithFrame(layout.WithViewer(ctx, s.Viewer), s.Frame), nil
}

// Pages are the pages of the gallery by name.
func Pages() map[string]Shown {
	frame := layout.FrameInfo{Path: "/register/personal", Environment: "sandbox", Version: "1.0"}
	ending := frame
	ending.Timeout = &layout.Timeout{Left: 15 * time.Minute, At: noon().Add(15 * time.Minute)}
	soon := frame
	soon.Timeout = &layout.Timeout{Left: 4 * time.Second, Warn: 3 * time.Second, At: noon()}
	refused := new(form.Errors)
	refused.Add("email", i18n.M("check.email.missing"))
	refused.Add("phone", i18n.M("check.phone.missing"))
	refused.Add("language", i18n.M("check.text.choice"))
	refused.Add("birth", i18n.M("check.date.missing"))
	refused.Add("agree", i18n.M("register.policies.agree_missing"))
	return map[string]Shown{
		"parts":   {Page: ui.Page{Title: i18n.Verbatim("Parts"), Frame: ui.Desk, Body: parts(), Rail: rail()}, Frame: frame},
		"wizard":  {Page: wizard(nil), Frame: frame},
		"refused": {Page: wizard(refused), Frame: ending},
		"signin":  {Page: signin(), Frame: layout.FrameInfo{Path: "/signin", Version: "1.0"}},
		"account": {Page: ui.Page{Title: i18n.M("layout.header.services"), Frame: ui.Account, Body: account(), Scripts: []string{"copy"}}, Viewer: ada(), Frame: ending},
		"timeout": {Page: wizard(nil), Viewer: ada(), Frame: soon},
		"problem": {Page: layout.Problem(layout.ProblemModel{Kind: "internal", Reference: "K7M4-92QX"}), Frame: frame},
		"offline": {Page: layout.Offline(), Frame: frame},
	}
}

func wizard(errs *form.Errors) ui.Page {
	names := []i18n.Msg{
		i18n.M("register.steps.policies"), i18n.M("register.steps.personal"), i18n.M("register.steps.profession"),
		i18n.M("register.steps.questions"), i18n.M("register.steps.phone"), i18n.M("register.steps.mail"), i18n.M("register.steps.password"),
	}
	step := &ui.StepInfo{Number: 2, Total: 7, Name: names[1], ListTitle: i18n.M("register.frame.nav_label")}
	for i, name := range names {
		state := ui.StepTodo
		switch {
		case i == 0:
			state = ui.StepDone
		case i == 1:
			state = ui.StepCurrent
		}
		step.All = append(step.All, ui.Step{Name: name, State: state})
	}
	return ui.Page{
		Title: i18n.M("register.personal.title"), Frame: ui.Wizard, Step: step, Errors: errs,
		Back: "/register/policies", Help: "/help/personal", FormID: "step", Scripts: []string{"htmx", "copy"},
		Body: personal(errs), Rail: rail(), NoIndex: true,
	}
}

func signin() ui.Page {
	return ui.Page{
		Title: i18n.M("signin.form.title"), Body: signinBody(), Rail: signinRail(),
	}
}

func ada() layout.Viewer {
	return layout.Viewer{Name: "G. Tremblay", LoginID: "GENEVIEVE.TREMBLAY", SignedIn: true, Menu: []layout.MenuItem{
		{Label: i18n.M("layout.header.services"), Href: "/register", Icon: "grid"},
		{Label: i18n.M("layout.header.profile"), Href: "/profile", Icon: "user"},
	}}
}

func noon() time.Time { return time.Date(2026, time.November, 21, 20, 47, 0, 0, time.UTC) }

func standing() i18n.Standing {
	return i18n.Standing{
		Brand:      "ONE ID",
		Agency:     map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone:  "+18662501554",
		DeskEmail:  "servicedesk@ehealthontario.on.ca",
		AgentEmail: "ONEIDRegistrationAgents@ontariohealth.ca",
	}
}

func college() i18n.College {
	return i18n.College{
		Short:    map[i18n.Lang]string{i18n.EN: "CPSO", i18n.FR: "OMCO"},
		Name:     map[i18n.Lang]string{i18n.EN: "College of Physicians and Surgeons of Ontario", i18n.FR: "Ordre des médecins et chirurgiens de l’Ontario"},
		Desk:     map[i18n.Lang]string{i18n.EN: "the CPSO Physician Advisory Service", i18n.FR: "le Service de consultation des médecins de l’Ordre"},
		Hours:    map[i18n.Lang]string{i18n.EN: "Monday to Friday, 8 a.m. to 5 p.m.", i18n.FR: "du lundi au vendredi, de 8\u00a0h à 17\u00a0h"},
		Phone:    "+14169672606",
		TollFree: "+18002687096;ext=606",
		Email:    "feedback@cpso.on.ca",
	}
}

func languages() []ui.Option {
	return []ui.Option{
		{Value: "en", Label: i18n.Verbatim("English"), Lang: "en"},
		{Value: "fr", Label: i18n.Verbatim("Français"), Lang: "fr"},
	}
}

func titles() []ui.Option {
	return []ui.Option{
		{Value: "", Label: i18n.M("ui.field.none")},
		{Value: "dr", Label: i18n.Words(map[i18n.Lang]string{i18n.EN: "Dr.", i18n.FR: "Dre"})},
	}
}
