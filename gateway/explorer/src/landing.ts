import { enableCopyButtons } from './landing/copy-buttons.js';
import { enableExamples } from './landing/run-examples.js';
import { pollStatus } from './landing/status-board.js';
import { enableTokenPicker } from './landing/token-picker.js';

enableCopyButtons();
enableTokenPicker();
enableExamples();
pollStatus();
