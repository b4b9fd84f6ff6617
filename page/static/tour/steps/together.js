// All of them on one photo: masks, time, size and IoU.

import { h } from '../../dom.js';
import { unpacked } from '../../runs.js';
import { knows } from '../../knows.js';
import { askOne, computing } from '../ask.js';
import * as draw from '../draw.js';
import { choice, status, table } from '../parts.js';
import { millions, percent, text } from '../words.js';

export const [key, answers, right] = ['together', 3, null];
const ORDERS = {
  paper: () => 0,
  miou: (one, other) => (other.found.miou ?? 0) - (one.found.miou ?? 0),
  time: (one, other) => one.found.milliseconds - other.found.milliseconds,
  size: (one, other) => one.network.parameters - other.network.parameters,
};

export function figure(tour, step) {
  const networks = tour.facts.networks.filter((each) => knows(each, tour.photo));
  const told = status();
  const masks = h('div', { class: 'masks many' });
  const facts = h('div');
  const results = [];
  const show = () => {
    const sorted = [...results].sort(ORDERS[order.select.value]);
    masks.replaceChildren(...sorted.map((each) => each.element));
    facts.replaceChildren(results.length ? table(
      [text('network'), 'mIoU', text('together-time'), text('together-parameters'), text('together-file'), text('together-val')],
      sorted.map(({ network, found }) => [
        network.label, found.miou === null ? '–' : percent(found.miou), `${Math.round(found.milliseconds)} ms`,
        millions(network.parameters), network.megabytes ? `${network.megabytes} MB` : '–',
        network.miou === null ? '–' : percent(network.miou),
      ])) : '');
  };
  const order = choice(text('together-order'), Object.keys(ORDERS).map((each) => [each, text(`together-by-${each}`)]), 'paper', show);
  const element = h('section', { 'aria-busy': 'true' }, h('div', { class: 'controls' }, order.element), told.element, facts, masks);
  element.begin = async () => {
    await computing({ element, status: told }, async () => {
      for (const network of networks) {
        told.say(`${text('computing')} ${network.label}`);
        const found = await askOne('run', { photo: tour.photo.key, model: network.key, off: [] });
        const map = await unpacked(found.labels);
        if (step.gone) return;
        const canvas = draw.canvas({ 'aria-label': text('mask-of', { network: network.label, classes: draw.described(map, network) }) });
        draw.labels(canvas, tour.photo.picture, map, network);
        results.push({ network, found, element: h('figure', {}, h('figcaption', { text: network.label }), canvas) });
        show();
      }
    });
    if (!networks.length) told.say(text('no-network'), true);
  };
  return element;
}
