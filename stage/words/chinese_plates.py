"""The Simplified Chinese sentences about films that play, by code."""

from __future__ import annotations

PLATES = {
    "plate_late": "影片 {file}：最近 {seconds} 秒有 {count} 帧来迟，保持了前一帧：{cause}",
    "plate_not_decoded": "本机解码不够快：请使用 ProRes、DNxHR 或较小的画面，或减少同时播放的影片",
    "plate_not_uploaded": "演出的帧没有留出上传的时间：请使用较小的影片，或更快的 GPU",
    "plate_disk": "磁盘或网络供应不及：请把它复制到本地磁盘",
    "plate_decoder_lost": "读取影片的进程正在启动",
    "plate_failed": "其中有帧无法读取：请用 `stage world check` 检查该文件",
    "plate_unreadable": "影片 {file} 无法读取：{found}",
    "plate_no_memory": (
        "影片 {file} 的预读帧需要 {needed} MiB，全部只剩 {budget} MiB：请调高 library.plates_mib，或用较小的影片"
    ),
    "plate_no_gpu_room": "影片的帧在显存中没有位置：{found}",
    "plates_restarted": "读取影片的进程已重新启动，至今 {count} 次：请查看当时正在播放的影片",
}
