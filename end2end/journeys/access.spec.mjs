// Every page: axe finds nothing serious, the console stays quiet, in light and in dark.

import { expectAccessible } from "../harness/axe.mjs";
import { PAGES, STRANGERS_PAGES } from "../harness/pages.mjs";
import { open, test } from "../harness/test.mjs";

for (const colorScheme of ["light", "dark"]) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

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
