import { bundleSubmission } from '../../runner/submission/bundle.ts';
import { evaluateSubmission } from '../../runner/submission/evaluate.ts';
import { generateImplementation } from '../implementations.ts';
import { runTest } from '#scenario';
import { drain, turn } from './event-loop.ts';
import { lab } from '../../../labs/lab6/lab.ts';
const [impl, slug, runs] = process.argv.slice(2);
const folder = (await generateImplementation(impl!)) ?? impl!;
const s = evaluateSubmission(await bundleSubmission(folder), { onConsole: () => {}, stepLimit: Infinity });
const platform = { load: () => s.newIncarnation(), drain, turn };
for (const suite of ['answers','batches','pipelines','speed','adversaries']) {
  const { tests } = await import(`../../../labs/lab6/suites/${suite}.ts`);
  for (const test of tests) {
    if (!test.slug.includes(slug)) continue;
    const cpu = process.cpuUsage(); let events = 0; const reached: Record<string, number> = {};
    for (let seed = 1; seed <= Math.min(test.runs, Number(runs ?? 1e9)); seed++) {
      const r = await runTest(platform as never, { lab, test, seed }); events += r.events; for (const [k, v] of Object.entries(r.reached)) if (!k.startsWith('max:')) reached[k] = (reached[k] ?? 0) + v;
      if (r.outcome !== 'passed') { console.log(test.slug, seed, r.outcome, r.failure?.rule, r.failure?.message?.slice(0, 300)); break; }
    }
    console.log(test.slug, events, Math.round(process.cpuUsage(cpu).user / 1000), test.reaches ? JSON.stringify(Object.fromEntries(Object.keys(test.reaches).map((k) => [k, [test.reaches[k], reached[k]]]))) : JSON.stringify(reached).slice(0, 200));
  }
}
