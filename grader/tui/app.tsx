import { Box, useApp } from 'ink';
import { useEffect } from 'react';
import { contentLines } from './content-lines.ts';
import { headerLines } from './header-lines.ts';
import { KeyLine } from './key-line.tsx';
import { GUTTER_WIDTH, planLayout } from './layout.ts';
import type { TuiExit, TuiSession } from './session.ts';
import { TestList } from './test-list.tsx';
import { TextLines } from './text-lines.tsx';
import { useKeys } from './use-keys.ts';
import { useSession } from './use-session.ts';
import { useWindowSize } from './use-window-size.ts';

interface AppProps {
  readonly session: TuiSession;
  /** Called once, just before the screen closes. */
  readonly onExit: (exit: TuiExit) => void;
}

/** The whole screen: header, list of tests, the test in question, keys. One region that is redrawn, never taller than the window. */
export function App({ session, onExit }: AppProps) {
  const { ascii, watching } = session;
  const size = useWindowSize();
  const [state, store] = useSession(session);
  const hasKeyboard = useKeys(session, store);
  const { exit } = useApp();

  const isOver = state.leaving !== undefined || (state.phase === 'done' && !hasKeyboard && watching === undefined);
  const interrupted = isOver && (state.phase !== 'done' || state.leaving === 'interrupt');
  useEffect(() => {
    if (!isOver) return;
    if (interrupted) session.actions.interrupt();
    onExit({ interrupted });
    exit();
  }, [isOver, interrupted, session, onExit, exit]);

  const hasKeys = hasKeyboard && !isOver;
  const style = { ascii, hasKeys };
  const header = headerLines(state, size.columns, ascii, watching);
  const layout = planLayout(size, {
    fixedRows: header.length + 1,
    tests: state.tests.length,
    contentRows: (width, rows) => contentLines(state, width, rows, style).length,
  });
  const content = contentLines(state, layout.contentWidth, layout.contentRows, style);
  return (
    <Box flexDirection="column">
      <TextLines lines={header} />
      <Box flexDirection={layout.sideBySide ? 'row' : 'column'} marginTop={1} columnGap={GUTTER_WIDTH} rowGap={1}>
        <Box width={layout.listWidth} flexShrink={0}>
          <TestList state={state} width={layout.listWidth} rows={layout.listRows} ascii={ascii} />
        </Box>
        {content.length > 0 && <TextLines lines={content} />}
      </Box>
      {hasKeys && (
        <Box marginTop={1}>
          <KeyLine state={state} width={size.columns} ascii={ascii} />
        </Box>
      )}
    </Box>
  );
}
