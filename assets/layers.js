// What lies over the photo on a panel, in each view; goes on where pixels.js ends.

const SHADE = 166; // opacity of black where a stage changed nothing: the photo at 0.35

const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

// The value of each pixel of a grey PNG.
async function values(url) {
  const image = await load(url);
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  const found = new Uint8Array(pixels.length / 4);
  for (let pixel = 0; pixel < found.length; pixel += 1) found[pixel] = pixels[4 * pixel];
  return found;
}

// A stage's colour at each pixel, by what the view shows: `map` has its classes, `before` those of
// the stage before it, `levels` the values of a view that shows values.
function colouring(data, { map, before, levels }) {
  const classes = data.colours.map(packed);
  if (data.view === 'classes') return (pixel) => classes[map[pixel]];
  if (data.view === 'changes') {
    const shade = (SHADE << 24) >>> 0;
    return (pixel) => (before && before[pixel] !== map[pixel] ? classes[map[pixel]] : shade);
  }
  const ramp = data.ramp.map(packed);
  return (pixel) => ramp[levels[pixel]];
}

// The layer as a canvas; where one class is isolated, the others' pixels are left out.
function drawLayer(data, stage, isolated) {
  const canvas = new OffscreenCanvas(data.width, data.height);
  const picture = new ImageData(data.width, data.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const colour = colouring(data, stage);
  for (let pixel = 0; pixel < pixels.length; pixel += 1) {
    if (isolated === null || stage.map[pixel] === isolated) pixels[pixel] = colour(pixel);
  }
  canvas.getContext('2d').putImageData(picture, 0, 0);
  return canvas;
}
