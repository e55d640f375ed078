import { badInput, conflict, type FieldProblem } from '@marquee/chassis/errors/errors';
import { checked, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { Distribution, type Job, JobAction, JobStatus } from '../model/job.js';
import { TaxonomyCategory } from '../model/taxonomy-term.js';
import { currentStatus, jobSubject } from './job-access.js';
import { type JobActor, jobMachine } from './job-machine.js';
import { transition } from './machine.js';
import type { MediaUse } from './media-use.js';
import type { TermUse } from './term-use.js';

const uuid = z.string({ error: 'cannot be cleared' }).refine(validate, 'must be an id');

const showSlug = z
  .string()
  .max(200, 'must have at most 200 characters')
  .regex(/^show\/[a-z0-9][a-z0-9-]*$/, 'must be the slug of a show, for instance "show/example"');

const briefShape = {
  companyOrAuthor: clearable(150),
  showSlug: showSlug.nullish(),
  summary: text(0, 2000).nullish().transform(emptyForNull),
  creativeDirection: clearable(5000),
  compTitles: list(text(1, 150)),
  likes: clearable(2000),
  dislikes: clearable(2000),
  audienceIds: list(uuid),
  genreIds: list(uuid),
  budget: clearable(200),
  timeline: clearable(200),
  attachmentIds: list(uuid, 10),
  closesAt: z
    .date()
    .refine((closesAt) => closesAt > new Date(), 'must be a time ahead')
    .nullish(),
};

const draft = z.object({
  ...briefShape,
  title: text(1, 150),
  projectTypeId: uuid,
  distribution: z.enum(Distribution).nullish(),
});

const change = z.object({
  ...briefShape,
  title: text(1, 150).optional(),
  projectTypeId: uuid.optional(),
  distribution: z.enum(Distribution, { error: 'cannot be cleared' }).optional(),
});

const note = z.object({ note: clearable(2000) });

/** What a poster writes of a job. */
export type JobValues = Pick<Job, Exclude<keyof z.output<typeof draft>, undefined>>;

/** @throws BAD_USER_INPUT with every problem */
export function newJob(input: object): JobValues {
  const { distribution, ...values } = checked(draft, input);
  return {
    ...blank,
    ...given(values),
    title: values.title,
    projectTypeId: values.projectTypeId,
    distribution: distribution ?? Distribution.PUBLIC,
  };
}

/** What of a job changes: a field that is left out stays; @throws BAD_USER_INPUT with every problem */
export function jobChange(input: object): Partial<JobValues> {
  return given(checked(change, input));
}

/** @throws BAD_USER_INPUT when it is longer than 2000 characters */
export function noteOf(input: { note?: string | null }): string | null {
  return checked(note, { note: input.note }).note ?? null;
}

/** @throws CONFLICT for what was reviewed: only the time that it closes at can still change */
export function mustBeEditable(job: Job, changes: Partial<JobValues>): void {
  const status = currentStatus(job);
  if (editable.includes(status)) return;
  const onlyClosing = Object.keys(changes).every((name) => name === 'closesAt');
  if (onlyClosing && closable.includes(status) && !job.isFilled) return;
  throw conflict(
    `The job "${job.title}" is ${status}: ${closable.includes(status) ? 'only closesAt' : 'nothing'} can change.`,
  );
}

/**
 * What an action changes of a job.
 *
 * @throws INVALID_TRANSITION with what these actors can do instead; BAD_USER_INPUT naming each thing that a job lacks
 * to be submitted
 */
export function actedOn(
  job: Job,
  action: JobAction,
  actors: readonly JobActor[],
  reviewNotes: string | null,
): Partial<Job> {
  const status = transition(jobMachine, jobSubject(job), action, actors);
  const notes = reviewNotes === null ? {} : { reviewNotes };
  return { status, ...notes, ...marks(job, action, status) };
}

export function termUses(values: Partial<JobValues>): TermUse[] {
  const projectTypes = values.projectTypeId === undefined ? [] : [values.projectTypeId];
  return [
    { path: 'input.projectTypeId', category: TaxonomyCategory.PROJECT_TYPE, ids: projectTypes },
    { path: 'input.audienceIds', category: TaxonomyCategory.AUDIENCE, ids: values.audienceIds ?? [] },
    { path: 'input.genreIds', category: TaxonomyCategory.GENRE, ids: values.genreIds ?? [] },
  ];
}

export function mediaUses({ attachmentIds = [] }: Partial<JobValues>): MediaUse[] {
  return [{ path: 'input.attachmentIds', purpose: 'JOB_ATTACHMENT', ids: attachmentIds }];
}

const editable: readonly JobStatus[] = [JobStatus.DRAFT, JobStatus.CHANGES_REQUESTED];
const closable: readonly JobStatus[] = [JobStatus.PUBLISHED, JobStatus.PRIVATE_OUTREACH, JobStatus.CLOSED];

const blank = {
  companyOrAuthor: null,
  showSlug: null,
  summary: '',
  creativeDirection: null,
  compTitles: [],
  likes: null,
  dislikes: null,
  audienceIds: [],
  genreIds: [],
  budget: null,
  timeline: null,
  attachmentIds: [],
  closesAt: null,
};

/** What an action leaves on a job beside its state. */
function marks(job: Job, action: JobAction, status: JobStatus): Partial<Job> {
  switch (action) {
    case JobAction.SUBMIT:
      mustBeComplete(job);
      return { submittedAt: new Date() };
    case JobAction.APPROVE:
      return { publishedAt: new Date() };
    case JobAction.MAKE_PRIVATE:
      return { distribution: Distribution.PRIVATE_OUTREACH };
    case JobAction.REOPEN:
      return status === JobStatus.DRAFT ? { publishedAt: null } : {};
    default:
      return {};
  }
}

function mustBeComplete({ summary, closesAt }: Job): void {
  const problems: FieldProblem[] = [];
  if (summary === '') problems.push({ path: 'job.summary', message: 'is needed to submit a job' });
  if (closesAt !== null && closesAt <= new Date())
    problems.push({ path: 'job.closesAt', message: `must be a time ahead, it was ${closesAt.toISOString()}` });
  if (problems.length > 0) throw badInput(...problems);
}

function clearable(max: number) {
  return text(0, max)
    .nullish()
    .transform((value) => (value === '' ? null : value));
}

function list<Item extends z.ZodType>(item: Item, max = 20) {
  return z
    .array(item)
    .max(max, `must be at most ${max}`)
    .nullish()
    .transform((items) => (items === null ? [] : items && [...new Set(items)]));
}

function emptyForNull(value: string | null | undefined): string | undefined {
  return value === null ? '' : value;
}

/** Without the fields that were left out. */
function given<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
