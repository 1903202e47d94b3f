import { EXPORT_FORMATS, exportTrace } from '../formats.ts';
import { find, saveFile } from './dom.ts';
import type { View } from './view.ts';

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

/** Saves the trace, as it is and in other formats. */
export function connectSave(view: View): void {
  const save = (ending: string, text: string): void => {
    const { lab, test, seed } = view.run.trace;
    saveFile(`${lab}-${test}-seed${seed}.${ending}`, text, ending.endsWith('json') ? 'application/json' : 'text/plain');
  };
  find('save-json').addEventListener('click', () => save('trace.json', JSON.stringify(view.run.trace)));
  for (const format of EXPORT_FORMATS) {
    find(`save-${format}`).addEventListener('click', () => {
      const { ending, text } = exportTrace(view.run.trace, format);
      save(ending, text);
    });
  }
}
