import { enableCopyButtons } from './landing/copy-buttons.js';
import { enableLiveChat } from './landing/live-chat.js';
import { enableExamples } from './landing/run-examples.js';
import { pollStatus } from './landing/status-board.js';
import { enableTabPanels } from './landing/tab-panels.js';
import { enableTokenPicker } from './landing/token-picker.js';

enableCopyButtons();
enableTokenPicker();
enableExamples();
enableTabPanels();
pollStatus();
void enableLiveChat();
