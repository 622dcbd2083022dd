// What reached a person: mail, texts and calls, as the sandbox's inbox has them.

import { ask, until } from "./world.mjs";

/** All messages to an address or number, newest first. */
export async function messages(world, to) {
  const answer = await ask(`${world.inbox}/messages?to=${encodeURIComponent(to)}`);
  if (answer.status !== 200) throw new Error(`the inbox answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

/** Waits for the newest message; `channel` is mail, sms or call, `has` text in subject or body, `like` a pattern in the body. */
export function message(world, to, { channel, has = "", like = /(?:)/, after } = {}) {
  const fits = (m) =>
    (!channel || m.channel === channel) && `${m.subject}\n${m.body}`.includes(has) && like.test(m.body) && (!after || m.at > after);
  return until(`${channel ?? "a message"} to ${to}`, async () => (await messages(world, to)).find(fits));
}

/** Waits for a text with six digits and returns them; news without any may come before or after it. */
export async function code(world, to, options = {}) {
  const digits = /\b\d{6}\b/;
  const { body } = await message(world, to, { channel: "sms", like: digits, ...options });
  return body.match(digits)[0];
}

/** Waits for a mail and returns the first link into the product. */
export async function link(world, to, options = {}) {
  const { body } = await message(world, to, { channel: "mail", ...options });
  const address = body.split(/\s/).find((word) => word.startsWith(world.product));
  if (!address) throw new Error(`no link in: ${body}`);
  return address;
}

/** Answers the newest call and presses a key. */
export async function press(world, to, digit) {
  const call = await message(world, to, { channel: "call" });
  const answer = await ask(`${world.inbox}/calls/${encodeURIComponent(call.id)}/press`, {
    method: "POST",
    body: JSON.stringify({ digit }),
    headers: { "content-type": "application/json" },
  });
  if (answer.status >= 300) throw new Error(`pressing ${digit} answered ${answer.status}: ${answer.text}`);
}
