package i18n_test

// What is known about the words. Add a sample here when a message brings a new
// placeholder; the terms are those of the glossary.

// samples are a value for every placeholder that a message may use.
var samples = map[string]string{
	"About": "possession", "Kind": "Organization", "Town": "Oakville",
	"AgentEmail": "ONEIDRegistrationAgents@ontariohealth.ca", "Agency": "Ontario Health", "Authority": "PHIPA", "Brand": "ONE ID", "DeviceDays": "30 days", "PasswordAge": "a year",
	"Characters": "# %", "Code": "123456", "College": "CPSO", "CollegeDesk": "the CPSO Physician Advisory Service",
	"CollegeEmail": "feedback@cpso.on.ca", "CollegeHours": "Monday to Friday, 8 a.m. to 5 p.m.",
	"CollegeName": "College of Physicians and Surgeons of Ontario", "CollegePhone": "416-967-2606",
	"CollegeTollFree": "1-800-268-7096 ext. 606", "Contact": "lra01@example.ca", "Count": "3", "Date": "21 Nov 2026",
	"DeskEmail": "servicedesk@ehealthontario.on.ca", "DeskPhone": "1-866-250-1554", "Device": "Firefox on Windows", "Digit": "4",
	"Domain": "oneid.example.ca", "Done": "3", "Email": "r.burt@example.ca", "End": "22:00", "Example": "100093", "Before": "Laptop", "Key": "signing-2", "File": "saml-signing-2.pem", "Node": "east-1", "Nodes": "east-1, west-2", "Use": "Signing keys", "Algorithm": "RSA", "Item": "Clinic laptop",
	"Last": "23", "Left": "7", "Link": "https://oneid.example.ca/l/abc", "LoginID": "RANDY.BURT@ONEID.ON.CA", "Masked": "r•••@example.ca",
	"Idle": "5", "Whole": "60", "Max": "40", "Method": "text", "Middle": "Lynn", "Minutes": "15", "Missing": "date of birth", "Name": "Randy Burt",
	"NotMeLink": "https://oneid.example.ca/n/abc", "Number": "2", "Organization": "Maple Falls General Hospital", "Phone": "416-555-0123",
	"Place": "Toronto", "Proofs": "text, questions", "Provider": "iCloud", "Reason": "On leave", "Reference": "K7Q-42M", "Service": "ConnectingOntario",
	"Start": "21:00", "Status": "Suspended", "Step": "3", "Summary": "shorter", "Ticket": "INC0012345", "Time": "3:42 p.m.", "Title": "Policies",
	"Total": "7", "Until": "1 May 2027", "Used": "2", "Version": "1.0", "Wanted": "RANDY.BURT", "What": "Password reset",
}

// swapped are written in the other language on purpose: the active offer.
var swapped = set("layout.header.switch_full", "layout.header.switch_label", "layout.header.switch_short", "mail.frame.language", "voice.challenge.language")

// same reads alike in both languages on purpose.
var same = set("layout.page.title", "sso.logout.service", "layout.header.menu", "layout.footer.version", "register.steps.mail", "register.mail.title", "register.questions.question", "services.keys.rsa", "services.keys.elliptic", "services.keys.of_services", "services.detail.entity", "services.detail.version")

// reserved are read by go-i18n as parts of a message, so no part of a key may
// be one of them.
var reserved = set("id", "description", "hash", "leftdelim", "rightdelim", "zero", "one", "two", "few", "many", "other")

const gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüàabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

const englishWords = "the and your you with for are not this that from please was will have has been who what when where which how did does don don’t can’t won’t " +
	"enter choose sign call password account answer answers phone text login back again there their they new open send sent"

const frenchWords = "le les des vous votre vos nous pour avec est sont une dans sur ne pas que qui veuillez aux ce cette entrez choisissez votre mot réponse appelez"

// never are words and habits that the glossary rules out. A pattern without (?i)
// depends on its capitals. \b of RE2 knows no accents; edge stands in for it.
var never = map[string][]string{
	"en": {
		`(?i)\busernames?\b`, `(?i)\buser names?\b`, `(?i)\bclick\b`, `(?i)\be-mail\b`, `(?i)\binvalid\b`, `(?i)\billegal\b`, `(?i)\benroll\b`, `(?i)\blicense\b`,
		`(?i)\bcell ?phone number\b`, `(?i)\bplease\b`, `(?i)\bsuccessful(ly)?\b`, `(?i)\bfailed to\b`, `(?i)\berror occurred\b`, `(?i)\bunauthorized\b`,
		`(?i)\boops\b`, `(?i)\bsimply\b`, `(?i)\bvalid credentials\b`, `(?i)\bcancell?ation\b`, `(?i)\bcolor\b`, `(?i)\borganisation\b`,
		`(?i)\blog ?in( [^iI]|[^ a-zA-Z]|$)`,
	},
	"fr": {
		`(?i)\blogin\b`, `(?i)\be-?mails?\b`, `(?i)\bcliquez\b`, `(?i)\bnom d’utilisateur\b`, `(?i)\bnoms? léga(l|ux)\b`, `(?i)\blicences?\b`, `(?i)\bsvp\b`, `S\.V\.P\.`,
		`(?i)\binvalides?\b`, `\pL\([es]{1,3}\)`, `\pL·\pL`, `(?i)\bsupport technique\b`, `(?i)\bveuillez\b`, `(?i)\bavec succès`, `(?i)\bcompléter le formulaire\b`, `(?i)\bloguer\b`,
		`(?i)\bvous (êtes|étiez) (absent|connecté|inscrit|arrêté|abonné)`,
		`\b(Etape|Etat|Etes|Ecri\pL*|Equipe\pL*|Evit\pL*|Ecole\pL*|Echec\pL*)\b`, `(^|[.?!] )A (la|l’|tout|partir|propos|venir|faire)`,
		`(?i)\bdigital(e|es|aux)?\b`, `(?i)\bpasskeys?\b`, `(?i)\bhelpdesk\b`, `(?i)\bSMS\b`,
	},
}

// neverExcept quotes the frequently asked questions word for word.
var neverExcept = set("challenge.choose.no_phone")

// firstField lists what stands before the first field of a screen: at most 80
// words, or people stop reading.
var firstField = map[string]string{
	"register.policies":     "title lead notice_title agreement_title version print_notice print_agreement jump",
	"register.personal":     "title lead evidence_title legal_first legal_last legal_hint gender birth names_title",
	"register.profession":   "title lead college number class verified wrong wrong_link",
	"register.questions":    "title lead tips_title tip_only_you tip_word tip_once tip_spelling online_title online_lead",
	"register.phone":        "title lead optional charges group",
	"register.password":     "title lead valid tip",
	"signin.form":           "title_service asked_by welcome",
	"challenge.choose":      "title lead",
	"challenge.text":        "title lead hint never_share",
	"challenge.questions":   "title lead limits normal_note",
	"challenge.recovery":    "title lead hint",
	"recovery.loginid":      "title lead",
	"recovery.password":     "title lead",
	"credentials.questions": "title lead",
	"credentials.passkeys":  "title lead",
}

func set(keys ...string) map[string]bool {
	s := map[string]bool{}
	for _, k := range keys {
		s[k] = true
	}
	return s
}
