"""The Chinese words of adding and placing pictures (Simplified), by key: as in `english_placing`."""

from __future__ import annotations

PLACING = {
    "page.add_picture": "添加图片",
    "page.sending": "正在发送 {share:.0%}",
    "page.reading_picture": "正在读取",
    "page.not_sent": "文件未送达：连接已断开。请重新发送",
    "page.picture_added": "{world} 已加入素材库",
    "page.place": "摆放",
    "page.place_of": "摆放 {world}",
    "page.place_by_touch": "播出中：在墙上拖动",
    "page.not_on_air": "未播出",
    "page.no_picture_here": "此场景没有可摆放的图片。",
    "page.picture": "图片",
    "page.eye_height": "视线高度",
    "page.put_on_air": "播出",
    "page.dissolve_in": "叠化，{time}",
    "page.fix": "修正（{count}）",
    "page.nothing_to_fix": "无需修正",
    "page.flip": "镜像",
    "page.place_in_numbers": "位置数值",
    "page.guide_refused": "录制中，墙上不能显示参考线",
}
