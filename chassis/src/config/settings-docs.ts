import { z } from 'zod';

/** An environment variable, as its schema describes it. */
export interface SettingDoc {
  name: string;
  /** As it would be written in the environment; undefined if there is no default. */
  default: string | undefined;
  description: string | undefined;
  /** `yes`, `no`, or the value of another variable with which it is required, such as `MEDIA_STORAGE=s3`. */
  required: string;
}

/**
 * Describes the variables of a settings schema, from the schema alone: an object schema, or a discriminated union of them.
 *
 * A variable is required in production if it has neither a default nor `.optional()`, or if its metadata has
 * `requiredInProduction: true`, which belongs to a refinement of the whole object.
 */
export function describeSettings(schema: z.ZodType): SettingDoc[] {
  if (schema instanceof z.ZodObject) return describeShape(schema.shape);
  if (!(schema instanceof z.ZodDiscriminatedUnion))
    throw new Error('Settings must be an object schema or a discriminated union of object schemas.');
  const { discriminator, options } = schema.def;
  const shapes = options.map((option) => (option as z.ZodObject).shape as Shape);
  const docs = new Map<string, SettingDoc>();
  for (const shape of shapes)
    for (const doc of describeShape(shape))
      docs.set(doc.name, { ...doc, required: requiredIn(doc, shapes, shape, discriminator) });
  return [...docs.values()];
}

/** A Markdown table of variables, aligned as Prettier aligns it. */
export function settingsTable(docs: readonly SettingDoc[]): string {
  const rows = docs.map((doc) => [
    `\`${doc.name}\``,
    doc.default === undefined ? '' : `\`${doc.default}\``,
    doc.description ?? '',
    doc.required,
  ]);
  const header = ['Variable', 'Default', 'Meaning', 'Required in production'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

type Shape = Readonly<Record<string, z.ZodType>>;

function describeShape(shape: Shape): SettingDoc[] {
  return Object.entries(shape).map(([name, schema]) => {
    const isRequired = !schema.safeParse(undefined).success || metaOf(schema, 'requiredInProduction') === true;
    return {
      name,
      default: defaultOf(schema),
      description: metaOf(schema, 'description') as string | undefined,
      required: isRequired ? 'yes' : 'no',
    };
  });
}

function requiredIn(
  { name, required }: SettingDoc,
  shapes: readonly Shape[],
  shape: Shape,
  discriminator: string,
): string {
  if (required === 'no' || shapes.every((other) => name in other)) return required;
  const literal = shape[discriminator] as z.ZodLiteral;
  return `with \`${discriminator}=${String(literal.value)}\``;
}

/** Metadata belongs to the schema that `.describe` or `.meta` returned, which later calls may have wrapped. */
function metaOf(schema: z.ZodType, key: string): unknown {
  for (let inner: z.ZodType | undefined = schema; inner; inner = unwrap(inner)) {
    const value = inner.meta()?.[key];
    if (value !== undefined) return value;
  }
  return undefined;
}

function defaultOf(schema: z.ZodType): string | undefined {
  for (let inner: z.ZodType | undefined = schema; inner; inner = unwrap(inner))
    if (inner instanceof z.ZodDefault) return asVariable(inner.def.defaultValue);
  return undefined;
}

function unwrap(schema: z.ZodType): z.ZodType | undefined {
  const { innerType, in: input } = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  return innerType ?? input;
}

function asVariable(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
