import "./lib/choose-language.ts";
import "@fontsource-variable/inter/wght.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { appState } from "./lib/app-state.svelte.ts";
import { keepScreen } from "./shell/kept-screen.ts";
import "./tokens.css";
import "./app.css";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
await appState.start();
keepScreen();
mount(App, { target });
