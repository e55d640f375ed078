import type { FieldProblem } from '@marquee/chassis/errors/errors';
import { z } from 'zod';
import { countCharacters } from '@marquee/chassis/input/character-count';
import { textProblem } from '@marquee/chassis/input/text';
import type { ShowValues } from './show-row.js';
import { sanitizeHtml } from './html-sanitizer.js';

/** The key by which other services reference a show. */
const showSlug = /^show\/[a-z0-9][a-z0-9-]*$/;

const seasonSlug = /^show\/[a-z0-9][a-z0-9-]*(\/season\/[0-9]+)?$/;

/** Slugs are part of index keys, which are limited to 1024 bytes. */
const maxSlugLength = 200;

const maxSeasons = 100;
const maxUrlLength = 2048;
const maxHtmlLength = 5000;

/** Whether a slug is well-formed. */
export function isShowSlug(slug: string): boolean {
  return slug.length <= maxSlugLength && showSlug.test(slug);
}

/** The result of validation: every problem, or the values to store. */
export type ValidationResult<Value> = { problems: FieldProblem[]; value?: never } | { value: Value; problems?: never };

/** Validates a new show. */
export function checkNewShow(
  input: Readonly<Record<string, unknown>>,
): ValidationResult<ShowValues & { slug: string }> {
  return toResult(newShow.safeParse({ ...allNull, ...blanksAsNull(input) }));
}

/** Validates the values to change; undefined values are skipped. */
export function checkChanges(input: Readonly<Record<string, unknown>>): ValidationResult<Partial<ShowValues>> {
  const entries = Object.entries(blanksAsNull(input)).filter(([name, value]) => name in fields && value !== undefined);
  return toResult(changes.safeParse(Object.fromEntries(entries)));
}

const fields = {
  title: line(120),
  description: lines(500).nullable(),
  country: line(50).nullable(),
  genre: line(50).nullable(),
  language: line(50).nullable(),
  tvChannel: line(50).nullable(),
  drm: z
    .boolean()
    .nullable()
    .transform((drm) => drm ?? false),
  episodeCount: z
    .int({ error: withValue('must be a whole number') })
    .min(0, { error: withValue('must not be negative') })
    .nullable()
    .transform((count) => count ?? 0),
  image: z.object({ showImage: url() }).nullable(),
  primaryColour: pattern(
    /^#([A-Fa-f0-9]{3}|[A-Fa-f0-9]{6}|[A-Fa-f0-9]{8})$/,
    'must be a colour like #ff7800',
  ).nullable(),
  seasons: z
    .array(z.object({ slug: slug(seasonSlug, 'must look like show/x or show/x/season/1') }))
    .max(maxSeasons, { error: `must have at most ${maxSeasons} entries` })
    .nullable()
    .transform((seasons) => seasons ?? []),
  nextEpisode: z
    .object({
      channel: optional(line(50)),
      channelLogo: url(),
      date: optional(date()),
      html: html(),
      url: url(),
    })
    .nullable(),
};

const newShow = z.object({
  slug: slug(showSlug, 'must look like show/x, with the characters a-z, 0-9 and -'),
  ...fields,
});
const changes = z.object(fields).partial();

const allNull = Object.fromEntries(Object.keys(newShow.shape).map((name) => [name, null]));

function line(max: number) {
  return text(max, false);
}

function lines(max: number) {
  return text(max, true);
}

function text(max: number, isMultiline: boolean) {
  return required()
    .trim()
    .superRefine((value, context) => {
      const message = textProblem(value, max, isMultiline);
      if (message !== null) context.addIssue({ code: 'custom', message: withCount(message, value, max) });
    });
}

function withCount(message: string, value: string, max: number): string {
  const count = countCharacters(value.slice(0, max * 20), Infinity);
  return count > max ? `${message}, it has ${count}` : message;
}

function slug(shape: RegExp, message: string) {
  return pattern(shape, message).max(maxSlugLength, { error: `must have at most ${maxSlugLength} characters` });
}

function pattern(shape: RegExp, message: string) {
  return required().regex(shape, { error: withValue(message) });
}

function url() {
  return required()
    .max(maxUrlLength, { error: `must have at most ${maxUrlLength} characters` })
    .refine(isWebAddress, { error: withValue('must be an http or https address') });
}

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function date() {
  return required()
    .pipe(z.iso.datetime({ offset: true, error: withValue('must be a time like 2026-03-01T20:30:00Z') }))
    .transform((value) => new Date(value).toISOString());
}

/** Within an object, an absent value means null. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? null);
}

function html() {
  return z
    .string()
    .nullish()
    .superRefine((value, context) => {
      const message = textProblem(value ?? '', maxHtmlLength, true);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .transform((value) => sanitizeHtml(value ?? ''));
}

function required() {
  return z.string({
    error: ({ input }) => (input === null || input === undefined ? 'is required' : 'must be a string'),
  });
}

/** Appends the invalid value to the message. */
function withValue(message: string) {
  return ({ input }: { input?: unknown }) => `${message}, it was ${String(JSON.stringify(input)).slice(0, 100)}`;
}

/** Partners send empty texts for missing values. */
function blanksAsNull(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, blankAsNull(value)]));
}

function blankAsNull(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (Array.isArray(value)) return value.map(blankAsNull);
  if (typeof value === 'object' && value !== null) return blanksAsNull(value as Record<string, unknown>);
  return value;
}

function toResult<Value>(parsed: z.ZodSafeParseResult<Value>): ValidationResult<Value> {
  if (parsed.success) return { value: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) };
}
