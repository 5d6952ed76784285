"""A drawing as a page of its own: texts under the pointer, zoom, nothing fetched from elsewhere."""

from __future__ import annotations

import html
import json

from .drawing import Drawing
from .svg import safe_text, svg_of

__all__ = ["page_of"]

_STYLE = """
html,body{margin:0;height:100%;background:#fff;font:14px/1.45 system-ui,-apple-system,'Segoe UI',sans-serif;color:#22262e}
main{height:100%;display:flex;align-items:center;justify-content:center;overflow:hidden}
svg{width:100%;height:100%;cursor:grab;touch-action:none}
svg.moving{cursor:grabbing}
[data-tip]{cursor:default}
circle[data-tip]:hover,polygon[data-tip]:hover,rect[data-tip]:hover{stroke:#22262e;stroke-width:2}
#tip{position:fixed;display:none;max-width:min(480px,80vw);max-height:70vh;overflow:hidden;padding:8px 12px;border-radius:8px;
background:#22262e;color:#fff;white-space:pre-wrap;overflow-wrap:anywhere;pointer-events:none;box-shadow:0 4px 16px #0004}
#help{position:fixed;right:12px;bottom:8px;font-size:12px;color:#6b7280}
@media print{#help{display:none}}
"""
_SCRIPT = """
"use strict";
const svg=document.querySelector("svg"),tip=document.getElementById("tip"),cells=CELLS;
const numbers=cells&&new DataView(Uint8Array.from(atob(cells.values),c=>c.charCodeAt(0)).buffer);
svg.removeAttribute("width");svg.removeAttribute("height");
for(const title of svg.querySelectorAll("title")){title.parentNode.dataset.tip=title.textContent;title.remove()}
const whole=svg.viewBox.baseVal,room=Math.max(1,Math.min(innerWidth/whole.width,innerHeight/whole.height)/1.5),
home=[whole.x-whole.width*(room-1)/2,whole.y-whole.height*(room-1)/2,whole.width*room,whole.height*room];
let view=[...home],held=null;
const at=e=>{const p=new DOMPoint(e.clientX,e.clientY).matrixTransform(svg.getScreenCTM().inverse());return[p.x,p.y]};
const show=v=>{view=v;svg.setAttribute("viewBox",v.join(" "))};
svg.addEventListener("wheel",e=>{e.preventDefault();const[x,y]=at(e),f=Math.exp(e.deltaY*0.0015),
k=Math.min(Math.max(view[2]*f,home[2]/60),home[2]*1.5)/view[2];show([x-(x-view[0])*k,y-(y-view[1])*k,view[2]*k,view[3]*k])},{passive:false});
svg.addEventListener("pointerdown",e=>{held={x:e.clientX,y:e.clientY,view:[...view]};svg.setPointerCapture(e.pointerId);svg.classList.add("moving")});
svg.addEventListener("pointerup",()=>{held=null;svg.classList.remove("moving")});
svg.addEventListener("dblclick",()=>show([...home]));
const cellTip=e=>{if(!cells)return"";const[x,y]=at(e),r=Math.floor((y-cells.y)/cells.height*cells.rows.length),
names=cells.columns||cells.rows,c=Math.floor((x-cells.x)/cells.width*names.length);
if(!(r>=0&&c>=0&&r<cells.rows.length&&c<names.length))return"";
const value=cells.low+cells.step*numbers.getUint16(2*(r*names.length+c),true);
return`${cells.name} ${value.toFixed(3)}\\n${cells.rows[r]}\\n${names[c]}`};
svg.addEventListener("pointermove",e=>{
if(held){const s=view[2]/svg.clientWidth,t=view[3]/svg.clientHeight,k=Math.max(s,t);
show([held.view[0]-(e.clientX-held.x)*k,held.view[1]-(e.clientY-held.y)*k,view[2],view[3]])}
const on=document.elementFromPoint(e.clientX,e.clientY)?.closest("[data-tip]"),text=on?on.dataset.tip:cellTip(e);
tip.style.display=text&&!held?"block":"none";if(!text)return;
tip.textContent=text;const b=tip.getBoundingClientRect();
tip.style.left=Math.max(4,Math.min(e.clientX+14,innerWidth-b.width-8))+"px";
tip.style.top=(e.clientY+18+b.height>innerHeight?Math.max(4,e.clientY-b.height-12):e.clientY+18)+"px"});
show(home);
svg.addEventListener("pointerleave",()=>{tip.style.display="none"});
"""


def page_of(drawing: Drawing) -> str:
    """The drawing as one HTML document. Every text in it is escaped, so that texts from outside stay texts."""
    cells = json.dumps(drawing.cell_tips, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    title = html.escape(safe_text(drawing.title))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><main>{svg_of(drawing)}</main>"
        '<div id="tip"></div><div id="help">wheel: zoom · drag: move · double click: back</div>'
        f"<script>{_SCRIPT.replace('CELLS', cells, 1)}</script></body></html>\n"
    )
