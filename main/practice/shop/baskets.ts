/** The baskets of the sample shop, in memory. */
import { randomUUID } from "node:crypto";
import { PRODUCTS } from "./products.ts";

export interface BasketLine {
  id: string;
  name: string;
  price: number;
  pieces: number;
}

const MAX_BASKETS = 1000;

/** Baskets by the number in the visitor's cookie, and what is left of each product. In memory only. */
export class Baskets {
  readonly #baskets = new Map<string, Map<string, number>>();
  readonly #stock = new Map(PRODUCTS.map(({ id, stock }) => [id, stock]));
  #orders = 0;

  get orders(): number {
    return this.#orders;
  }

  stock(): Record<string, number> {
    return Object.fromEntries(this.#stock);
  }

  /** The number of a visitor's basket; a new one for a visitor without. */
  open(cookie: string | undefined): string {
    if (cookie !== undefined && this.#baskets.has(cookie)) return cookie;
    const oldest = this.#baskets.keys().next();
    if (this.#baskets.size >= MAX_BASKETS && oldest.done !== true) this.#baskets.delete(oldest.value);
    const basket = randomUUID();
    this.#baskets.set(basket, new Map());
    return basket;
  }

  add(basket: string, product: string): void {
    const lines = this.#baskets.get(basket);
    lines?.set(product, (lines.get(product) ?? 0) + 1);
  }

  lines(basket: string): BasketLine[] {
    const lines = this.#baskets.get(basket) ?? new Map<string, number>();
    return PRODUCTS.flatMap(({ id, name, price }) => (lines.has(id) ? [{ id, name, price, pieces: lines.get(id) ?? 0 }] : []));
  }

  /** Empties the basket into an order; a sold-out product is made anew overnight. */
  checkout(basket: string): { order: string; total: number } {
    const lines = this.lines(basket);
    for (const { id, pieces } of lines) {
      const left = (this.#stock.get(id) ?? 0) - pieces;
      this.#stock.set(id, left > 0 ? left : (PRODUCTS.find((product) => product.id === id)?.stock ?? 0));
    }
    this.#baskets.get(basket)?.clear();
    this.#orders += 1;
    return { order: `KK-${String(10_000 + this.#orders)}`, total: lines.reduce((sum, { price, pieces }) => sum + price * pieces, 0) };
  }
}
