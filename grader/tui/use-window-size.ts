import { useStdout } from 'ink';
import { useEffect, useState } from 'react';
import type { WindowSize } from './layout.ts';

/** What a terminal has that does not tell its size. */
const SIZE_DEFAULT: WindowSize = { columns: 80, rows: 24 };

function sizeOf(stdout: NodeJS.WriteStream): WindowSize {
  // A pseudo-terminal without a size reports 0.
  return { columns: stdout.columns || SIZE_DEFAULT.columns, rows: stdout.rows || SIZE_DEFAULT.rows };
}

/** The size of the window, also after the user has changed it. */
export function useWindowSize(): WindowSize {
  const { stdout } = useStdout();
  const [size, setSize] = useState(() => sizeOf(stdout));
  useEffect(() => {
    const resized = () => setSize(sizeOf(stdout));
    stdout.on('resize', resized);
    return () => {
      stdout.off('resize', resized);
    };
  }, [stdout]);
  return size;
}
