import { readFileSync } from 'node:fs';
import { evaluateSubmission } from '../../runner/submission/evaluate.ts';
import { measureElections } from './elections.ts';
import { measureSchedules } from './schedules.ts';
import { measureSpeed } from './speed.ts';

/** Runs in a process of its own, bundled as workers are; prints tables. The first argument is a file with the bundled reference. */
async function main(file: string): Promise<void> {
  const submission = evaluateSubmission(JSON.parse(readFileSync(file, 'utf8')), {
    onConsole: () => {},
    // Nothing resets the count between events here, and the reference comes to an end.
    stepLimit: Number.POSITIVE_INFINITY,
  });
  const load = () => submission.newIncarnation();
  print(
    'Speed (real time; compare the ratios, not the figures of different machines)',
    ['subject', 'events/s', 'ratio'],
    (await measureSpeed(load)).map((row) => [
      row.subject,
      `${Math.round(row.eventsPerSecond / 1_000)} k`,
      row.ratio.toFixed(3),
    ]),
  );
  print(
    'Schedules on one core (real time)',
    ['servers', 'schedules/s', 'virtual s / real s'],
    (await measureSchedules(load)).map((row) => [
      `${row.servers}`,
      row.schedulesPerSecond.toFixed(0),
      row.virtualPerReal.toFixed(0),
    ]),
  );
  const elections = await measureElections(load);
  print(
    'Lab 1: the election behind a leader’s death, 200 trials each (virtual time: the same on every machine)',
    ['servers', 'latency ms', 'timeout ms', 'split votes', 'median ms', 'p95 ms'],
    elections.map((row) => [
      `${row.servers}`,
      row.latencyMs.join('–'),
      row.timeoutMs[0] === row.timeoutMs[1] ? `${row.timeoutMs[0]} fixed` : row.timeoutMs.join('–'),
      `${(row.splitRate * 100).toFixed(0)} %`,
      row.medianMs.toFixed(0),
      row.p95Ms.toFixed(0),
    ]),
  );
  process.stdout.write(
    'Claimed elsewhere: split votes 68 to 12 % (3 servers) and 89 to 18 % (5), fixed against random; elections 300–500 to 150–200 ms.\n',
  );
}

function print(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  process.stdout.write(
    `${title}\n\n${[head, widths.map((width) => '-'.repeat(width)), ...rows].map((row) => `  ${line(row)}`).join('\n')}\n\n`,
  );
}

await main(process.argv[2]!);
