import { timeText } from '../words.ts';
import { copyText, el, find } from './dom.ts';
import type { Pane, View } from './view.ts';

/** What the run was, how it ended, and how to play it again. */
export class Header implements Pane {
  readonly #notice = find('notice');
  readonly #replay: string;
  #drawnFor: unknown;

  constructor(replay: string) {
    this.#replay = replay;
  }

  render(view: View): void {
    const { run, own, comparison } = view;
    const other = run !== own;
    this.#tellNotice(view);
    if (this.#drawnFor === run) return;
    this.#drawnFor = run;
    const { lab, test, title, seed, verdict, kit, events } = run.trace;
    document.title = `${lab}/${test} seed ${seed} – raftlab trace`;
    find('title').replaceChildren(
      el('span', { class: 'path' }, `${lab}/${test}`),
      el('span', { class: 'seed' }, `seed ${seed}`),
      el('span', { class: 'what' }, other ? `the other run: ${comparison?.name ?? ''}` : title),
    );
    const passed = verdict.kind === 'passed';
    const badge = passed ? '✔ PASS' : verdict.kind === 'not-started' ? '○ NOT STARTED' : `✘ FAIL · ${verdict.kind}`;
    find('verdict').replaceChildren(
      el('b', { class: passed ? 'badge pass' : 'badge fail' }, badge),
      ...(verdict.checker === ''
        ? []
        : [el('b', {}, `${verdict.checker} at step ${verdict.step}, ${timeText(events.at(-1)?.at ?? 0)} ms. `)]),
      el('span', { class: 'message' }, verdict.message),
    );
    find('rule').replaceChildren(
      ...(verdict.sentence === ''
        ? []
        : [el('span', {}, `${verdict.sentence} `), el('span', { class: 'paper' }, verdict.paper)]),
      ...(verdict.likelyCause === undefined
        ? []
        : [el('span', { class: 'cause' }, ` Likely cause: ${verdict.likelyCause.replace(/\.$/, '')}.`)]),
    );
    const copy = el('button', { type: 'button', click: () => void copyText(this.#replay, copy) }, 'Copy');
    find('replay').replaceChildren(el('code', { tabindex: 0 }, this.#replay), copy);
    find('kit').textContent = `raftlab ${kit}`;
  }

  /** What a reader must know of the trace itself. */
  #tellNotice({ run, comparison }: View): void {
    const parts: string[] = [];
    const { omitted } = run.trace;
    if (omitted > 0) parts.push(`The run was long: its first ${omitted} events are left out.`);
    if (comparison !== undefined) {
      const { divergence, name } = comparison;
      parts.push(
        divergence === undefined
          ? `${name} tells the same run.`
          : `${name} parts from this run at step ${divergence.step}.`,
      );
    }
    this.#notice.textContent = parts.join(' ');
    this.#notice.hidden = parts.length === 0;
  }
}
