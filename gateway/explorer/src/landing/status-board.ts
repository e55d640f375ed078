interface Service {
  name: string;
  state: string;
  version?: string;
}

/** Milliseconds between two looks. */
const interval = 4_000;

/** Keeps the board up to date while somebody can see it, and tells a screen reader what changed. */
export function pollStatus(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible') void look().catch(() => showAll('unknown'));
  }, interval);
}

async function look(): Promise<void> {
  const response = await fetch('/status');
  const { services } = (await response.json()) as { services: Service[] };
  const changes = services.filter(show).map(({ name, state }) => `${name} is ${state}`);
  const news = document.getElementById('news');
  if (news && changes.length > 0) news.textContent = changes.join(', ');
}

/** Tells whether that was news. */
function show({ name, state, version }: Service): boolean {
  const item = document.querySelector<HTMLElement>(`[data-service="${CSS.escape(name)}"]`);
  if (!item) return false;
  const isNews = item.dataset['state'] !== state;
  write(item, state);
  const shown = item.querySelector('.version');
  if (shown) shown.textContent = version ?? '';
  return isNews;
}

/** When the gateway itself is gone, nobody knows of the others. */
function showAll(state: string): void {
  for (const item of document.querySelectorAll<HTMLElement>('[data-service]'))
    write(item, item.dataset['service'] === 'gateway' ? 'down' : state);
}

function write(item: HTMLElement, state: string): void {
  item.dataset['state'] = state;
  const shown = item.querySelector('.state');
  if (shown) shown.textContent = state;
}
