/** What an element is made with: attributes, and listeners for events. */
export interface Options {
  readonly [name: string]: string | number | boolean | ((event: never) => void) | undefined;
}

/** Makes an element. Strings become text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  set(element, options);
  element.append(...children);
  return element;
}

/** Makes an SVG element; its namespace is that of the page's own drawing. */
export function draw(tag: string, options: Options = {}, ...children: readonly (Node | string)[]): SVGElement {
  const element = document.createElementNS(find('drawing').namespaceURI, tag) as SVGElement;
  set(element, options);
  element.append(...children);
  return element;
}

function set(element: Element, options: Options): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @returns the template's element with an id; the template has them all */
export function find<T extends Element = HTMLElement>(id: string): T {
  return document.getElementById(id) as unknown as T;
}

/** Hands a text to the reader as a file. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

/** Copies a text, also where a page that was opened from a file may not use the clipboard; says so on the button. */
export async function copyText(text: string, button: HTMLElement): Promise<void> {
  const label = button.textContent ?? '';
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el('textarea', { class: 'offscreen' });
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.textContent = done ? 'Copied' : 'Press Ctrl+C';
  setTimeout(() => {
    button.textContent = label;
  }, 1_500);
}
