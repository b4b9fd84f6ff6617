// Building what stands on the page.

// An element with its attributes, listeners (onclick, ...) and children; `text` escapes itself.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'text') element.textContent = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// A drawn sign: no font lacks it.
export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

export const ICONS = {
  play: 'M4 2l9 6-9 6z',
  back: 'M12 2L3 8l9 6z',
  pause: 'M3 2h3.5v12H3zM9.5 2H13v12H9.5z',
  stop: 'M3 3h10v10H3z',
  plus: 'M7 2h2v5h5v2H9v5H7V9H2V7h5z',
  minus: 'M2 7h12v2H2z',
  whole: 'M2 2h5v2H4v3H2zM9 2h5v5h-2V4H9zM2 9h2v3h3v2H2zM12 9h2v5H9v-2h3z',
};

// Calls `act` once per frame, however often it is asked for.
export function perFrame(act) {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => { planned = false; act(); });
  };
}

// Calls `act` when there was no call for so many milliseconds.
export function rested(milliseconds, act) {
  let timer = null;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
  wait.cancel = () => clearTimeout(timer);
  return wait;
}

export function download(name, url) {
  const link = h('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}
