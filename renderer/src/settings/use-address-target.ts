import { useEffect } from "react";
import { useLocationProperty } from "wouter/use-browser-location";

const CHECK_MS = 50;
const TRIES = 10;

/**
 * Brings into view what the address names behind its `#`, now and whenever that changes, where it is one of `ids`.
 * @param reveal makes it be there, such as by unfolding what holds it
 */
export function useAddressTarget(ids: readonly string[], reveal: () => void): void {
  const named = useLocationProperty(() => location.hash.slice(1));
  const mine = ids.includes(named);
  useEffect(() => {
    if (!mine) return;
    reveal();
    let tries = 0;
    const timer = setInterval(() => {
      const element = document.getElementById(named);
      tries += 1;
      element?.scrollIntoView({ block: "center" });
      if (element !== null || tries >= TRIES) clearInterval(timer);
      // After the page's heading, which takes the keyboard when the page changes.
      if (element !== null) setTimeout(() => element.focus({ preventScroll: true }), 2 * CHECK_MS);
    }, CHECK_MS);
    return () => clearInterval(timer);
  }, [named, mine]);
}
