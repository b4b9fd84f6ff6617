// What figures are built of: sliders, switches, number grids, tables.

import { h } from '../dom.js';
import { text } from './words.js';

export function slider(label, { min, max, step = 1, value }, changed) {
  const output = h('output');
  const input = h('input', { type: 'range', min, max, step, value });
  const show = () => { output.textContent = input.value; };
  input.addEventListener('input', () => { show(); changed(Number(input.value)); });
  show();
  const element = h('label', { class: 'slider' }, h('span', { text: label }), input, output);
  return { element, input, output, get value() { return Number(input.value); } };
}

export function check(label, changed, attributes = {}) {
  const input = h('input', { type: 'checkbox', ...attributes });
  input.addEventListener('change', () => changed(input.checked));
  return { element: h('label', { class: 'check' }, input, h('span', { text: label })), input };
}

export function choice(label, options, value, changed) {
  const select = h('select', {}, options.map(([key, words]) =>
    h('option', { value: key, text: words, selected: String(key) === String(value) })));
  select.addEventListener('change', () => changed(select.value));
  return { element: h('label', { class: 'choice' }, h('span', { text: label }), select), select };
}

export const button = (label, act, attributes = {}) =>
  h('button', { type: 'button', text: label, onclick: act, ...attributes });

// A table of numbers that can be changed; `changed` is given the rows of numbers.
export function numbers(title, rows, changed) {
  const values = rows.map((row) => [...row]);
  const cell = (row, column) => {
    const input = h('input', {
      type: 'number', step: 'any', inputmode: 'decimal', value: values[row][column],
      'aria-label': text('cell-of', { title, row: row + 1, column: column + 1 }),
    });
    input.addEventListener('input', () => {
      const number = Number(input.value);
      values[row][column] = Number.isFinite(number) ? number : 0;
      changed(values);
    });
    return h('td', {}, input);
  };
  return grid(title, rows.map((row, y) => row.map((_, x) => cell(y, x))));
}

// A table of numbers that follow from others; `press` makes each a button.
export function results(title, rows, { press = null, mark = () => '' } = {}) {
  return grid(title, rows.map((row, y) => row.map((value, x) => {
    const kind = mark(y, x);
    if (!press) return h('td', { class: kind || null, text: String(value) });
    const label = text('cell-is', { title, row: y + 1, column: x + 1, value });
    return h('td', { class: kind || null },
      h('button', { type: 'button', text: String(value), 'aria-label': label, onclick: () => press(y, x) }));
  })));
}

function grid(title, rows) {
  return h('table', { class: 'numbers' }, h('caption', { text: title }),
    h('tbody', {}, rows.map((cells) => h('tr', {}, cells))));
}

export function table(head, rows, caption = null) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption ?? head.join(', ') },
    h('table', { class: 'facts' },
      caption ? h('caption', { text: caption }) : null,
      h('thead', {}, h('tr', {}, head.map((each) => h('th', { scope: 'col', text: each })))),
      h('tbody', {}, rows.map(([first, ...rest]) => h('tr', {},
        h('th', { scope: 'row' }, first), rest.map((each) => h('td', {}, each)))))));
}

// A bar as long as its share of the longest.
export function bar(label, value, most, words, kind = '') {
  const fill = h('span', { class: `fill ${kind}` });
  fill.style.width = `${Math.max(0.5, (100 * value) / (most || 1))}%`;
  return h('div', { class: 'bar' }, h('span', { class: 'name', text: label }),
    h('span', { class: 'track' }, fill), h('span', { class: 'value', text: words }));
}

// A line that says what a figure is doing, or what went wrong.
export function status() {
  const element = h('p', { class: 'status', role: 'status' });
  return {
    element,
    say(words, wrong = false) {
      element.textContent = words;
      element.classList.toggle('wrong', wrong);
    },
  };
}

// A part of a figure under its title; `folded`, it is opened by who wants it.
export function section(kind, title, folded, ...content) {
  if (!folded) return h('section', { class: kind }, h('h2', { text: title }), ...content);
  return h('section', {}, h('details', { class: kind }, h('summary', { text: title }),
    h('div', { class: 'content' }, ...content)));
}

export function titled(title, ...content) {
  return h('figure', {}, h('figcaption', { text: title }), ...content);
}
