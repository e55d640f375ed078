import type { Outcomes } from '@marquee/testkit/floods/flood';
import { type Attacker, openAttackClient, repeatRequests } from './attack-client.js';
import { hiringSub } from './user-attacks.js';

/** Texts of 100 kB, and texts of characters that are expensive to count. */
const texts = [
  'x'.repeat(100_000),
  'a\u0301'.repeat(34_000),
  `a${'\u0301\u0489'.repeat(40)}`,
  `a${'\u0301\u0489'.repeat(20_000)}`,
  '\u{1f468}\u200d'.repeat(14_000),
  `a${'\u{e0061}'.repeat(20_000)}`,
];

const operations = [
  'mutation ($text: String!) { postActivity(input: { message: $text }) { activity { id } } }',
  'mutation ($text: String!) { updateProfile(input: { bio: $text }) { user { id } } }',
  'mutation ($text: String!) { draftJob(input: { title: $text, projectTypeId: "none" }) { job { id } } }',
  'mutation ($text: String!) { draftJob(input: { title: "a", summary: $text, projectTypeId: "none" }) { job { id } } }',
  'mutation ($text: String!) { createFolder(input: { name: $text }) { folder { id } } }',
  'mutation ($text: String!) { startConversation(input: { participantIds: [], firstMessage: $text }) { __typename } }',
  'query ($text: String!) { jobs(filter: { search: $text }) { edges { cursor } } }',
  'query ($text: String!) { users(search: $text) { edges { cursor } } }',
  'query ($text: String!) { searchActivities(query: $text) { edges { cursor } } }',
  'query ($text: String!) { freelancers(filter: { search: $text }) { edges { cursor } } }',
];

/** A signed-in user that sends hostile texts in mutations and filters. */
export async function hostileTexts(attacker: Attacker): Promise<Outcomes> {
  const client = openAttackClient(attacker.url, '127.0.1.3', attacker.tokens[hiringSub]);
  const outcomes = await repeatRequests(attacker, 8, async (turn) => {
    const document = operations[turn % operations.length] ?? '';
    const text = texts[Math.floor(turn / operations.length) % texts.length];
    return (await client.send(document, { variables: { text } })).outcome;
  });
  await client.close();
  return outcomes;
}
