package xmlsig

import "fmt"

// Code names why a signature was not accepted. The values are stable: they are
// kept in audit events.
type Code string

// The reasons.
const (
	NotSigned        Code = "not_signed"
	BadSignature     Code = "bad_signature"
	UnknownAlgorithm Code = "unknown_algorithm"
	BadShape         Code = "bad_signature_shape"
	NoKey            Code = "no_key"
	BadQuery         Code = "malformed_query"
)

// Codes lists every reason this package can give.
func Codes() []Code {
	return []Code{NotSigned, BadSignature, UnknownAlgorithm, BadShape, NoKey, BadQuery}
}

// Fault is the error of every refused signature.
type Fault struct {
	Code   Code
	Detail string
}

// Error describes the fault for a log.
func (f *Fault) Error() string { return string(f.Code) + ": " + f.Detail }

func fault(code Code, format string, args ...any) error {
	return &Fault{Code: code, Detail: fmt.Sprintf(format, args...)}
}
