import type {
  AppendEntriesArgs,
  AppendEntriesReply,
  RequestVoteArgs,
  RequestVoteReply,
  ServerId,
  Status,
} from '#contract';
import { type Call, type Host, isSnapshot, type Observer, type Reply, type World } from '#kernel';
import type { StoryLine } from './result.ts';

/** Lines kept: the story of a failure is its end. */
const LINES_MAX = 4_000;

/** Writes down what happens in a run, in words. */
export class Recorder implements Observer {
  readonly #world: World;
  #lines: StoryLine[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** What was seen so far, oldest first. */
  get lines(): readonly StoryLine[] {
    return this.#lines;
  }

  booted(host: Host): void {
    this.#add('fault', host.id, host.incarnation === 1 ? 'starts' : 'restarts');
  }

  crashed(host: Host, lostWrites: number): void {
    this.#add('fault', host.id, lostWrites === 0 ? 'crashes' : `crashes, losing ${lostWrites} unflushed writes`);
  }

  disturbed(text: string): void {
    this.#add('fault', undefined, text);
  }

  stepped(host: Host, status: Status, previous: Status | undefined): void {
    const { role, currentTerm, commitIndex } = status;
    if (previous === undefined || role !== previous.role || currentTerm !== previous.currentTerm) {
      if (previous !== undefined || role !== 'follower')
        this.#add(
          'role',
          host.id,
          `${role === 'leader' ? 'LEADER' : role} of term ${currentTerm}`.replace('follower of', 'follower in'),
        );
    }
    if (previous !== undefined && commitIndex !== previous.commitIndex)
      this.#add('apply', host.id, `commit index ${commitIndex}`);
  }

  requestSent(call: Call): void {
    if (call.from !== call.to) this.#add('request', call.from.id, `${describeArgs(call)} to ${call.to.id}`);
  }

  requestArrived(call: Call): void {
    if (call.from !== call.to) this.#add('request', call.to.id, `gets ${describeArgs(call)} from ${call.from.id}`);
  }

  replySent(call: Call, reply: Reply): void {
    if (call.from !== call.to) this.#add('reply', call.to.id, `${describeReply(call, reply)} to ${call.from.id}`);
  }

  replyArrived(call: Call, reply: Reply): void {
    if (call.from === call.to) return;
    const about = call.settled ? ' (again)' : '';
    this.#add(
      'reply',
      call.from.id,
      `gets ${describeReply(call, reply)} from ${call.to.id} to its request of term ${call.args.term}${about}`,
    );
  }

  messageDropped(...[call, phase, cause]: Parameters<NonNullable<Observer['messageDropped']>>): void {
    const [from, to] = phase === 'request' ? [call.from, call.to] : [call.to, call.from];
    this.#add(
      'loss',
      from.id,
      `${phase === 'request' ? call.method : `reply to ${call.method}`} to ${to.id}: ${cause}`,
    );
  }

  timerFired(host: Host): void {
    this.#add('timer', host.id, 'a timer fires');
  }

  applied(...[host, item]: Parameters<NonNullable<Observer['applied']>>): void {
    this.#add(
      'apply',
      host.id,
      isSnapshot(item)
        ? `applies the snapshot through ${item.lastIncludedIndex}`
        : `applies ${item.index}:t${item.term}${item.command === undefined ? ` (${item.kind})` : `=${item.command}`}`,
    );
  }

  proposed(...[host, command, result]: Parameters<NonNullable<Observer['proposed']>>): void {
    const answer = result.accepted
      ? `accepts it at index ${result.index} in term ${result.term}`
      : `refuses${result.leader === undefined ? '' : `, names ${result.leader}`}`;
    this.#add(
      'client',
      host.id,
      `${command === undefined ? 'an operator’s call' : `client offers ${command}`}: ${answer}`,
    );
  }

  logged(host: Host, topic: string, text: string): void {
    this.#add('log', host.id, `${topic}: ${text}`);
  }

  /** Adds the failure itself. */
  failed(step: number, servers: readonly ServerId[], text: string): void {
    this.#lines.push({
      step,
      atMs: this.#world.nowMs,
      ...(servers[0] === undefined ? {} : { server: servers[0] }),
      text,
      topic: 'failure',
      evidence: true,
    });
  }

  #add(topic: StoryLine['topic'], server: ServerId | undefined, text: string): void {
    this.#lines.push({
      step: this.#world.step,
      atMs: this.#world.nowMs,
      ...(server === undefined ? {} : { server }),
      text,
      topic,
    });
    if (this.#lines.length > LINES_MAX) this.#lines = this.#lines.slice(LINES_MAX / 2);
  }
}

function describeArgs({ method, args }: Call): string {
  if (method === 'RequestVote') {
    const vote = args as RequestVoteArgs;
    return `${vote.preVote === true ? 'pre-vote request' : 'RequestVote'} t${vote.term}${vote.lastLogIndex > 0 ? ` (last ${vote.lastLogIndex}:t${vote.lastLogTerm})` : ''}`;
  }
  if (method !== 'AppendEntries') return `${method} t${args.term}`;
  const { term, entries, prevLogIndex, prevLogTerm, leaderCommit } = args as AppendEntriesArgs;
  if (entries.length === 0 && prevLogIndex === 0) return `heartbeat t${term}`;
  const list = entries
    .slice(0, 3)
    .map((entry) => `${entry.index}:t${entry.term}${entry.command === undefined ? '' : `=${entry.command}`}`);
  return `AppendEntries t${term} prev ${prevLogIndex}:t${prevLogTerm} [${list.join(' ')}${entries.length > 3 ? ` … ${entries.length} in all` : ''}] commit ${leaderCommit}`;
}

function describeReply({ method, args }: Call, reply: Reply): string {
  if (method === 'RequestVote') {
    const what = (args as RequestVoteArgs).preVote === true ? 'pre-vote' : 'vote';
    return `${(reply as RequestVoteReply).voteGranted ? '' : 'no '}${what} t${reply.term}`;
  }
  if (method === 'TimeoutNow') return `answer t${reply.term}`;
  return `${(reply as AppendEntriesReply).success ? 'success' : 'refusal'} t${reply.term}`;
}
