import "./lib/style.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { arrive } from "./lib/presence";

const target = document.getElementById("page");
if (target) mount(App, { target });
arrive();
