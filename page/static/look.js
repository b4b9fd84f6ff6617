// How a result is looked at: what the panels show, their colours, one large picture or three.

import { VIEWS } from './choices.js';
import { ICONS, h, icon } from './dom.js';
import { post } from './server.js';
import { language, t } from './words.js';
import { unpacked } from './runs.js';
import { viewName } from './panels.js';

export class Look {
  #newest = 0;

  constructor(app) {
    this.app = app;
    const { choices } = app;
    this.view = h('select', { onchange: () => choices.set({ view: this.view.value }) });
    this.opacity = h('input', {
      type: 'range', min: 0, max: 100, step: 5,
      oninput: () => choices.set({ opacity: Number(this.opacity.value) }),
    });
    this.safe = h('input', {
      type: 'checkbox',
      onchange: () => choices.set({ palette: this.safe.checked ? 'safe' : 'own' }),
    });
    this.names = { show: h('span'), opacity: h('span'), safe: h('span') };
    this.layout = h('button', {
      type: 'button', id: 'layout', 'aria-pressed': 'false',
      onclick: () => choices.set({ layout: choices.now.layout === 'one' ? 'three' : 'one' }),
    });
    this.zooms = [
      ['zoom-out', ICONS.minus, () => app.panels.step(false)],
      ['zoom-in', ICONS.plus, () => app.panels.step(true)],
      ['zoom-whole', ICONS.whole, () => choices.set({ zoom: app.wholeZoom })],
    ].map(([key, sign, act]) => {
      const button = h('button', { type: 'button', class: 'round', onclick: act }, icon(sign));
      return { key, button };
    });
    this.factor = h('span', { class: 'factor' });
    this.bar = h('div', { class: 'lookbar' }, this.layout,
      h('div', { id: 'zoom', role: 'group' },
        this.zooms[0].button, this.factor, this.zooms[1].button, this.zooms[2].button));
    this.element = h('section', { class: 'look' },
      h('label', { id: 'view' }, this.names.show, this.view),
      h('label', { id: 'opacity' }, this.names.opacity, this.opacity),
      h('label', { id: 'safe' }, this.safe, this.names.safe));
  }

  translate() {
    this.names.show.textContent = t('show');
    this.names.opacity.textContent = t('opacity');
    this.names.safe.textContent = t('safe');
    for (const { key, button } of this.zooms) {
      button.setAttribute('aria-label', t(key));
      button.title = t(key);
    }
    this.bar.querySelector('#zoom').setAttribute('aria-label', t('zoom'));
    this.fill();
    this.draw();
  }

  // Offers the views that there are for the network chosen.
  fill() {
    const { network, choices } = this.app;
    const classes = network?.classes ?? [];
    const views = [...VIEWS, ...classes.map((_, index) => `class-${index}`)];
    if (!views.includes(choices.now.view)) choices.set({ view: 'classes' });
    this.view.replaceChildren(...views.map((value) =>
      h('option', { value, text: viewName(value, network) })));
    this.view.value = choices.now.view;
  }

  draw() {
    const { view, opacity, palette, layout, zoom } = this.app.choices.now;
    this.view.value = view;
    this.opacity.value = String(opacity);
    this.safe.checked = palette === 'safe';
    this.layout.textContent = t(layout === 'one' ? 'side-by-side' : 'one-large');
    this.layout.setAttribute('aria-pressed', String(layout === 'one'));
    this.factor.textContent = `${zoom.scale.toFixed(zoom.scale < 10 ? 1 : 0)}×`;
  }

  // Fetches the values that the view shows, once for each run.
  async fetch() {
    const { runs, choices, panels } = this.app;
    const { view } = choices.now;
    const { shown } = runs;
    this.#newest += 1;
    const number = this.#newest;
    if (['classes', 'changes'].includes(view) || !shown?.done) return;
    if (panels.levels?.run === shown.id && panels.levels.view === view) return;
    const said = await post('levels', { run: shown.id, view, language }).catch(() => null);
    if (!said || number !== this.#newest) return;
    const stages = await Promise.all(said.levels.map(unpacked));
    if (number !== this.#newest) return;
    panels.levels = { run: said.run, view, stages };
    panels.draw();
  }
}
