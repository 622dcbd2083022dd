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
	SigninPasswordLapsed Kind = "signin.password.lapsed"
	SigninAccountBlocked Kind = "signin.account.blocked"
	SigninNetworkSprayed Kind = "signin.network.sprayed"
	SigninSessionBegun   Kind = "signin.session.begun"
	SigninSessionEnded   Kind = "signin.session.ended"
)

// Codes by text and call.
const (
	CodePrepared Kind = "code.message.prepared"
	CodeSent     Kind = "code.message.sent"
	CodePassed   Kind = "code.check.passed"
	CodeFailed   Kind = "code.check.failed"
	CodeLimited  Kind = "code.send.limited"
	CodeFraud    Kind = "code.fraud.reported"
)

// Toward services.
const (
	SSORequestAccepted  Kind = "sso.request.accepted"
	SSORequestRefused   Kind = "sso.request.refused"
	SSOAssertionIssued  Kind = "sso.assertion.issued"
	SSOServiceRefused   Kind = "sso.service.refused"
	SSOAuthorityChosen  Kind = "sso.authority.chosen"
	SSOAuthorityForgot  Kind = "sso.authority.forgotten"
	SSONoticeAccepted   Kind = "sso.notice.accepted"
	SSOSharedSet        Kind = "sso.workstation.set"
	SSOLogoutBegun      Kind = "sso.logout.begun"
	SSOLogoutUnknown    Kind = "sso.logout.unknown"
	SSOLogoutAnswered   Kind = "sso.logout.answered"
	SSOLogoutFinished   Kind = "sso.logout.finished"
	ServiceImported     Kind = "services.provider.imported"
	EnrolmentAdded      Kind = "enrolment.service.added"
	SponsorshipAdded    Kind = "sponsorship.account.added"
	CredentialsEmailSet Kind = "credentials.email.verified"
	CredentialsEmailAsk Kind = "credentials.email.asked"
	StaffRoleAdded      Kind = "staff.role.added"
	AccountCreated      Kind = "account.command.created"
)

// What service administrators do.
const (
	ServiceApproved  Kind = "services.provider.approved"
	ServiceWithdrawn Kind = "services.provider.withdrawn"
	ServiceSwitched  Kind = "services.service.switched"
	ServicePolicySet Kind = "services.policy.changed"
	ServiceRecorded  Kind = "services.recording.opened"
	ServiceUnwatched Kind = "services.recording.closed"
	ServiceSourceEnd Kind = "services.source.ended"
	ServiceWarned    Kind = "services.warning.sent"
	ServicePreviewed Kind = "services.release.previewed"

	ServicePolicyProposed  Kind = "services.policy.proposed"
	ServicePolicyWithdrawn Kind = "services.policy.withdrawn"
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
	PasskeyRenamed Kind = "credentials.passkey.renamed"
	PasskeyOffered Kind = "signin.passkey.offered"
)

// What a person changes of their keys.
const (
	CredentialsPasswordChanged  Kind = "credentials.password.changed"
	CredentialsQuestionsChanged Kind = "credentials.questions.changed"
	CredentialsPhoneAdded       Kind = "credentials.phone.added"
	CredentialsPhoneRemoved     Kind = "credentials.phone.removed"
	CredentialsPhonesOrdered    Kind = "credentials.phones.ordered"
	CredentialsCodesMade        Kind = "credentials.codes.made"
	CredentialsSessionsEnded    Kind = "credentials.sessions.ended"
)

// Getting back in. Subjects of strangers are ids that stand for what they typed.
const (
	RecoveryStarted Kind = "recovery.start.accepted"
	RecoveryLimited Kind = "recovery.start.limited"
	RecoveryProof   Kind = "recovery.proof.given"
	RecoveryLinked  Kind = "recovery.link.sent"
	RecoveryRefused Kind = "recovery.link.refused"
	RecoveryDesk    Kind = "recovery.desk.asked"
	RecoveryHelped  Kind = "recovery.desk.completed"
	RecoveryDone    Kind = "recovery.password.reset"
	RecoveryStopped Kind = "recovery.password.stopped"
	LoginIDSent     Kind = "recovery.loginid.sent"
	LoginIDShown    Kind = "recovery.loginid.shown"
	AccountFrozen   Kind = "account.standing.frozen"
)

// What a person in charge does to an account. Details hold the reason.
const (
	AccountSuspended Kind = "account.standing.suspended"
	AccountResumed   Kind = "account.standing.resumed"
)

// Our own keys toward services.
const (
	KeyMoved      Kind = "keys.key.moved"
	KeyServiceSet Kind = "keys.service.set"
	KeysConfirmed Kind = "keys.service.confirmed"
	KeyProposed   Kind = "keys.key.proposed"
	KeyWithdrawn  Kind = "keys.key.withdrawn"
)
