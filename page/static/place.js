// The state in the address: what is chosen can be linked to, reloaded, and gone back to. A visitor's
// own photo never gets there; the tab remembers its key, which only this server understands.

import { SETTINGS, VIEWS } from './choices.js';

const OWN = 'own-photo';
const ENTRIES = new Set(['photo', 'model', 'tab']); // a new one of these can be gone back from

export function read() {
  const query = new URLSearchParams(location.search);
  const number = (key) => (/^\d{1,5}$/.test(query.get(key) ?? '') ? Number(query.get(key)) : null);
  const [x, y] = [number('x'), number('y')];
  return {
    example: query.get('example'),
    own: query.get('example') ? null : sessionStorage.getItem(OWN),
    model: query.get('model'),
    lang: query.get('lang'),
    choices: {
      ...crfFrom(query.get('crf') ?? ''),
      ...viewFrom(query.get('view')),
      ...(query.get('tab') ? { tab: query.get('tab') } : {}),
      pixel: x !== null && y !== null ? { x, y } : null,
    },
  };
}

function crfFrom(text) {
  if (text === 'off') return { on: false, iterations: null, settings: null };
  const [iterations, ...values] = text.split('_').map((each) => (each === '' ? NaN : Number(each)));
  const keys = Object.keys(SETTINGS);
  const whole = values.length === keys.length && values.every(Number.isFinite);
  return {
    on: true,
    iterations: Number.isInteger(iterations) && iterations >= 0 ? iterations : null,
    settings: whole ? Object.fromEntries(keys.map((key, index) => [key, values[index]])) : null,
  };
}

const viewFrom = (view) =>
  ({ view: VIEWS.includes(view) || /^class-\d+$/.test(view ?? '') ? view : 'classes' });

function crfText({ on, iterations, settings }) {
  if (!on) return 'off';
  if (iterations === null && settings === null) return null;
  const values = settings ? Object.keys(SETTINGS).map((key) => settings[key]) : [];
  return [iterations ?? '', ...values].join('_');
}

// Writes what is chosen into the address, leaving what others put there, such as __theme.
export function write(choices, lang, changed) {
  const { photo, model, view, pixel, tab } = choices;
  if (photo && !photo.example) sessionStorage.setItem(OWN, photo.key);
  else if (photo) sessionStorage.removeItem(OWN);
  const query = new URLSearchParams(location.search);
  const values = {
    example: photo?.example ?? null, model, crf: crfText(choices),
    view: view === 'classes' ? null : view, x: pixel?.x ?? null, y: pixel?.y ?? null,
    tab: tab === 'compare' ? null : tab, lang,
  };
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined) query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  const next = `${location.pathname}${text ? `?${text}` : ''}${location.hash}`;
  if (next === `${location.pathname}${location.search}${location.hash}`) return;
  const entry = [...changed].some((key) => ENTRIES.has(key));
  history[entry ? 'pushState' : 'replaceState']({ own: photo?.example ? null : photo?.key }, '', next);
}
