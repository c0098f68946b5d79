import { useEffect, useRef, useState } from "react";
import type { JournalEntry } from "../../../shared/contract/journal.ts";
import { client } from "../lib/client.ts";
import { followedBy, type LogFilters } from "./filters.ts";
import { withNewest } from "./tail.ts";

const AGAIN_MS = 1_500;

interface Followed {
  lines: JournalEntry[];
  /** Lines that came while it was paused. */
  waiting: number;
  connected: boolean;
}

/** Lines as they are written. Paused, they wait; a lost connection is taken up again. */
export function useFollow(filters: LogFilters, on: boolean, paused: boolean): Followed {
  const [lines, setLines] = useState<JournalEntry[]>([]);
  const [held, setHeld] = useState<JournalEntry[]>([]);
  const [connected, setConnected] = useState(false);
  const isPaused = useRef(paused);
  const key = JSON.stringify(followedBy(filters));

  useEffect(() => {
    isPaused.current = paused;
    if (paused) return;
    setHeld((waiting) => {
      if (waiting.length > 0) setLines((now) => [...waiting].reverse().reduce(withNewest, now));
      return [];
    });
  }, [paused]);

  useEffect(() => {
    setLines([]);
    setHeld([]);
    if (!on) return;
    const stop = new AbortController();
    const follow = async () => {
      while (!stop.signal.aborted) {
        try {
          const entries = await client.journal.follow(JSON.parse(key), { signal: stop.signal });
          setConnected(true);
          for await (const entry of entries) {
            if (stop.signal.aborted) return;
            (isPaused.current ? setHeld : setLines)((now) => withNewest(now, entry));
          }
        } catch {
          // Stopped, or the connection is lost: the banner says the latter.
        }
        if (stop.signal.aborted) return;
        setConnected(false);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    };
    void follow();
    return () => stop.abort();
  }, [key, on]);

  return { lines, waiting: held.length, connected };
}
