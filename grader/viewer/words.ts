import type { TraceEntry, TraceEvent, TraceKind, TraceMessage } from '#scenario';

/** Entries that a sentence lists. */
const ENTRIES_SHOWN = 3;

/** @returns virtual milliseconds, to a tenth */
export function timeText(ms: number): string {
  return String(Math.round(ms * 10) / 10);
}

/** @returns what happened, in one sentence without its subject */
export function describe(event: TraceEvent): string {
  return (SENTENCES[event.kind] as (data: TraceEvent['data']) => string)(event.data);
}

/** @returns one event as a line that stands alone */
export function eventLine(event: TraceEvent): string {
  return `step ${event.step}, ${timeText(event.at)} ms, ${event.node ?? 'world'}: ${describe(event)}`;
}

/** @returns what a message says */
export function messageText(message: TraceMessage): string {
  return message.phase === 'request' ? requestText(message) : replyText(message);
}

/** @returns an entry as it is named in sentences */
export function entryText(index: number, entry: TraceEntry): string {
  return `${index}:${entry[1]} (t${entry[0]})`;
}

const SENTENCES: { readonly [K in TraceKind]: (data: TraceEvent<K>['data']) => string } = {
  send: (data) => `sends ${messageText(data)} to ${data.to}`,
  deliver: (data) => `gets ${messageText(data)} from ${data.from}${data.again ? ', again' : ''}`,
  drop: (data) => `${messageText(data)} from ${data.from} to ${data.to} ${LOSSES[data.why]}`,
  duplicate: (data) => `${messageText(data)} to ${data.to} goes out twice`,
  delay: (data) => `${messageText(data)} to ${data.to} is held up until ${timeText(data.arrivesMs)} ms`,
  unanswered: (data) => `has no answer to its ${data.method} of term ${data.term} to ${data.to}`,
  'timer-fire': () => 'a timer fires',
  crash: ({ lostWrites }) => `crashes${lostWrites > 0 ? `, losing ${lostWrites} unflushed writes` : ''}`,
  restart: ({ life }) => (life === 1 ? 'starts' : `restarts, life ${life}`),
  pause: () => 'is paused',
  resume: () => 'goes on',
  'disk-write': ({ term, votedFor }) =>
    `writes term ${term}, ${votedFor === null ? 'no vote' : `vote for ${votedFor}`}`,
  'disk-flush': ({ writes }) => `flushes ${writes} ${writes === 1 ? 'write' : 'writes'}`,
  'disk-fault': () => 'its disk has failed',
  partition: ({ text }) => text,
  heal: ({ text }) => text,
  'client-call': ({ command, accepted, index, term, leader }) =>
    `${command === undefined ? 'an operator’s call' : `client offers ${command}`}: ` +
    (accepted
      ? `accepted at index ${index} in term ${term}`
      : `refused${leader === undefined ? '' : `, names ${leader}`}`),
  apply: ({ index, term, text }) => `applies ${entryText(index, [term, text])}`,
  role: ({ role, term, was }) => `becomes ${role} in term ${term}${was === null ? '' : `, was ${was}`}`,
  term: ({ term, was }) => `moves from term ${was} to term ${term}`,
  commit: ({ index, was }) => `commit index ${was} → ${index}`,
  'log-append': ({ from, to }) => (from === to ? `appends entry ${from}` : `appends entries ${from} to ${to}`),
  'log-truncate': ({ from }) => `removes entry ${from} and all behind it`,
  snapshot: ({ index, term }) => `saves a snapshot through ${index} (t${term})`,
  throw: ({ activity, text }) => `${activity} throws: ${text}`,
  note: ({ topic, text }) => (topic === undefined ? text : `${topic}: ${text}`),
  violation: ({ rule, message }) => `${rule}: ${message}`,
};

const LOSSES = {
  lost: 'is lost',
  cut: 'is lost: the link is cut',
  down: 'is lost: nobody is there',
  dropped: 'is dropped by the test',
  healed: 'is lost as the network heals',
} as const;

/** @returns what one server did in a step, in a few characters: its most telling event */
export function brief(events: readonly TraceEvent[]): string {
  const telling = events.toSorted((a, b) => weight(b) - weight(a))[0];
  return telling === undefined ? '' : briefly(telling);
}

/** What says most about a step comes first. */
function weight({ kind, data }: TraceEvent): number {
  switch (kind) {
    case 'violation':
    case 'throw':
      return 9;
    case 'crash':
    case 'restart':
    case 'role':
      return 8;
    case 'client-call':
    case 'log-truncate':
      return 7;
    case 'send':
      // A vote given says more than the request that asked for it.
      return data.voteGranted === true ? 6 : data.success === false ? 5 : 1;
    case 'commit':
      return 4;
    case 'deliver':
    case 'timer-fire':
    case 'pause':
    case 'resume':
    case 'snapshot':
      return 3;
    default:
      return kind === 'note' ? 2 : 0;
  }
}

function briefly(event: TraceEvent): string {
  switch (event.kind) {
    case 'role':
      return `${event.data.role === 'leader' ? 'LEADER' : event.data.role} t${event.data.term}`;
    case 'commit':
      return `commit ${event.data.index}`;
    case 'client-call':
      return event.data.accepted ? `◂ ${event.data.command ?? 'operator'}` : '◂ refused';
    case 'send':
      return event.data.voteGranted === true
        ? `${event.data.preVote ? 'would vote' : 'votes'} ${event.data.to}`
        : event.data.success === false
          ? 'refuses'
          : briefMessage(event.data);
    case 'deliver':
      return briefMessage(event.data);
    case 'drop':
      return `${event.data.method} lost`;
    case 'timer-fire':
      return 'timer';
    case 'log-truncate':
      return `cuts log at ${event.data.from}`;
    case 'unanswered':
      return 'no answer';
    default:
      return describe(event);
  }
}

function briefMessage({
  phase,
  method,
  entryCount,
  voteGranted,
  success,
  term,
  entries,
  prevLogIndex,
}: TraceMessage): string {
  if (phase === 'reply') {
    if (method === 'RequestVote') return voteGranted ? 'has a vote' : 'has a no';
    return success === undefined ? 'has an answer' : success ? 'ok' : 'refusal';
  }
  if (method === 'AppendEntries') {
    if (entryCount === 0) return 'heartbeat';
    const first = (prevLogIndex ?? 0) + 1;
    return entryCount === 1 ? `+${first} ${entries?.[0]?.[1] ?? ''}` : `+${first}–${first + entryCount! - 1}`;
  }
  return method === 'RequestVote' ? `vote? t${term}` : method;
}

function requestText(message: TraceMessage): string {
  const { method, term, preVote, transfer, lastLogIndex, lastLogTerm, prevLogIndex, prevLogTerm } = message;
  switch (method) {
    case 'RequestVote':
      return `${preVote ? 'a pre-vote request' : 'RequestVote'} t${term}, last ${lastLogIndex}:t${lastLogTerm}${transfer ? ', transfer' : ''}`;
    case 'AppendEntries': {
      const { entries = [], entryCount = 0, leaderCommit } = message;
      const place = `prev ${prevLogIndex}:t${prevLogTerm}, commit ${leaderCommit}`;
      if (entryCount === 0) return `heartbeat t${term}, ${place}`;
      const shown = entries.slice(0, ENTRIES_SHOWN).map((entry, n) => entryText(prevLogIndex! + 1 + n, entry));
      const rest = entryCount > shown.length ? ` … ${entryCount} in all` : '';
      return `AppendEntries t${term}, ${place}, [${shown.join(' ')}${rest}]`;
    }
    case 'InstallSnapshot':
      return `InstallSnapshot t${term} through ${message.lastIncludedIndex}:t${message.lastIncludedTerm}`;
    case 'TimeoutNow':
      return `TimeoutNow t${term}`;
  }
}

function replyText(message: TraceMessage): string {
  const { method, term, requestTerm, preVote, voteGranted, success, conflictIndex, conflictTerm } = message;
  const late = requestTerm === term ? '' : ` (to a request of t${requestTerm})`;
  if (method === 'RequestVote') return `${voteGranted ? 'a' : 'no'} ${preVote ? 'pre-vote' : 'vote'} t${term}${late}`;
  if (success === undefined) return `an answer to ${method} t${term}${late}`;
  if (method === 'InstallSnapshot') return `${success ? 'success' : 'a refusal'} of InstallSnapshot t${term}${late}`;
  if (success) return `success t${term} through ${(message.prevLogIndex ?? 0) + (message.entryCount ?? 0)}${late}`;
  const hints = [
    conflictIndex === undefined ? '' : `, conflict at ${conflictIndex}`,
    conflictTerm === undefined ? '' : ` of t${conflictTerm}`,
  ];
  return `a refusal t${term}${hints.join('')}${late}`;
}
