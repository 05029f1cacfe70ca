// The port is a free one and different each time.
for (const link of document.querySelectorAll("a[data-host]"))
  link.href = `http://${link.dataset.host}:${location.port}/`;
