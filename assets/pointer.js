// Pointer, keyboard and touch over the panels; goes on where inspect.js ends.

const panelOf = (target) => PANELS.findIndex((id) => target?.closest?.(`#${id} .image-frame`));
const pixel = (panel, event) => pixelAt(frame(panel).getBoundingClientRect(), data, event);

function names() {
  return PANELS.map((_, panel) => {
    const index = mapOf(panel)?.[cursor.y * data.width + cursor.x];
    return [data.stages[panel], data.classes[index] ?? '…'];
  });
}

function show(x, y) {
  tip.replaceChildren(...names().map(([stage, name]) => {
    const row = document.createElement('div');
    row.textContent = `${stage}: `;
    row.appendChild(document.createElement('b')).textContent = name;
    return row;
  }));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.min(x + 16, window.innerWidth - width - 8)}px`;
  tip.style.top = `${y + 16 + height > window.innerHeight ? y - height - 16 : y + 16}px`;
}

function leave() {
  tip.hidden = true;
  if (cursor) { cursor = null; plan(); }
}

document.addEventListener('pointermove', (event) => {
  const panel = data ? panelOf(event.target) : -1;
  if (panel < 0) return void (tip.hidden || event.pointerType === 'touch' || leave());
  cursor = pixel(panel, event);
  show(event.clientX, event.clientY);
  plan();
});

// A click asks the server; one that the keyboard made (detail 0) is about where the cross stands.
document.addEventListener('click', (event) => {
  const entry = event.target.closest?.('#legend button');
  if (entry) {
    const index = Number(entry.dataset.index);
    isolated = isolated === index ? null : index;
    return void plan();
  }
  const panel = data ? panelOf(event.target.querySelector?.('.image-frame') ?? event.target) : -1;
  if (panel < 0) return void leave();
  if (event.detail > 0) {
    cursor = pixel(panel, event);
    show(event.clientX, event.clientY); // a finger has not moved here before
  } else cursor ??= middle(data);
  plan();
  trigger('select', cursor);
});

document.addEventListener('keydown', (event) => {
  const panel = data ? panelOf(event.target.querySelector?.('.image-frame')) : -1;
  if (event.key === 'Escape') leave();
  if (panel < 0 || !(event.key in STEPS)) return;
  event.preventDefault();
  cursor = stepped(cursor ?? middle(data), data, event);
  const box = frame(panel).getBoundingClientRect();
  show(
    box.left + ((cursor.x + 0.5) / data.width) * box.width,
    box.top + ((cursor.y + 0.5) / data.height) * box.height,
  );
  said.textContent = names().map((pair) => pair.join(': ')).join(', ');
  plan();
});

document.addEventListener('focusout', (event) => {
  if (event.target.closest?.('#panels')) leave();
});
document.addEventListener('scroll', leave, true); // what was named is no longer there
document.addEventListener('input', (event) => {
  if (event.target.closest?.('#opacity, #iterations, #crf')) plan();
});
document.addEventListener('load', (event) => {
  if (event.target.closest?.('#panels')) plan();
}, true);

// New pictures and legends come from the server. The page may still be growing when this runs.
const seen = new MutationObserver(plan);
function observe() {
  const places = ['panels', 'legend'].map((id) => document.getElementById(id));
  if (places.includes(null)) return void requestAnimationFrame(observe);
  for (const place of places) seen.observe(place, { childList: true, subtree: true });
}
observe();
watch('value', receive);
