import "./lib/style.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { shelf } from "./lib/files.svelte";
import { arrive } from "./lib/presence";

const target = document.getElementById("page");
if (target) mount(App, { target });
arrive();
// Every room begins with it; a room that needs it and finds it failed asks again.
void shelf.load().catch(() => undefined);
