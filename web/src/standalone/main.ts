import { mount } from "svelte";
import "../lib/style.css";
import Map from "./Map.svelte";
import type { Written } from "../lib/points/written";

const text = document.getElementById("tokenspace-map")?.textContent ?? "{}";
const written = JSON.parse(text) as Written;
mount(Map, { target: document.body, props: { written, plain: location.hash === "#plain" } });
