import type { TraceMessage } from '#scenario';
import { type Edit, editText } from '../../scenario/edits.ts';
import { caseText } from '../../scenario/minimise/case.ts';
import type { WhatIf } from '../extra.ts';
import type { Arrow, Moment } from '../timeline.ts';
import { editedCase, firstMs, messageKey, underWay, withEdit } from '../what-if.ts';
import { messageText, timeText } from '../words.ts';
import { copyText, el, find, saveFile } from './dom.ts';
import type { Pane, View } from './view.ts';

/** How much later "later" is, in virtual milliseconds. */
const DELAY_MS = 200;
const TAKE_AWAY = 'Take away: ';

/** Collects what to do otherwise, and writes a case that the kit can play: a page cannot run a submission. */
export class WhatIfPanel implements Pane {
  readonly #choices = find('what-if-choices');
  readonly #way = find('what-if-way');
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
    const focused = document.activeElement?.closest('#panel-what-if button')?.getAttribute('aria-label');
    find('what-if-result').hidden = this.#whatIf === undefined || view.edits.length === 0;
    const shown = this.#messagesHere();
    this.#choices.replaceChildren(...this.#choicesHere(shown));
    this.#renderWay(shown);
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
              'aria-label': `${TAKE_AWAY}${editText(edit)}`,
              click: () => view.edit(view.edits.toSpliced(n, 1)),
            },
            '✕',
          ),
        ),
      ),
    );
    if (focused != null) this.#focus(focused);
    if (this.#whatIf === undefined) return;
    const { base, command } = this.#whatIf;
    this.#text.value = caseText(editedCase(base, view.edits));
    this.#command.textContent = command;
  }

  /** Who works by keyboard stays where they were, though every button is a new one; behind an edit taken away, at the next. */
  #focus(label: string): void {
    if (document.activeElement !== document.body) return;
    const buttons = [...find('panel-what-if').querySelectorAll('button')];
    const same = buttons.find((button) => button.getAttribute('aria-label') === label);
    (same ?? (label.startsWith(TAKE_AWAY) ? this.#edits.querySelector('button') : undefined))?.focus();
  }

  #choicesHere(shown: readonly Message[]): HTMLElement[] {
    const { run, moment, own } = this.#view;
    if (this.#whatIf === undefined)
      return [el('p', {}, 'This page was made without what it takes to play the run again.')];
    if (run !== own) return [el('p', {}, 'Edits belong to this file’s run; show it first.')];
    const here = run.timeline.moments[moment];
    if (here === undefined) return [];
    const server = this.#serverChoices(here);
    return [...shown.map((message) => this.#messageChoices(message)), ...(server === undefined ? [] : [server])];
  }

  /** Lists the other messages that are on their way: there may be many, so they are folded away until somebody asks. */
  #renderWay(shown: readonly Message[]): void {
    const { run, moment, own } = this.#view;
    const { timeline } = run;
    const isOffered = this.#whatIf !== undefined && run === own;
    const numbers = new Set(shown.map(({ data }) => data.message));
    const arrows = isOffered ? underWay(timeline, moment).filter(({ data }) => !numbers.has(data.message)) : [];
    this.#way.hidden = arrows.length === 0;
    const [summary, list] = this.#way.children;
    summary!.textContent = `Also on ${arrows.length === 1 ? 'its way: 1 message' : `their way: ${arrows.length} messages`}`;
    const since = (arrow: Arrow): string => `, sent at ${timeText(timeline.moments[arrow.sent]!.at)} ms`;
    list!.replaceChildren(...arrows.map((arrow) => this.#messageChoices({ data: arrow.data, arrow }, since(arrow))));
  }

  /** The message that is selected, or those that this step sent or got. */
  #messagesHere(): Message[] {
    const { run, moment, selected } = this.#view;
    if (selected !== undefined) return [{ data: selected.data, arrow: selected }];
    const { timeline } = run;
    const first = timeline.moments[moment]?.first;
    if (first === undefined) return [];
    return timeline.events(moment).flatMap(({ kind, data }, n) => {
      // What a server says to itself never leaves it.
      const isMessage = (kind === 'send' || kind === 'deliver') && data.from !== data.to;
      return isMessage ? [{ data, arrow: timeline.arrow(first + n) }] : [];
    });
  }

  #messageChoices({ data, arrow }: Message, since = ''): HTMLElement {
    const message = messageKey(data);
    const text = `${messageText(data)} from ${data.from} to ${data.to}${since}`;
    const { run, moment } = this.#view;
    const atMs = arrow === undefined ? undefined : firstMs(run.timeline, arrow, moment);
    return el(
      'div',
      { class: 'choice' },
      el('span', {}, text),
      this.#button('Drop', text, { do: 'drop', message }),
      this.#button('Later', text, { do: 'delay', message, byMs: DELAY_MS }),
      ...(atMs === undefined ? [] : [this.#button('Deliver first', text, { do: 'deliver-first', message, atMs })]),
    );
  }

  #serverChoices({ lane, at }: Moment): HTMLElement | undefined {
    const { run, state } = this.#view;
    const server = run.trace.nodes[lane];
    if (server === undefined || run.trace.scripted.includes(server)) return undefined;
    const text = `${server} after ${timeText(at)} ms`;
    const kinds = ['crash', 'restart', 'pause', 'resume'] as const;
    // A leader waits for no election.
    const mayTimeOut = state.nodes.get(server)?.role !== 'leader';
    return el(
      'div',
      { class: 'choice' },
      el('span', {}, text),
      ...kinds.map((kind) =>
        this.#button(kind[0]!.toUpperCase() + kind.slice(1), text, { do: kind, server, atMs: at }),
      ),
      ...(mayTimeOut ? [this.#button('Let time out', text, { do: 'time-out', server, atMs: at })] : []),
    );
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

/** A message, and its way as far as the trace has it. */
interface Message {
  readonly data: TraceMessage;
  readonly arrow: Arrow | undefined;
}
