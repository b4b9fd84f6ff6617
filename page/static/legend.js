// The classes that a result found, as buttons that show one alone; and the scale of a graded view.

import { h } from './dom.js';
import { name, percent, t } from './words.js';

const counted = new WeakMap(); // by map: counting anew for each look would be slow

// The classes that occur, the largest share first.
export function sharesOf(map) {
  if (!counted.has(map)) {
    const counts = new Uint32Array(256);
    for (const label of map.values) counts[label] += 1;
    const shares = [...counts.entries()].filter(([, number]) => number > 0)
      .map(([index, number]) => ({ index, share: number / map.values.length }))
      .sort((one, other) => other.share - one.share);
    counted.set(map, shares);
  }
  return counted.get(map);
}

// Whether a network that knows a background saw nothing else.
export const empty = (map, network) =>
  network.background && sharesOf(map).every(({ index }) => index === 0);

export class Legend {
  constructor(app) {
    this.app = app;
    this.element = h('div', { id: 'legend' });
  }

  draw() {
    const { runs, choices, iteration } = this.app;
    const { shown } = runs;
    const map = shown?.mapOf(2, iteration);
    this.element.dataset.run = map ? shown.id : '';
    if (!map) return void this.element.replaceChildren();
    const { isolated, palette, view } = choices.now;
    const colours = shown.network.colours[palette];
    const graded = !['classes', 'changes'].includes(view);
    const entries = sharesOf(map).map(({ index, share }) => h('li', {},
      h('button', {
        type: 'button', 'data-index': index, 'aria-pressed': String(isolated === index),
        onclick: () => choices.set({ isolated: isolated === index ? null : index }),
      }, swatch(colours[index], shown.network.background && index === 0),
      `${name(shown.network.classes[index] ?? 'void')} `, h('b', { text: percent(share) }))));
    const focused = this.element.querySelector(':focus')?.dataset.index;
    this.element.replaceChildren(
      ...(graded ? [scale()] : []),
      ...(shown.done && empty(map, shown.network)
        ? [h('p', { class: 'nothing', text: t('found-nothing') })] : []),
      h('ul', { 'aria-label': t('legend') }, entries));
    if (focused) this.element.querySelector(`[data-index="${focused}"]`)?.focus();
  }
}

function swatch(colour, clear) {
  const element = h('span', { class: clear ? 'swatch clear' : 'swatch' });
  if (!clear && colour) element.style.background = `rgb(${colour})`;
  return element;
}

function scale() {
  return h('p', { class: 'scale' },
    h('span', { text: '0' }), h('span', { class: 'ramp' }), h('span', { text: '1' }));
}
