import { formatFigure } from './bar-chart.js';

/** A time series with one value per second. */
export interface Line {
  name: string;
  values: readonly number[];
}

/** Lines on a common scale, which starts at zero. */
export interface Plot {
  title: string;
  unit: string;
  lines: readonly Line[];
}

const [width, height, left, right] = [760, 140, 60, 120];
const colours = ['#0969da', '#bc4c00', '#8250df'];

/** Draws plots over the same time axis, one below the other, as SVG for light and dark themes. */
export function linePlots(title: string, plots: readonly Plot[]): string {
  const drawn = plots.map((plot, index) => drawPlot(plot, 40 + index * (height + 50)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${50 + plots.length * (height + 50)}" role="img">
<title>${title}</title>
<style>text{font:13px system-ui,sans-serif;fill:#57606a}.t{font-weight:600}.a{stroke:#8c959f;stroke-width:1}
polyline{fill:none;stroke-width:2}@media(prefers-color-scheme:dark){text{fill:#c9d1d9}}</style>
<text class="t" x="8" y="20">${title}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawPlot({ title, unit, lines }: Plot, top: number): string {
  const max = Math.max(1e-9, ...lines.flatMap(({ values }) => values.filter(Number.isFinite)));
  const seconds = Math.max(1, ...lines.map(({ values }) => values.length - 1));
  const base = top + 20 + height;
  const x = (second: number): string => (left + (second / seconds) * (width - left - right)).toFixed(1);
  const y = (value: number): string => (base - (value / max) * (height - 10)).toFixed(1);
  const drawn = lines.map(({ name, values }, index) => {
    const points = values.flatMap((value, second) => (Number.isFinite(value) ? [`${x(second)},${y(value)}`] : []));
    const colour = colours[index % colours.length];
    return `<polyline stroke="${colour}" points="${points.join(' ')}"/>
<text x="${width - right + 10}" y="${top + 34 + index * 18}" style="fill:${colour}">${name}</text>`;
  });
  return `<text class="t" x="8" y="${top + 12}">${title}</text>
<line class="a" x1="${left}" y1="${base}" x2="${width - right}" y2="${base}"/>
<text x="${left - 6}" y="${base - height + 14}" text-anchor="end">${formatFigure(max)}</text>
<text x="${left - 6}" y="${base}" text-anchor="end">0 ${unit}</text>
<text x="${width - right}" y="${base + 16}" text-anchor="end">${seconds} s</text>
${drawn.join('\n')}`;
}
