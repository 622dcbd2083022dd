// A device that keeps passkeys, simulated by the browser.

/**
 * Gives the page such a device, whose person always agrees. `synced` makes passkeys that their
 * provider copies; `platform: false` makes it a security key, which has to be plugged in.
 */
export async function authenticator(page, { synced = false, platform = true } = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: platform ? "internal" : "usb",
      hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
      defaultBackupEligibility: synced, defaultBackupState: synced,
    },
  });
  const send = (method, more = {}) => cdp.send(`WebAuthn.${method}`, { authenticatorId, ...more });
  return {
    passkeys: async () => (await send("getCredentials")).credentials,
    /** Puts a passkey back as it once was, as a copy of the device would have it. */
    restore: async (credential) => {
      await send("removeCredential", { credentialId: credential.credentialId });
      await send("addCredential", { credential });
    },
    /** Whether the person passes the device's check: face, finger or PIN. */
    verifies: (isUserVerified) => send("setUserVerified", { isUserVerified }),
    /** Whether the person touches the device when it asks. */
    agrees: (enabled) => send("setAutomaticPresenceSimulation", { enabled }),
    remove: () => send("removeVirtualAuthenticator"),
  };
}
