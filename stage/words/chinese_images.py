"""Why picture files are refused, what trackers hint at and what the system says, in Chinese (Simplified), by code."""

from __future__ import annotations

_A_PICTURE = "应为图片（EXR、HDR、PNG、JPEG、WebP 或 AVIF）"
_AGAIN = "：请重新复制或导出"
_CUT = "：文件不完整，请重新复制或导出"
_DAMAGED = "：文件已损坏，请重新复制或导出"
_EXR = "，EXR 文件头不完整" + _AGAIN
_METADATA = "；请改正或去掉元数据"

PICTURE_FAULTS = {
    "picture_unreadable": "无法读取（{found}），" + _A_PICTURE,
    "picture_empty": "是空文件，" + _A_PICTURE,
    "picture_unknown": "开头的字节是 {found}，" + _A_PICTURE,
    "picture_too_large": "为 {columns} x {rows} 像素，最多 {most_columns} x {most_rows}：请缩小",
    "picture_too_many_pixels": "有 {found} 像素，最多 {most_columns} x {most_rows}：请缩小",
    "picture_bytes": "有 {found} 字节，最多 {most} 字节",
    "picture_bytes_more": "超过 {most} 字节，应为较小的图片",
    "picture_memory": "像素多于内存所能容纳，请用较小的图片",
    "picture_beyond_driver": "为 {columns} x {rows} 像素，此显卡驱动每边最多 {most}：请缩小",
    "gpu_no_memory": "需要 {needed} MiB 显存，没有这么多（{found}）：请缩小",
    "gpu_no_memory_for_frame": "显存不够放一帧（{found}）",
    "gpu_no_room": "可用 {budget} MiB，已用 {in_use} MiB，还需要 {needed} MiB：请调高，或用较小的图片",
    "picture_start_damaged": "文件开头已损坏，应为完整的图片" + _AGAIN,
    "picture_header_damaged": "文件头无法读取，应为完整的图片" + _AGAIN,
    "picture_no_size": "文件头没有尺寸，应为完整的图片" + _AGAIN,
    "picture_cut_off": "文件在画面中途结束，应为完整的图片" + _AGAIN,
    "picture_pixels_damaged": "像素无法解码，应为完整的图片" + _AGAIN,
    "png_no_header": "没有 IHDR 块，应为完整的 PNG" + _AGAIN,
    "png_chunks": "超过 {most} 个块，应为块数较少的 PNG",
    "gpano_projection": "全景图的投影为 {found!r}（GPano），应为 equirectangular（等距柱状）",
    "gpano_crop": (
        "图片为 {columns} x {rows} 像素，元数据（GPano）写的是 {full_columns:g} x {full_rows:g} 中 "
        "({left:g}, {top:g}) 处的 {crop_columns:g} x {crop_rows:g}，应为全景之内、与图片形状相同的部分"
    )
    + _METADATA,
    "gpano_part": (
        "元数据（GPano）写的是 {full_columns:g} x {full_rows:g} 像素中的一部分，"
        "应取自包含所有方向的全景：宽为高的两倍或更多"
    )
    + _METADATA,
    "radiance_no_start": "开头没有“#?RADIANCE”，应为 Radiance 图片",
    "radiance_format": "FORMAT 为 {found!r}，应为 32-bit_rle_rgbe",
    "radiance_resolution": "分辨率一行为 {found!r}，应为“-Y 行数 +X 列数”",
    "radiance_header_open": "文件头没有结束，应有空行和分辨率一行",
    "radiance_row_broken": "第 {row} 行的游程已损坏，应为完整的行" + _CUT,
    "radiance_row_bytes": "第 {row} 行有 {found} 字节，应为 {expected} 字节" + _DAMAGED,
    "radiance_no_pixels": "没有像素，应有 {expected} 个" + _CUT,
    "radiance_runs": "连续超过四个游程标记，应为像素" + _DAMAGED,
    "radiance_pixels": "有 {found} 个像素，应有 {expected} 个：文件不完整或已损坏，请重新复制或导出",
    "radiance_in_row": "{stage}（第 {row} 行，共 {rows} 行）",
    "exr_damaged": "像素无法解码，应为完整的 EXR：文件不完整或已损坏，请重新复制或导出",
    "exr_compression": "压缩方式编号为 {found}，在此未知，应为 OpenEXR 的压缩方式之一：请用 ZIP 导出",
    "exr_no_signature": "没有 OpenEXR 标志，应为 EXR 文件",
    "exr_lacks": "缺少属性 {found}" + _EXR,
    "exr_header_cut": "文件在文件头中途结束，应为完整的 EXR" + _AGAIN,
    "exr_header_long": "文件头超过读到的 {found} 字节" + _EXR,
    "exr_header_broken": "文件头已损坏或被截断" + _EXR,
    "exr_channels_broken": "通道列表已损坏" + _EXR,
    "exr_window_broken": "画面窗口已损坏，应为四个整数" + _AGAIN,
    "exr_window_empty": "画面窗口没有面积，应为图片" + _AGAIN,
    "exr_chromaticities_broken": "色度坐标已损坏，应为八个数" + _AGAIN,
    "exr_chromaticities_impossible": "色度坐标不可能成立，应为真实的坐标；请设置 colour_space",
    "exr_subsampled": "通道 {found!r} 经过降采样，应为全分辨率的 R、G、B",
    "exr_layers_large": "所有图层共 {found} GiB，最多 {most} GiB；请单独导出画面所在的图层",
    "exr_deep": "是深度合成（deep）文件，应为普通的平面 EXR",
    "exr_no_colours": "通道为 {found}，应有 R、G、B 或 Y",
    "exr_layers_unclear": ("图层为 {found}，应有一层没有名称或名为 beauty、combined 或 rgba；请单独导出画面所在的图层"),
    "mask_broken": "遮罩 {mask}：{stage}",
    "mask_link_outside": "是指向文件夹之外的链接，应为文件：请把文件本身复制进来",
    "mask_kind": "图片格式为 {found}，应为 PNG",
    "depth_kind": "图片格式为 {found}，深度图应为 EXR 或 PNG",
    "depth_metres_in_8_bits": (
        '以米计的深度只有 8 位，应为 16 位（毫米）或 EXR；若写的是比例，请设 depth_is = "normalised"'
    ),
    "colour_space_unknown": "是 {found!r}，应为 OpenColorIO 的色彩空间；是否指 {near!r}？",
    "colour_space_far_off": "是 {found!r}，应为 OpenColorIO 的色彩空间，例如 {names}",
    "colour_space_no_film": (
        "是 {found!r}，影片的色彩空间应能以一条曲线和一个矩阵表示，例如摄影机的 log、rec709、hlg 或 pq"
    ),
    "film_reader_missing": "没有安装读取影片的 PyAV：请运行 pip install 'openstage[video]'",
}

HINTS = {
    "hint_sequence_stands": "序号停在 {number} 不动：无法看出数据包是否丢失或重复",
    "hint_clock": "时间戳每秒走 {speed:.4g} 秒，因此不采用：请检查发送端的时钟和帧率",
    "hint_incomplete": "还没有姿态：没有任何消息带有 {missing}",
    "hint_ignored": "因类型、版本或范围不符而未采用：{names}",
    "hint_ignored_more": "因类型、版本或范围不符而未采用：{names}，另有 {more} 项",
}

SYSTEM_FAULTS = {
    "system_eacces": "没有权限",
    "system_eaddrinuse": "地址已被占用",
    "system_eaddrnotavail": "本机没有这个地址",
    "system_ebadf": "文件描述符无效",
    "system_ebusy": "设备或资源正被占用",
    "system_ecanceled": "操作已取消",
    "system_econnrefused": "连接被拒绝",
    "system_econnreset": "连接被对方断开",
    "system_edquot": "超出磁盘配额",
    "system_eexist": "文件已存在",
    "system_efbig": "文件太大",
    "system_ehostdown": "对方主机未开机",
    "system_ehostunreach": "无法到达对方主机",
    "system_einval": "参数无效",
    "system_eio": "读写出错",
    "system_eisdir": "是文件夹",
    "system_eloop": "符号链接层数过多",
    "system_emfile": "打开的文件太多",
    "system_emsgsize": "消息太长",
    "system_enametoolong": "文件名太长",
    "system_enetdown": "网络未启用",
    "system_enetunreach": "网络不可达",
    "system_enfile": "系统打开的文件太多",
    "system_enobufs": "没有缓冲区空间",
    "system_enodev": "没有这个设备",
    "system_enoent": "没有这个文件或文件夹",
    "system_enomem": "内存不足",
    "system_enospc": "磁盘空间不足",
    "system_enotdir": "不是文件夹",
    "system_enotempty": "文件夹不是空的",
    "system_enxio": "没有这个设备或地址",
    "system_eopnotsupp": "不支持此操作",
    "system_eperm": "不允许此操作",
    "system_epipe": "管道已断开",
    "system_erofs": "文件系统只读",
    "system_estale": "文件已失效",
    "system_etimedout": "连接超时",
    "system_etxtbsy": "程序文件正被占用",
    "system_exdev": "不能跨磁盘链接",
    "system_gl_out_of_memory": "显存不足",
    "system_is_folder": "是文件夹，不是普通文件",
    "system_is_device": "是管道或设备，不是普通文件",
    "system_is_queue": "是暂无内容的队列，不是普通文件",
    "system_no_name": "不能作文件名",
}
