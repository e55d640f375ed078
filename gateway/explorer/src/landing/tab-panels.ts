/** Turns `[role=tablist]` into tabs that the arrow keys operate, as the ARIA practices describe. */
export function enableTabPanels(): void {
  for (const list of document.querySelectorAll<HTMLElement>('[role=tablist]')) {
    const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    for (const tab of tabs) tab.addEventListener('click', () => select(tab, tabs));
    list.addEventListener('keydown', (event) => moveBy(event, tabs));
    const [first] = tabs;
    if (first) select(first, tabs);
  }
}

function select(chosen: HTMLElement, tabs: readonly HTMLElement[]): void {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '');
    if (panel) panel.hidden = !isChosen;
  }
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function moveBy(event: KeyboardEvent, tabs: readonly HTMLElement[]): void {
  const index = tabs.indexOf(document.activeElement as HTMLElement);
  const step = steps[event.key];
  const edge = { Home: 0, End: tabs.length - 1 }[event.key];
  if (index < 0 || (step === undefined && edge === undefined)) return;
  const next = tabs[edge ?? (index + (step ?? 0) + tabs.length) % tabs.length];
  event.preventDefault();
  if (next) select(next, tabs);
  next?.focus();
}
