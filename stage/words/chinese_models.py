"""The Simplified Chinese sentences about files of 3D scenes, by code."""

from __future__ import annotations

MODELS = {
    "model_extension_ignored": "{file} 用到 {extension}，已被忽略：这里看起来可能不同",
    "model_cameras_ignored": "{file} 中被忽略的摄影机：{count} 台；舞台有自己的摄影机",
    "model_extras_ignored": "{file} 中被忽略的自定义属性：{count} 个节点、网格或材质带有",
    "model_lamps_many": "{file} 有 {count} 盏灯：每个视点只用其中最近的 {most} 盏",
    "model_scenes_ignored": "{file} 中被忽略的其他场景：{count} 个；显示的是默认场景",
    "model_lines_ignored": "{file} 中由点或线组成而被忽略的部分：{count} 个",
    "model_flat_triangles_dropped": "{file} 中没有面积而被去掉的三角形：{count} 个",
    "model_joints_ignored": "{file} 中每个顶点超过 8 个关节的部分：{count} 个；只用前 8 个，请按最多 8 个导出",
    "model_maps_ignored": "{file} 中没有图片、或用第三套及以后 UV 而被忽略的贴图：{count} 个",
    "model_channels_ignored": "{file} 中不移动任何可见物体的动画通道：{count} 条",
    "model_empty": "{file} 中没有可显示的三角形：请把物体也导出",
    "movement_unknown": "{file} 中没有动画 {found}，因此静止不动；其中有：{movements}",
    "page.scene": "三维场景的位置",
    "page.scene_note": "在平面图上拖动，上方是舞台正面。双指旋转和缩放。",
    "page.scene_place": "平面图：场景向右 {x:.1f} m，向前 {y:.1f} m",
    "page.parameter.floor_m": "地面高度",
    "page.parameter.scale": "缩放",
    "page.parameter.moves": "动画",
    "page.parameter.pace": "快慢",
}
