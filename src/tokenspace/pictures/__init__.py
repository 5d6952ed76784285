"""Pictures of vectors: texts on a plane, tables of similarities, curves over layers; as SVG, HTML and PNG.

Below `vectors` and `encoders`: a picture is given numbers and labels and knows no model.
"""

from __future__ import annotations

from .curves import Curve, CurveChart
from .groups import Groups, group_directions
from .heat_map import HeatMap
from .map_data import map_data
from .map_page import export_map
from .parallelogram import Parallelogram, parallelogram
from .picture import Picture
from .plane import Plane, plane
from .point_map import PointMap
from .sample import PointSample, sample_points
from .trust import Trust, neighbourhood_trust
from .umap_plane import UmapPlane, umap_plane

__all__ = [
    "Curve",
    "CurveChart",
    "Groups",
    "HeatMap",
    "Parallelogram",
    "Picture",
    "Plane",
    "PointMap",
    "PointSample",
    "Trust",
    "UmapPlane",
    "export_map",
    "group_directions",
    "map_data",
    "neighbourhood_trust",
    "parallelogram",
    "plane",
    "sample_points",
    "umap_plane",
]
