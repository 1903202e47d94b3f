import { Box, Text } from 'ink';
import { listWindow } from './layout.ts';
import { itemPoints, rowText } from './row-text.ts';
import { shownTestId, type TestItem, type TuiState } from './state.ts';

interface TestListProps {
  readonly state: TuiState;
  readonly width: number;
  readonly rows: number;
  readonly ascii: boolean;
}

function colorOf({ result }: TestItem): string | undefined {
  if (result?.status === 'passed') return 'green';
  if (result?.status === 'failed') return 'red';
  return result?.status === 'kit-error' || result?.status === 'unknown' ? 'yellow' : undefined;
}

/** The position that a list too long for its window stays close to. */
function focusOf(tests: readonly TestItem[], selected: number): number {
  if (selected >= 0) return selected;
  const running = tests.findIndex(({ progress }) => progress === 'running');
  return Math.max(0, running);
}

/** The tests, or as many as fit around the selected or the running one. */
export function TestList({ state, width, rows, ascii }: TestListProps) {
  const { tests, labs } = state;
  const shown = shownTestId(state);
  const selected = tests.findIndex(({ plan }) => plan.id === shown);
  // A list that is cut gives one of its rows to say so.
  const isCut = tests.length > rows;
  const { from, to } = listWindow(tests.length, isCut ? Math.max(0, rows - 1) : rows, focusOf(tests, selected));
  const numberWidth = String(tests.length).length;
  const pointsWidth = Math.max(...tests.map((item) => itemPoints(item).length), 0);
  return (
    <Box flexDirection="column">
      {tests.slice(from, to).map((item, offset) => {
        const position = from + offset;
        const style = { width, ascii, number: position + 1, numberWidth, pointsWidth };
        const row = rowText(item, { ...style, selected: position === selected, nameLab: labs.length > 1 });
        return (
          <Text key={item.plan.id} wrap="truncate" bold={position === selected}>
            <Text color={colorOf(item)}>{row.symbol}</Text>
            {row.rest}
          </Text>
        );
      })}
      {isCut && rows > 0 && (
        <Text dimColor wrap="truncate">
          {`    tests ${from + 1} to ${to} of ${tests.length}`}
        </Text>
      )}
    </Box>
  );
}
