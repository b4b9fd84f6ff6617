// The likeliest classes of one pixel, before the CRF and after the iteration that is shown.

import { h } from './dom.js';
import { post } from './server.js';
import { count, language, name, percent, t } from './words.js';

export class Probe {
  #newest = 0;

  constructor(app) {
    this.app = app;
    this.element = h('div', { id: 'probe' });
  }

  async ask() {
    this.#newest += 1;
    const number = this.#newest;
    const { runs, choices, iteration } = this.app;
    const { shown } = runs;
    const { pixel } = choices.now;
    if (!pixel || !shown?.done || runs.stale) return void this.#clear();
    const asked = { run: shown.id, ...pixel, iteration: Math.min(iteration, shown.iterations), language };
    const said = await post('probe', asked).catch(() => null);
    if (number !== this.#newest || !said || said.run !== this.app.runs.shown?.id) return;
    this.#draw(said, this.app.runs.shown);
  }

  #clear() {
    this.element.dataset.run = '';
    this.element.replaceChildren();
  }

  #draw(said, shown) {
    const { network } = shown;
    const colours = network.colours[this.app.choices.now.palette];
    const table = (title, found) => h('table', {}, h('caption', { text: title }),
      found.map(([index, share]) => {
        const bar = h('span', { class: 'bar' });
        bar.style.width = `${(100 * share).toFixed(1)}%`;
        bar.style.background = `rgb(${colours[index]})`;
        return h('tr', {}, h('th', { scope: 'row', text: name(network.classes[index]) }),
          h('td', {}, bar), h('td', { text: percent(share) }));
      }));
    this.element.dataset.run = said.run;
    this.element.replaceChildren(
      h('h3', { text: t('pixel', { x: said.x, y: said.y }) }), table(t('upsampled'), said.upsampled),
      ...(said.refined ? [table(t('after', { iterations: count(said.iteration, 'iteration') }), said.refined)] : []));
  }
}
