// Asking the server for a figure: the newest wish of a kind ends the older; answers are remembered.

import { Refused, stream } from '../server.js';
import { language, text } from './words.js';

const REMEMBERED = 80; // answers
const answers = new Map(); // by what was asked
const running = new Map(); // by kind: what aborts it

export class Superseded extends Error {}

// Returns all messages of an answer; `tell` is given each as it comes.
export async function ask(kind, asked, tell = () => {}) {
  const key = JSON.stringify([kind, asked]);
  running.get(kind)?.abort();
  if (answers.has(key)) {
    running.delete(kind);
    for (const message of answers.get(key)) tell(message);
    return answers.get(key);
  }
  const abort = new AbortController();
  running.set(kind, abort);
  const messages = [];
  try {
    for await (const message of stream(`tour/${kind}`, { ...asked, language }, abort.signal)) {
      if (abort.signal.aborted || message.kind === 'stopped') throw new Superseded();
      if (message.kind === 'error') throw new Refused(message.sentence);
      messages.push(message);
      tell(message);
    }
  } catch (error) {
    throw abort.signal.aborted ? new Superseded() : error;
  } finally {
    if (running.get(kind) === abort) running.delete(kind);
  }
  if (!messages.length) throw new Superseded();
  answers.set(key, messages);
  if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value);
  return messages;
}

export const askOne = async (kind, asked) => (await ask(kind, asked))[0];

// Does `act` for a part of the page; its status says that it computes, then nothing, or what went
// wrong. What is superseded stays busy: the newer wish has the last word.
export async function computing({ element, status }, act) {
  element.setAttribute('aria-busy', 'true');
  status.say(text('computing'));
  try {
    await act();
    status.say('');
  } catch (error) {
    if (error instanceof Superseded) return;
    status.say(error.message, true);
  }
  element.removeAttribute('aria-busy');
}
