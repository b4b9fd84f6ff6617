// The tour: twelve steps, one at a time, each with its own address.

import { h } from '../dom.js';
import { knows } from '../knows.js';
import { get } from '../server.js';
import { Photo } from './photo.js';
import { LANGUAGES, language, preferred, speak, text } from './words.js';
import { Step } from './step.js';
import * as fcn from './steps/fcn.js';
import * as unpooling from './steps/unpooling.js';
import * as deconvnet from './steps/deconvnet.js';
import * as segnet from './steps/segnet.js';
import * as unet from './steps/unet.js';
import * as densenet from './steps/densenet.js';
import * as field from './steps/field.js';
import * as deeplab from './steps/deeplab.js';
import * as crf from './steps/crf.js';
import * as dilatednet from './steps/dilatednet.js';
import * as pyramid from './steps/pyramid.js';
import * as together from './steps/together.js';

const STEPS = [
  fcn, unpooling, deconvnet, segnet, unet, densenet, field, deeplab, crf, dilatednet, pyramid,
  together,
];
const FORWARD = ['ArrowRight', 'PageDown']; // a presenter's remote sends the page keys
const BACK = ['ArrowLeft', 'PageUp'];

class Tour {
  answers = new Map(); // by step: the index of the answer chosen; -1 is none

  constructor(root, facts) {
    this.root = root;
    this.facts = facts;
    this.photo = new Photo(this, () => this.draw());
    window.addEventListener('keydown', (event) => this.#key(event));
    window.addEventListener('popstate', () => this.#read());
  }

  get language() { return language; }

  // The network of an architecture that knows what is on the photo, or else another domain's.
  network(...architectures) {
    const fitting = this.facts.networks.filter((each) => architectures.includes(each.architecture));
    const order = (each) => architectures.indexOf(each.architecture);
    const known = fitting.filter((each) => knows(each, this.photo));
    return [...known.sort((a, b) => order(a) - order(b)), ...fitting][0] ?? null;
  }

  async begin() {
    await this.#read();
  }

  async #read() {
    const query = new URLSearchParams(location.search);
    const wanted = preferred(query.get('lang'));
    if (wanted !== language || !this.ready) await speak(wanted);
    this.ready = true;
    const named = STEPS.findIndex(({ key }) => key === query.get('step'));
    this.number = Math.max(0, named);
    await this.photo.choose(query.get('photo'));
    this.draw();
  }

  go(number) {
    if (number < 0 || number >= STEPS.length || number === this.number) return;
    this.number = number;
    this.#write();
    this.draw();
    this.root.querySelector('h1').focus();
    window.scrollTo(0, 0);
  }

  #address(number) {
    const query = new URLSearchParams({ step: STEPS[number].key, lang: language });
    if (this.photo.key && !this.photo.own) query.set('photo', this.photo.key);
    return `?${query}`;
  }

  #write(replace = false) {
    history[replace ? 'replaceState' : 'pushState'](null, '', this.#address(this.number));
  }

  photoChanged() {
    this.#write(true);
    this.draw();
  }

  async speak(wanted) {
    await speak(wanted);
    this.#write(true);
    this.draw();
    this.root.querySelector('.language select').focus();
  }

  answered(key, index) {
    this.answers.set(key, index);
    this.root.querySelectorAll('nav a')[this.number]?.setAttribute('data-done', '');
  }

  draw() {
    const { key } = STEPS[this.number];
    document.title = `${this.number + 1}. ${text(`${key}-title`)} · Coarse to Crisp`;
    this.step?.leave();
    this.step = new Step(this, STEPS[this.number]);
    this.root.replaceChildren(
      h('header', {}, h('div', { class: 'brand' }, h('a', { href: '.', text: 'Coarse to Crisp' }),
        h('span', { text: text('tour') })),
      this.#steps(), this.photo.element(), this.#languages()),
      h('main', { 'data-step': key },
        h('h1', { tabindex: '-1' }, h('span', { class: 'number', text: this.number + 1 }), text(`${key}-title`)),
        this.step.element),
      this.#foot());
  }

  #languages() {
    const select = h('select', { 'aria-label': text('language'), onchange: () => this.speak(select.value) },
      Object.entries(LANGUAGES).map(([value, words]) =>
        h('option', { value, text: words, selected: value === language })));
    return h('div', { class: 'language' }, select);
  }

  #steps() {
    const link = ({ key }, index) => h('li', {}, h('a', {
      href: this.#address(index), 'aria-current': index === this.number ? 'step' : null,
      'aria-label': `${index + 1}. ${text(`${key}-title`)}`, title: text(`${key}-title`),
      'data-done': this.answers.has(key), text: index + 1,
      onclick: (event) => this.#follow(event, index),
    }));
    return h('nav', { 'aria-label': text('steps') }, h('ol', {}, STEPS.map(link)));
  }

  #follow(event, index) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // into a tab of its own
    event.preventDefault();
    this.go(index);
  }

  #foot() {
    const turn = (kind, by) => {
      const target = this.number + by;
      const there = STEPS[target];
      return h('button', {
        type: 'button', class: kind, disabled: !there, onclick: () => this.go(target),
        text: there ? text(kind, { title: text(`${there.key}-title`) }) : text(`${kind}-none`),
      });
    };
    return h('footer', {}, turn('previous', -1), h('a', { href: `tour/lecturer?lang=${language}`, text: text('for-lecturers') }), turn('next', 1));
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest('input, select, textarea, [data-arrows], .scroll')) return;
    const by = FORWARD.includes(event.key) ? 1 : BACK.includes(event.key) ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    this.go(this.number + by);
  }
}

export async function start(root) {
  const tour = new Tour(root, await get('tour/facts.json'));
  await tour.begin();
}
