import { badInput, conflict, type FieldProblem } from '@marquee/chassis/errors/errors';
import { validateInput, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import type { DraftJobInput, UpdateJobInput } from './job-inputs.js';
import { Distribution, type Job, JobAction, JobStatus } from './job-model.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { effectiveStatus, jobSubject } from './job-visibility-rules.js';
import { type JobActor, jobMachine } from './job-machine.js';
import { transition } from '../state-machine/state-machine.js';
import { optionalText, validIds, textList } from '../input/input-values.js';
import { type AllowedTerms, termId, termIds } from '../taxonomy/taxonomy-term-rules.js';

const showSlug = z
  .string()
  .max(200, 'must have at most 200 characters')
  .regex(/^show\/[a-z0-9][a-z0-9-]*$/, 'must be the slug of a show, for instance "show/example"');

const attachmentIds = z
  .array(z.string().refine(validate, 'must be the id of a media'))
  .max(10, 'must have at most 10 entries')
  .nullish()
  .transform((ids) => (ids === undefined ? undefined : [...new Set(ids)]));

const futureTime = z.date().refine((time) => time > new Date(), {
  error: ({ input }) => `must be a time ahead, it was ${(input as Date).toISOString()}`,
});

const note = z.object({ note: optionalText(2000) });

/** What a poster writes of a job. */
export type JobValues = Pick<Job, keyof z.output<ReturnType<typeof jobSchema>>>;

/** @throws BAD_USER_INPUT with every problem */
export function parseNewJob(input: DraftJobInput, choice: AllowedTerms): JobValues {
  const distribution = input.distribution ?? Distribution.PUBLIC;
  const required = jobSchema(choice).required({ title: true, projectTypeId: true });
  const { title, projectTypeId, ...brief } = validateInput(required, { ...input, distribution });
  return { ...emptyJob, ...given(brief), title, projectTypeId };
}

/** What of a job changes: a field that is left out stays; @throws BAD_USER_INPUT with every problem */
export function parseJobChange(input: Omit<UpdateJobInput, 'jobId'>, choice: AllowedTerms): Partial<JobValues> {
  return given(validateInput(jobSchema(choice), input));
}

/** What names terms in an input. */
export type JobTermInput = Pick<UpdateJobInput, 'projectTypeId' | 'audienceIds' | 'genreIds'>;

/** The ids of terms that the input names, of which the store knows some. */
export function termIdsInJobInput({ projectTypeId, audienceIds, genreIds }: JobTermInput): string[] {
  return validIds(projectTypeId ? [projectTypeId] : [], audienceIds, genreIds);
}

export function termIdsOfJob({ projectTypeId, audienceIds, genreIds }: Job): string[] {
  return [projectTypeId, ...audienceIds, ...genreIds];
}

/** @throws BAD_USER_INPUT when it is longer than 2000 characters */
export function parseReviewNote(input: { note?: string | null }): string | null {
  return validateInput(note, { note: input.note }).note ?? null;
}

/** @throws CONFLICT for what was reviewed: only the time that it closes at can still change */
export function assertEditable(job: Job, changes: Partial<JobValues>): void {
  const status = effectiveStatus(job);
  if (editableStatuses.includes(status)) return;
  const isProlongable = prolongableStatuses.includes(status) && !job.isFilled;
  if (isProlongable && Object.keys(changes).every((name) => name === 'closesAt')) return;
  throw conflict(`The job "${job.title}" is ${status}: ${isProlongable ? 'only closesAt' : 'nothing'} can change.`);
}

/**
 * What an action changes of a job.
 *
 * @throws INVALID_TRANSITION with what these actors can do instead; BAD_USER_INPUT naming each thing that a job lacks
 * to be submitted
 */
export function applyJobAction(
  job: Job,
  action: JobAction,
  actors: readonly JobActor[],
  reviewNotes: string | null,
): Partial<Job> {
  const status = transition(jobMachine, jobSubject(job), action, actors);
  const notes = reviewNotes === null ? {} : { reviewNotes };
  return { status, ...notes, ...actionEffects(job, action, status) };
}

const editableStatuses: readonly JobStatus[] = [JobStatus.DRAFT, JobStatus.CHANGES_REQUESTED];
const prolongableStatuses: readonly JobStatus[] = [JobStatus.PUBLISHED, JobStatus.PRIVATE_OUTREACH, JobStatus.CLOSED];

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

function jobSchema(choice: AllowedTerms) {
  const { PROJECT_TYPE, AUDIENCE, GENRE } = TaxonomyCategory;
  return z.object({
    title: text(1, 150).optional(),
    projectTypeId: termId([PROJECT_TYPE], choice).optional(),
    companyOrAuthor: optionalText(150),
    showSlug: showSlug.nullish(),
    summary: optionalText(2000).transform((summary) => (summary === null ? '' : summary)),
    creativeDirection: optionalText(5000),
    compTitles: textList(20, 150),
    likes: optionalText(2000),
    dislikes: optionalText(2000),
    audienceIds: termIds(20, [AUDIENCE], choice),
    genreIds: termIds(20, [GENRE], choice),
    budget: optionalText(200),
    timeline: optionalText(200),
    attachmentIds,
    distribution: z.enum(Distribution, { error: 'cannot be cleared' }).optional(),
    closesAt: futureTime.nullish(),
  });
}

/** What an action leaves on a job beside its state. */
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
    problems.push({ path: 'closesAt', message: `must be a time ahead, it was ${closesAt.toISOString()}` });
  if (problems.length > 0) throw badInput(...problems);
}

/** Without the fields that were left out. */
function given<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
