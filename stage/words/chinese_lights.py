"""The Chinese sentences (Simplified) about stage lights, by code: as in `english_lights`."""

from __future__ import annotations

LIGHTS = {
    "lights_overlap": "灯 {light} 与灯 {other} 在域 {universe} 中占用了相同通道，现由 {light} 使用：请重新配接其中一盏",
    "light_beyond": "灯 {light} 的最后通道为域 {universe} 的 {last}，超过 512：请改用较小的地址",
    "lights_unmeasured": "有 {count} 盏跟随的灯超出可测量的数量（{most} 个单元）：它们保持原有的光",
    "desk_silent": "域 {universe} 上的调光台已无信号：它设定的值保持不变；请检查调光台及其线缆",
    "desk_unknown_path": "{path} 不是本影棚的参数，调光台无法移动它",
    "desk_geometry": "{path} 说明某物在何处或如何配接，调光台绝不能移动它",
    "desk_role": "角色为 {role} 的调光台不能设定 {path}：参见 [dmx] role",
    "desk_no_choices": "{path} 没有可选项，调光台无法移动它",
    "desk_range": "调光台移动 {path} 的范围超出其自身范围：请把 low 和 high 设在其中",
    "desk_text": "{path} 是文字，调光台无法设定",
    "lights_restarted": "向灯光发送数据的进程已重新启动，至今 {count} 次：灯光保持原样继续",
    "lights_link": "灯光经 {output} 收不到数据：{why}",
}

LIGHT_REFUSALS = {
    "no_light": "没有名为 {light!r} 的灯，现有：{lights}",
    "no_light_at_all": "没有名为 {light!r} 的灯：配置中没有 [[lights]]",
    "lights_asked": "已有 {most} 盏灯正在测量：请稍后再试",
    "light_not_measured": "灯 {light} 要跟随的光在 {seconds:g} 秒内没有测到：画面在绘制吗？",
}
