/** The DynamoDB-compatible store as a process of its own: one process may have its files open at a time. */
import { readSettings } from '@marquee/chassis/config/settings';
import { dynamodbSettings } from '../config.js';
import { openDynamodb } from './dynamodb.js';

const { PORT, DIRECTORY } = readSettings(dynamodbSettings);
const store = await openDynamodb({ directory: DIRECTORY, port: PORT });
process.once('SIGTERM', () => void store.close().then(() => process.exit(0)));
