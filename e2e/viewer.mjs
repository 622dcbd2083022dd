// A clinical viewer, which sends people to the product to sign in.

/**
 * Opens a viewer's address and goes with it to the product, until `shows` is on the page: by
 * default the viewer's own page for someone signed in. Without script each hand-over has a button.
 */
export async function open(page, address, { script = true, shows = "dl dd" } = {}) {
  const handOver = "form#saml, form[data-auto-submit]";
  // Read the first time only: what the service receives.
  const accept = 'form#notice button[value="accept"]';
  if (script) {
    await page.visit(address, { shows: `:is(${shows}), ${accept}` });
    if (await page.locator(accept).count()) await page.use(accept, { shows });
    return;
  }
  await page.visit(address);
  const onward = `:is(${handOver}) button, ${accept}`;
  while (await page.locator(onward).count()) await page.use(onward);
  await page.locator(shows).first().waitFor();
}

/** What the viewer was told about the person: each attribute's values by its name. */
export async function attributes(page) {
  const rows = await page.locator("tbody tr").evaluateAll((all) =>
    all.map((row) => [row.querySelector("th").textContent, [...row.querySelectorAll("td p")].map((p) => p.textContent)]),
  );
  return Object.fromEntries(rows);
}
