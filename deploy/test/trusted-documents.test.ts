import { expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { environments } from '../src/environments.js';
import { trustedDocumentStatements, trustedDocumentVariables } from '../src/stacks/gateway/trusted-documents.js';

const { prod } = environments;
const stack = new Stack(new App(), 'Test', { env: { account: prod.account, region: prod.region } });

test('trusted documents are read from the bucket of the registry, by a gateway that may read nothing else of it', () => {
  const environment = { ...prod, trustedDocuments: { mode: 'only', clients: ['web', 'ios'] } } as const;
  expect(trustedDocumentVariables(environment)).toEqual({
    TRUSTED_DOCUMENTS: 'only',
    TRUSTED_DOCUMENTS_FILE:
      's3://marquee-prod-registry-333333333333/manifests/web.json,s3://marquee-prod-registry-333333333333/manifests/ios.json',
  });
  const [statement] = trustedDocumentStatements(stack, environment).map((one) => stack.resolve(one.toStatementJson()));
  expect(statement).toMatchObject({ Action: 's3:GetObject', Effect: 'Allow' });
  expect(JSON.stringify(statement.Resource)).toMatch(/manifests\/web\.json.*manifests\/ios\.json/);
});

test('an environment without manifests has no trusted documents', () => {
  expect([trustedDocumentVariables(prod), trustedDocumentStatements(stack, prod)]).toEqual([{}, []]);
});
