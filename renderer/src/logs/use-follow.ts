import { useCallback, useEffect, useRef, useState } from "react";
import type { JournalEntry } from "../../../shared/contract/journal.ts";
import { client } from "../lib/client.ts";
import { followedBy, type LogFilters } from "./filters.ts";
import { EMPTY_TAIL, type Tail, withNew } from "./tail.ts";

const AGAIN_MS = 1_500;
/** Lines are shown this often at most, all that came at once: at a thousand a second nobody reads single ones. */
const SHOW_EVERY_MS = 100;

interface Followed extends Tail {
  /** Lines that came while it was paused. */
  waiting: number;
  connected: boolean;
  /** Lets go of the live lines: the list has them. */
  clear(): void;
}

/** Lines as they are written. Paused, they wait; a lost connection is taken up again. */
export function useFollow(filters: LogFilters, on: boolean, paused: boolean): Followed {
  const [tail, setTail] = useState<Tail>(EMPTY_TAIL);
  const [held, setHeld] = useState<Tail>(EMPTY_TAIL);
  const [connected, setConnected] = useState(false);
  const isPaused = useRef(paused);
  const key = JSON.stringify(followedBy(filters));

  useEffect(() => {
    isPaused.current = paused;
    if (paused) return;
    setHeld((waiting) => {
      if (waiting.lines.length > 0) {
        setTail((now) => {
          const all = withNew(now, [...waiting.lines].reverse());
          return { ...all, gone: all.gone + waiting.gone, skipped: all.skipped + waiting.skipped };
        });
      }
      return EMPTY_TAIL;
    });
  }, [paused]);

  useEffect(() => {
    setTail(EMPTY_TAIL);
    setHeld(EMPTY_TAIL);
    if (!on) return;
    const stop = new AbortController();
    let came: JournalEntry[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    const show = () => {
      timer = null;
      const batch = came;
      came = [];
      (isPaused.current ? setHeld : setTail)((now) => withNew(now, batch));
    };
    const follow = async () => {
      while (!stop.signal.aborted) {
        try {
          const entries = await client.journal.follow(JSON.parse(key), { signal: stop.signal });
          setConnected(true);
          for await (const entry of entries) {
            if (stop.signal.aborted) return;
            came.push(entry);
            timer ??= setTimeout(show, SHOW_EVERY_MS);
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
    return () => {
      stop.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [key, on]);

  const clear = useCallback(() => setTail(EMPTY_TAIL), []);
  return { ...tail, waiting: held.lines.length + held.gone + held.skipped, connected, clear };
}
