// DeepLab v3: the pyramid's rates on a small map, and the whole network from stage to number.

import { h } from '../../dom.js';
import { bar, slider, titled } from '../parts.js';
import { Explorer } from '../explorer.js';
import { valid } from '../sums.js';
import { Switches } from '../switches.js';
import { percent, text } from '../words.js';

export const [key, answers, right] = ['pyramid', 3, 1];
const SIDE = 65; // cells: the map of the paper's figure 4

export function figure(tour, step) {
  const bars = h('div', { class: 'bars' });
  const show = () => {
    const { all, some, one } = valid(SIDE, rate.value);
    const whole = SIDE * SIDE;
    bars.dataset.one = one;
    bars.replaceChildren(bar(text('pyramid-nine'), all, whole, percent(all / whole)),
      bar(text('pyramid-some'), some, whole, percent(some / whole)),
      bar(text('pyramid-one'), one, whole, percent(one / whole), 'marked'));
  };
  const rate = slider(text('pyramid-rate'), { min: 1, max: SIDE, value: 1 }, show);
  const network = tour.network('deeplab_v3');
  const others = tour.facts.networks.filter((each) => each.domain === network?.domain && each.key !== network.key);
  const switches = new Switches(tour, step, network, { folded: true });
  const explorer = new Explorer(tour, step, network ? [network, ...others] : []);
  const element = h('div', {}, titled(text('pyramid-live', { side: SIDE }), rate.element, bars),
    explorer.element, switches.element);
  show();
  element.begin = async () => {
    await switches.begin();
    await explorer.begin();
  };
  return element;
}
