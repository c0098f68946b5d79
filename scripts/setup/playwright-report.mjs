/**
 * Counts by Playwright's own report. A test that only passes on its second try is a failure to look into.
 * @param {string} text of its JSON reporter @returns {{passed: number, failed: number, skipped: string[]}}
 */
export function readPlaywrightReport(text) {
  const { stats } = JSON.parse(text);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped > 0 ? [`${stats.skipped} journeys`] : [],
  };
}
