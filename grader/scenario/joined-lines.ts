import type { RecordedLine } from './recorder.ts';

/** Joins lines of one step: a timer and what came of it, a request and its answer, a message and its fate, one to several. */
export function joined(lines: readonly RecordedLine[]): RecordedLine[] {
  const result: RecordedLine[] = [];
  for (const line of lines) {
    const place = findPartner(result, line);
    if (place === undefined) result.push(line);
    else result[place] = join(result[place]!, line)!;
  }
  return result;
}

/** @returns where the line stands with which one can be told together */
function findPartner(told: readonly RecordedLine[], line: RecordedLine): number | undefined {
  for (let place = told.length - 1; told[place]?.step === line.step; place--) {
    const other = told[place]!;
    if (other.server !== line.server) continue;
    if (join(other, line) !== undefined) return place;
    // A write or a flush parts what stands before it from what comes behind it: that order may be all that is wrong.
    if (other.disk === true) return undefined;
  }
  return undefined;
}

/** @returns one line for two of the same step and server; `undefined` when they are better told apart */
function join(before: RecordedLine, line: RecordedLine): RecordedLine | undefined {
  const { way, text } = line;
  const sameCall = before.call !== undefined && before.call === line.call;
  if (line.applied !== undefined && before.applied !== undefined) {
    const first = before.text.split(' … ', 1)[0]!;
    return { ...before, text: `${first} … ${line.applied}` };
  }
  if (line.disk === true && before.disk === true) {
    const list = line.wrote !== undefined && before.wrote !== undefined;
    if (list) return { ...line, text: `${before.text.split(' … ', 1)[0]} … ${line.wrote}` };
    return {
      ...line,
      text: `${before.text}; ${before.wrote !== undefined || !before.text.endsWith('flushed') ? text.replace(/^writes /, '') : text}`,
    };
  }
  if (before.topic === 'timer' && line.topic === 'role') return { ...line, text: `times out: ${text}` };
  if (way === 'sent' && line.topic === 'reply' && before.way === 'got' && before.topic === 'request' && sameCall) {
    return { ...before, text: `${before.text}, answers ${text}`, mark: line.mark };
  }
  if (way === 'sent' && line.topic === 'request' && before.way === 'sent' && before.text === text) {
    return before.suffers === undefined ? { ...before, to: `${before.to} ${line.to}` } : undefined;
  }
  if (line.suffers === undefined || !sameCall || before.suffers !== undefined) return undefined;
  const isAnswer = way === 'reply lost' && before.way === 'got' && before.text.endsWith(text);
  if (isAnswer) return { ...before, text: `${before.text} (${line.suffers})`, suffers: '' };
  const isSent = before.way === 'sent' && before.to === line.to && before.text === text;
  return isSent ? { ...before, suffers: line.suffers } : undefined;
}
