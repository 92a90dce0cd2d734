"""The Simplified Chinese sentences about films that play, by code."""

from __future__ import annotations

PLATES = {
    "plate_unreadable": "影片 {file} 无法读取：{found}",
    "film_lens_unread": "{file} 按原样显示：镜头 {lens} 只对配置文件中的世界读取",
    "plate_no_memory": (
        "影片 {file} 的预读帧需要 {needed} MiB，全部只剩 {budget} MiB：请调高 library.plates_mib，或用较小的影片"
    ),
    "plate_no_gpu_room": "影片的帧在显存中没有位置：{found}",
    "plates_restarted": "读取影片的进程已重新启动，至今 {count} 次：请查看当时正在播放的影片",
    "page.plate": "影片",
    "page.no_film": "墙上没有影片。",
    "page.film_is": "{length}，每秒 {rate:.4g} 帧",
    "page.film_runs": "播放中",
    "page.film_stands": "停着",
    "page.film_play": "播放",
    "page.film_pause": "暂停",
    "page.film_to_begin": "回到开头",
    "page.film_in_here": "从这里开始",
    "page.film_out_here": "到这里结束",
    "page.film_whole": "整段",
    "page.film_place": "影片位置",
    "page.film_timecode": "随时码播放：位置由时码决定。",
    "page.film_late": "迟到 {count} 帧",
    "page.choice.loop": "循环",
    "page.choice.hold": "停留",
    "page.choice.hide": "隐藏",
    "page.parameter.play": "播放",
    "page.parameter.layer.speed": "速度",
    "page.parameter.position_s": "位置",
    "page.parameter.offset_s": "延后",
    "page.parameter.in_s": "起点",
    "page.parameter.out_s": "终点",
    "page.parameter.end": "结束时",
    "page.parameter.loop_frames": "循环叠化",
    "page.parameter.near_m": "最近处",
    "page.parameter.far_m": "最远处",
    "page.parameter.crop_left": "左裁切",
    "page.parameter.crop_right": "右裁切",
    "page.parameter.crop_top": "上裁切",
    "page.parameter.crop_bottom": "下裁切",
}
