// Tabs as a keyboard and a screen reader know them.

import { h } from '../dom.js';

// `panels` are the elements by key; `chosen` is told which key comes to the front.
export function tablist(id, keys, panels, chosen) {
  const tabs = keys.map((key) => h('button', {
    type: 'button', role: 'tab', id: `${id}-${key}-tab`, 'aria-controls': `${id}-${key}`,
    onclick: () => show(key, true),
  }));
  const list = h('div', { role: 'tablist' }, tabs);
  for (const [key, panel] of Object.entries(panels)) {
    panel.id = `${id}-${key}`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', `${id}-${key}-tab`);
  }
  list.addEventListener('keydown', (event) => {
    const at = tabs.indexOf(event.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: keys.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (to + keys.length) % keys.length;
    show(keys[next], true);
    tabs[next].focus();
  });
  function show(key, byHand = false) {
    tabs.forEach((tab, index) => {
      const here = keys[index] === key;
      tab.setAttribute('aria-selected', String(here));
      tab.tabIndex = here ? 0 : -1;
      panels[keys[index]].hidden = !here;
    });
    if (byHand) chosen(key);
  }
  show(keys[0]);
  return {
    element: h('div', { class: 'tabs' }, list, Object.values(panels)),
    show,
    translate: (words) => tabs.forEach((tab, index) => { tab.textContent = words(keys[index]); }),
  };
}
