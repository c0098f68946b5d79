import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Which addresses pictures may be fetched from: those of the public internet alone. A list of products comes from
 * somebody else, and its addresses must not make this machine ask its own services, its router or a cloud's metadata
 * (server-side request forgery).
 */
export interface AddressPolicy {
  /** @returns why the address may not be connected to; null where it may */
  refusal(address: string): string | null;
}

/** In the words of IANA's special-purpose registries; what is not listed there is public. */
const KINDS: Record<string, string> = {
  unspecified: "stands for no machine",
  broadcast: "is a broadcast address",
  multicast: "is a multicast address",
  linkLocal: "is of this network alone (link-local)",
  loopback: "is this machine itself (loopback)",
  carrierGradeNat: "is of a provider's inner network",
  private: "is of a private network",
  uniqueLocal: "is of a private network",
  reserved: "is reserved",
  ipv4Mapped: "hides an IPv4 address",
  rfc6145: "hides an IPv4 address",
  rfc6052: "hides an IPv4 address",
  "6to4": "hides an IPv4 address",
  teredo: "hides an IPv4 address",
  benchmarking: "is for measurements",
  amt: "is reserved",
  as112: "is reserved",
  deprecatedSiteLocal: "is of a private network",
  deprecatedOrchid: "is reserved",
  orchid2: "is reserved",
  droneRemoteIdProtocolEntityTags: "is reserved",
  discard: "leads nowhere",
  dummy: "leads nowhere",
};

export const publicAddresses: AddressPolicy = {
  refusal(address) {
    // A zone (fe80::1%eth0) belongs to this machine's own networks.
    if (address.includes("%") || isIP(address) === 0) return "is no public address";
    const range = ipaddr.parse(address).range();
    return range === "unicast" ? null : (KINDS[range] ?? `is not public (${range})`);
  },
};

export interface Resolved {
  address: string;
  family: number;
}

/** Every address of a host; of a literal one, itself. */
export async function addressesOf(host: string): Promise<Resolved[]> {
  const literal = host.replace(/^\[|\]$/g, "");
  const family = isIP(literal);
  if (family !== 0) return [{ address: literal, family }];
  return lookup(host, { all: true, verbatim: true });
}
