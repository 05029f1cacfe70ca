const count = document.getElementById("count");
const live = document.getElementById("live");
function euro(cents) {
  return `€ ${(cents / 100).toFixed(2)}`;
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 503) throw new Error("We will be back soon. Your basket is kept.");
  if (!response.ok) throw new Error(`That did not work (${response.status}).`);
  return response.json();
}

function cell(text) {
  return Object.assign(document.createElement("td"), { textContent: text });
}

function showBasket({ lines }) {
  count.textContent = lines.reduce((sum, line) => sum + line.pieces, 0);
  const box = document.getElementById("basket");
  if (box === null) return;
  document.getElementById("checkout").hidden = lines.length === 0;
  if (lines.length === 0) return void (box.textContent = "Nothing in it yet.");
  const table = document.createElement("table");
  for (const { name, pieces, price } of lines) {
    const row = table.insertRow();
    row.append(cell(name), cell(`${pieces} ×`), cell(euro(price * pieces)));
  }
  box.replaceChildren(table);
}

function say(error) {
  return void (live.textContent = error.message);
}
call("GET", "/api/basket").then(showBasket, say);

document.querySelector("[data-add]")?.addEventListener("click", (event) => {
  call("POST", "/api/basket", { id: event.currentTarget.dataset.add }).then(showBasket, say);
});

document.getElementById("checkout")?.addEventListener("click", async (event) => {
  const receipt = document.getElementById("receipt");
  event.currentTarget.disabled = true;
  receipt.textContent = "Talking to the bank…";
  try {
    const { order, total } = await call("POST", "/api/checkout", {});
    receipt.textContent = `Thank you! Order ${order}, ${euro(total)}. Nothing was charged: this is a sample shop.`;
    showBasket({ lines: [] });
  } catch (error) {
    receipt.textContent = error.message;
  }
  event.target.disabled = false;
});

function follow() {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = ({ data }) => {
    const { visitors, orders } = JSON.parse(data);
    live.textContent = `${visitors} looking around now, ${orders} orders today`;
  };
  socket.onclose = () => setTimeout(follow, 3000);
}
follow();

const stock = document.querySelector("[data-stock]");
if (stock !== null) {
  new EventSource("/stock").onmessage = ({ data }) => {
    stock.textContent = `${JSON.parse(data)[stock.dataset.stock]} in stock`;
  };
}
