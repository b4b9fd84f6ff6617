// For lecturers: how to project the tour, exercises and their answers.

import { h } from '../dom.js';
import { LANGUAGES, language, preferred, speak, text } from './words.js';

const KEYS = ['fcn', 'unpooling', 'deconvnet', 'segnet', 'unet', 'densenet', 'field', 'deeplab', 'crf', 'dilatednet', 'pyramid', 'together'];
const PROJECTING = 5; // pieces of advice

export async function start(root) {
  await speak(preferred(new URLSearchParams(location.search).get('lang')));
  draw(root);
}

function draw(root) {
  document.title = `${text('lecture-title')} · Coarse to Crisp`;
  const select = h('select', {
    'aria-label': text('language'),
    onchange: async () => {
      await speak(select.value);
      history.replaceState(null, '', `?lang=${language}`);
      draw(root);
    },
  }, Object.entries(LANGUAGES).map(([value, words]) => h('option', { value, text: words, selected: value === language })));
  const exercise = (key, index) => h('li', {},
    h('a', { href: `../tour?step=${key}&lang=${language}`, text: `${index + 1}. ${text(`${key}-title`)}` }),
    h('p', { text: text(`${key}-exercise`) }),
    h('details', {}, h('summary', { text: text('lecture-answer') }), h('p', { text: text(`${key}-solution`) })));
  root.replaceChildren(
    h('header', {}, h('div', { class: 'brand' }, h('a', { href: '..', text: 'Coarse to Crisp' }),
      h('a', { href: `../tour?lang=${language}`, text: text('tour') })), h('div', { class: 'language' }, select)),
    h('main', { class: 'lecture' }, h('h1', { text: text('lecture-title') }), h('p', { text: text('lecture-intro') }),
      h('h2', { text: text('lecture-project') }),
      h('ul', {}, Array.from({ length: PROJECTING }, (_, index) => h('li', { text: text(`project-${index}`) }))),
      h('h2', { text: text('lecture-exercises') }), h('ol', { class: 'exercises' }, KEYS.map(exercise))));
}
