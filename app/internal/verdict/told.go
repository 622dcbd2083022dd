package verdict

import "oneid/saml"

// Told is the decision about a request that was refused before a person came into
// it, where its service can be told (saml.Refusal.To): what it gets by SAML Core
// 3.2.2.2. ok is false for a refusal that nobody is told of.
func Told(code saml.Code) (d Decision, ok bool) {
	t, ok := tellings()[code]
	if !ok {
		return Decision{}, false
	}
	return Decision{Act: Refuse, Status: t.status, Substatus: t.substatus, Explain: []Reason{{Code: t.why}}}, true
}

type telling struct {
	why               Code
	status, substatus string
}

func tellings() map[saml.Code]telling {
	return map[saml.Code]telling{
		saml.BindingUnsupported: {BindingWanted, saml.StatusResponder, saml.StatusUnsupportedBinding},
		saml.ClockAhead:         {ClockAhead, saml.StatusRequester, saml.StatusRequestDenied},
		saml.Malformed:          {FormUnclear, saml.StatusRequester, ""},
		saml.BadID:              {IDTooShort, saml.StatusRequester, ""},
		saml.RelayTooLong:       {RelayTooLong, saml.StatusRequester, saml.StatusRequestUnsupported},
		saml.PackedPost:         {PackedOtherwise, saml.StatusRequester, saml.StatusRequestUnsupported},
		saml.PlainRedirect:      {PackedOtherwise, saml.StatusRequester, saml.StatusRequestUnsupported},
		saml.BadVersion:         {VersionUnknown, saml.StatusVersionMismatch, ""},
		saml.VersionTooLow:      {VersionUnknown, saml.StatusVersionMismatch, saml.StatusRequestTooLow},
		saml.VersionTooHigh:     {VersionUnknown, saml.StatusVersionMismatch, saml.StatusRequestTooHigh},
	}
}
