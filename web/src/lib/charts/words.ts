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
    cell: (row: string, column: string, value: string) => `${row} — ${column}: ${value}`,
    keys: "Arrow keys move from cell to cell.",
  },
  zh: {
    table: "表格",
    drawing: "图表",
    saveSvg: "存为 SVG",
    saveCsv: "存为 CSV",
    from: "起",
    to: "止",
    nothing: "没有可绘制的数据",
    cell: (row: string, column: string, value: string) => `${row} — ${column}：${value}`,
    keys: "用方向键在单元格之间移动。",
  },
});
