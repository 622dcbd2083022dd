// Package i18n says everything a person reads, in English and in French.
//
// The words live in en.toml and fr.toml: one message per key, keys of exactly
// three parts (capability.screen.element), the same keys and the same
// placeholders in both. Code names a message by a literal key, with T where
// the text is needed at once and with M where it is decided in one place and
// shown in another:
//
//	i18n.T(ctx, "ui.action.next")
//	i18n.M("signin.blocked.wait", "Time", i18n.AsClock(until))
//
// Promises:
//
//   - The language, the college and the catalogue travel in the context, so a
//     screen never passes them on.
//   - Brand, agency and desk contacts fill themselves, and so does the college
//     where WithCollege has put one.
//   - Dates, clock times, phone numbers and counts are written the way the
//     reader's language writes them; clock times are Ontario's.
//   - Messages are plain text. Whoever prints one escapes it.
//   - A message that is missing, or is not given a placeholder it needs,
//     panics under a Strict catalogue (every test) and shows its key in
//     production, where half a page beats none.
//
// The package's tests hold the rules for the words themselves: terms,
// typography, sentence length, one part for a text message, and that every key
// written anywhere in the code exists.
package i18n
