// DeconvNet: the decoder's maps, from one that is almost nothing to the mask.

import { h } from '../../dom.js';
import { unpacked } from '../../runs.js';
import { askOne, computing } from '../ask.js';
import * as draw from '../draw.js';
import { choice, slider, status } from '../parts.js';
import { figure as shown, named, text } from '../words.js';

export const [key, answers, right] = ['deconvnet', 3, 0];

export function figure(tour, step) {
  const network = tour.network('deconvnet');
  if (!network) return h('p', { class: 'wrong', text: text('no-network') });
  const told = status();
  const canvas = draw.canvas({ class: 'cells' });
  const caption = h('figcaption');
  const strip = h('div', { class: 'strip' });
  let maps = [];
  const at = slider(text('deconvnet-layer'), { min: 0, max: 1, value: 0 }, () => show());
  const show = () => {
    const found = maps[at.value];
    if (!found) return;
    const words = text('deconvnet-map', {
      layer: found.layer, width: found.map.width, height: found.map.height, unit: found.unit,
      units: found.units, most: shown(found.most),
    });
    draw.heat(canvas, found.map, tour.facts.ramp);
    canvas.setAttribute('aria-label', words);
    caption.textContent = words;
    at.output.textContent = `${at.value + 1} / ${maps.length}`;
    for (const [index, each] of [...strip.children].entries()) each.toggleAttribute('data-now', index === at.value);
  };
  const follow = async (label) => {
    await computing({ element, status: told }, async () => {
      const found = await askOne('growth', { photo: tour.photo.key, model: network.key, label: Number(label) });
      maps = await Promise.all(found.maps.map(async (each) => ({ ...each, map: await unpacked(each.levels) })));
      if (step.gone) return;
      at.input.max = maps.length - 1;
      strip.replaceChildren(...maps.map((each) => {
        const small = h('canvas', { class: 'cells', 'aria-hidden': 'true' });
        draw.heat(small, each.map, tour.facts.ramp);
        return small;
      }));
      show();
    });
  };
  const classes = [[-1, text('deconvnet-strongest')], ...network.classes.map((each, index) => [index, named(each)])];
  const unit = choice(text('deconvnet-unit'), classes, -1, follow);
  const element = h('section', {}, h('div', { class: 'controls' }, unit.element, at.element), told.element,
    h('figure', { class: 'large' }, caption, canvas), strip);
  element.begin = () => follow(unit.select.value);
  return element;
}
