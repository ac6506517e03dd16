// Every page: axe finds nothing serious, the console stays quiet, in light and in dark.

import { expectAccessible } from "../harness/axe.mjs";
import { PAGES, STRANGERS_PAGES } from "../harness/pages.mjs";
import { open, test } from "../harness/test.mjs";

for (const colorScheme of ["light", "dark"]) {
  test.describe(colorScheme, () => {
    // Chromium reports the status of the page that there is not.
    test.use({ colorScheme, expectedComplaints: [/status of 404 .*no-such-page/] });

    for (const { name, path, ready } of PAGES) {
      test(`${name} is accessible`, async ({ page }) => {
        await open(page, path);
        await ready(page);
        await expectAccessible(page);
      });
    }

    for (const { name, path, ready } of STRANGERS_PAGES) {
      test(`${name} is accessible`, async ({ anonymous }) => {
        await open(anonymous, path);
        await ready(anonymous);
        await expectAccessible(anonymous);
      });
    }
  });
}
