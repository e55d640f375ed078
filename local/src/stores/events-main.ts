/** Runs the emulator of SNS and SQS as a separate process. */
import { readSettings } from '@marquee/chassis/config/settings';
import { eventEmulatorSettings } from '../config.js';
import { openEventEmulator } from './event-emulator.js';

const { PORT, HOST } = readSettings(eventEmulatorSettings);
const emulator = await openEventEmulator({ port: PORT, host: HOST });
process.once('SIGTERM', () => void emulator.close().then(() => process.exit(0)));
