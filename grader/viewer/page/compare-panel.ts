import { readTrace } from '../compare.ts';
import { el, find } from './dom.ts';
import type { Pane, View } from './view.ts';

/** Takes a second trace, chosen or dropped onto the page, and tells where the two runs part. */
export class ComparePanel implements Pane {
  readonly #result = find('compare-result');
  readonly #input = find<HTMLInputElement>('compare-file');
  readonly #view: View;
  #problem = '';

  constructor(view: View) {
    this.#view = view;
    this.#input.addEventListener('change', () => void this.#read(this.#input.files?.[0]));
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      void this.#read(event.dataTransfer?.files[0]);
    });
  }

  render({ comparison, run, own }: View): void {
    if (this.#problem !== '') this.#result.replaceChildren(el('p', { class: 'problem' }, this.#problem));
    else if (comparison === undefined) this.#result.replaceChildren();
    else {
      const { divergence, name, run: other } = comparison;
      const isOther = run !== own;
      const swap = el(
        'button',
        { type: 'button', click: () => this.#view.show(isOther ? own : other) },
        isOther ? 'Show this file’s run' : 'Show the other run',
      );
      this.#result.replaceChildren(
        ...(divergence === undefined
          ? [el('p', {}, `${name} tells the same run, event by event.`)]
          : [
              el(
                'p',
                {},
                `Both runs are the same for ${divergence.place} events. They part at step ${divergence.step}:`,
              ),
              el(
                'dl',
                {},
                el('dt', {}, 'this file'),
                el('dd', {}, divergence.here),
                el('dt', {}, name),
                el('dd', {}, divergence.there),
              ),
              el('button', { type: 'button', click: () => this.#view.goTo(divergence.place) }, 'Go there'),
            ]),
        ' ',
        swap,
      );
    }
  }

  async #read(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    const trace = readTrace(await file.text());
    this.#problem = trace === undefined ? `${file.name} is no trace of this viewer.` : '';
    find('tab-compare').click();
    if (trace === undefined) this.render(this.#view);
    else this.#view.compareWith(file.name, trace);
  }
}
