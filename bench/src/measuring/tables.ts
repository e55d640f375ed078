/** Formats a table as text; the first row is the header. All columns except the first are right-aligned. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = widthsOf(rows);
  return rows.map((row) => padded(row, widths).join('  ').trimEnd()).join('\n');
}

/** Formats a table as Markdown in the layout of the code formatter. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = widthsOf(rows).map((width) => Math.max(width, 3));
  const [head = [], ...body] = rows;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [padded(head, widths), rule, ...body.map((row) => padded(row, widths))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
}

function padded(row: readonly string[], widths: readonly number[]): string[] {
  return widths.map((width, column) =>
    column === 0 ? (row[0] ?? '').padEnd(width) : (row[column] ?? '').padStart(width),
  );
}
