import { bilingual } from "../language.svelte";

export const words = bilingual({
  en: {
    table: "Table",
    drawing: "Chart",
    saveSvg: "Save as SVG",
    saveCsv: "Save as CSV",
    from: "from",
    to: "to",
    nothing: "No numbers to draw",
  },
  zh: {
    table: "表格",
    drawing: "图表",
    saveSvg: "存为 SVG",
    saveCsv: "存为 CSV",
    from: "起",
    to: "止",
    nothing: "没有可绘制的数据",
  },
});
