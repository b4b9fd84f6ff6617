// Runs: the newest wins. Everything that the page shows of a result belongs to one run, `shown`; it
// is stale as soon as it is not the run of what is chosen.

import { SETTINGS, crfOf } from './choices.js';
import { Refused, stop, stream } from './server.js';

// One run as far as its messages have come.
class Run {
  maps = []; // labels of the score map, the upsampled mask, and each iteration of the CRF
  changed = []; // the share of pixels that each iteration changed
  spent = []; // milliseconds: score map, upsampling, and the CRF up to each iteration
  done = null;

  constructor(begin) {
    this.id = begin.run;
    this.photo = begin.photo;
    this.model = begin.model;
    this.network = begin.network;
    this.crf = begin.crf;
  }

  get iterations() { return this.changed.length; }

  // The labels that a panel shows, or nothing if they have not come.
  mapOf(panel, iteration) {
    if (panel < 2) return this.maps[panel];
    if (iteration > 0 && this.iterations === 0 && !this.done) return undefined;
    return this.maps[1 + Math.min(iteration, this.iterations)];
  }

  async take(message) {
    if (message.map) this.maps.push(await unpacked(message.map));
    if (message.kind === 'stage') {
      this.spent.push(message.milliseconds);
      if (message.stage === 0) [this.stride, this.seen] = [message.stride, message.seen];
    } else if (message.kind === 'iteration') {
      this.changed.push(message.changed);
      this.spent.push(message.milliseconds);
    } else if (message.kind === 'done') this.done = message;
  }
}

export async function unpacked({ width, height, content }) {
  const packed = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return { width, height, values: new Uint8Array(await new Response(plain).arrayBuffer()) };
}

export class Runs {
  shown = null;
  status = { kind: 'idle' }; // or waiting, loading, running, stopped, failed: with its facts
  #asked = null; // what the latest run is of
  #abort = null;
  #listeners = [];

  constructor(choices, networks, most, languageNow) {
    this.choices = choices;
    this.networks = networks; // by key
    this.most = most;
    this.languageNow = languageNow;
  }

  listen(listener) { this.#listeners.push(listener); }

  #tell() { for (const listen of this.#listeners) listen(); }

  get running() { return this.#abort !== null; }

  // What is chosen, as a run would be asked for; null while something is missing.
  get wanted() {
    const { photo, model, ...rest } = this.choices.now;
    const network = this.networks.get(model);
    return photo && network
      ? { photo: photo.key, model, crf: crfOf(rest, network, this.most) } : null;
  }

  // Whether what is shown is another run's than what is chosen.
  get stale() {
    return this.shown !== null && (this.running
      ? this.shown.asked !== this.#asked : !answers(this.shown, this.wanted));
  }

  // Whether a run is needed for what is chosen.
  get needed() {
    return this.wanted !== null && !same(this.#asked, this.wanted)
      && !(this.shown && !this.running && answers(this.shown, this.wanted));
  }

  // Shows the answer to what is chosen: at once if it is here, else by a run.
  follow() {
    if (this.wanted === null) return;
    if (this.running && same(this.#asked, this.wanted)) return;
    if (this.needed || this.running) return void this.start();
    this.status = { kind: 'idle' }; // the answer is here: what was said of another is past
    this.#tell();
  }

  // Runs what is chosen, whether its answer is here or not, unless it is on its way already.
  again() {
    if (!this.running || !same(this.#asked, this.wanted)) this.start();
  }

  async start() {
    const asked = this.wanted;
    if (asked === null) return;
    this.#abort?.abort();
    const abort = new AbortController();
    [this.#abort, this.#asked] = [abort, asked];
    this.status = { kind: 'running' };
    this.#tell();
    const kin = this.shown?.done && this.shown.photo.key === asked.photo
      && this.shown.model === asked.model ? this.shown : null;
    try {
      await this.#read(asked, kin, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      const lost = !(error instanceof Refused);
      this.#end({ kind: 'failed', sentence: lost ? null : error.message });
    }
  }

  async #read(asked, kin, signal) {
    let run = null;
    const question = { ...asked, base: kin?.id, language: this.languageNow() };
    for await (const message of stream('run', question, signal)) {
      if (message.kind === 'begin') [run, this.status] = [new Run(message), { kind: 'running' }];
      else if (message.kind === 'error') throw new Refused(message.sentence);
      else if (message.kind === 'stopped') return void this.#end({ kind: 'stopped' });
      else if (message.kind === 'status' || message.kind === 'waiting') this.status = message;
      else await run.take(message);
      if (signal.aborted) return; // a newer one began while this message was unpacked
      if (run) run.asked = asked;
      // The same photo by the same network stays in sight until its new answer is whole.
      if (run?.maps.length && (!kin || run.done)) this.shown = run;
      if (message.kind === 'stage' || message.kind === 'iteration') {
        this.status = { kind: 'running', maps: run.maps.length, wanted: run.crf.iterations };
      }
      if (message.kind === 'done') return void this.#end({ kind: 'idle' });
      this.#tell();
    }
    throw new Error('the answer broke off');
  }

  #end(status) {
    [this.#abort, this.status] = [null, status];
    if (status.kind !== 'idle') this.#asked = null;
    this.#tell();
  }

  stop() {
    if (!this.running) return;
    this.#abort.abort();
    stop('run');
    this.#end({ kind: 'stopped' });
  }
}

function same(one, other) {
  return one !== null && other !== null && one.photo === other.photo && one.model === other.model
    && one.crf.iterations === other.crf.iterations && alike(one.crf, other.crf);
}

// Whether a run holds the answer to what is wanted: more iterations than wanted hold it, too.
function answers(run, wanted) {
  return wanted !== null && run.done !== null && run.photo.key === wanted.photo
    && run.model === wanted.model && run.iterations >= wanted.crf.iterations
    && (wanted.crf.iterations === 0 || alike(run.crf, wanted.crf));
}

const alike = (one, other) => Object.keys(SETTINGS).every((key) => one[key] === other[key]);
