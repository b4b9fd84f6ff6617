// One step: theory, a question, and what is seen once it is answered.

import { h } from '../dom.js';
import { address } from '../server.js';
import { text } from './words.js';
import { button } from './parts.js';

export class Step {
  constructor(tour, step) {
    this.tour = tour;
    this.step = step;
    this.gone = false; // left for another step: what comes late is dropped
    this.figure = step.figure(tour, this);
    this.hint = h('p', { class: 'hint', text: text('answer-first') });
    const { key, alt, name } = tour.photo.facts;
    // What the question is asked of, unless a figure shows it already.
    this.plain = !step.showsPhoto
      ? h('img', { class: 'plain', src: address(`photos/${key}.jpg`), alt: alt ?? name }) : null;
    this.show = h('div', { class: 'show' }, this.figure);
    this.why = h('div', { class: 'why', role: 'status' });
    this.choices = this.#choices();
    this.element = h('div', { class: 'step' },
      h('div', { class: 'say' },
        h('p', { class: 'theory', text: text(`${step.key}-theory`) }),
        h('p', { class: 'source', text: text(`${step.key}-source`) }),
        this.choices, this.why),
      h('div', { class: 'seen' }, this.hint, this.show, this.plain ?? ''));
    this.#settle();
    this.figure.prepare?.();
    if (this.answered) this.figure.begin?.();
  }

  get answer() { return this.tour.answers.get(this.step.key); }

  get answered() { return this.answer !== undefined; }

  #choices() {
    const { key, answers } = this.step;
    const made = Array.from({ length: answers }, (_, index) =>
      button(text(`${key}-a${index}`), () => this.choose(index), { 'data-answer': index, 'aria-pressed': 'false' }));
    const without = button(text('no-guess'), () => this.choose(-1), { class: 'plain', 'data-answer': 'none' });
    return h('fieldset', {}, h('legend', { text: text(`${key}-question`) }), made, without);
  }

  choose(index) {
    const first = !this.answered;
    this.tour.answered(this.step.key, index);
    this.#settle();
    if (first) this.figure.begin?.();
  }

  #settle() {
    const { key, right } = this.step;
    this.show.inert = !this.answered;
    this.hint.hidden = this.answered;
    if (this.plain) this.plain.hidden = this.answered;
    if (!this.answered) return;
    for (const each of this.choices.querySelectorAll('[data-answer]')) {
      const index = Number(each.dataset.answer);
      each.setAttribute('aria-pressed', String(index === this.answer));
      if (right !== null && index === right) each.classList.add('right');
    }
    this.choices.querySelector('[data-answer=none]').hidden = true;
    const verdict = right === null || this.answer < 0 ? '' : text(this.answer === right ? 'is-right' : 'is-wrong');
    this.why.replaceChildren(verdict ? h('b', { text: verdict }) : '', h('p', { text: text(`${key}-why`) }));
  }

  leave() { this.gone = true; }
}
