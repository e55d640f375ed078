/** Tells the processes that this one starts later where the stores of a test run are; jest hands it to its workers. */
export function publishTestStores(stores: { databaseUrl: string; dynamodbEndpoint: string }): void {
  process.env['TEST_DATABASE_URL'] = stores.databaseUrl;
  process.env['TEST_DYNAMODB_ENDPOINT'] = stores.dynamodbEndpoint;
}
