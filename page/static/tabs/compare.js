// One photo through several networks.

import { Tab, checkboxes, ticked } from './tab.js';
import { choice, heading } from '../networks.js';
import { h } from '../dom.js';
import { knows } from '../knows.js';
import { t } from '../words.js';

export class Compare extends Tab {
  constructor(app) {
    super(app, 'compare');
    this.legend = h('legend');
    this.models = h('fieldset', { id: 'compare-models' });
    this.start = h('button', { type: 'button', id: 'compare', class: 'primary', onclick: () => this.#compare() });
    this.everything = h('button', { type: 'button', onclick: () => this.#tick(() => true) });
    this.stop = h('button', { type: 'button', id: 'compare-stop', onclick: () => this.#stop() });
    this.status.id = 'compare-status';
    this.output.id = 'comparison';
    this.controls.append(this.models, h('div', { class: 'row buttons' }, this.start, this.everything, this.stop));
  }

  translate() {
    this.start.textContent = t('compare');
    this.everything.textContent = t('all');
    this.stop.textContent = t('stop');
    this.legend.textContent = t('compare-models');
    this.#fill();
    this.working();
    super.translate();
  }

  #fill() {
    const networks = [...this.app.networks.values()];
    const { network: own } = this.app;
    const chosen = new Set(networks.filter((each) => own && each.embedded && akin(each, own))
      .map(({ key }) => key));
    const domains = [...new Set(networks.map((each) => each.domain))];
    this.models.replaceChildren(this.legend, ...domains.map((domain) => {
      const its = networks.filter((each) => each.domain === domain);
      return h('div', { class: 'domain' }, h('span', { class: 'group', text: heading(domain, its) }),
        checkboxes(its, chosen, (network) => choice(network, false)));
    }));
    this.domain = own?.domain;
  }

  #tick(which) {
    for (const box of this.models.querySelectorAll('input')) box.checked = which(box.value);
  }

  #compare() {
    const { choices, iteration } = this.app;
    if (!choices.now.photo) return void this.say(t('no-photo'), true);
    this.ask('compare', {
      photo: choices.now.photo.key, models: ticked(this.models), iterations: iteration,
      safe: choices.now.palette === 'safe',
    });
  }

  #stop() { if (this.halt()) this.say(t('stopped')); }

  working() {
    super.working();
    this.stop.disabled = !this.abort;
  }

  changed(keys) {
    if (keys.has('model') && this.app.network?.domain !== this.domain) this.#fill();
    if (keys.has('photo') && this.halt()) this.say(t('stopped'));
    super.changed(keys);
  }
}

// Whether one of two networks knows all that the other knows: they can be held against each other.
const akin = (one, other) => knows(one, other) || knows(other, one);
