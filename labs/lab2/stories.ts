import { Client, type Cluster, expect, type Submission } from '#scenario';

/** What the scenarios of lab 2 are told with. */

/** Time in which everybody applies a command when messages arrive: heartbeats carry it, and then its commitment. */
export const FEW_HEARTBEATS_MS = 500;

/** @returns names of commands: `a.1`, `a.2`, … */
export function named(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}.${i + 1}`);
}

/** Offers commands to a server in one instant. @returns those that it accepted */
export async function offerAtOnce(
  cluster: Cluster,
  server: string,
  commands: readonly string[],
): Promise<Submission[]> {
  const accepted: Submission[] = [];
  let answers = 0;
  for (const command of commands) {
    cluster.offer(server, command, ({ accepted: taken, ...rest }) => {
      answers++;
      if (taken) accepted.push({ command, server, ...(rest as { index: number; term: number }), atMs: cluster.nowMs });
    });
  }
  await cluster.until(`${server} to answer ${commands.length} clients`, () => answers === commands.length, {
    within: 10,
  });
  return accepted;
}

/** Every running server has applied so many commands, the same in the same order (which rules see to). */
export function expectSameCommands(cluster: Cluster, count: number): void {
  for (const id of cluster.up) {
    const { length } = cluster.journal.commands(id);
    expect(length === count, `${count} commands were carried out, but ${id} has applied ${length}`, { servers: [id] });
  }
}

/** Commands that were carried out stay. */
export function expectDone(cluster: Cluster, attempts: readonly Submission[]): void {
  const client = new Client(cluster);
  for (const { command, ...attempt } of attempts)
    expect(
      client.outcome({ command, ...attempt }) === 'done',
      `${command} was carried out at index ${attempt.index}, but another entry is applied there`,
    );
}

/** Commands that were lost have not been applied anywhere, and their clients learn it. */
export function expectLost(cluster: Cluster, attempts: readonly Submission[], why: string): void {
  const client = new Client(cluster);
  for (const attempt of attempts) {
    const outcome = client.outcome(attempt);
    expect(outcome === 'lost', `${why}, but the client of ${attempt.command} learns "${outcome}"`, {
      servers: [attempt.server],
    });
    const id = cluster.up.find((each) => cluster.journal.commands(each).includes(attempt.command));
    expect(id === undefined, `${why}, but ${id} has applied ${attempt.command}`);
  }
}
