// The CRF as an instrument: its iterations, stepped and played, and its five settings, which drive
// the result.

import { SETTINGS } from './choices.js';
import { ICONS, h, icon, rested } from './dom.js';
import { percent, t } from './words.js';

const BEAT = 600; // milliseconds that each iteration is shown
const REST = 180; // milliseconds without a move after which a setting is tried
const STEPS = {
  appearance_weight: 0.5, appearance_reach: 1, colour_reach: 1, smoothness_weight: 0.5,
  smoothness_reach: 1,
};

export class Crf {
  #playing = null; // the timer, while the iterations are played
  #direction = 1;

  constructor(app) {
    this.app = app;
    const { choices, facts } = app;
    this.on = h('input', { type: 'checkbox', onchange: () => choices.set({ on: this.on.checked }) });
    this.onName = h('span');
    this.range = h('input', {
      type: 'range', min: 0, max: facts.most, step: 1, 'aria-labelledby': 'iterations-name',
      oninput: () => this.#chosen(Number(this.range.value)),
    });
    this.shown = h('output', { for: 'iterations-range' });
    this.name = h('span', { id: 'iterations-name' });
    this.buttons = [-1, 1].map((direction) => h('button', {
      type: 'button', class: 'round', 'aria-pressed': 'false',
      onclick: () => this.toggle(direction),
    }));
    this.chart = h('div', { id: 'chart' });
    this.settings = Object.fromEntries(Object.entries(SETTINGS).map(([key, id]) =>
      [key, this.#setting(key, id, facts.ranges[key])]));
    this.reset = h('button', {
      type: 'button', class: 'plain', id: 'tuned',
      onclick: () => {
        this.try.cancel();
        this.#forget();
        choices.set({ settings: null, iterations: null });
      },
    });
    this.summary = h('summary');
    this.help = h('p', { class: 'help' });
    this.list = h('details', { id: 'crf-settings' }, this.summary, this.help,
      Object.values(this.settings).map(({ element }) => element), this.reset);
    this.element = h('section', { class: 'crf' },
      h('div', { class: 'row' },
        h('label', { id: 'crf' }, this.on, this.onName),
        h('div', { id: 'play' }, this.buttons)),
      h('div', { id: 'iterations' },
        h('div', { class: 'row' }, this.name, this.shown), this.range),
      this.chart,
      this.list);
    this.try = rested(REST, () => {
      const { iterations, ...settings } = { ...this.app.crf, ...this.#moved };
      this.#forget();
      choices.set({ settings });
    });
  }

  translate() {
    this.onName.textContent = t('crf');
    this.name.textContent = t('iterations');
    this.summary.textContent = t('settings');
    this.help.textContent = t('settings-help');
    this.reset.textContent = t('tuned');
    for (const [key, { title, about }] of Object.entries(this.settings)) {
      title.textContent = t(SETTINGS[key]);
      about.textContent = t(`${SETTINGS[key]}-help`);
    }
    this.draw();
  }

  #setting(key, id, [low, high]) {
    const [title, about, value] = [h('span', { id: `${id}-name` }), h('small'), h('output')];
    const range = h('input', {
      type: 'range', min: low, max: high, step: STEPS[key], 'aria-labelledby': `${id}-name`,
      oninput: () => {
        value.textContent = range.value;
        this.#moved = { ...this.#moved, [key]: Number(range.value) };
        this.list.dataset.moving = '';
        this.try();
      },
    });
    const element = h('div', { id, class: 'setting' },
      h('div', { class: 'row' }, title, value), range, about);
    return { element, range, title, about, value };
  }

  #moved = {}; // settings that are being moved, and not tried yet

  #forget() {
    this.#moved = {};
    delete this.list.dataset.moving;
  }

  // An iteration chosen by hand ends playing; one that is not there yet is computed.
  #chosen(iterations) {
    this.pause();
    this.app.choices.set({ iterations });
  }

  step(by) {
    const { most } = this.app.facts;
    this.#chosen(Math.min(most, Math.max(0, this.app.crf.iterations + by)));
  }

  toggle(direction) {
    const again = this.#playing === null || direction !== this.#direction;
    this.pause();
    const last = this.app.runs.shown?.iterations ?? 0;
    if (!again || !last) return;
    this.#direction = direction;
    const now = this.app.crf.iterations;
    const first = direction > 0 ? (now >= last ? 0 : now) : (now <= 0 ? last : Math.min(now, last));
    this.app.choices.set({ on: true });
    this.#show(first);
  }

  #show(iteration) {
    const last = this.app.runs.shown?.iterations ?? 0;
    this.app.choices.set({ iterations: Math.min(iteration, last) });
    const next = iteration + this.#direction;
    this.#playing = next >= 0 && next <= last ? setTimeout(() => this.#show(next), BEAT) : null;
    this.draw();
  }

  pause() {
    clearTimeout(this.#playing);
    this.#playing = null;
  }

  draw() {
    const { crf, choices, runs } = this.app;
    this.on.checked = choices.now.on;
    this.buttons.forEach((button, index) => {
      const playing = this.#playing !== null && this.#direction === (index ? 1 : -1);
      const [key, sign] = index ? ['play', ICONS.play] : ['play-back', ICONS.back];
      if (button.dataset.now !== String(playing)) button.replaceChildren(icon(playing ? ICONS.pause : sign));
      button.dataset.now = String(playing);
      button.setAttribute('aria-label', t(playing ? 'pause' : key));
      button.title = t(playing ? 'pause' : key);
      button.setAttribute('aria-pressed', String(playing));
      button.disabled = !runs.shown?.iterations;
    });
    if (!crf) return;
    this.range.value = String(crf.iterations);
    this.shown.textContent = String(crf.iterations);
    for (const [key, { range, value }] of Object.entries(this.settings)) {
      if (key in this.#moved) continue; // it is being moved
      range.value = String(crf[key]);
      value.textContent = String(crf[key]);
    }
    this.reset.disabled = choices.now.settings === null && choices.now.iterations === null;
    this.#drawChart();
  }

  #drawChart() {
    const { shown } = this.app.runs;
    this.chart.dataset.run = shown?.id ?? '';
    if (!shown?.iterations) return void this.chart.replaceChildren();
    const at = Math.min(this.app.iteration, shown.iterations);
    const top = Math.max(...shown.changed) || 1;
    const bars = shown.changed.map((share, index) => {
      const bar = h('span', {
        class: index < at ? 'on' : 'off',
        title: t('bar', { number: index + 1, share: percent(share) }),
      });
      bar.style.height = `${Math.max(4, (100 * share) / top).toFixed(0)}%`;
      return bar;
    });
    const last = at ? percent(shown.changed[at - 1]) : t('nothing');
    const words = t('chart', { share: last });
    this.chart.replaceChildren(
      h('div', { class: 'bars', role: 'img', 'aria-label': words }, bars), h('p', { text: `${words}.` }));
  }
}
