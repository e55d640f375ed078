/** Runs the DynamoDB-compatible store as a separate process, since only one process may open its files. */
import { readSettings } from '@marquee/chassis/config/settings';
import { dynamodbSettings } from '../config.js';
import { openDynamodb } from './dynamodb.js';

const { PORT, DIRECTORY } = readSettings(dynamodbSettings);
const store = await openDynamodb({ directory: DIRECTORY, port: PORT });
process.once('SIGTERM', () => void store.close().then(() => process.exit(0)));
