import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createCostModel } from '@marquee/gateway/admission/limits/operation-cost';
import { operationsOf } from '@marquee/gateway/engine/document-definitions';
import { gatewaySettings } from '@marquee/gateway/config';
import { buildSchema, parse } from 'graphql';
import { schemaFile } from './fixtures/whole-graph.js';

/** Pages that front ends usually need, each with its first 20 entries and most of their fields. */
const pages = {
  'the catalogue with every field of a show': `{ shows(first: 20) { edges { cursor node {
    slug title description country genre language tvChannel drm episodeCount image { showImage } primaryColour
    seasons { slug } nextEpisode { channel channelLogo date html url } addedBy { id displayName handle }
  } } pageInfo { hasNextPage endCursor } } }`,
  'a hundred titles of the catalogue': '{ shows(first: 100) { edges { node { slug title image { showImage } } } } }',
  'jobs with poster, terms and show': `{ jobs(first: 20) { edges { node {
    id title summary budget timeline companyOrAuthor publishedAt closesAt poster { id displayName avatar { url } }
    projectType { label } genres { label } audiences { label } show { title image { showImage } } proposalCount
  } } pageInfo { hasNextPage endCursor } } }`,
  'jobs with a menu of filters': `{ jobs(first: 20, sort: DEADLINE, filter: { genres: ["noir"] }) { totalCount facets {
    projectTypes { count term { label slug } } genres { count term { label slug } } audiences { count term { label slug } }
    shows { count show { title } } } edges { node { id title closesAt projectType { label } } } } }`,
  'the catalogue with a menu of filters': `{ shows(first: 20, sort: MOST_EPISODES, filter: { country: "UK" }) { facets {
    genres { value count } countries { value count } withDrm withoutDrm isComplete } edges { node { slug title } } } }`,
  'freelancers with portfolio': `{ freelancers(first: 20) { edges { node {
    id slug name summary currentLocations styles { label } genres { label } avatar { url } owner { displayName handle }
    portfolio { title media { url } }
  } } pageInfo { hasNextPage endCursor } } }`,
  'the feed with replies': `{ feed(first: 20) { edges { node {
    id message createdAt likeCount replyCount likedByMe author { displayName handle avatar { url } }
    replies(first: 3) { edges { node { message author { displayName } } } }
  } } pageInfo { hasNextPage endCursor } } }`,
  'the inbox with participants': `{ conversations(first: 20) { edges { node {
    id title kind unreadCount lastActivityAt participants { id displayName avatar { url } }
    lastMessage { body sentAt sender { displayName } }
  } } pageInfo { hasNextPage endCursor } } }`,
  'a conversation': `{ conversation(id: "1") { id title participants { displayName } messages(last: 50) { edges { node {
    id body sequence sentAt sender { displayName avatar { url } } } } } } }`,
  'covers with contributors': `{ covers(first: 20) { edges { node {
    id title author publisher image { url } genres { label } visualTags { label }
    contributors { name kind freelancer { name slug } }
  } } } }`,
};

const supergraph = buildSchema(readFileSync(schemaFile('supergraph'), 'utf8'), { assumeValidSDL: true });
const costModel = createCostModel(supergraph, 10);
const { GUARD_COST, GUARD_RESPONSE_BYTES } = gatewaySettings.shape;

test.each(Object.entries(pages))('a usual page is within the limits of cost and size: %s', (_, text) => {
  const document = parse(text);
  const { errors, evaluate, responseBytes } = costModel(document, operationsOf(document)[0]!);
  expect(errors).toEqual([]);
  expect(evaluate({})).toBeLessThanOrEqual(GUARD_COST.parse(undefined));
  expect(responseBytes({})).toBeLessThanOrEqual(GUARD_RESPONSE_BYTES.parse(undefined));
});
