/** The pages of the sample shop. */
import { PRODUCTS, type Product, euro } from "./products.ts";

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="stylesheet" href="/static/shop.css">
<link rel="icon" href="/static/mug.svg">
<script type="module" src="/static/shop.js"></script>
<header>
  <a class="brand" href="/"><img src="/static/mug.svg" alt="" width="36" height="36"> Kiln &amp; Kettle</a>
  <nav><a href="/">Shop</a><a href="/catalogue.zip" download>Catalogue</a><a class="basket" href="/basket">Basket <b id="count">0</b></a></nav>
</header>
<main>${body}</main>
<footer><p>Kiln &amp; Kettle is a sample shop. It runs on this computer only, sells nothing and forgets everything when it stops.</p><p id="live" role="status"></p></footer>
</html>
`;

const card = ({ id, name, price, line }: Product): string =>
  `<li><a href="/products/${id}"><img src="/static/${id}.svg" alt="" width="320" height="260"><strong>${name}</strong><span>${line}</span><span class="price">${euro(price)}</span></a></li>`;

export const homePage = (): string =>
  page(
    "Kiln & Kettle",
    `<section class="hero"><div><h1>Made slowly,<br>used every day.</h1><p>Stoneware and porcelain from a small workshop by the river. Fired twice, checked three times.</p>
<a class="button" href="/products/teapot">See the Heron teapot</a></div><img src="/static/teapot.svg" alt="A green teapot" width="420" height="340"></section>
<h2>From the kiln this week</h2><ul class="grid">${PRODUCTS.map(card).join("")}</ul>`,
  );

export const productPage = ({ id, name, price, line, text }: Product): string =>
  page(
    `${name} · Kiln & Kettle`,
    `<article class="product"><img src="/static/${id}.svg" alt="" width="520" height="420"><div><h1>${name}</h1><p class="line">${line}</p><p>${text}</p>
<p class="price">${euro(price)}</p><p class="stock" data-stock="${id}">In stock</p><button class="button" data-add="${id}">Put in basket</button></div></article>`,
  );

export const basketPage = (): string =>
  page(
    "Basket · Kiln & Kettle",
    `<h1>Basket</h1><div id="basket"><p>Loading your basket…</p></div><button class="button" id="checkout" hidden>Pay now</button><p id="receipt" role="status"></p>`,
  );

export const notFoundPage = (): string => page("Not here · Kiln & Kettle", `<h1>Page not found</h1><p>There is nothing at this address. <a href="/">Back to the shop</a></p>`);
