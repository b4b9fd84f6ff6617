// Asking the page's server. Addresses are relative to this module, so that they hold wherever a
// proxy has put the page.

const BASE = new URL('..', import.meta.url);
const HEADERS = { 'Content-Type': 'application/json' };

// What tells this tab from all others: two tabs of one visitor do not disturb each other.
export const visitor = Array.from(crypto.getRandomValues(new Uint8Array(12)),
  (byte) => byte.toString(16).padStart(2, '0')).join('');

// What is asked is counted: of two requests that are sent at once the older may come later, and must
// not end the newer.
let wishes = 0;

export const address = (path) => new URL(path, BASE).href;

// What the server says is wrong, in a sentence for the visitor.
export class Refused extends Error {}

export async function get(path) {
  return await understood(await fetch(address(path)));
}

export async function post(path, asked, options = {}) {
  const body = JSON.stringify({ visitor, ...asked });
  return await understood(
    await fetch(address(path), { method: 'POST', headers: HEADERS, body, ...options }));
}

export async function upload(path, file, name, language, signal) {
  const query = new URLSearchParams({ name, language });
  const options = { method: 'POST', body: file, signal };
  return await understood(await fetch(address(`${path}?${query}`), options));
}

// Hands in a camera's frame, a JPEG, for its labels.
export async function frame(blob, model, language, signal) {
  const query = new URLSearchParams({ model, visitor, language });
  const options = { method: 'POST', body: blob, signal };
  return await understood(await fetch(address(`live?${query}`), options));
}

async function understood(response) {
  const said = await response.json();
  if (said.refused !== undefined) throw new Refused(said.refused);
  if (!response.ok) throw new Refused(said.detail ?? `HTTP ${response.status}`);
  return said;
}

// Yields the messages of an answer as they come, until it ends or `signal` aborts it.
export async function* stream(path, asked, signal) {
  const response = await fetch(address(path), {
    method: 'POST', headers: HEADERS, body: JSON.stringify({ visitor, wish: ++wishes, ...asked }), signal,
  });
  if (!response.ok) await understood(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

export function stop(kind) {
  post('stop', { kind, wish: wishes }).catch(() => {}); // whoever is gone has stopped
}
