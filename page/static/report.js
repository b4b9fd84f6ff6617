// What is said of a run: how far it is, what it found, what is odd about it, and all its facts.

import { h } from './dom.js';
import { duration, has, name, named, t } from './words.js';
import { sharesOf } from './legend.js';

export class Report {
  constructor(app) {
    this.app = app;
    this.status = h('p', { role: 'status', 'aria-live': 'polite' });
    this.bar = h('div', { class: 'progress', hidden: true }, h('span'));
    this.notice = h('p', { id: 'notice', hidden: true });
    this.summary = h('summary');
    this.facts = h('pre', { tabindex: '0' });
    this.details = h('details', { id: 'details' }, this.summary, this.facts);
    this.element = h('div', { id: 'status' }, this.bar, this.status, this.notice);
  }

  translate() {
    this.summary.textContent = t('details');
    this.facts.setAttribute('aria-label', t('details'));
    this.draw();
  }

  draw() {
    const { runs } = this.app;
    const { shown, status, stale } = runs;
    this.status.textContent = this.#sentence(status, shown, stale);
    this.status.classList.toggle('worse', status.kind === 'failed');
    const steps = status.wanted === undefined ? null : 2 + status.wanted;
    this.bar.hidden = !runs.running;
    this.bar.firstChild.style.width = steps ? `${(100 * status.maps) / steps}%` : '8%';
    const done = shown?.done ?? null;
    this.details.dataset.run = done ? shown.id : '';
    const text = done ? JSON.stringify(done.details, null, 2) : '';
    if (this.facts.textContent !== text) this.facts.textContent = text;
    this.details.hidden = !done;
    const odd = done?.strange ?? false;
    this.notice.hidden = !odd;
    this.notice.textContent = odd
      ? t('unlike', { network: shown.network.label, domain: name(shown.network.domain) }) : '';
  }

  #sentence(status, shown, stale) {
    if (status.kind === 'waiting') return t('waiting', { number: status.before });
    if (status.kind === 'status') return status.sentence;
    if (status.kind === 'failed') return status.sentence ?? t('lost');
    if (status.kind === 'stopped') return t('stopped');
    if (status.kind === 'running') return this.#running(status);
    return shown?.done && !stale ? this.#done(shown) : '';
  }

  #running({ maps, wanted }) {
    if (!maps) return t('running');
    if (maps === 1) return t('upsampling');
    if (maps === 2 && wanted) return t('edges');
    return t('refining', { done: maps - 2, wanted });
  }

  #done(shown) {
    const { details, weights, remark } = shown.done;
    const time = Object.values(details.milliseconds).reduce((sum, each) => sum + each, 0);
    const map = shown.mapOf(2, this.app.iteration);
    const said = t('summary', {
      time: duration(time),
      device: details.device.startsWith('cuda') ? 'GPU' : 'CPU',
      network: shown.network.label,
      width: shown.photo.ownWidth,
      height: shown.photo.ownHeight,
      columns: shown.seen[0],
      rows: shown.seen[1],
      named: named(sharesOf(map), shown.network.classes),
    });
    const where = has(`weights-${weights}`) ? ` ${t(`weights-${weights}`)}` : '';
    return `${remark ? `${remark}. ` : ''}${said}${where}`;
  }
}

