// Package challenge asks a person for a second factor: a code by text, a call, a
// recovery code, a passkey or, where nothing is at hand, two challenge
// questions.
//
// It is asked where sign-in left the session half-way (an unknown browser or
// network), where a service wants more than was proven, and before something
// important is changed. Why it is asked is the first thing that the page says.
//
// Promises:
//
//   - A half-way session reaches these pages and nothing else.
//   - Whatever a page offers is judged again when it is used: a way that is not
//     open to this session does not open by being asked for.
//   - Questions prove knowledge and no more: the session says so and lasts an
//     hour, the browser is not remembered, and every channel hears of it. What a
//     service or a sensitive change needs beyond that, they don't give.
//   - Nobody waits for a carrier: codes are sent behind the page, and the other
//     ways stand on it from the start.
//   - The browser is remembered only if its person ticks so.
//   - Passing, the devices and networks it makes known, its notices and its audit
//     event commit together; the session rises after that, with a new token.
//
// Where a person goes then is journey.Next's to say.
package challenge
