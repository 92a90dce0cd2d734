"""The Chinese sentences (Simplified) about pictures, worlds and what is missing, by code: as in `english_pictures`."""

from __future__ import annotations

MISSING = {
    "source_missing": "{source} 无法接收：{why}；每秒重试一次",
    "device_absent": "没有这个设备：请接上它，或改正名称",
    "no_permission": "当前用户无权打开：请改正权限，或另选一个",
    "in_use": "另一个程序正在使用：请结束那个程序，或另选一个",
    "address_absent": "本机没有接口使用这个地址：请连接网络，见 `ip address`",
    "interface_absent": "没有这个接口：请连接它，见 `ip address`",
    "interface_down": "它的网络接口未启用：请插上线缆或启用它，见 `ip address`",
    "cannot_open": "{found}",
    "monitor_missing": "outputs[{output}]：显示器 {monitor} 不在：请连接它，或在 {known} 中改正名称",
    "display_missing": "没有显示环境（{found}）：请启动 X11 或 Wayland 会话；在此之前不显示任何画面",
    "asset_absent": "{file} 不在；出现后即显示",
    "asset_changes": "{file} 读取时仍在变化；稳定后即显示",
    "asset_kills_decoder": "解码 {file} 的进程会因它而结束；文件已损坏，或有意为之",
    "asset_no_disk_room": "{file}：存放画面的地方（TMPDIR）剩余 {free_mb} MB，需要 {needed_mb} MB",
    "asset_no_gpu_memory": (
        "{file} 需要 {needed} MiB 显存，驱动没有这么多（{found}）；请调低 library.gpu_mib、用较小的图片，或结束其他程序"
    ),
    "asset_no_gpu_room": (
        "{file} 需要 {needed} MiB 显存，场景可用 {budget} MiB，其中 {in_use} MiB 正在显示；"
        "请调高 library.gpu_mib，或用较小的图片"
    ),
    "asset_not_kept": "{file} 无法存入本次运行的文件夹（{found}）",
    "asset_refused": "{file}：{found}",
    "asset_takes_memory": "{file}：像素多于内存所能容纳",
    "asset_broken": "{file}：{cause}",
    "asset_broken_at": "{file}：{at}：{cause}",
    "library_missing": "素材库文件夹 {folder} 不在（{why}）：它回来之前，其中的场景仍列出",
    "library_emptied": "原处换成了另一个空文件夹",
    "library_refused": "素材库文件夹里有 {count} 个文件不是场景，其中有 {example}：原因见 stage control worlds",
    "library_too_many": "素材库文件夹里有 {count} 个文件，太多了：只列出最新的 {most} 个",
    "library_link_broken": "{file} 是失效的链接；请把图片本身复制到文件夹里",
    "library_link_outside": "{file} 是指向素材库之外的链接；请把图片本身复制进来",
    "library_name_unusable": "{file} 的名称含有不是文字的字节或控制字符；请改名",
    "library_world_broken": "{file}：{why}",
    "library_not_a_file": "{file} 是管道或设备，不是普通文件；请把图片本身放在那里",
    "library_newer_unreadable": "它的新版本无法显示：{why}",
    "take_asset_no_room": (
        "{file} 没有存到镜次旁边：剩余 {free_mb} MB，需要 {needed_mb} MB；只有文件保持不变，镜次才能重新绘制"
    ),
    "take_asset_not_kept": "{file} 没有存到镜次旁边：{found}；请保持文件不变，或腾出空间",
    "take_asset_replaced": "{file} 已被替换，自己的副本也不在了：镜次的画面无法照原样重绘；它的数据完整",
    "world_newer_unreadable": "场景 {world} 保持原样：它的新版本无法显示：{why}",
    "world_unreadable": "场景 {world} 无法显示：{why}",
    "picture_edge_in_frame": ("摄影机 {camera} 看到场景 {world} {side} 边缘之外 {by_deg:g} 度：请转动或加宽图片"),
    "plate_late": "影片 {file}：有帧没有按时显示，至今 {count} 帧：{why}",
    "plate_not_decoded": "来不及解码：请用更轻的编码或更小的影片，见 `stage world check`",
    "plate_not_uploaded": "来不及送到显卡：请用更小的影片，或同时少放几部",
    "plate_disk": "磁盘供不上：请把影片复制到更快的磁盘",
    "plate_decoder_lost": "解码器已结束，正在重启",
    "plate_decoder_stands": "解码器停住：有什么让它停下，或没有给它处理器",
    "plate_too_heavy": "本机解码赶不上它的播放速度：请用更轻的编码，见 `stage world check`",
    "plate_opening": "正在打开，最初的帧即将就绪",
    "plate_seek": "影片跳转，当时正在途中",
    "plate_set": "同组的另一部影片来迟",
    "plate_no_room": "没有内存可放，原因另有说明",
    "plate_failed": "无法读取，原因另有说明",
    "plate_other": "原因不明",
    "plate_without_timecode": "场景 {world} 的影片停着或不同步：{why}",
    "timecode_none": "没有时码：请在 [stage] 的 `timecode` 写明由哪个跟踪器给出，并检查它是否发送",
    "timecode_stands": "时码停住，或其跟踪器不再发送",
    "timecode_no_start": "文件没有时码：请给出 start_timecode；现从 00:00:00:00 算起",
    "plate_rates_differ": "{file} 每秒 {found:g} 帧，同组的 {other} 为 {expected:g} 帧：请转换其中之一",
    "world_gone": "场景 {world} 已不在：换到别的场景之前继续播出",
    "world_from_copy": "{file} 已无法读取：显示的是本次运行自己的副本",
    "takes_folder_missing": "镜次无法写入：{file}：{found}；会不断重试，要录的镜次届时开始",
    "helper_missing": "{helper} 已结束（{exit}）：会以越来越长的间隔重启",
    "panel_missing": "预览页面无法在 {address} 提供：请结束占用它的程序；会不断重试",
    "checkpoint_missing": (
        "没有空间存放检查点（{found}）：请清理临时文件夹；影棚重新启动之前，核心进程若结束可能失去最后一秒"
    ),
    "journal_not_kept": "日志无法写入 {file}：{found}；现在的改动不会记入日志，断电可能失去最后一秒",
    "not_redone": "重启前已答复的 {of} 条命令中，有 {count} 条无法重新执行，第一条是 {id}",
    "state_not_kept": "状态无法写入 {file}：{found}；断电后将失去",
}

PICTURES = {
    "picture_mended": "修复了 {file} 中 {samples} 个坏样本：负值、过大或非有限值",
    "picture_animated": "{file} 是有 {frames} 幅画面的动画：显示第一幅",
    "mask_stretched": "{mask} 为 {mask_columns} x {mask_rows} 像素，{file} 为 {columns} x {rows}：遮罩被拉伸覆盖",
    "depth_mended": "{file} 中有 {samples} 个深度不是距离：负值或非数字；按很远处理",
    "depth_all_alike": "{file} 的深度全都一样：没有任何东西更近",
    "depth_of_8_bits": "{file} 只有 8 位：台阶已被平滑，远处表面仍不平；请要 16 位或 EXR",
}

REMARKS = {
    "not_a_sphere": "{columns} x {rows} 像素不是完整的球面，却被拉伸到整个球面：请平放",
    "horizon_off": "地平线在顶部往下 {percent} % 处，与视线高度相差 {off_deg:g} 度",
    "horizon_tilted": "地平线倾斜 {tilted_deg:g} 度",
    "seam_seen": "左右边缘的亮度相差 {percent} %：相接处会看到接缝",
    "zenith_uneven": "最上面一行应是同一点，却相差 {percent} %：天顶会显得收缩",
    "nadir_uneven": "最下面一行应是同一点，却相差 {percent} %：下方地面会显得收缩",
    "highlights_clipped": "{percent:g} % 过曝成白色，约暗 {stops:g} 档，照不亮演员",
    "sun_too_dark": (
        "太阳高 {elevation_deg:g} 度，比同样晴空下真实的太阳少 {stops:g} 档光：请用灯或光卡补出影子和高光"
    ),
    "depth_stretched": "深度图为 {depth_columns} x {depth_rows} 像素，与图片的 {columns} x {rows} 形状不同：被拉伸覆盖",
    "depth_holds": (
        "深度在离中心 {metres:g} 米以内成立：此时边缘后露出的部分不超过百分之一，"
        "最近的东西在 {nearest_m:g} 米处，也不会近于它的一半"
    ),
    "picture_banded": "{percent} % 是色阶太少的渐变，成了台阶：屏幕上的抖动会尽量掩盖；请要 16 位图片或加颗粒",
    "flat_soft_on_wall": (
        "在屏幕 {wall} 上发虚：{needed} 像素只有 {found} 个图片像素；请要至少 {wide} 像素宽的图片，或把它柔化"
    ),
    "sphere_soft_on_wall": (
        "在屏幕 {wall} 上发虚：{needed} 像素只有 {found} 个图片像素；请要至少 {wide} 像素宽的平面图片，或把它柔化"
    ),
    "flat_soft_at_camera": (
        "摄影机 {camera} 在 {focal_mm:g} mm 时发虚：画面 {needed} 像素只有 {found} 个图片像素；"
        "请要至少 {wide} 像素宽的图片，或把它柔化"
    ),
    "sphere_soft_at_camera": (
        "摄影机 {camera} 在 {focal_mm:g} mm 时发虚：画面 {needed} 像素只有 {found} 个图片像素；"
        "请要至少 {wide} 像素宽的平面图片，或把它柔化"
    ),
    "brighter_than_on_air": "比正在播出的亮 {stops:g} 档：直接切换会刺眼",
    "darker_than_on_air": "比正在播出的暗 {stops:g} 档：切换后会有一阵看不清",
}

WORLD_RULES = {
    "world_name_not_text": "发现 {found!r}，应为 1 到 {most} 个可显示的字符",
    "world_name_again": "又是 {found!r}，应有自己的名称",
    "world_key_again": "又是 {found!r}，应有自己的键",
    "layer_name_not_text": "应为最多 {most} 个可显示的字符",
    "raw_layer_not_alone": "{found!r} 与其他图层在一起，它应独占一个场景",
    "layer_value_in_gap": "发现 {found:g}，应为 0，或 {least:g} 到 {most:g} {unit}",
    "layer_width_without_distance": "没有 distance_m，应一并给出；无穷远的用 width_deg",
    "layer_follows_without_hour": "没有 shot_hour，应一并给出：图片拍摄的钟点",
    "layer_cannot_follow": "用在 {kind} 类图层上，它只用于光线已画进图片的图层",
    "depth_file_ending": "发现 {found!r}，深度图文件应以 {endings} 结尾",
    "depth_without_picture": "用在 {kind} 类图层上，深度只属于有图片文件的图层",
    "layer_width_twice": "与 width_deg 同时给出，两者只能有一个",
    "panorama_lacks_file": "缺少全景图片文件",
    "panorama_file_ending": "发现 {found!r}，文件应以 {endings} 结尾",
    "model_lacks_file": '缺少三维场景的 glTF 文件，或内置场景 scene = "street"',
    "crowd_lacks_area": "多边形没有面积，至少要有围成一块的三个角",
    "crowd_without_area": "缺少人群的区域：多边形的各角，或 `area`，即网格的 glTF 文件",
    "crowd_area_twice": "与网格同时给出，两者只能有一个：多边形，或 `area` 与 `area_node`",
    "crowd_node_without_mesh": "没有网格，应给出 `area`，即其文件，或在图层自己的文件旁给出 `figures`",
    "model_file_and_scene": "既有文件又有内置场景，只能有其一",
    "model_file_ending": "发现 {found!r}，应为 glTF 2.0 文件，以 {endings} 结尾",
    "plate_lacks_file": "缺少影片、编号帧的文件夹或静帧，或一组 [[...plates]]",
    "plate_file_beside_set": "与 [[...plates]] 同时给出，两者只能有一个：把它也列入这一组",
    "plate_file_ending": "发现 {found!r}，应为影片（{endings}）、编号帧的文件夹或静帧",
    "plate_lens_ending": "发现 {found!r}，应为镜头文件（.json）",
    "plate_no_timecode": "发现 {found!r}，应为时码，如 10:00:00:00，丢帧的写作 10:00:00;00",
    "plate_ends_first": "发现 {found:g}，应大于 in_s = {least:g}，或为 0，即影片自己的结尾",
}
