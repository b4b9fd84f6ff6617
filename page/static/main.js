// The page: what its parts are, where they stand, and how a choice comes to be an answer.

import { Bring } from './bring.js';
import { Choices, crfOf, whole } from './choices.js';
import { Check } from './tabs/check.js';
import { Compare } from './tabs/compare.js';
import { Crf } from './crf.js';
import { Inside } from './tabs/inside.js';
import { Keys } from './keys.js';
import { knows } from './knows.js';
import { Legend } from './legend.js';
import { Look } from './look.js';
import { Loupe } from './loupe.js';
import { Networks } from './networks.js';
import { Panels } from './panels.js';
import { Examples, PhotoPlace, shownName } from './photo.js';
import { Probe } from './probe.js';
import { Report } from './report.js';
import { Runs } from './runs.js';
import { Swipe } from './swipe.js';
import { Take } from './tabs/take.js';
import { ICONS, h, icon } from './dom.js';
import { address, get } from './server.js';
import { language, preferred, speak, t } from './words.js';
import { read, write } from './place.js';
import { tablist } from './tabs/tablist.js';

const RUNS = ['photo', 'model', 'iterations', 'settings']; // choices that may need a run
const DRAWS = ['zoom', 'opacity', 'palette', 'isolated', 'view', 'on', 'iterations', 'layout', 'line', 'sides', 'pixel'];
const NARROW = window.matchMedia('(max-width: 899px)'); // as in page.css
const LANGUAGES = { en: 'English', ko: '한국어' };

class App {
  wholeZoom = whole;

  constructor(root, facts, place) {
    this.root = root;
    this.facts = facts;
    this.networks = new Map(facts.networks.map((network) => [network.key, network]));
    this.choices = new Choices(place.choices);
    this.runs = new Runs(this.choices, this.networks, facts.most, () => language);
    this.photoPlace = new PhotoPlace(this);
    this.examples = new Examples(this);
    this.networkList = new Networks(this);
    this.bring = new Bring(this);
    this.loupe = new Loupe(this);
    this.panels = new Panels(this);
    this.swipe = new Swipe(this);
    this.legend = new Legend(this);
    this.look = new Look(this);
    this.instrument = new Crf(this);
    this.report = new Report(this);
    this.probe = new Probe(this);
    this.keys = new Keys(this);
    this.tabs = { compare: new Compare(this), inside: new Inside(this), take: new Take(this), truth: new Check(this) };
    this.#build();
    this.choices.listen((changed, now, before) => this.#chosen(changed, now, before));
    this.runs.listen(() => this.#ran());
  }

  get network() { return this.networks.get(this.choices.now.model) ?? null; }

  // The CRF's settings that are chosen, or null while no network is.
  get crf() { return this.network && crfOf(this.choices.now, this.network, this.facts.most); }

  // The iteration that is shown; 0 is before the first.
  get iteration() {
    if (!this.choices.now.on) return 0;
    const { shown } = this.runs;
    return shown && this.runs.stale ? shown.iterations : this.crf?.iterations ?? 0;
  }

  #build() {
    this.title = { tagline: h('p'), tour: h('a', { id: 'to-tour' }), language: h('select', { onchange: (event) => this.speak(event.target.value) }) };
    this.title.language.append(...Object.entries(LANGUAGES).map(([value, text]) => h('option', { value, text })));
    this.segment = h('button', { type: 'button', id: 'segment', class: 'primary', onclick: () => this.#press() });
    this.stop = h('button', { type: 'button', id: 'stop', hidden: true, onclick: () => this.runs.stop() });
    this.privacy = h('p', { id: 'privacy' });
    this.stale = h('p', { class: 'stale', role: 'status', hidden: true });
    this.tabWords = tablist('more', Object.keys(this.tabs),
      Object.fromEntries(Object.entries(this.tabs).map(([key, tab]) => [key, tab.element])),
      (tab) => this.choices.set({ tab }));
    this.tabWords.element.id = 'more';
    this.results = h('div', { id: 'results' },
      h('div', { class: 'above' }, this.look.bar, this.stale),
      this.panels.element, this.swipe.element,
      h('div', { id: 'facts' },
        h('div', {}, this.report.element, this.legend.element, this.probe.element),
        this.instrument.element, this.look.element));
    this.root.replaceChildren(
      h('header', { id: 'title' }, h('div', {}, h('h1', { text: 'Coarse to Crisp' }), this.title.tagline),
        h('div', { class: 'row' }, this.title.tour, this.keys.button, this.title.language)),
      h('div', { id: 'bench' },
        h('div', { id: 'controls' }, this.photoPlace.element, this.examples.element,
          this.networkList.element, h('div', { class: 'press' }, this.segment, this.stop), this.networkList.card, this.bring.element, this.privacy),
        h('div', { id: 'stages' }, this.results, this.tabWords.element, this.report.details)),
      this.loupe.element, this.loupe.said, this.keys.dialog);
  }

  translate() {
    this.title.tagline.textContent = t('tagline');
    this.title.tour.textContent = t('to-tour');
    this.title.tour.href = address(`../tour?lang=${language}`);
    this.title.language.setAttribute('aria-label', t('language'));
    this.title.language.value = language;
    this.privacy.textContent = t('privacy');
    this.segment.textContent = t('segment');
    this.stop.replaceChildren(icon(ICONS.stop), t('stop'));
    this.tabWords.translate((key) => t(`${key}-tab`));
    for (const part of [this.photoPlace, this.examples, this.networkList, this.bring, this.loupe,
      this.panels, this.swipe, this.look, this.instrument, this.report, this.keys,
      ...Object.values(this.tabs)]) part.translate();
    this.#ran();
  }

  async speak(wanted) {
    await speak(wanted);
    write(this.choices.now, wanted, new Set());
    this.translate();
  }

  #press() {
    if (this.choices.now.photo) this.runs.again();
    else this.photoPlace.error.textContent = t('no-photo');
  }

  // Takes a photo, and a network that knows what is on it; the answer comes by itself.
  choose(photo) {
    this.choices.set({
      photo, model: this.#fitting(photo), zoom: whole, pixel: null, isolated: null, settings: null,
      iterations: null,
    });
    this.runs.follow(); // it may have been chosen before, and stopped
    if (NARROW.matches) this.panels.element.scrollIntoView({ block: 'nearest' });
  }

  chooseExample(key) {
    this.photoPlace.supersede();
    this.choose(this.exampleOf(key));
  }

  exampleOf(key) { return this.facts.examples.find((example) => example.key === key) ?? null; }

  // The network for a photo: as like the one chosen as knows what an example shows.
  #fitting(photo) {
    const chosen = this.network ?? this.networks.get(this.facts.model);
    if (!photo.domain || (chosen && knows(chosen, photo))) return chosen?.key ?? null;
    const fitting = [...this.networks.values()].filter((network) => knows(network, photo));
    const same = fitting.filter(({ architecture }) => architecture === chosen?.architecture);
    const here = fitting.filter(({ embedded }) => embedded);
    return [...same, ...here, ...fitting][0]?.key ?? chosen?.key ?? null;
  }

  chooseModel(model) {
    this.choices.set({ model, settings: null, iterations: null, isolated: null });
    this.runs.follow();
  }

  #chosen(changed, now) {
    if (changed.has('model')) this.look.fill();
    if (RUNS.some((key) => changed.has(key))) this.runs.follow();
    write(now, language, this.restoring ? new Set() : changed);
    if (changed.has('photo')) { this.photoPlace.draw(); this.examples.draw(); }
    if (changed.has('model')) this.networkList.draw();
    if (changed.has('tab')) { this.tabWords.show(now.tab); this.tabs[now.tab].opened(); }
    if (changed.has('layout')) this.#arrange();
    if (DRAWS.some((key) => changed.has(key))) {
      this.panels.draw();
      this.loupe.draw();
    }
    this.panels.describe();
    this.legend.draw();
    this.look.draw();
    this.instrument.draw();
    this.report.draw();
    if (changed.has('view')) this.look.fetch();
    if (['pixel', 'iterations', 'on', 'palette'].some((key) => changed.has(key))) this.probe.ask();
    for (const tab of Object.values(this.tabs)) tab.changed(changed);
  }

  // A run has come a step further: everything that shows it is drawn anew.
  #ran() {
    const { shown, running, stale } = this.runs;
    this.root.dataset.state = running ? 'running' : 'settled';
    this.root.dataset.run = shown?.id ?? '';
    this.results.toggleAttribute('data-stale', stale);
    this.stale.hidden = !stale;
    if (stale) this.stale.textContent = t('stale', { photo: shownName(shown.photo), network: shown.network.label });
    if (!running && document.activeElement === this.stop) this.segment.focus();
    this.stop.hidden = !running;
    this.panels.receive();
    this.legend.draw();
    this.instrument.draw();
    this.report.draw();
    this.look.fetch();
    this.probe.ask();
    for (const tab of Object.values(this.tabs)) tab.changed(new Set());
  }

  #arrange() {
    const one = this.choices.now.layout === 'one';
    this.swipe.element.hidden = !one;
    this.panels.element.hidden = one;
    this.panels.draw();
  }

  // Restores what an address says, or arrives with the first example.
  async restore(place, first = false) {
    const { examples } = this.facts;
    const number = this.photoPlace.supersede();
    const own = place.own && await get(`photos/${place.own}.json`).catch(() => null);
    if (!this.photoPlace.counts(number)) return; // something else was chosen meanwhile
    // A network of the owner's own waits for a photo of its kind: no example is.
    const welcome = first && !this.networks.get(this.facts.model)?.own ? examples[0] ?? null : null;
    const photo = this.exampleOf(place.example) ?? own ?? welcome;
    const model = this.facts.renamed[place.model] ?? place.model;
    const asked = this.networks.has(model) ? model : null;
    this.restoring = true; // the address says so already: nothing new to go back from
    this.choices.set({
      ...place.choices, photo, model: asked ?? (photo ? this.#fitting(photo) : this.facts.model),
      tab: place.choices.tab in this.tabs ? place.choices.tab : 'compare',
    });
    this.restoring = false;
  }
}

export async function start(root) {
  const place = read();
  const [facts] = await Promise.all([get('facts.json'), speak(preferred(place.lang))]);
  const app = new App(root, facts, { choices: {} });
  app.translate();
  window.addEventListener('popstate', (event) =>
    app.restore({ ...read(), own: event.state?.own ?? null }));
  await app.restore(place, true);
}
