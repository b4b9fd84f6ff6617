// Looking into the networks: what the CRF hears, what a score saw, how a decoder forms a mask.

import { Lens } from './lens.js';
import { Tab, checkboxes, ticked } from './tab.js';
import { choice } from '../networks.js';
import { h } from '../dom.js';
import { name, t } from '../words.js';
import { tablist } from './tablist.js';

const STRONGEST = -1; // instead of a class's index
const PARTS = ['affinity', 'fields', 'growth'];

export class Inside extends Tab {
  constructor(app) {
    super(app, 'inside');
    this.lens = new Lens(app, () => this.part, (pixel) => this.#fields(pixel));
    this.helps = Object.fromEntries(PARTS.map((part) => [part, h('p', { class: 'help' })]));
    this.facts = h('div', { class: 'facts' });
    this.models = h('fieldset', { id: 'fields-models' });
    this.decoder = h('select', { id: 'growth-model', onchange: () => this.#fillShown() });
    this.shown = h('select', { id: 'growth-shown' });
    this.start = h('button', { type: 'button', id: 'growth-start', class: 'primary', onclick: () => this.#growth() });
    this.names = { legend: h('legend'), network: h('span'), shown: h('span') };
    const panels = {
      affinity: h('div', {}, this.helps.affinity, this.lens.scale, this.facts),
      fields: h('div', {}, this.helps.fields, this.models),
      growth: h('div', {}, this.helps.growth,
        h('label', {}, this.names.network, this.decoder),
        h('label', {}, this.names.shown, this.shown), this.start),
    };
    this.part = 'affinity';
    this.tabs = tablist('inside', PARTS, panels, (part) => {
      this.part = part;
      this.clear();
      this.halt();
      this.draw();
      this.lens.draw();
    });
    this.controls.append(h('div', { class: 'inside' }, this.lens.element, this.tabs.element));
    this.output.classList.add('multiples');
  }

  translate() {
    for (const part of PARTS) this.helps[part].textContent = t(`${part}-help`);
    this.tabs.translate((part) => t(`${part}-tab`));
    this.names.legend.textContent = t('fields-models');
    this.names.network.textContent = t('network');
    this.names.shown.textContent = t('growth-shown');
    this.start.textContent = t('growth-start');
    this.lens.translate();
    this.#fill();
    super.translate();
  }

  // The networks that have something to show, those that know the same as the one chosen first.
  #fill() {
    const { networks, network, facts } = this.app;
    const fitting = (kinds) => [...networks.values()]
      .filter(({ architecture }) => kinds.some((kind) => architecture.startsWith(kind)));
    const listeners = fitting(facts.fields);
    const chosen = new Set(listeners.filter((each) => each.embedded
      && each.domain === network?.domain).map(({ key }) => key));
    this.models.replaceChildren(this.names.legend,
      ...checkboxes(listeners, chosen, (each) => choice(each, true)));
    const decoders = fitting(facts.decoders);
    this.decoder.replaceChildren(...decoders.map((each) =>
      h('option', { value: each.key, text: choice(each, true) })));
    const same = decoders.find((each) => each.embedded && each.domain === network?.domain);
    if (same) this.decoder.value = same.key;
    this.start.disabled = !decoders.length;
    this.domain = network?.domain;
    this.#fillShown();
  }

  #fillShown() {
    const classes = this.app.networks.get(this.decoder.value)?.classes ?? [];
    this.shown.replaceChildren(h('option', { value: STRONGEST, text: t('strongest') }),
      ...classes.map((each, value) => h('option', { value, text: name(each) })));
  }

  #fields({ x, y }) {
    if (this.part !== 'fields') return;
    const { photo } = this.app.choices.now;
    this.ask('fields', { photo: photo.key, models: ticked(this.models), x, y });
  }

  #growth() {
    const { photo } = this.app.choices.now;
    if (!photo) return void this.say(t('no-photo'), true);
    this.ask('growth', { photo: photo.key, model: this.decoder.value, shown: Number(this.shown.value) });
  }

  changed(keys) {
    if (keys.has('model') && this.app.network?.domain !== this.domain) this.#fill();
    if (keys.has('photo')) {
      this.halt();
      this.clear();
    }
    super.changed(keys);
    this.lens.follow(this.facts);
  }

  opened() { this.lens.follow(this.facts); }
}
