package strictxml

import "fmt"

// Code names the rule a document broke. The values are stable: they are kept
// in audit events.
type Code string

// The rules, in the order in which the gate tries them.
const (
	TooLarge            Code = "xml_too_large"
	NotUTF8             Code = "xml_not_utf8"
	Malformed           Code = "xml_malformed"
	DTD                 Code = "xml_dtd"
	Instruction         Code = "xml_processing_instruction"
	Comment             Code = "xml_comment"
	CDATA               Code = "xml_cdata"
	TooDeep             Code = "xml_too_deep"
	TooManyElements     Code = "xml_too_many_elements"
	TooManyAttributes   Code = "xml_too_many_attributes"
	BadNamespace        Code = "xml_bad_namespace"
	PrefixRedeclared    Code = "xml_prefix_redeclared"
	PrefixUndeclared    Code = "xml_prefix_undeclared"
	AttributePollution  Code = "xml_attribute_pollution"
	ForeignElement      Code = "xml_foreign_element"
	DuplicateAttribute  Code = "xml_duplicate_attribute"
	DuplicateID         Code = "xml_duplicate_id"
	DuplicateSingleton  Code = "xml_duplicate_singleton"
	DoesNotSurviveTrips Code = "xml_round_trip"
)

// Codes lists every reason the gate can give.
func Codes() []Code {
	return []Code{
		TooLarge, NotUTF8, Malformed, DTD, Instruction, Comment, CDATA, TooDeep, TooManyElements,
		TooManyAttributes, BadNamespace, PrefixRedeclared, PrefixUndeclared, AttributePollution,
		ForeignElement, DuplicateAttribute, DuplicateID, DuplicateSingleton, DoesNotSurviveTrips,
	}
}

// Violation is the only error the gate returns: one rule, in words, and where
// in the document it was broken.
type Violation struct {
	Code   Code
	Detail string
	Offset int64
}

// Error describes the violation for a log; it quotes names from the document
// but never its text.
func (v *Violation) Error() string {
	return fmt.Sprintf("%s at byte %d: %s", v.Code, v.Offset, v.Detail)
}
