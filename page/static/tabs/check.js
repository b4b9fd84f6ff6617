// A result against the truth.

import { Refused, upload } from '../server.js';
import { Tab } from './tab.js';
import { h } from '../dom.js';
import { language, t } from '../words.js';

export class Check extends Tab {
  #given = null; // { key, name, photo } of a mask that was handed in
  #checked = null; // the run that the report is of

  constructor(app) {
    super(app, 'truth');
    this.help = h('p', { class: 'help' });
    this.input = h('input', { type: 'file', accept: '.png', onchange: () => this.#take() });
    this.label = h('span');
    this.given = h('span', { class: 'given' });
    this.output.id = 'truth-report';
    this.output.classList.add('truth');
    this.controls.append(this.help, h('div', { id: 'truth', 'data-takes-files': true },
      h('label', {}, this.label, this.input), this.given));
  }

  translate() {
    this.help.textContent = t('truth-help');
    this.label.textContent = t('truth');
    super.translate();
  }

  async #take() {
    const [file] = this.input.files;
    if (!file) return;
    const { photo } = this.app.choices.now;
    try {
      this.#given = { ...await upload('masks', file, file.name, language), photo: photo?.key };
      this.#checked = null;
      this.draw();
      this.#check();
    } catch (error) {
      this.clear();
      this.say(error instanceof Refused ? error.message : t('lost'), true);
    }
  }

  // What the result can be held against: a mask for this photo, or the example's own.
  get #truth() {
    const { photo } = this.app.choices.now;
    if (this.#given && this.#given.photo === photo?.key) return this.#given;
    return photo?.truth ? { key: null, name: t('truth-example') } : null;
  }

  draw() {
    super.draw();
    this.given.textContent = this.#truth?.name ?? '';
  }

  changed(keys) {
    if (keys.has('photo')) {
      if (this.#given?.photo !== this.app.choices.now.photo?.key) this.input.value = '';
      this.clear();
      this.#checked = null;
    }
    super.changed(keys);
    this.#check();
  }

  opened() { this.#check(); }

  #check() {
    const { runs, choices } = this.app;
    if (choices.now.tab !== this.key || !this.#truth || !runs.shown?.done || runs.stale) return;
    if (this.#checked === runs.shown.id) return;
    this.#checked = runs.shown.id;
    const { id, photo } = runs.shown;
    this.ask('check', { run: id, truth: this.#truth.key }, { run: id, photo });
  }
}
