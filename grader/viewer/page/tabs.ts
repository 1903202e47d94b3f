import { toChromeTrace, toMermaid, toShiViz } from '../exports.ts';
import { find, saveFile } from './dom.ts';
import type { View } from './view.ts';

/** Events that a diagram for an issue shows. */
const MERMAID_LINES = 60;

const TABS = ['events', 'what-if', 'compare', 'save'];

/** Lets the reader choose between the panes at the bottom right, as tabs are worked: arrows move, the chosen one is shown. */
export function connectTabs(): void {
  const choose = (name: string): void => {
    for (const each of TABS) {
      const tab = find(`tab-${each}`);
      tab.setAttribute('aria-selected', String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
      find(`panel-${each}`).hidden = each !== name;
    }
  };
  for (const [n, name] of TABS.entries()) {
    find(`tab-${name}`).addEventListener('click', () => choose(name));
    find(`tab-${name}`).addEventListener('keydown', (event) => {
      const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (by === 0) return;
      event.preventDefault();
      event.stopPropagation();
      const next = TABS[(n + by + TABS.length) % TABS.length]!;
      choose(next);
      find(`tab-${next}`).focus();
    });
  }
  choose('events');
}

/** Saves the trace in other formats. */
export function connectSave(view: View): void {
  const name = (ending: string): string => {
    const { lab, test, seed } = view.run.trace;
    return `${lab}-${test}-seed${seed}.${ending}`;
  };
  const on = (id: string, save: () => void): void => find(id).addEventListener('click', save);
  on('save-json', () => saveFile(name('trace.json'), JSON.stringify(view.run.trace), 'application/json'));
  on('save-mermaid', () => saveFile(name('mmd'), toMermaid(view.run.trace, MERMAID_LINES), 'text/plain'));
  on('save-shiviz', () => saveFile(name('shiviz.log'), toShiViz(view.run.trace), 'text/plain'));
  on('save-chrome', () => saveFile(name('chrome.json'), toChromeTrace(view.run.trace), 'application/json'));
}
