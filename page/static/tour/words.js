// The tour's words in the visitor's language; numbers as a figure shows them.

import { get } from '../server.js';

export const LANGUAGES = { en: 'English', ko: '한국어' };
let tables = { texts: {}, names: {} };
export let language = 'en';

// The language that the address names, or else the browser.
export function preferred(named) {
  const first = [named, ...(navigator.languages ?? [])].filter(Boolean)[0] ?? 'en';
  const short = first.toLowerCase().split('-')[0];
  return short in LANGUAGES ? short : 'en';
}

export async function speak(wanted) {
  tables = await get(`tour/texts/${wanted}.json`);
  language = wanted;
  document.documentElement.lang = wanted;
}

export function text(key, values = {}) {
  const found = tables.texts[key];
  if (found === undefined) throw new Error(`no text called ${key}`);
  return found.replace(/{(\w+)}/g, (place, name) => values[name] ?? place);
}

export const named = (word) => tables.names[word] ?? word;

// What a switch of the engine is called: the skip of stage 3 is "skip3".
export function switchName(name) {
  const skip = /^skip(\d)$/.exec(name);
  return skip ? text('switch-skip', { number: skip[1] }) : text(`switch-${name}`);
}

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
export const grouped = (number) => Math.round(number).toLocaleString('en');
export const millions = (number) => (number < 1e5
  ? grouped(number) : `${(number / 1e6).toFixed(number < 1e7 ? 2 : 1)} M`);

// A number of a network: four significant digits, without a trailing row of zeros.
export function figure(number) {
  if (number === 0) return '0';
  const size = Math.abs(number);
  const shown = size >= 1e4 || size < 1e-3 ? number.toExponential(2) : String(Number(number.toPrecision(4)));
  return shown.replaceAll('-', '−');
}
