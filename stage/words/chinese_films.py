"""What is said of films and folders of numbered frames, in Simplified Chinese."""

from __future__ import annotations

FILMS = {
    "media_absent": "{file} 不在；请放回原处，或另选影片",
    "media_alpha_unread": "{file} 的透明通道无法读取；请导出为带透明通道的 ProRes 4444，或 EXR、PNG",
    "media_anamorphic": "{file} 的像素宽高比为 {across}:{down}（变形宽银幕）；按其应有的宽度显示",
    "media_askew": "{file} 标注的旋转不是直角；按存储的样子显示",
    "media_codec_unknown": "{file} 的编码在此未知；请导出为 ProRes、DNxHR 或 H.264",
    "media_codec_unread": "{file}：发现编码 {codec}，无法读取；请导出为 ProRes、DNxHR 或 H.264",
    "media_colours_assumed": (
        "{file} 没有完整标明色彩含义；按 {taken}、{range} 范围处理：若看起来不对，请设置该层的 colo"
        "ur_space、matrix "
        "和 range"
    ),
    "media_curve_unread": "{file} 的传递曲线未知（H.273 编号 {number}）；按 {taken} 处理：请设置 colour_space",
    "media_cut_off": "{file} 不完整：标明 {said} 帧，实有 {found} 帧；请重新复制或导出。现有的帧照常播放",
    "media_does_not_end": "{file} 检查了 {seconds} 秒仍未结束；文件已损坏，或有意为之",
    "media_ends_early": "{file} 在第 {frame} 帧之前结束：最后一帧为 {last}；请重新复制或导出",
    "media_file_broken": "{file}：编号 {number} 无法解码（{why}）；请重新渲染",
    "media_form_changes": "{file} 中途改变像素格式为 {format}；请以单一像素格式导出",
    "media_frame_broken": "{file}：第 {frame} 帧已损坏；请重新复制或导出",
    "media_frame_damaged": "{file}：第 {frame} 帧无法解码；请重新复制或导出",
    "media_frame_gone": "{file}：编号 {number} 已不在；显示前一帧；请放回原处",
    "media_frame_missing": "{file} 没有第 {frame} 帧的画面；请重新复制或导出",
    "media_frame_replaced": "{file}：编号 {number} 已不是打开时的文件；显示前一帧。再次选择其场景即显示新内容",
    "media_frame_too_large": "{file}：一帧需要 {mib} MiB，最多 {most_mib} MiB；请以较小尺寸导出",
    "media_interlaced": "{file} 为隔行扫描：两场同时显示，运动处会有梳齿；请去隔行后导出",
    "media_kills_decoder": "解码 {file} 的进程会因它而结束；文件已损坏，或有意为之",
    "media_long_group": (
        "{file} 关键帧很少：跳转需要处理器 {seek_ms} 毫秒；请导出为 ProRes 或 DNxHR，或每半秒一个关键帧"
    ),
    "media_matrix_unread": "{file} 的色彩矩阵未知（H.273 编号 {number}）；按 {taken} 处理：请设置 matrix",
    "media_no_frames": "{file} 有画面流，但无法解码（{why}）；请重新复制或导出",
    "media_no_numbered_frames": (
        "{file}：其 {files} 个文件中没有编号帧，应为 street.0001.exr 之类的名称（EXR、PNG 或 JPEG）"
    ),
    "media_no_pictures": "{file} 没有活动画面（只有：{found}），应为影片",
    "media_no_such_frame": "{file} 没有第 {frame} 帧：共 {frames} 帧；请重新检查",
    "media_not_a_film": "{file} 不是可读的影片，或在索引之前被截断（{why}）；请重新复制，或导出为 MOV、MP4 或 MXF",
    "media_not_looked_through": "{file} 太大，未能全部查看：已看 {seen} 个数据包，按其标明的 {frames} 帧处理",
    "media_numbers_apart": (
        "{file}：编号 {first} 到 {last} 之间只有 {files} 帧，应几乎连续；请把其他镜头放入各自的文件夹"
    ),
    "media_numbers_missing": "{file}：缺少 {count} 个编号，第一个为 {first}；该处显示前一帧。请补渲染",
    "media_order_unknown": "{file}：{format} 中的 {codec} 含 B 帧，未标明显示时间；请导出为 MOV 或 MP4",
    "media_other_duration": "{file} 标明长 {said_s} 秒，画面实长 {found_s} 秒；按画面播放",
    "media_other_files": "{file}：文件夹中有 {count} 个文件不属于该影片，已略去",
    "media_other_pictures": "{file} 有 {count} 路画面；播放最大的一路",
    "media_pixels_unread": "{file}：发现无法读取的像素（{format}）；请导出为 ProRes、DNxHR 或 H.264",
    "media_primaries_unread": "{file} 的色域未知（H.273 原色编号 {number}）；按 {taken} 处理：请设置 colour_space",
    "media_rate_assumed": "{file} 没有标明播放速度；按每秒 {rate} 帧处理：请给文件夹改名，如 street.25fps",
    "media_rate_unread": "{file}：发现每秒 {rate} 帧，应为 {slowest} 到 {fastest}；请按摄影机的帧率导出",
    "media_rate_varies": (
        "{file} 帧率可变：画面时长 {shortest_ms} 到 {longest_ms} 毫秒。{held} 帧重复前一帧，{left_out} 幅画面被略去；"
        "请以固定帧率导出"
    ),
    "media_replaced": "{file} 已不是打开时的文件；再次选择其场景即显示新内容，或放回原来的文件",
    "media_seek_fails": "{file}：其封装无法定位（{why}）；请重新复制或导出",
    "media_size_changes": (
        "{file} 中途改变尺寸，从 {first_columns} x {first_rows} 变为 {columns} x {rows}；请以单一尺寸导出"
    ),
    "media_takes_memory": "{file} 解码需要超过 {most_gib} GiB；请以较小尺寸导出",
    "media_too_large": "{file}：发现 {columns} x {rows} 像素，最多 {most_columns} x {most_rows}；请以较小尺寸导出",
    "media_too_long": "{file}：发现 {frames} 帧，最多 {most}；请剪短，或重新复制",
    "media_turned": "{file} 拍摄时摄影机是转过的；按正立方向显示，{columns} x {rows}",
    "media_unreadable": "{file} 无法读取（{found}）；请检查磁盘和权限",
    "film_data_invalid": "数据无效",
    "film_ends": "过早结束",
    "film_no_decoder": "没有相应的解码器",
    "film_no_frame": "解不出任何帧",
    "film_no_size": "没有画面尺寸",
    "film_not_implemented": "含有 FFmpeg 不支持的内容",
    "film_said": "{said}",
    "media_wide_colours": "{file} 采用 BT.2020 的宽色域；按 {taken} 处理：请设置 colour_space",
}
"""The codes of render/media, with `file` among the values of each."""
