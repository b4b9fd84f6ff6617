// What the visitor has chosen: one record, and whoever wants to know when it changes.

export const VIEWS = ['classes', 'confidence', 'entropy', 'changes'];
export const SETTINGS = {
  appearance_weight: 'w1', appearance_reach: 'theta-alpha', colour_reach: 'theta-beta',
  smoothness_weight: 'w2', smoothness_reach: 'theta-gamma',
};
export const whole = Object.freeze({ scale: 1, x: 0.5, y: 0.5 }); // of the zoom: all is in sight

export class Choices {
  #listeners = [];
  #values;

  constructor(values) {
    this.#values = Object.freeze({
      photo: null, // the facts of a photo
      model: null, // a network's key
      on: true, // whether the CRF's result is shown
      iterations: null, // of the CRF; null: as many as are tuned
      settings: null, // of the CRF; null: those tuned for the network
      view: 'classes', // one of VIEWS, or `class-` and an index
      opacity: 55, // percent
      palette: 'safe', // or 'own', the data set's
      layout: 'three', // or 'one': a large picture with a line between two stages
      panel: 2, // the one in sight where there is room for one only
      sides: [1, 2], // the stages left and right of that line; 3 is the photo
      line: 0.5, // where it stands
      zoom: whole,
      pixel: null, // what is asked about
      isolated: null, // the index of the one class that is shown
      tab: 'compare',
      ...values,
    });
  }

  get now() { return this.#values; }

  set(changes) {
    const before = this.#values;
    const changed = Object.keys(changes).filter((key) => before[key] !== changes[key]);
    if (!changed.length) return;
    this.#values = Object.freeze({ ...before, ...changes });
    for (const listen of this.#listeners) listen(new Set(changed), this.#values, before);
  }

  listen(listener) { this.#listeners.push(listener); }
}

// The settings that a run is to have, for the network chosen.
export function crfOf({ iterations, settings }, network, most) {
  const tuned = Object.fromEntries(Object.keys(SETTINGS).map((key) => [key, network.crf[key]]));
  return {
    ...tuned, ...settings,
    iterations: Math.min(most, iterations ?? network.crf.iterations),
  };
}
