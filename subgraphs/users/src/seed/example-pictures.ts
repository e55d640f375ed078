/**
 * Generates SVG pictures from a seed: the same number always yields the same picture. They contain no text, so that they
 * look the same regardless of the installed fonts.
 */

interface Canvas {
  width: number;
  height: number;
  /** Returns the next pseudo-random number, from 0 to 1. */
  random(): number;
  /** The background colour, followed by colours of increasing contrast. */
  colours: readonly [string, string, string, string];
}

/** Draws the shapes of a picture. */
type Motif = (canvas: Canvas) => string[];

const palettes: readonly Canvas['colours'][] = [
  ['#f4e9d8', '#d9b08c', '#a4452c', '#2b2d42'],
  ['#14213d', '#264d73', '#e5a83b', '#f8f1e5'],
  ['#e8eddf', '#a7bf9a', '#4f6f52', '#d1495b'],
  ['#2d1e2f', '#6b3a5b', '#e08e79', '#f6d8ae'],
  ['#dfe7ee', '#9bb4c9', '#35607f', '#e76f51'],
  ['#fbf3e4', '#f2c14e', '#f78154', '#4d9078'],
  ['#101418', '#2e4a4f', '#7fb7a3', '#f0ead2'],
  ['#f7d9d0', '#e89c9c', '#8b3f5c', '#2f2440'],
];

const motifs: readonly Motif[] = [sunOverHills, cityAtNight, leaves, moons, waves, tiles, rain, threads];

/** A book cover or portfolio piece, 800 by 1200 pixels. */
export function workPicture(number: number): string {
  const canvas = canvasOf(800, 1200, number);
  const motif = motifs[number % motifs.length] ?? tiles;
  return drawing(canvas, motif(canvas));
}

/** An abstract portrait, 400 by 400 pixels. */
export function avatarPicture(number: number): string {
  const canvas = canvasOf(400, 400, number);
  return drawing(canvas, tiles(canvas));
}

function canvasOf(width: number, height: number, number: number): Canvas {
  const colours = palettes[(number + Math.floor(number / motifs.length)) % palettes.length] ?? [
    '#fff',
    '#ccc',
    '#666',
    '#000',
  ];
  return { width, height, colours, random: randomOf(number + 1) };
}

function drawing({ width, height, colours }: Canvas, shapes: readonly string[]): string {
  const size = `width="${width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="${colours[0]}"/>${shapes.join('')}</svg>`;
}

function sunOverHills({ colours, random }: Canvas): string[] {
  const hills = [0, 1, 2, 3].map((row) => {
    const top = 620 + row * 140;
    const peaks = [0, 200, 400, 600, 800].map((x) => `${x},${round(top - 120 + random() * 200)}`);
    return `<polygon points="0,1200 ${peaks.join(' ')} 800,1200" fill="${colours[(row % 2) + 1]}" opacity="0.9"/>`;
  });
  return [circle(400, 420, 210, colours[2]), ...hills, circle(400, 420, 40, colours[3])];
}

function cityAtNight({ colours, random }: Canvas): string[] {
  const houses = times(8, (index) => {
    const height = 300 + random() * 600;
    const windows = times(12, () => lit(index * 100 + 15 + random() * 60, 1200 - random() * height));
    return [rect(index * 100, 1200 - height, 92, height, colours[1]), ...windows];
  });
  return [circle(610, 230, 90, colours[3]), ...houses.flat()];

  function lit(x: number, y: number): string {
    return rect(x, y, 14, 22, colours[2]);
  }
}

function leaves({ colours, random }: Canvas): string[] {
  const stem = `<path d="M400 1200 C 380 800 430 500 400 120" stroke="${colours[2]}" stroke-width="10" fill="none"/>`;
  const pairs = times(14, (index) => {
    const y = 180 + index * 70;
    const reach = 120 + random() * 180;
    return [-1, 1].map((side) => {
      const tip = `${round(400 + side * reach)} ${round(y - 90)}`;
      const fill = colours[index % 5 === 0 ? 3 : 1 + (index % 2)];
      return `<path d="M400 ${y} Q ${round(400 + side * reach * 0.3)} ${y - 110} ${tip} Q ${round(400 + (side * reach) / 2)} ${y + 30} 400 ${y}" fill="${fill}"/>`;
    });
  });
  return [stem, ...pairs.flat()];
}

function moons({ colours, random }: Canvas): string[] {
  return times(5, (index) => {
    const y = 160 + index * 220;
    const shade = 400 + (index - 2) * 55;
    return [
      circle(400, y, 95, colours[3]),
      circle(shade, y, 95, colours[index === 2 ? 3 : 0]),
      star(random, colours[2]),
    ];
  }).flat();
}

function star(random: Canvas['random'], colour: string): string {
  return circle(random() * 800, random() * 1200, 3 + random() * 6, colour);
}

function waves({ colours, random }: Canvas): string[] {
  return times(9, (row) => {
    const y = 380 + row * 100;
    const swell = 40 + random() * 60;
    const crest = times(4, (index) => `q 50 ${round(index % 2 === 0 ? -swell : swell)} 100 0 t 100 0`).join(' ');
    return `<path d="M0 ${y} ${crest} V1200 H0 Z" fill="${colours[1 + (row % 2)]}" opacity="0.8"/>`;
  }).concat(circle(560, 260, 110, colours[3]));
}

function tiles({ width, height, colours, random }: Canvas): string[] {
  const edge = width / 4;
  return times(Math.ceil(height / edge) * 4, (index) => {
    const x = (index % 4) * edge;
    const y = Math.floor(index / 4) * edge;
    const corner = [
      [x, y],
      [x + edge, y],
      [x, y + edge],
      [x + edge, y + edge],
    ][Math.floor(random() * 4)] ?? [x, y];
    const quarter = circle(corner[0] ?? x, corner[1] ?? y, edge, colours[1 + Math.floor(random() * 3)] ?? colours[1]);
    return `<svg x="${x}" y="${y}" width="${edge}" height="${edge}" viewBox="${x} ${y} ${edge} ${edge}">${quarter}</svg>`;
  });
}

function rain({ colours, random }: Canvas): string[] {
  const drops = times(160, () => {
    const x = round(random() * 800);
    const y = round(random() * 1200);
    return `<line x1="${x}" y1="${y}" x2="${x - 18}" y2="${y + 70}" stroke="${colours[1]}" stroke-width="4"/>`;
  });
  const shelter = `<path d="M150 760 A 250 250 0 0 1 650 760 Z" fill="${colours[2]}"/>`;
  const handle = `<path d="M400 760 V1010 q 0 50 50 50 t 50 -50" stroke="${colours[3]}" stroke-width="14" fill="none"/>`;
  return [...drops, shelter, handle];
}

function threads({ colours, random }: Canvas): string[] {
  return times(26, (index) => {
    const bend = round(random() * 800);
    const colour = colours[1 + (index % 3)];
    return `<path d="M${index * 32} 0 Q ${bend} 600 ${800 - index * 32} 1200" stroke="${colour}" stroke-width="7" fill="none"/>`;
  });
}

function circle(x: number, y: number, radius: number, fill: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"/>`;
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${width}" height="${round(height)}" fill="${fill}"/>`;
}

function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The minimal standard generator of Park and Miller. */
function randomOf(seed: number): () => number {
  let state = (seed * 48_271) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
