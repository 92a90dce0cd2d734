"""The Simplified Chinese sentences about films that play, by code."""

from __future__ import annotations

PLATES = {
    "plate_unreadable": "影片 {file} 无法读取：{found}",
    "plate_no_memory": (
        "影片 {file} 的预读帧需要 {needed} MiB，全部只剩 {budget} MiB：请调高 library.plates_mib，或用较小的影片"
    ),
    "plate_no_gpu_room": "影片的帧在显存中没有位置：{found}",
    "plates_restarted": "读取影片的进程已重新启动，至今 {count} 次：请查看当时正在播放的影片",
}
