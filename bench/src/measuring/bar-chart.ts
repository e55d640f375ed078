/** Bars on a common scale; an undefined value marks an unsupported case. */
export interface ChartPanel {
  title: string;
  bars: readonly { name: string; value: number | undefined }[];
}

const [width, left, right, bar, gap] = [760, 170, 90, 18, 40];

/** Draws horizontal bars as SVG for light and dark themes, one scale for each panel; the first bar is highlighted. */
export function barChart(title: string, unit: string, panels: readonly ChartPanel[]): string {
  let top = 44;
  const drawn = panels.map((panel) => {
    const text = drawPanel(panel, unit, top);
    top += gap + panel.bars.length * bar;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 8}" role="img" aria-label="${escapeXml(title)}">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}.b{fill:#afb8c1}.f{fill:#0969da}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.b{fill:#57606a}.f{fill:#4493f8}}</style>
<text class="t" x="8" y="22">${escapeXml(title)}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel({ title, bars }: ChartPanel, unit: string, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value ?? 0));
  const lines = bars.map(({ name, value }, index) => {
    const y = top + 24 + index * bar;
    const length = value === undefined ? 0 : Math.max(1, (value / most) * (width - left - right));
    const label = value === undefined ? 'not supported' : `${formatFigure(value)} ${unit}`;
    return `<text x="${left - 8}" y="${y + 11}" text-anchor="end">${escapeXml(name)}</text>
<rect class="${index === 0 ? 'f' : 'b'}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar - 4}" rx="2"/>
<text x="${(left + length + 6).toFixed(1)}" y="${y + 11}">${label}</text>`;
  });
  return [`<text class="t" x="8" y="${top + 14}">${escapeXml(title)}</text>`, ...lines].join('\n');
}

/** Formats a number with three significant digits. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
