import { type Profiler, Session } from 'node:inspector/promises';

/** A CPU profile as the inspector of V8 records it. */
export type CpuProfile = Profiler.Profile;

/** Microseconds between samples: 101 a second, so that periodic work does not coincide with them. */
const samplingInterval = 9_901;

/** Milliseconds after which a profile ends by itself, which bounds its memory. */
const maxDuration = 30_000;

/** Records CPU profiles of the main thread, one at a time. */
export class CpuProfiler {
  readonly #session = new Session();
  #isRecording = false;

  constructor() {
    this.#session.connect();
  }

  /** Starts a profile. @returns a function that ends it; undefined while another one is recorded */
  start(): (() => Promise<CpuProfile>) | undefined {
    if (this.#isRecording) return undefined;
    this.#isRecording = true;
    const started = this.#start();
    // Ending it fails too.
    started.catch(() => (this.#isRecording = false));
    let ended: Promise<CpuProfile> | undefined;
    const end = () => (ended ??= started.then(() => this.#stop()));
    const timer = setTimeout(() => void end().catch(() => undefined), maxDuration).unref();
    return () => {
      clearTimeout(timer);
      return end();
    };
  }

  close(): void {
    this.#session.disconnect();
  }

  async #start(): Promise<void> {
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: samplingInterval });
    await this.#session.post('Profiler.start');
  }

  async #stop(): Promise<CpuProfile> {
    try {
      const { profile } = await this.#session.post('Profiler.stop');
      return profile;
    } finally {
      this.#isRecording = false;
    }
  }
}
