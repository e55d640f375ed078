import { beforeAll, describe, expect, test } from '@jest/globals';
import { openTopic, type OpenTopic } from './open-topic.js';
import type { Topic } from './topic.js';
import { abstractTypeTopics } from './topics/abstract-types.js';
import { entityTopics } from './topics/entities.js';
import { externalFieldTopics } from './topics/external-fields.js';
import { interfaceObjectTopics } from './topics/interface-objects.js';
import { keyTopics } from './topics/keys.js';
import { overrideTopics } from './topics/overrides.js';
import { providedFieldTopics } from './topics/provided-fields.js';
import { requiredArgumentTopics } from './topics/required-field-arguments.js';
import { requiredFieldTopics } from './topics/required-fields.js';
import { rootFieldTopics } from './topics/shared-root-fields.js';
import { sharedInputTopics } from './topics/shared-inputs.js';
import { unionTopics } from './topics/unions.js';

const topics: readonly Topic[] = [
  ...abstractTypeTopics,
  ...entityTopics,
  ...externalFieldTopics,
  ...interfaceObjectTopics,
  ...keyTopics,
  ...overrideTopics,
  ...providedFieldTopics,
  ...requiredArgumentTopics,
  ...requiredFieldTopics,
  ...rootFieldTopics,
  ...sharedInputTopics,
  ...unionTopics,
];

test('there are cases for each of the 46 topics of the public audit of federated gateways', () => {
  expect(new Set(topics.map(({ title }) => title)).size).toBe(46);
});

describe.each(topics)('$title', (topic) => {
  let open: OpenTopic;

  beforeAll(() => {
    open = openTopic(topic);
  });

  test.each(topic.cases)('answers $query', async ({ query, variables, data, errors = false }) => {
    expect(await open.execute({ query, variables })).toEqual({ ...(data !== undefined && { data }), errors });
  });
});
