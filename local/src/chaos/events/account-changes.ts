import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../../fleet/fleet.js';
import { admin, type DrillUser } from '../drill-users.js';
import { type Credentials, RequestRejectedError, sendRequest } from '../graphql-request.js';
import type { Progress } from '../progress.js';
import type { Random } from '@marquee/testkit/seeded-random';

export interface ChangeOptions {
  fleet: Fleet;
  users: readonly DrillUser[];
  projectTypeId: string;
  /** Changes of accounts, of all users together. */
  count: number;
  random: Random;
  progress: Progress;
}

/** Changes of an account between two changes of other things. */
const between = 5;

/** Changes the accounts of all users at the same time, each with a show, jobs and messages of its own. */
export async function changeAccounts(options: ChangeOptions): Promise<void> {
  const { users, count, random } = options;
  const changing = users.map(async (user, index) => {
    const own = random.branch();
    const share = Math.floor(count / users.length) + (index < count % users.length ? 1 : 0);
    for (let number = 1; number <= share; number += 1) {
      await changeAccount(options, user, own);
      options.progress.increment();
      if (number % between === 1) await changeOthers(options, index, number);
    }
  });
  await Promise.all(changing);
}

async function changeAccount({ fleet }: ChangeOptions, { id: userId }: DrillUser, random: Random): Promise<void> {
  const role = random.pick(['FREELANCER', 'HIRING_USER', 'REVIEWER']);
  if (random.below(2) === 0) await change(fleet, admin, 'setUserRole', { userId, role });
  else await change(fleet, admin, 'setUserActive', { userId, isActive: random.below(2) === 0 });
}

/** A show is added, a job refers to it, and another show gets its slug. */
async function changeOthers({ fleet, users, projectTypeId }: ChangeOptions, index: number, number: number) {
  const slug = `show/drill-${index}`;
  const payload = [{ slug, title: `Drill ${number}` }];
  await change(fleet, admin, 'importShows', { payload });
  const job = { title: `Drill ${index}`, summary: 'A drill.', projectTypeId, showSlug: slug };
  const drafted = await change<{ job: { id: string } }>(fleet, admin, 'draftJob', job, 'job { id }');
  for (const action of drafted ? ['SUBMIT', 'APPROVE', 'CLOSE'] : [])
    await change(fleet, admin, 'actOnJob', { jobId: drafted?.job.id, action });
  await change(fleet, admin, 'deleteShow', { slug });
  await change(fleet, admin, 'importShows', { payload });
  const participantIds = [users[index]?.id];
  await change(fleet, admin, 'startConversation', { participantIds, firstMessage: `Drill ${number}` });
}

/**
 * Sends a mutation until it is answered. One whose answer was lost may have taken effect: then it is refused when it is
 * repeated.
 */
async function change<Payload>(
  fleet: Fleet,
  credentials: Credentials,
  name: string,
  input: object,
  selection = '__typename',
): Promise<Payload | undefined> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const data = await sendRequest<Record<string, Payload>>(fleet.url, credentials, document, { input });
      if (data !== undefined) return data[name];
    } catch (failure) {
      if (!(failure instanceof RequestRejectedError) || attempt === 1) throw failure;
      return undefined;
    }
    await wait(100);
  }
}
