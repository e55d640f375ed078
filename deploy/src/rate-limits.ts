/** Requests per second that the gateway allows one identified caller, and all callers at one address. */
export const gatewayRates = { caller: 50, address: 200 } as const;

/** Seconds over which the firewall counts requests. */
export const firewallWindowSeconds = 300;

/**
 * The firewall protects the gateway from floods only. Its limits are twice those of the gateway, which answers 429 with the
 * seconds to wait, as clients expect it.
 */
export const firewallLimits = {
  caller: 2 * gatewayRates.caller * firewallWindowSeconds,
  address: 2 * gatewayRates.address * firewallWindowSeconds,
} as const;
