package audit

// Kind names what happened: capability.object.verb.
type Kind string

// The hand-over from a college.
const (
	CollegeRequestSent      Kind = "college.request.sent"
	CollegeEvidenceAccepted Kind = "college.evidence.accepted"
	CollegeEvidenceRefused  Kind = "college.evidence.refused"
	CollegeLicenceInactive  Kind = "college.licence.inactive"
	CollegeAccountFound     Kind = "college.account.found"
	CollegeImported         Kind = "college.provider.imported"
	CollegeSwitched         Kind = "college.provider.switched"
)

// The registration wizard.
const (
	RegisterDraftOpened    Kind = "register.draft.opened"
	RegisterDraftResumed   Kind = "register.draft.resumed"
	RegisterStepSaved      Kind = "register.step.saved"
	RegisterStepTampered   Kind = "register.step.tampered"
	RegisterPoliciesAgreed Kind = "register.policies.agreed"
	RegisterDraftPaused    Kind = "register.draft.paused"
	RegisterDraftRestarted Kind = "register.draft.restarted"
	RegisterDraftErased    Kind = "register.draft.erased"
	RegisterDraftExpired   Kind = "register.draft.expired"
	RegisterNameFlagged    Kind = "register.name.flagged"
	RegisterTwinFlagged    Kind = "register.twin.flagged"
	RegisterAccountCreated Kind = "register.account.created"
	RegisterAccountRefused Kind = "register.account.refused"
)

// Signing in and out.
const (
	SigninPasswordPassed Kind = "signin.password.passed"
	SigninPasswordFailed Kind = "signin.password.failed"
	SigninPasswordWaited Kind = "signin.password.waited"
	SigninAccountBlocked Kind = "signin.account.blocked"
	SigninNetworkSprayed Kind = "signin.network.sprayed"
	SigninSessionBegun   Kind = "signin.session.begun"
	SigninSessionEnded   Kind = "signin.session.ended"
)

// Codes by text and call.
const (
	CodeSent    Kind = "code.message.sent"
	CodePassed  Kind = "code.check.passed"
	CodeFailed  Kind = "code.check.failed"
	CodeLimited Kind = "code.send.limited"
	CodeFraud   Kind = "code.fraud.reported"
)

// Toward services.
const (
	SSORequestAccepted  Kind = "sso.request.accepted"
	SSORequestRefused   Kind = "sso.request.refused"
	SSOAssertionIssued  Kind = "sso.assertion.issued"
	SSOServiceRefused   Kind = "sso.service.refused"
	ServiceImported     Kind = "services.provider.imported"
	EnrolmentAdded      Kind = "enrolment.service.added"
	CredentialsEmailSet Kind = "credentials.email.verified"
	CredentialsEmailAsk Kind = "credentials.email.asked"
	StaffRoleAdded      Kind = "staff.role.added"
	AccountCreated      Kind = "account.command.created"
)

// Challenge questions, whoever asks them.
const (
	QuestionsPassed Kind = "questions.check.passed"
	QuestionsFailed Kind = "questions.check.failed"
	QuestionsWaited Kind = "questions.check.waited"
)

// The second factor and recognised devices.
const (
	ChallengeAsked   Kind = "challenge.factor.asked"
	ChallengePassed  Kind = "challenge.factor.passed"
	ChallengeStopped Kind = "challenge.factor.stopped"
	ChallengeFrozen  Kind = "challenge.account.frozen"
	DeviceRemembered Kind = "device.cookie.remembered"
	DeviceEnded      Kind = "device.cookie.ended"
	DeviceCopied     Kind = "device.cookie.copied"
	DeviceRenamed    Kind = "device.cookie.renamed"
)

// Passkeys, whatever they were used for.
const (
	PasskeyPassed  Kind = "passkey.proof.passed"
	PasskeyFailed  Kind = "passkey.proof.failed"
	PasskeyCopied  Kind = "passkey.copy.suspected"
	PasskeyAdded   Kind = "credentials.passkey.added"
	PasskeyRemoved Kind = "credentials.passkey.removed"
	PasskeyOffered Kind = "signin.passkey.offered"
)
