import { readFileSync } from 'node:fs';
import { evaluateSubmission } from '../../runner/submission/evaluate.ts';
import { electionsTable } from './elections.ts';
import { headlineTable } from './headline.ts';
import { recoveryTable } from './recovery.ts';
import { schedulesTable } from './schedules.ts';
import { speedTable } from './speed.ts';
import { type BenchJob, formatTable, type Load, type Rafts, type Table, type TableName } from './table.ts';

const TABLES: Readonly<Record<TableName, (rafts: Rafts) => Promise<Table>>> = {
  speed: ({ subject }) => speedTable(subject),
  schedules: ({ subject }) => schedulesTable(subject),
  elections: ({ subject }) => electionsTable(subject),
  recovery: ({ subject }) => recoveryTable(subject),
  // Asked for only where there is a checkpoint to compare with.
  headline: ({ subject, before }) => headlineTable(before!, subject),
};

/** Runs in a process of its own, bundled as workers are; prints tables. The argument is a file with the {@link BenchJob}. */
async function main(file: string): Promise<void> {
  const { tables, subject, before } = JSON.parse(readFileSync(file, 'utf8')) as BenchJob;
  const rafts: Rafts = { subject: toLoad(subject), ...(before && { before: toLoad(before) }) };
  for (const name of tables) process.stdout.write(formatTable(await TABLES[name](rafts)));
}

function toLoad(bundle: BenchJob['subject']): Load {
  // Nothing resets the count of steps between events here, and what is measured comes to an end.
  const options = { onConsole: () => {}, stepLimit: Number.POSITIVE_INFINITY };
  const submission = evaluateSubmission(bundle, options);
  return () => submission.newIncarnation();
}

await main(process.argv[2]!);
