import type { TraceMessage } from '#scenario';
import { type Edit, editText } from '../../scenario/edits.ts';
import { caseText } from '../../scenario/minimise/case.ts';
import type { WhatIf } from '../extra.ts';
import { editedCase, messageKey, withEdit } from '../what-if.ts';
import { messageText, timeText } from '../words.ts';
import { copyText, el, find, saveFile } from './dom.ts';
import type { Pane, View } from './view.ts';

/** How much later "later" is, in virtual milliseconds. */
const DELAY_MS = 200;

/** Collects what to do otherwise, and writes a case that the kit can play: a page cannot run a submission. */
export class WhatIfPanel implements Pane {
  readonly #choices = find('what-if-choices');
  readonly #edits = find('what-if-edits');
  readonly #text = find<HTMLTextAreaElement>('what-if-text');
  readonly #command = find('what-if-command');
  readonly #save = find('what-if-save');
  readonly #copy = find('what-if-copy');
  readonly #whatIf: WhatIf | undefined;
  #view: View;

  constructor(view: View, whatIf: WhatIf | undefined) {
    this.#view = view;
    this.#whatIf = whatIf;
    this.#save.addEventListener('click', () => saveFile(whatIf?.file ?? '', this.#text.value, 'application/json'));
    this.#copy.addEventListener('click', () => void copyText(whatIf?.command ?? '', this.#copy));
  }

  render(view: View): void {
    this.#view = view;
    find('what-if-result').hidden = this.#whatIf === undefined || view.edits.length === 0;
    this.#choices.replaceChildren(...this.#choicesHere());
    this.#edits.replaceChildren(
      ...view.edits.map((edit, n) =>
        el(
          'li',
          {},
          editText(edit),
          ' ',
          el(
            'button',
            {
              type: 'button',
              'aria-label': `Take away: ${editText(edit)}`,
              click: () => view.edit(view.edits.toSpliced(n, 1)),
            },
            '✕',
          ),
        ),
      ),
    );
    if (this.#whatIf === undefined) return;
    const { base, command } = this.#whatIf;
    this.#text.value = caseText(editedCase(base, view.edits));
    this.#command.textContent = command;
  }

  #choicesHere(): HTMLElement[] {
    const { run, moment, selected, own } = this.#view;
    if (this.#whatIf === undefined)
      return [el('p', {}, 'This page was made without what it takes to play the run again.')];
    if (run !== own) return [el('p', {}, 'Edits belong to this file’s run; show it first.')];
    const here = run.timeline.moments[moment];
    if (here === undefined) return [];
    const node = run.trace.nodes[here.lane];
    const choices: HTMLElement[] = [];
    for (const traced of this.#messagesHere(selected?.data)) {
      const message = messageKey(traced);
      const text = `${messageText(traced)} to ${traced.to}`;
      choices.push(
        el(
          'div',
          { class: 'choice' },
          el('span', {}, text),
          this.#button('Drop', text, { do: 'drop', message }),
          this.#button('Later', text, { do: 'delay', message, byMs: DELAY_MS }),
        ),
      );
    }
    if (node !== undefined && !run.trace.scripted.includes(node)) {
      const kinds = ['crash', 'restart', 'pause', 'resume'] as const;
      const text = `${node} after ${timeText(here.at)} ms`;
      const buttons = kinds.map((kind) =>
        this.#button(kind[0]!.toUpperCase() + kind.slice(1), text, { do: kind, server: node, atMs: here.at }),
      );
      choices.push(el('div', { class: 'choice' }, el('span', {}, text), ...buttons));
    }
    return choices;
  }

  /** The message that is selected, or those that this step sent or got. */
  #messagesHere(selected: TraceMessage | undefined): readonly TraceMessage[] {
    if (selected !== undefined) return [selected];
    const events = this.#view.run.timeline.events(this.#view.moment);
    const messages = events.flatMap(({ kind, data }) => (kind === 'send' || kind === 'deliver' ? [data] : []));
    // What a server says to itself never leaves it.
    return messages.filter(({ from, to }) => from !== to);
  }

  #button(label: string, what: string, edit: Edit): HTMLElement {
    return el(
      'button',
      {
        type: 'button',
        'aria-label': `${label}: ${what}`,
        click: () => this.#view.edit(withEdit(this.#view.edits, edit)),
      },
      label,
    );
  }
}
