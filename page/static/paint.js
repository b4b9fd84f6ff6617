// What a stage looks like: the photo, over it the stage's colours and outlines, at whatever zoom.
// Each pixel of the canvas takes the label of the photo's pixel it lies in, so that outlines stay
// equally thin and labels are never mixed.

const NONE = 255; // beyond the photo
const SHADE = 0.62; // how much of the photo is hidden where a stage changed nothing
const WHITE = 0xffffffff;
const DARK = 0xc0000000; // beside the white, so that an outline shows on any photo
const packed = ([red, green, blue], alpha = 255) =>
  ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

// Where the photo lies in a frame of `width` x `height`: scale and offsets, by the common zoom.
export function placed(size, frame, zoom) {
  const fit = Math.min(frame.width / size.width, frame.height / size.height);
  const scale = fit * zoom.scale;
  const along = (length, room, middle) => {
    const drawn = length * scale;
    if (drawn <= room) return (room - drawn) / 2;
    return Math.min(0, Math.max(room - drawn, room / 2 - middle * drawn));
  };
  return {
    scale,
    left: along(size.width, frame.width, zoom.x),
    top: along(size.height, frame.height, zoom.y),
  };
}

// The photo's pixel at a place of the frame; beyond the border it is the nearest.
export function pixelAt(size, place, x, y) {
  const clamp = (value, length) => Math.min(length - 1, Math.max(0, Math.floor(value)));
  return {
    x: clamp((x - place.left) / place.scale, size.width),
    y: clamp((y - place.top) / place.scale, size.height),
  };
}

// For each of `length` places of the canvas the index of the cell that lies there, -1 beyond.
function cellsAlong(length, offset, scale, pixels, cells) {
  return Int32Array.from({ length }, (_, at) => {
    const pixel = Math.floor((at + 0.5 - offset) / scale);
    return pixel < 0 || pixel >= pixels
      ? -1 : Math.min(cells - 1, Math.floor(((pixel + 0.5) * cells) / pixels));
  });
}

// The colour of each label, and 0, clear, where the photo is left as it is.
function colours(look) {
  const { network, palette, isolated } = look;
  const table = new Uint32Array(256);
  network.colours[palette].forEach((colour, index) => { table[index] = packed(colour); });
  if (network.background) table[0] = 0;
  if (isolated !== null) {
    for (let index = 0; index < 256; index += 1) if (index !== isolated) table[index] = 0;
  }
  return table;
}

// Draws a stage. `stage` has its `map`, the map `before` it, and the `levels` of a view that shows
// values; `look` the network, palette, opacity, isolated class, view and ramp.
export function paint(context, photo, size, stage, look, zoom, ratio = 1) {
  const { width, height } = context.canvas;
  const place = placed(size, { width, height }, zoom);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = place.scale < 2;
  context.filter = look.isolated !== null && stage ? 'grayscale(1) brightness(0.75)' : 'none';
  context.drawImage(
    photo, place.left, place.top, size.width * place.scale, size.height * place.scale);
  context.filter = 'none';
  if (stage?.map) drawn(context, size, stage, look, place, ratio);
  return place;
}

function drawn(context, size, stage, look, place, ratio) {
  const { width, height } = context.canvas;
  const picture = new ImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  const labels = sampled(stage.map, size, place, width, height);
  if (stage.levels) graded(pixels, sampled(stage.levels, size, place, width, height), labels, look);
  else if (look.view === 'changes') {
    const before = stage.before && sampled(stage.before, size, place, width, height);
    changes(pixels, labels, before, look);
  } else {
    const table = colours(look);
    for (let at = 0; at < pixels.length; at += 1) pixels[at] = table[labels[at]];
  }
  context.globalAlpha = look.opacity / 100;
  over(context, picture);
  context.globalAlpha = 1;
  if (look.view !== 'classes' || look.opacity === 0) return;
  pixels.fill(0);
  outlines(pixels, labels, width, Math.max(1, Math.round(ratio)), look);
  over(context, picture);
}

const scratch = new OffscreenCanvas(1, 1);

function over(context, picture) {
  if (scratch.width < picture.width) scratch.width = picture.width;
  if (scratch.height < picture.height) scratch.height = picture.height;
  scratch.getContext('2d').putImageData(picture, 0, 0);
  const { width, height } = picture;
  context.drawImage(scratch, 0, 0, width, height, 0, 0, width, height);
}

function sampled(map, size, place, width, height) {
  const columns = cellsAlong(width, place.left, place.scale, size.width, map.width);
  const rows = cellsAlong(height, place.top, place.scale, size.height, map.height);
  const found = new Uint8Array(width * height).fill(NONE);
  const [first, last] = [columns.findIndex((cell) => cell >= 0), columns.findLastIndex((cell) => cell >= 0)];
  if (first < 0) return found;
  for (let y = 0; y < height; y += 1) {
    if (rows[y] < 0) continue;
    const [from, to] = [y * width, rows[y] * map.width];
    for (let x = first; x <= last; x += 1) found[from + x] = map.values[to + columns[x]];
  }
  return found;
}

function graded(pixels, levels, labels, look) {
  const ramp = Uint32Array.from(look.ramp, (colour) => packed(colour));
  for (let at = 0; at < pixels.length; at += 1) {
    const seen = labels[at] !== NONE && (look.isolated === null || labels[at] === look.isolated);
    if (seen) pixels[at] = ramp[levels[at]];
  }
}

function changes(pixels, labels, before, look) {
  const table = colours({ ...look, network: { ...look.network, background: false } });
  const shade = packed([0, 0, 0], 255 * SHADE);
  for (let at = 0; at < pixels.length; at += 1) {
    if (labels[at] === NONE) continue;
    const changed = before && before[at] !== labels[at];
    pixels[at] = changed ? table[labels[at]] || shade : shade;
  }
}

// White where another label begins to the right or below, dark where one ended to the left or
// above; around the isolated class alone, where there is one.
function outlines(pixels, labels, width, thickness, { isolated }) {
  const regions = isolated === null
    ? labels : labels.map((label) => (label === NONE ? NONE : Number(label === isolated)));
  const [step, down] = [thickness, thickness * width];
  for (let at = down; at < pixels.length - down; at += 1) {
    const label = regions[at];
    const column = at % width;
    if (label === NONE || column < step || column >= width - step) continue;
    const [right, below] = [regions[at + step], regions[at + down]];
    const [left, above] = [regions[at - step], regions[at - down]];
    if ((right !== label && right !== NONE) || (below !== label && below !== NONE)) pixels[at] = WHITE;
    else if ((left !== label && left !== NONE) || (above !== label && above !== NONE)) {
      pixels[at] = DARK;
    }
  }
}

// Marks a pixel by a cross that leaves it in sight.
export function cross(context, at, place, ratio) {
  const [x, y] = [place.left + (at.x + 0.5) * place.scale, place.top + (at.y + 0.5) * place.scale];
  for (const [colour, width] of [['#000', 4], ['#fff', 1.8]]) {
    context.strokeStyle = colour;
    context.lineWidth = width * ratio;
    context.beginPath();
    for (const [across, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + across * 4 * ratio, y + down * 4 * ratio);
      context.lineTo(x + across * 12 * ratio, y + down * 12 * ratio);
    }
    context.stroke();
  }
}

const photos = new Map(); // by address: the last few, decoded

export async function photoOf(url) {
  if (!photos.has(url)) {
    const image = new Image();
    image.src = url;
    photos.set(url, image.decode().then(() => image));
    if (photos.size > 6) photos.delete(photos.keys().next().value);
  }
  return await photos.get(url).catch((error) => { photos.delete(url); throw error; });
}
