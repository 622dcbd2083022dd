// Package code keeps the rules of one-time codes, whoever asks for one: a test
// of a challenge phone in the wizard, the second factor of a sign-in.
//
// A text brings six digits to type in. A call asks to press the one digit that
// the page shows; any other digit ends it, and 9 twice reports fraud, which is
// why 9 is never shown.
//
// Promises:
//
//   - The six digits are stored nowhere. They are computed from a nonce when
//     they are sent and when they are checked, so sending again sends the same
//     code and a late text still works.
//   - A code belongs to one purpose, one account or draft and one session. To
//     anyone else it has expired.
//   - Tries are counted before they are judged: of parallel guesses no more
//     than five of one code are looked at, and ten wrong ones across codes lock
//     for ten minutes.
//   - A code passes once. Passing, its audit event and what the caller adds
//     commit together.
//
// How often codes may go out is package throttle's; how they travel is package
// delivery's.
package code
