// Package draft is an unfinished registration as it is kept: what the college
// stated, and the answers of each step so far.
//
// A draft is one row, sealed as a whole, locked while a step works on it, and
// gone seven days after its last step. There is one open draft per licence; it
// is opened and resumed only with fresh evidence from the college. Challenge
// answers are in it only as hashes, a password never.
//
// The hand-over (app/college) opens drafts, the wizard (app/register) fills
// them. Which step comes next is judged from the content, never counted.
package draft
