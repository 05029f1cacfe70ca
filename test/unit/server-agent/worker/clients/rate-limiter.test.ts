import { expect, it } from "vitest";
import { BoundedMap } from "../../../../../server-agent/worker/clients/bounded-map.ts";
import { RateLimiter } from "../../../../../server-agent/worker/clients/rate-limiter.ts";

it("a bucket fills up with time, and no further than it holds", () => {
  const limiter = new RateLimiter({ requests: 2, seconds: 10, burst: 3 });
  const take = (now: number) => limiter.take("192.0.2.1", now);
  expect([take(0), take(0), take(0), take(0)]).toEqual([undefined, undefined, undefined, 5]);
  expect(take(4_000)).toBe(1);
  expect([take(5_000), take(5_000)]).toEqual([undefined, 5]);
  expect([take(1e9), take(1e9), take(1e9), take(1e9)]).toEqual([undefined, undefined, undefined, 5]);
  // A clock that was set back locks nobody out for good.
  expect([take(1000), take(6_000), take(6_000)]).toEqual([5, undefined, 5]);
});

it("networks of IPv6 are one client each, addresses of IPv4 another", () => {
  const limiter = new RateLimiter({ requests: 1, seconds: 10 });
  expect(limiter.take("2001:db8:1:2::1", 0)).toBeUndefined();
  expect(limiter.take("2001:db8:1:2:3:4:5:6", 0)).toBe(10);
  expect(limiter.take("2001:db8:1:3::1", 0)).toBeUndefined();
  expect(limiter.take("2001:db8::1", 0)).toBeUndefined();
  expect(limiter.take("2001:db8:0:0:5:6:7:8", 0)).toBe(10);
  expect([limiter.take("192.0.2.1", 0), limiter.take("192.0.2.2", 0)]).toEqual([undefined, undefined]);
});

it("a bounded map forgets what was used longest ago", () => {
  const map = new BoundedMap<number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.get("a");
  map.set("c", 3);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
  map.set("a", 4);
  expect([map.get("a"), map.get("c")]).toEqual([4, 3]);
});
