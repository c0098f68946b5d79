import type { Page } from "@playwright/test";

/**
 * What is out of its place on the page as it stands. Runs in the page.
 *
 * Text is cut off where an ancestor that can't be scrolled hides part of it, without an ellipsis or a number of lines
 * that says so; it spills where it reaches out of the control that it names. Controls overlap where the visible parts
 * of two that are not of one field cover each other.
 */
const LAYOUT_FAULTS = `(() => {
  const found = new Set();
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.add("the page is " + (root.scrollWidth - root.clientWidth) + " px too wide");

  const styles = new Map();
  const styleOf = (one) => {
    if (!styles.has(one)) styles.set(one, getComputedStyle(one));
    return styles.get(one);
  };
  const shown = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const nameOf = (one) => {
    const name = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
    return (name.trim().slice(0, 50) || one.outerHTML.slice(0, 90)).replace(/\\s+/g, " ");
  };
  const ancestors = (one) => {
    const all = [];
    for (let at = one; at !== null; at = at.parentElement) {
      all.push(at);
      if (styleOf(at).position === "fixed") break;
    }
    return all;
  };
  const short = (one) => {
    const style = styleOf(one);
    return style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  };

  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode;
    const holder = text.parentElement;
    if (text.data.trim() === "" || holder.closest("script, style, option, svg, canvas") !== null || !shown(holder)) continue;
    const chain = ancestors(holder);
    // For screen readers alone.
    if (chain.some((one) => one.offsetWidth <= 1 && styleOf(one).overflow !== "visible")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue;
      let scrolls = { x: false, y: false };
      let says = false;
      for (const one of chain) {
        const style = styleOf(one);
        says ||= short(one);
        const frame = one.getBoundingClientRect();
        if (one.matches("button, a[href], [role=button], [role=tab]") && style.display !== "inline" && !says) {
          if (box.right > frame.right + 1 || box.left < frame.left - 1) found.add("spills: " + nameOf(holder));
        }
        if (style.overflowX === "auto" || style.overflowX === "scroll") scrolls.x = true;
        if (style.overflowY === "auto" || style.overflowY === "scroll") scrolls.y = true;
        if (style.overflowX !== "visible" && !scrolls.x && !says && box.left < frame.right) {
          if (box.right > frame.right + 1) found.add("cut off: " + nameOf(holder) + " by " + Math.round(box.right - frame.right));
        }
        // A line's box is higher than its letters.
        if (style.overflowY !== "visible" && !scrolls.y && !says && box.top < frame.bottom) {
          if (box.bottom > frame.bottom + 4) found.add("cut off below: " + nameOf(holder));
        }
      }
      if (!scrolls.x && !says && box.left < innerWidth && box.right > innerWidth + 1) found.add("out of the window: " + nameOf(holder));
    }
  }

  const seen = (one) => {
    let { left, right, top, bottom } = one.getBoundingClientRect();
    for (const holder of ancestors(one).slice(1)) {
      if (styleOf(holder).overflow === "visible") continue;
      const frame = holder.getBoundingClientRect();
      left = Math.max(left, frame.left);
      right = Math.min(right, frame.right);
      top = Math.max(top, frame.top);
      bottom = Math.min(bottom, frame.bottom);
    }
    return { left, right: Math.min(right, innerWidth), top, bottom: Math.min(bottom, innerHeight) };
  };
  // A tile's own small buttons are set into its corner on purpose.
  const inCorner = (one, tile) => {
    const holder = ancestors(one).slice(0, 3).find((at) => styleOf(at).position === "absolute");
    if (holder === undefined || !holder.parentElement.contains(tile)) return false;
    const [box, frame] = [one.getBoundingClientRect(), tile.getBoundingClientRect()];
    return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
  };
  // What lies under an open dialog is not in use.
  const dialogs = [...document.querySelectorAll("[role=dialog][aria-modal=true]")].filter(shown);
  const place = dialogs.at(-1) ?? document.body;
  const controls = [...place.querySelectorAll("a[href], button, input, select, textarea, summary, [role=button], [role=slider]")]
    .filter((one) => shown(one) && styleOf(one).pointerEvents !== "none")
    .map((one) => ({ one, box: seen(one) }))
    .filter(({ box }) => box.right - box.left > 2 && box.bottom - box.top > 2);
  for (const [at, { one, box }] of controls.entries()) {
    const field = one.closest(".mantine-Input-wrapper, .mantine-SegmentedControl-root");
    for (const { one: other, box: its } of controls.slice(at + 1)) {
      if (one.contains(other) || other.contains(one) || field?.contains(other)) continue;
      if (inCorner(one, other) || inCorner(other, one)) continue;
      const wide = Math.min(box.right, its.right) - Math.max(box.left, its.left);
      const high = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
      if (wide > 2 && high > 2) found.add("overlap: " + nameOf(one) + " and " + nameOf(other));
    }
  }
  return [...found];
})()`;

/** A virtual list measures its rows anew after the window has changed, and then moves them. */
const SETTLED_MS = 400;

/** @returns a line for each thing that is cut off, spills, overlaps or makes the page too wide; none where all is well */
export async function layoutFaults(page: Page): Promise<string[]> {
  const found = await page.evaluate<string[]>(LAYOUT_FAULTS);
  if (found.length === 0) return [];
  await page.waitForTimeout(SETTLED_MS);
  const still = await page.evaluate<string[]>(LAYOUT_FAULTS);
  return still.filter((fault) => found.includes(fault));
}

/** Adds up what jumps, from the document's beginning; put in before it is opened. */
const COUNT_SHIFTS = `(() => {
  const shifts = { value: 0, by: [] };
  window.layoutShifts = shifts;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      shifts.value += entry.value;
      for (const { node } of entry.sources) shifts.by.push((node?.nodeName ?? "?") + " " + (node?.className ?? ""));
    }
  }).observe({ type: "layout-shift", buffered: true });
})()`;

export async function countShifts(page: Page): Promise<void> {
  await page.addInitScript({ content: COUNT_SHIFTS });
}

/** @returns the cumulative layout shift of the page since it was opened (0.1 is what is called good), and what moved */
export function shiftsOf(page: Page): Promise<{ value: number; by: string[] }> {
  return page.evaluate("window.layoutShifts");
}
