import type { Trace } from '#scenario';
import type { ViewerExtra } from '../extra.ts';
import { ComparePanel } from './compare-panel.ts';
import { Diagram } from './diagram.ts';
import { el, find } from './dom.ts';
import { EventList } from './event-list.ts';
import { Header } from './header.ts';
import { keyList, listen } from './keys.ts';
import { LogGrid } from './log-grid.ts';
import { Player } from './player.ts';
import { Scrubber } from './scrubber.ts';
import { StateTable } from './state-table.ts';
import { connectSave, connectTabs } from './tabs.ts';
import { type Pane, View } from './view.ts';
import { WhatIfPanel } from './what-if-panel.ts';

/** Keeps the step in the address, so that it can be sent: "look at step 41". */
class Address implements Pane {
  #written = '';

  constructor(view: View) {
    addEventListener('hashchange', () => {
      if (location.hash !== this.#written) goToAddress(view);
    });
  }

  render({ run, moment }: View): void {
    const step = run.timeline.moments[moment]?.step ?? 0;
    this.#written = `#step=${step}`;
    if (location.hash !== this.#written) history.replaceState(null, '', this.#written);
  }
}

/** @returns whether the address names a step */
function goToAddress(view: View): boolean {
  const step = /^#step=(\d+)$/.exec(location.hash)?.[1];
  if (step === undefined) return false;
  view.goToMoment(view.run.timeline.momentAtStep(Number(step)));
  return true;
}

const trace = JSON.parse(find('trace').textContent ?? '') as Trace;
const { replay, whatIf, other } = JSON.parse(find('extra').textContent ?? '') as ViewerExtra;
const view = new View(trace);
const player = new Player(view);
const keys = keyList(view, player);
find('keys').replaceChildren(
  ...keys.flatMap(({ shown, text }) => [el('dt', {}, el('kbd', {}, shown)), el('dd', {}, text)]),
);
find('open-help').addEventListener('click', () => find<HTMLDialogElement>('help').showModal());
connectTabs();
connectSave(view);
view.add(
  new Header(replay),
  new Diagram(view),
  new StateTable(),
  new LogGrid(view),
  new EventList(view),
  new Scrubber(view),
  new WhatIfPanel(view, whatIf),
  new ComparePanel(view),
  new Address(view),
);
listen(keys);
// What scrolls can be scrolled by keyboard, too.
for (const id of ['diagram', 'log-scroller']) find(id).tabIndex = 0;
if (other !== undefined) view.compareWith(other.name, other.trace);
if (!goToAddress(view) && other === undefined) player.violation();
