// Plays the CRF's iterations from none to the last that is known; goes on where pointer.js ends.

const BEAT = 700; // milliseconds that each iteration is shown
let playing = null;

function playFrom(iteration) {
  const slider = document.querySelector('#iterations input[type=range]');
  const last = maps.length - 2;
  slider.value = iteration;
  slider.dispatchEvent(new Event('input', { bubbles: true })); // as if a hand had moved it
  playing = iteration < last ? setTimeout(playFrom, BEAT, iteration + 1) : null;
  sayWhetherPlaying();
}

function pause() {
  clearTimeout(playing);
  playing = null;
  sayWhetherPlaying();
}

function sayWhetherPlaying() {
  document.querySelector('#play button').setAttribute('aria-pressed', String(playing !== null));
}

document.addEventListener('click', (event) => {
  if (!event.target.closest?.('#play button')) return;
  if (playing !== null) return void pause();
  const at = range('iterations');
  if (maps.length > 2) playFrom(at < maps.length - 2 ? at : 0);
});
// A hand on the CRF's controls, or a new result, ends it.
document.addEventListener('input', (event) => {
  if (event.isTrusted && event.target.closest?.('#iterations, #crf')) pause();
});
watch('value', () => { if (playing !== null && !maps.length) pause(); });
