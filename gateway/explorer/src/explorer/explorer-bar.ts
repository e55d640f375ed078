import { actAs, type CallerKind } from '../development-caller.js';
import { maskedHeader, readSession } from '../session.js';

/** Connects the choice of a caller and of an example. Resolves when the first requests can be sent. */
export async function enableExplorerBar(): Promise<void> {
  const callers = document.querySelector<HTMLSelectElement>('#caller');
  const examples = document.querySelector<HTMLSelectElement>('#example');
  examples?.addEventListener('change', () => openExample(examples.value));
  if (callers) await enableCallers(callers);
  showSession();
}

async function enableCallers(select: HTMLSelectElement): Promise<void> {
  select.addEventListener('change', () => void chooseCaller(select));
  const isPartner = select.dataset['kind'] === 'client';
  select.value = readSession()?.caller?.value ?? '';
  // The partner API rejects requests without a token, that of the explorer for the schema included.
  const first = select.options[1];
  if (!isPartner || readSession() || !first) return;
  select.value = first.value;
  await chooseCaller(select);
}

async function chooseCaller({ value, dataset, selectedOptions }: HTMLSelectElement): Promise<void> {
  const name = selectedOptions[0]?.dataset['name'] ?? value;
  try {
    await actAs(dataset['kind'] as CallerKind, value, name);
    showSession();
  } catch (failure) {
    showMessage((failure as Error).message);
  }
}

function showSession(): void {
  const [session, masked] = [readSession(), maskedHeader()];
  const code = document.getElementById('masked-header');
  if (code) [code.textContent, code.hidden] = [masked ?? '', masked === undefined];
  if (!session) return showMessage('No token');
  showMessage(session.caller ? `Signed in as ${session.caller.name}` : 'Signed in with the pasted token');
}

function showMessage(text: string): void {
  const message = document.getElementById('session');
  if (message) message.textContent = text;
}

/** Opens an operation in a new tab of the editor, which keeps the others. */
function openExample(query: string): void {
  if (query === '') return;
  location.hash = new URLSearchParams({ query }).toString();
  location.reload();
}
