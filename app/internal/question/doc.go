// Package question keeps the rules of challenge questions, whoever asks them.
//
// # Asking the online three
//
// A person is asked two of their three online questions, the same two until one
// check succeeds, and hears only whether both answers together were right.
// Wrong ones count in one budget for every flow that asks: three make a wait of
// 15 minutes, five of an hour, eight in a day of a day, and after twelve without
// a success the questions are off until something that is held was proven
// (Reopen). The budget never touches a password or a phone, so guessing at
// somebody's questions can't keep them out.
//
// Promises:
//
//   - A check is spent before it is judged: parallel guesses gain nothing.
//   - A stranger is asked two questions of their own, the same each time, has a
//     budget, and costs the same work. Nothing here tells them from a person.
//   - Answers are compared outside any transaction. Passing, its audit event and
//     what the caller adds commit together.
//
// # Choosing and answering five
//
// Form judges the form that chooses three online and two Service Desk questions,
// in the wizard and later in My Profile. An answer is hashed from the moment it
// is sent and never shown again; one whose field stays empty is kept as long as
// its question stays.
//
// # At the Service Desk
//
// A caller is asked the other two, by staff who type the answers in and hear
// only whether both were right, within a budget of its own.
package question
