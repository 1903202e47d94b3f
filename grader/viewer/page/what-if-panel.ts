import type { TraceMessage } from '#scenario';
import { caseFile, caseText, type Edit, editText, messageKey } from '../what-if.ts';
import { messageText } from '../words.ts';
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
  #view: View;

  constructor(view: View) {
    this.#view = view;
    this.#save.addEventListener('click', () =>
      saveFile(caseFile(view.own.trace), this.#text.value, 'application/json'),
    );
    this.#copy.addEventListener('click', () => void copyText(this.#text.value, this.#copy));
  }

  render(view: View): void {
    this.#view = view;
    const { trace } = view.own;
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
    this.#text.value = caseText(trace, view.edits);
    this.#command.textContent = `npm run replay case=${caseFile(trace)}`;
  }

  #choicesHere(): HTMLElement[] {
    const { run, moment, selected, own } = this.#view;
    if (run !== own) return [el('p', {}, 'Edits belong to this file’s run; show it first.')];
    const here = run.timeline.moments[moment];
    if (here === undefined) return [];
    const node = run.trace.nodes[here.lane];
    const choices: HTMLElement[] = [];
    for (const message of this.#messagesHere(selected?.data)) {
      const key = messageKey(message);
      const text = `${messageText(message)} to ${message.to}`;
      choices.push(
        el(
          'div',
          { class: 'choice' },
          el('span', {}, text),
          this.#button('Drop', text, { do: 'drop', message: key }),
          this.#button('Later', text, { do: 'delay', message: key, ms: DELAY_MS }),
        ),
      );
    }
    if (node !== undefined) {
      const kinds = ['crash', 'restart', 'pause', 'resume'] as const;
      const buttons = kinds.map((kind) =>
        this.#button(kind[0]!.toUpperCase() + kind.slice(1), `${node} at step ${here.step}`, {
          do: kind,
          server: node,
          step: here.step,
        }),
      );
      choices.push(el('div', { class: 'choice' }, el('span', {}, `${node} at step ${here.step}`), ...buttons));
    }
    return choices;
  }

  /** The message that is selected, or those that this step sent or got. */
  #messagesHere(selected: TraceMessage | undefined): readonly TraceMessage[] {
    if (selected !== undefined) return [selected];
    const events = this.#view.run.timeline.events(this.#view.moment);
    return events.flatMap(({ kind, data }) => (kind === 'send' || kind === 'deliver' ? [data] : []));
  }

  #button(label: string, what: string, edit: Edit): HTMLElement {
    return el(
      'button',
      { type: 'button', 'aria-label': `${label}: ${what}`, click: () => this.#view.edit([...this.#view.edits, edit]) },
      label,
    );
  }
}
