package strictxml

// Limits bounds what a document may cost, and says which kind of document it is.
type Limits struct {
	Bytes      int
	Depth      int
	Elements   int
	Attributes int // of one element, namespace declarations included

	// Comments lets comments pass. Only metadata may carry them: it is read
	// once by an administrator and never verified in place.
	Comments bool
}

// Message returns the limits of a protocol message. A genuine one has fewer
// than two hundred elements; at these limits the worst document still takes
// only milliseconds.
func Message() Limits {
	return Limits{Bytes: 256 << 10, Depth: 32, Elements: 2000, Attributes: 64}
}

// Inflated returns the limits of a message that arrived compressed in an
// address, where a few bytes may claim to be very many.
func Inflated() Limits {
	l := Message()
	l.Bytes = 64 << 10
	return l
}

// Metadata returns the limits of a provider's metadata, which is longer,
// deeper and often commented.
func Metadata() Limits {
	return Limits{Bytes: 1 << 20, Depth: 48, Elements: 20000, Attributes: 64, Comments: true}
}
