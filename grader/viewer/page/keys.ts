import { find } from './dom.ts';
import type { Player } from './player.ts';
import type { View } from './view.ts';

/** The keys, for the handler and for the help: one list, so that neither can forget one. */
export function keyList(view: View, player: Player): readonly Key[] {
  return [
    { keys: ['ArrowRight', 'n'], shown: '→ n', text: 'next step', run: () => player.step(1) },
    { keys: ['ArrowLeft', 'p'], shown: '← p', text: 'previous step', run: () => player.step(-1) },
    {
      keys: ['Shift+ArrowRight', 'N'],
      shown: 'Shift + → N',
      text: 'next step of this server',
      run: () => player.stepHere(1),
    },
    {
      keys: ['Shift+ArrowLeft', 'P'],
      shown: 'Shift + ← P',
      text: 'previous step of this server',
      run: () => player.stepHere(-1),
    },
    { keys: [' '], shown: 'Space', text: 'play and pause', run: () => player.toggle() },
    { keys: ['+', '='], shown: '+', text: 'faster', run: () => player.faster(1) },
    { keys: ['-'], shown: '-', text: 'slower', run: () => player.faster(-1) },
    { keys: ['Home'], shown: 'Home', text: 'first step', run: () => player.ends(0) },
    { keys: ['End'], shown: 'End', text: 'last step', run: () => player.ends(1) },
    { keys: ['v'], shown: 'v', text: 'to the failure', run: () => player.violation() },
    { keys: ['e'], shown: 'e', text: 'next piece of evidence', run: () => player.evidence() },
    { keys: ['['], shown: '[', text: 'previous election', run: () => player.election(-1) },
    { keys: [']'], shown: ']', text: 'next election', run: () => player.election(1) },
    {
      keys: ['d'],
      shown: 'd',
      text: 'set a second cursor here, and show the difference from it',
      run: () => view.toggleMark(),
    },
    { keys: ['/'], shown: '/', text: 'search the events', run: () => find<HTMLInputElement>('search').select() },
    { keys: ['Escape'], shown: 'Esc', text: 'end the selection of a message', run: () => view.select(undefined) },
    { keys: ['?'], shown: '?', text: 'this help', run: () => find<HTMLDialogElement>('help').showModal() },
  ];
}

/** A key and what it does. */
export interface Key {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly text: string;
  readonly run: () => void;
}

/** Listens for keys, except where they have a meaning of their own: in fields, and Space on buttons. */
export function listen(list: readonly Key[]): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest('textarea, input:not([type=range]), select, dialog[open]') !== null) return;
    if (target.closest('button, summary, a') !== null && event.key === ' ') return;
    const name = event.shiftKey && event.key.startsWith('Arrow') ? `Shift+${event.key}` : event.key;
    const key = list.find(({ keys }) => keys.includes(name));
    if (key === undefined) return;
    event.preventDefault();
    key.run();
  });
}
