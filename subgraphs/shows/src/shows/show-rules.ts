import type { FieldProblem } from '@marquee/chassis/errors/errors';
import { z } from 'zod';
import type { ShowValues } from './show-row.js';
import { countCharacters, hasAtMost } from './text-length.js';
import { sanitizeHtml } from './html-sanitizer.js';

/** The slug of a show: the key that other services know it by. */
const showSlug = /^show\/[a-z0-9][a-z0-9-]*$/;

const seasonSlug = /^show\/[a-z0-9][a-z0-9-]*(\/season\/[0-9]+)?$/;

/** Slugs are index keys, and those have at most 1024 bytes. */
const longestSlug = 200;

const mostSeasons = 200;
const longestUrl = 2048;
const longestHtml = 5000;

/** Whether there could be a show with this slug. */
export function isShowSlug(slug: string): boolean {
  return slug.length <= longestSlug && showSlug.test(slug);
}

/** What came of checking values: all problems at once, or the values as they are stored. */
export type Checked<Value> = { problems: FieldProblem[]; value?: never } | { value: Value; problems?: never };

/** Checks what is to become a show. */
export function checkNewShow(input: Readonly<Record<string, unknown>>): Checked<ShowValues & { slug: string }> {
  const given = { ...absent, ...blanksAsNull(input) };
  return outcome(newShow.safeParse(given));
}

/** Checks the values that a show is to get; what is not given is not looked at. */
export function checkChanges(input: Readonly<Record<string, unknown>>): Checked<Partial<ShowValues>> {
  const given = Object.entries(blanksAsNull(input)).filter(([name, value]) => name in fields && value !== undefined);
  return outcome(changes.safeParse(Object.fromEntries(given)));
}

const fields = {
  title: text(120),
  description: text(500).nullable(),
  country: text(50).nullable(),
  genre: text(50).nullable(),
  language: text(50).nullable(),
  tvChannel: text(50).nullable(),
  drm: z
    .boolean()
    .nullable()
    .transform((drm) => drm ?? false),
  episodeCount: z
    .int({ error: shown('must be a whole number') })
    .min(0, { error: shown('must not be below 0') })
    .nullable()
    .transform((count) => count ?? 0),
  image: z.object({ showImage: url() }).nullable(),
  primaryColour: pattern(
    /^#([A-Fa-f0-9]{3}|[A-Fa-f0-9]{6}|[A-Fa-f0-9]{8})$/,
    'must be a colour like #ff7800',
  ).nullable(),
  seasons: z
    .array(z.object({ slug: slug(seasonSlug, 'must look like show/x or show/x/season/1') }))
    .max(mostSeasons, { error: `may have ${mostSeasons} entries at most` })
    .nullable()
    .transform((seasons) => seasons ?? []),
  nextEpisode: z
    .object({
      channel: optional(text(50)),
      channelLogo: url(),
      date: optional(date()),
      html: html(),
      url: url(),
    })
    .nullable(),
};

const newShow = z.object({ slug: slug(showSlug, 'must look like show/x, of a-z, 0-9 and -'), ...fields });
const changes = z.object(fields).partial();

const absent = Object.fromEntries(Object.keys(newShow.shape).map((name) => [name, null]));

function text(most: number) {
  return required()
    .trim()
    .refine((value) => hasAtMost(value, most), {
      error: ({ input }) =>
        `may have ${most} characters at most, it has ${countCharacters(String(input).slice(0, 20_000))}`,
    });
}

function slug(shape: RegExp, message: string) {
  return pattern(shape, message).max(longestSlug, { error: `may have ${longestSlug} characters at most` });
}

function pattern(shape: RegExp, message: string) {
  return required().regex(shape, { error: shown(message) });
}

function url() {
  return required()
    .max(longestUrl, { error: `may have ${longestUrl} characters at most` })
    .refine(isWebAddress, { error: shown('must be an http or https address') });
}

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function date() {
  return required()
    .pipe(z.iso.datetime({ offset: true, error: shown('must be a time like 2026-03-01T20:30:00Z') }))
    .transform((value) => new Date(value).toISOString());
}

/** Inside an object that is given, what is absent counts as null. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? null);
}

function html() {
  return z
    .string()
    .nullish()
    .refine((value) => hasAtMost(value ?? '', longestHtml), { error: `may have ${longestHtml} characters at most` })
    .transform((value) => sanitizeHtml(value ?? ''));
}

function required() {
  return z.string({ error: ({ input }) => (input === null || input === undefined ? 'is required' : 'must be text') });
}

/** The message with the value that offended. */
function shown(message: string) {
  return ({ input }: { input?: unknown }) => `${message}, it was ${String(JSON.stringify(input)).slice(0, 100)}`;
}

/** Sources write '' where they have nothing. */
function blanksAsNull(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, blankAsNull(value)]));
}

function blankAsNull(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (Array.isArray(value)) return value.map(blankAsNull);
  if (typeof value === 'object' && value !== null) return blanksAsNull(value as Record<string, unknown>);
  return value;
}

function outcome<Value>(parsed: z.ZodSafeParseResult<Value>): Checked<Value> {
  if (parsed.success) return { value: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) };
}
