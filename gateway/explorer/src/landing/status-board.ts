interface Service {
  name: string;
  state: string;
  version?: string;
}

/** Milliseconds between polls. */
const pollMs = 4_000;

/** Polls the status while the page is visible, and announces changes to screen readers. */
export function pollStatus(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible') void poll().catch(() => showAll('unknown'));
  }, pollMs);
}

async function poll(): Promise<void> {
  const response = await fetch('/status');
  const { services } = (await response.json()) as { services: Service[] };
  const changes = services.filter(update).map(({ name, state }) => `${name} is ${state}`);
  const announcement = document.getElementById('status-changes');
  if (announcement && changes.length > 0) announcement.textContent = changes.join(', ');
}

/** Updates one service. Returns whether its state changed. */
function update({ name, state, version }: Service): boolean {
  const item = document.querySelector<HTMLElement>(`[data-service="${CSS.escape(name)}"]`);
  if (!item) return false;
  const hasChanged = item.dataset['state'] !== state;
  setState(item, state);
  const shown = item.querySelector('.version');
  if (shown) shown.textContent = version ?? '';
  return hasChanged;
}

/** Without a response of the gateway, the state of the other services is unknown. */
function showAll(state: string): void {
  for (const item of document.querySelectorAll<HTMLElement>('[data-service]'))
    setState(item, item.dataset['service'] === 'gateway' ? 'down' : state);
}

function setState(item: HTMLElement, state: string): void {
  item.dataset['state'] = state;
  const shown = item.querySelector('.state');
  if (shown) shown.textContent = state;
}
