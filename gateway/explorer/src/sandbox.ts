import { endpoint, liveEndpoint, sessionHeaders } from './session.js';

/** The script that renders Apollo Sandbox into a page. */
const scriptUrl = 'https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js';

interface Sandbox {
  new (options: object): unknown;
}

const element = document.createElement('script');
element.src = scriptUrl;
element.addEventListener('load', render);
element.addEventListener('error', () => {
  document.getElementById('notice')?.setAttribute('hidden', '');
  document.getElementById('offline')?.removeAttribute('hidden');
});
document.head.append(element);

/** The embedded Sandbox sends its requests through this page, so they are same-origin and need no CORS. */
function render(): void {
  const { EmbeddedSandbox } = globalThis as unknown as { EmbeddedSandbox: Sandbox };
  document.getElementById('notice')?.remove();
  new EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: endpoint,
    ...(liveEndpoint !== undefined && { initialSubscriptionEndpoint: liveEndpoint }),
    initialState: { sharedHeaders: sessionHeaders(), includeCookies: false },
    hideCookieToggle: true,
    endpointIsEditable: false,
    runTelemetry: false,
    allowDynamicStyles: false,
  });
}
