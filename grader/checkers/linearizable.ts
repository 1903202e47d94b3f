import {
  checkLinearizable,
  type KeyValueInput,
  type KeyValueOutput,
  keyValueModel,
  type NonLinearizable,
  type Operation,
} from './linearizability/index.ts';
import type { RuleText, Violation } from './rule.ts';

/** What a client did with the key-value service, and what it saw. Times are virtual milliseconds. */
export interface ServiceOperation extends Operation<KeyValueInput, KeyValueOutput> {
  /** The step in which it was answered; for an open operation, in which its client gave up. */
  readonly step: number;
}

/**
 * Clients see one map. It is judged when a run is over, from what they were told; their commands' order in the log is not
 * looked at.
 */
const linearizable: RuleText = {
  id: 'Linearizable',
  kind: 'safety',
  sentence:
    'Each operation of a client appears to execute instantaneously, exactly once, at some point between its invocation and its response.',
  paper: 'Raft §8',
};

/** Steps of search after which a history is given up as undecided, which fails nobody. */
const STEPS_MAX = 300_000;

/** @returns how a history breaks linearizability; `undefined` when it does not, or when that was not to be decided */
export function judgeHistory(history: readonly ServiceOperation[]): Violation | undefined {
  const result = checkLinearizable(keyValueModel, history, { stepsMax: STEPS_MAX });
  if (result.verdict !== 'violation') return undefined;
  const { key, placed, blocked } = result.evidence as NonLinearizable<KeyValueInput, KeyValueOutput>;
  const last = placed.at(-1);
  const state = JSON.stringify(last?.stateAfter ?? '');
  const explained = last === undefined ? '' : ` after ${describe(last.operation)}`;
  return {
    rule: linearizable,
    message: `no order of the operations on ${key} explains all answers: with ${key} = ${state}${explained}, none of these can come next: ${blocked.map(describe).join('; ')}`,
    evidence: [...blocked, ...(last === undefined ? [] : [last.operation])].map(
      (operation) => (operation as ServiceOperation).step,
    ),
    servers: [],
    likelyCause:
      'a state machine lacks entries, or has some twice: a snapshot holds another state than its last included index says, or entries were applied over the wrong one',
  };
}

function describe({ client, input, output, callAt, returnAt }: Operation<KeyValueInput, KeyValueOutput>): string {
  const { kind, key, ...rest } = input;
  const what = `${client} ${kind} ${key}${Object.values(rest)
    .map((value) => ` ${JSON.stringify(value)}`)
    .join('')}`;
  const answer = output === null || output === undefined ? '' : ` = ${JSON.stringify(output)}`;
  return `${what}${answer} (${Math.round(callAt)} to ${output === undefined ? '?' : Math.round(returnAt)} ms)`;
}
