// FC-DenseNet: how a dense block grows, and what its skips carry.

import { h } from '../../dom.js';
import { bar, slider, titled } from '../parts.js';
import { dense } from '../sums.js';
import { Switches } from '../switches.js';
import { grouped, text } from '../words.js';

export const [key, answers, right] = ['densenet', 3, 2];

export function figure(tour, step) {
  const { first, forms } = tour.facts.papers.dense;
  const drawn = h('div', { class: 'bars' });
  const show = () => {
    const found = dense(before.value, growth.value, depth.value);
    drawn.replaceChildren(
      ...found.reads.map((reads, index) => bar(text('densenet-layer', { number: index + 1 }), reads, found.after, text('densenet-reads', { reads, growth: growth.value }))),
      h('p', { class: 'equation', 'data-after': found.after, text: text('densenet-after', {
        before: before.value, growth: growth.value, depth: depth.value, after: found.after,
        added: depth.value * growth.value, weights: grouped(found.weights),
      }) }));
  };
  const before = slider(text('densenet-before'), { min: 3, max: 512, value: 16 }, show);
  const growth = slider(text('densenet-growth'), { min: 1, max: 48, value: 8 }, show);
  const depth = slider(text('densenet-depth'), { min: 1, max: 15, value: 3 }, show);
  const buttons = Object.entries(forms).map(([form, each]) => h('button', {
    type: 'button', text: text('densenet-form', { form }),
    onclick: () => {
      for (const [part, value] of [[before, first], [growth, each.growth], [depth, each.depths[0]]]) {
        part.input.value = value;
        part.output.textContent = value;
      }
      show();
    },
  }));
  const switches = new Switches(tour, step, tour.network('fc_densenet103', 'fc_densenet67', 'fc_densenet56'));
  const element = h('div', {},
    titled(text('densenet-live'), h('div', { class: 'controls' }, before.element, growth.element, depth.element),
      h('div', { class: 'controls' }, buttons), drawn),
    switches.element);
  show();
  element.begin = () => switches.begin();
  return element;
}
