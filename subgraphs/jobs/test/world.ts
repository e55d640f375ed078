import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { guest, type Caller, type UserCaller } from '@marquee/chassis/identity/caller';
import type { Answer, TestService } from '@marquee/testkit/service';
import { freshSchema } from '@marquee/testkit/stores';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import type { ProfileStatus } from '../src/model/profile-status.js';
import { entities } from '../src/store/store.js';
import { startJobs } from './service.js';

/** Somebody with a profile. */
export interface Freelancer {
  caller: UserCaller;
  profileId: string;
}

/** A service with people and terms, and a way to its tables for what no operation can bring about. */
export interface World {
  service: TestService;
  /** The tables with all that the service knows of them. */
  source: DataSource;
  projectType: string;
  audience: string;
  genre: string;
  poster: UserCaller;
  reviewer: UserCaller;
  /** Asks and expects no errors; the data. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it has the shape that was asked for
  get(document: string, caller?: Caller, variables?: object): Promise<any>;
  ask(document: string, caller?: Caller, variables?: object): Promise<Answer>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it has the shape that was asked for
  sql(statement: string, parameters?: unknown[]): Promise<any[]>;
  term(category: string, slug: string, isActive?: boolean): Promise<string>;
  freelancer(status?: `${ProfileStatus}`): Promise<Freelancer>;
  /** The id of a drafted job. */
  draft(input?: object, poster?: Caller): Promise<string>;
  /** The id of a job that went through its review. */
  publish(input?: object, poster?: Caller): Promise<string>;
  /** Another process of the service on the same tables, which hears of nothing that happens in this one. */
  replica(variables: Record<string, string>): Promise<TestService>;
  close(): Promise<void>;
}

/** Opens a world on a schema of its own. */
export async function openWorld(): Promise<World> {
  const store = freshSchema();
  const service = await startJobs(store);
  const source = await openSource(store);
  const poster = userCaller('HIRING_USER');
  const reviewer = userCaller('REVIEWER');
  const terms = await Promise.all([term('PROJECT_TYPE', 'cover'), term('AUDIENCE', 'adults'), term('GENRE', 'noir')]);
  const [projectType = '', audience = '', genre = ''] = terms;
  return {
    service,
    source,
    projectType,
    audience,
    genre,
    poster,
    reviewer,
    get,
    ask,
    sql,
    term,
    freelancer,
    draft,
    publish,
    replica: (variables) => startJobs({ ...store, ...variables }),
    close,
  };

  async function ask(document: string, caller: Caller = guest, variables: object = {}): Promise<Answer> {
    return service.ask(document, { caller, variables });
  }

  async function get(document: string, caller?: Caller, variables?: object): Promise<unknown> {
    const { data, errors } = await ask(document, caller, variables);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function sql(statement: string, parameters: unknown[] = []): Promise<unknown[]> {
    return source.query(statement, parameters);
  }

  async function term(category: string, slug: string, isActive = true): Promise<string> {
    const id = v7();
    await sql('insert into taxonomy_terms (id, category, label, slug, is_active) values ($1, $2, $3, $3, $4)', [
      id,
      category,
      slug,
      isActive,
    ]);
    return id;
  }

  async function freelancer(status: `${ProfileStatus}` = 'APPROVED'): Promise<Freelancer> {
    const caller = userCaller('FREELANCER');
    const profileId = v7();
    await sql('insert into freelancer_profiles (id, owner_id, slug, name, status) values ($1, $2, $3, $3, $4)', [
      profileId,
      caller.id,
      `f-${profileId}`,
      status,
    ]);
    return { caller, profileId };
  }

  async function draft(input: object = {}, by: Caller = poster): Promise<string> {
    const values = { title: 'A cover', projectTypeId: projectType, summary: 'Something dark.', ...input };
    const { draftJob } = (await get(draftJobMutation, by, { input: values })) as { draftJob: { job: { id: string } } };
    return draftJob.job.id;
  }

  async function publish(input: object = {}, by: Caller = poster): Promise<string> {
    const jobId = await draft(input, by);
    await get(actOnJobMutation, by, { input: { jobId, action: 'SUBMIT' } });
    await get(actOnJobMutation, reviewer, { input: { jobId, action: 'APPROVE' } });
    return jobId;
  }

  async function close(): Promise<void> {
    await source.destroy();
    await service.close();
  }
}

export const draftJobMutation = `mutation ($input: DraftJobInput!) { draftJob(input: $input) { job {
  id title summary status distribution reviewNotes companyOrAuthor compTitles closesAt validActions createdAt publishedAt
  poster { id } show { slug } projectType { id } audiences { slug } genres { slug } attachments { id } } } }`;

export const actOnJobMutation = `mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job {
  id status reviewNotes publishedAt distribution validActions } } }`;

/** Who is not a user. */
export const outsiders: [string, Caller, string][] = [
  ['a guest', guest, 'UNAUTHENTICATED'],
  ['a machine', machineCaller('shows.read', 'shows.write'), 'FORBIDDEN'],
];

/** The codes of what went wrong, in order. */
export function codes({ errors }: Answer): unknown[] {
  return errors.map(({ extensions }) => extensions['code']);
}

async function openSource(store: Record<string, string>): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url: store['DATABASE_URL'] ?? '',
    entities,
    poolSize: 2,
    extra: { options: `-c search_path=${store['DATABASE_SCHEMA']},public` },
  });
  return source.initialize();
}
