/** What the sample shop sells. */
export interface Product {
  id: string;
  name: string;
  /** Euro cents. */
  price: number;
  line: string;
  text: string;
  /** Pieces at the start of the day. */
  stock: number;
}

export const PRODUCTS: readonly Product[] = [
  { id: "teapot", name: "Heron teapot", price: 8900, line: "Stoneware, 0.9 l", text: "Thrown in one piece, with a spout that does not drip. The lid stays on until the last cup.", stock: 14 },
  { id: "mug", name: "Morning mug", price: 2400, line: "Stoneware, 0.3 l", text: "The one you reach for first. A thumb rest, a thin lip and room for two fingers.", stock: 120 },
  { id: "bowl", name: "Ramen bowl", price: 3200, line: "Stoneware, 1.1 l", text: "Deep enough for broth, wide enough for the egg. Warm it before you pour.", stock: 64 },
  { id: "vase", name: "Tall vase", price: 5400, line: "Porcelain, 28 cm", text: "For one branch or ten tulips. Glazed inside, raw outside.", stock: 22 },
  { id: "plate", name: "Supper plate", price: 2800, line: "Stoneware, 26 cm", text: "A rim that keeps the sauce where it belongs. Stacks flat, sixteen high.", stock: 88 },
  { id: "pitcher", name: "Well pitcher", price: 4600, line: "Stoneware, 1.5 l", text: "Water, milk or flowers. The handle fits a whole hand.", stock: 31 },
  { id: "jar", name: "Pantry jar", price: 3900, line: "Stoneware, cork lid", text: "Keeps coffee dark and biscuits dry. The cork comes from Portugal.", stock: 47 },
  { id: "candle", name: "Evening light", price: 1900, line: "Porcelain, thin wall", text: "So thin that the flame shows through. Sold with one candle.", stock: 75 },
];

export const productById = (id: string): Product | undefined => PRODUCTS.find((product) => product.id === id);

export const euro = (cents: number): string => `€ ${(cents / 100).toFixed(2)}`;
