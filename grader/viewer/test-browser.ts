import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Names under which distributions install the browser. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const FLAGS = [
  '--headless',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

/** @returns where a browser is that tests can drive, if there is one */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** An answer or an event of the DevTools protocol. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A browser, driven over a pipe by as much of the DevTools protocol as the tests of the viewer need. */
export class TestBrowser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #rest = '';
  #calls = 0;

  constructor(path: string) {
    this.#profile = mkdtempSync(join(tmpdir(), 'raftlab-browser-'));
    // As root, which is what containers run as, the browser starts only without its sandbox; it opens our own files only.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const flags = [...FLAGS, ...sandbox, `--user-data-dir=${this.#profile}`, 'about:blank'];
    this.#process = spawn(path, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    (this.#process.stdio[4] as Readable).on('data', (chunk: Buffer) => this.#read(chunk.toString()));
  }

  /** Opens a page of its own. */
  async open(): Promise<TestPage> {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const page = new TestPage(this, sessionId as string);
    await page.call('Page.enable');
    await page.call('Runtime.enable');
    await page.call('Network.enable');
    return page;
  }

  /** Ends the browser, and removes what it wrote. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.call('Browser.close').catch(() => this.#process.kill());
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Calls a method of the protocol. */
  async call(method: string, params: object = {}, sessionId?: string): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#calls;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** Hears all events. */
  listen(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  #read(chunk: string): void {
    const parts = (this.#rest + chunk).split('\0');
    this.#rest = parts.pop()!;
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id === undefined) for (const listener of this.#listeners) listener(message);
      else this.#waiting.get(message.id)?.(message);
    }
  }
}

/** One page, as somebody at the keyboard sees it. */
export class TestPage {
  /** Errors of the page's script, and what its policy refused. */
  readonly problems: string[] = [];
  /** Addresses that the page asked for. */
  readonly requests: string[] = [];
  readonly #browser: TestBrowser;
  readonly #session: string;
  #loaded: (() => void) | undefined;

  constructor(browser: TestBrowser, session: string) {
    this.#browser = browser;
    this.#session = session;
    browser.listen(({ method, params }) => {
      if (method === 'Page.loadEventFired') this.#loaded?.();
      if (method === 'Network.requestWillBeSent')
        this.requests.push((params as { request: { url: string } }).request.url);
      if (method === 'Runtime.exceptionThrown') this.problems.push(JSON.stringify(params));
      if (method === 'Runtime.consoleAPICalled') this.problems.push(JSON.stringify(params));
    });
  }

  async call(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.#browser.call(method, params, this.#session);
  }

  /** Opens an address, and waits until it is loaded. */
  async goTo(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await this.call('Page.navigate', { url });
    await loaded;
  }

  /** @returns what an expression yields in the page */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  /** Presses keys, one after the other, by the names that `KeyboardEvent.key` has; `Shift+` in front holds that key. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const each of keys) {
      const shift = each.startsWith('Shift+');
      const key = shift ? each.slice('Shift+'.length) : each;
      const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
      const event = { key, code: CODES[key] ?? '', windowsVirtualKeyCode: VIRTUAL[key] ?? 0, modifiers: shift ? 8 : 0 };
      await this.call('Input.dispatchKeyEvent', { type: 'keyDown', ...event, ...text });
      await this.call('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    }
  }

  /** Sets the window's size in pixels, and the reader's colour scheme. */
  async look(width: number, height: number, scheme: 'light' | 'dark' = 'light'): Promise<void> {
    await this.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    await this.call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  /** @returns the page as PNG, in base64 */
  async screenshot(): Promise<string> {
    return (await this.call('Page.captureScreenshot', { format: 'png' })).data as string;
  }
}

const CODES: Readonly<Record<string, string>> = { ' ': 'Space' };
/** Keys that act by their number. */
const VIRTUAL: Readonly<Record<string, number>> = {
  Tab: 9,
  Enter: 13,
  Escape: 27,
  ' ': 32,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};
