/** Bars that are compared with one another; none for what somebody cannot do. */
export interface ChartPanel {
  title: string;
  bars: readonly { name: string; value: number | undefined }[];
}

const [width, left, right, bar, gap] = [760, 170, 90, 18, 40];

/** Horizontal bars, each panel on a scale of its own; the bars of the first name stand out. Readable on light and dark. */
export function barChart(title: string, unit: string, panels: readonly ChartPanel[]): string {
  let top = 44;
  const drawn = panels.map((panel) => {
    const text = drawPanel(panel, unit, top);
    top += gap + panel.bars.length * bar;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 8}" role="img" aria-label="${escaped(title)}">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}.b{fill:#afb8c1}.f{fill:#0969da}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.b{fill:#57606a}.f{fill:#4493f8}}</style>
<text class="t" x="8" y="22">${escaped(title)}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel({ title, bars }: ChartPanel, unit: string, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value ?? 0));
  const lines = bars.map(({ name, value }, index) => {
    const y = top + 24 + index * bar;
    const length = value === undefined ? 0 : Math.max(1, (value / most) * (width - left - right));
    const told = value === undefined ? 'cannot' : `${formatFigure(value)} ${unit}`;
    return `<text x="${left - 8}" y="${y + 11}" text-anchor="end">${escaped(name)}</text>
<rect class="${index === 0 ? 'f' : 'b'}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar - 4}" rx="2"/>
<text x="${(left + length + 6).toFixed(1)}" y="${y + 11}">${told}</text>`;
  });
  return [`<text class="t" x="8" y="${top + 14}">${escaped(title)}</text>`, ...lines].join('\n');
}

/** Three digits that count. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
