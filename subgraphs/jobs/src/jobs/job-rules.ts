import { badInput, conflict, type FieldProblem } from '@marquee/chassis/errors/errors';
import { validateInput, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { omitUndefined, optionalText, optionalLines, textList, validIds } from '../input/input-values.js';
import { showSlugPattern } from '../input/slug.js';
import { transition } from '../state-machine/state-machine.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { type AllowedTerms, termId, termIds } from '../taxonomy/taxonomy-term-rules.js';
import type { DraftJobInput, UpdateJobInput } from './job-inputs.js';
import { type JobActor, jobMachine } from './job-machine.js';
import { Distribution, type Job, JobAction, JobStatus } from './job-model.js';
import { effectiveStatus, jobSubject } from './job-visibility-rules.js';

const showSlug = z
  .string()
  .max(200, 'must have at most 200 characters')
  .regex(showSlugPattern, 'must be the slug of a show, for instance "show/example"');

const attachmentIds = z
  .array(z.string().refine(validate, 'must be the id of an uploaded file'))
  .max(10, 'must have at most 10 entries')
  .nullish()
  .transform((ids) => (ids === undefined ? undefined : [...new Set(ids)]));

const futureTime = z.date().refine((time) => time > new Date(), {
  error: ({ input }) => `must be in the future, it was ${(input as Date).toISOString()}`,
});

const noteSchema = z.object({ note: optionalLines(2000) });

/** The columns of a job that its poster sets. */
export type JobValues = Pick<Job, keyof z.output<ReturnType<typeof jobSchema>>>;

/** @throws BAD_USER_INPUT with every invalid field */
export function parseNewJob(input: DraftJobInput, allowed: AllowedTerms): JobValues {
  const distribution = input.distribution ?? Distribution.PUBLIC;
  const required = jobSchema(allowed).required({ title: true, projectTypeId: true });
  const { title, projectTypeId, ...brief } = validateInput(required, { ...input, distribution });
  return { ...emptyJob, ...omitUndefined(brief), title, projectTypeId };
}

/** Returns the changed columns. @throws BAD_USER_INPUT with every invalid field */
export function parseJobChange(input: Omit<UpdateJobInput, 'jobId'>, allowed: AllowedTerms): Partial<JobValues> {
  return omitUndefined(validateInput(jobSchema(allowed), input));
}

/** The fields of an input that refer to terms. */
export type JobTermInput = Pick<UpdateJobInput, 'projectTypeId' | 'audienceIds' | 'genreIds'>;

/** Returns the ids of terms in an input, without those that cannot exist. */
export function termIdsInJobInput({ projectTypeId, audienceIds, genreIds }: JobTermInput): string[] {
  return validIds(projectTypeId ? [projectTypeId] : [], audienceIds, genreIds);
}

export function termIdsOfJob({ projectTypeId, audienceIds, genreIds }: Job): string[] {
  return [projectTypeId, ...audienceIds, ...genreIds];
}

/** @throws BAD_USER_INPUT if the note is longer than 2000 characters */
export function parseReviewNote(input: { note?: string | null }): string | null {
  return validateInput(noteSchema, { note: input.note }).note ?? null;
}

/**
 * Returns the columns that a change of its poster sets. A job that has closed because `closesAt` had passed opens again with
 * a later one, or without one: so it does before its closing is stored. A job that its poster has closed stays CLOSED.
 * @throws CONFLICT for fields that cannot change, see `assertEditable`
 */
export function applyJobChange(job: Job, changes: Partial<JobValues>): Partial<Job> {
  assertEditable(job, changes);
  if (!job.closedByDeadline || changes.closesAt === undefined) return changes;
  return { ...changes, status: openStatuses[job.distribution], closedByDeadline: false };
}

/** A note about a job, and its author. */
export interface ReviewNote {
  /** Null keeps the earlier one. */
  text: string | null;
  authorId: string;
}

/**
 * Returns the columns that an action changes.
 *
 * @throws INVALID_TRANSITION with the actions that these actors can perform instead; BAD_USER_INPUT with each field that
 * the job lacks to be submitted
 */
export function applyJobAction(
  job: Job,
  action: JobAction,
  actors: readonly JobActor[],
  note: ReviewNote,
): Partial<Job> {
  const status = transition(jobMachine, jobSubject(job), action, actors);
  const notes = note.text === null ? {} : { reviewNotes: note.text, reviewNotesById: note.authorId };
  return { status, closedByDeadline: false, ...notes, ...actionEffects(job, action, status) };
}

const editableStatuses: readonly JobStatus[] = [JobStatus.DRAFT, JobStatus.CHANGES_REQUESTED];
const extendableStatuses: readonly JobStatus[] = [JobStatus.PUBLISHED, JobStatus.PRIVATE_OUTREACH, JobStatus.CLOSED];

/** The status of an open job. */
const openStatuses: Readonly<Record<Distribution, JobStatus>> = {
  [Distribution.PUBLIC]: JobStatus.PUBLISHED,
  [Distribution.PRIVATE_OUTREACH]: JobStatus.PRIVATE_OUTREACH,
};

const emptyJob = {
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
  distribution: Distribution.PUBLIC,
  closesAt: null,
};

/** After its review only `closesAt` of a job can change. @throws CONFLICT for any other change */
function assertEditable(job: Job, changes: Partial<JobValues>): void {
  const status = effectiveStatus(job);
  if (editableStatuses.includes(status)) return;
  const isExtendable = extendableStatuses.includes(status) && !job.isFilled;
  const fixed = Object.keys(changes).filter((name) => !isExtendable || name !== 'closesAt');
  if (isExtendable && fixed.length === 0) return;
  throw conflict(
    `The job "${job.title}" is ${status}: ${isExtendable ? 'only closesAt' : 'nothing'} can change.`,
    ...fixed.map((name) => `input.${name}`),
  );
}

function jobSchema(allowed: AllowedTerms) {
  const { PROJECT_TYPE, AUDIENCE, GENRE } = TaxonomyCategory;
  return z.object({
    title: text(1, 150).optional(),
    projectTypeId: termId([PROJECT_TYPE], allowed).optional(),
    companyOrAuthor: optionalText(150),
    showSlug: showSlug.nullish(),
    summary: optionalLines(2000).transform((summary) => (summary === null ? '' : summary)),
    creativeDirection: optionalLines(5000),
    compTitles: textList(20, 150),
    likes: optionalLines(2000),
    dislikes: optionalLines(2000),
    audienceIds: termIds(20, [AUDIENCE], allowed),
    genreIds: termIds(20, [GENRE], allowed),
    budget: optionalText(200),
    timeline: optionalText(200),
    attachmentIds,
    distribution: z.enum(Distribution, { error: 'cannot be cleared' }).optional(),
    closesAt: futureTime.nullish(),
  });
}

/** Returns the columns that an action changes in addition to the status and the review notes. */
function actionEffects(job: Job, action: JobAction, status: JobStatus): Partial<Job> {
  switch (action) {
    case JobAction.SUBMIT:
      assertComplete(job);
      return { submittedAt: new Date() };
    case JobAction.APPROVE:
      return { publishedAt: new Date() };
    case JobAction.MAKE_PRIVATE:
      return { distribution: Distribution.PRIVATE_OUTREACH };
    case JobAction.REOPEN:
      return status === JobStatus.DRAFT ? { publishedAt: null } : {};
    case JobAction.RETRACT:
    case JobAction.REQUEST_CHANGES:
    case JobAction.REJECT:
    case JobAction.CLOSE:
    case JobAction.ARCHIVE:
      return {};
  }
}

function assertComplete({ summary, closesAt }: Job): void {
  const problems: FieldProblem[] = [];
  if (summary === '') problems.push({ path: 'summary', message: 'is missing' });
  if (closesAt !== null && closesAt <= new Date())
    problems.push({ path: 'closesAt', message: `must be in the future, it was ${closesAt.toISOString()}` });
  if (problems.length > 0) throw badInput(...problems);
}
