// The page's words in the visitor's language, and numbers as a person would say them.

import { get } from './server.js';

const SPOKEN = ['en', 'ko'];
let tables = { texts: {}, names: {} };
export let language = 'en';

// The language that an address names, or else the browser.
export function preferred(named) {
  const asked = [named, ...(navigator.languages ?? [])].filter(Boolean);
  const first = asked[0]?.toLowerCase().split('-')[0];
  return SPOKEN.includes(first) ? first : 'en';
}

export async function speak(wanted) {
  const found = await get(`texts/${wanted}.json`);
  tables = found;
  language = wanted;
  document.documentElement.lang = wanted;
}

export function t(key, values = {}) {
  const text = tables.texts[key];
  if (text === undefined) throw new Error(`no text called ${key}`);
  return text.replace(/{(\w+)}/g, (place, name) => values[name] ?? place);
}

export const has = (key) => key in tables.texts;
export const count = (number, key, values = {}) =>
  t(`${key}-${number === 1 ? 'one' : 'many'}`, { number, ...values });
export const name = (word) => tables.names[word] ?? word;

export function percent(share) {
  if (share > 0 && share < 0.001) return '<0.1 %';
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

export function duration(milliseconds) {
  return milliseconds < 1000
    ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export const named = (shares, classes) =>
  shares.map(({ index, share }) => `${name(classes[index])} ${percent(share)}`).join(', ');
