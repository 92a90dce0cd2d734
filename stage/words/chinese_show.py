"""The Chinese sentences (Simplified) of a show's cues, lights, films and 3D scenes, by code: as in `english_show`."""

from __future__ import annotations

CUE_REFUSALS = {
    "no_cues": "还没有 Cue：请添加一个，或把 cues.toml 放进节目文件夹",
    "no_cue_left": "最后一个 Cue 已执行：请返回，或按编号跳转",
    "no_cue": "没有 Cue {number}，共 {count} 个；附近有：{near}",
    "no_go_to_take_back": "没有可以返回的 GO",
    "cue_without_look": "Cue {cue} 用到预设 {look!r}，它不在：请建立它，或跳到别的 Cue",
    "too_many_cues_wait": "等待延迟的数值太多：请稍候，或返回",
    "not_in_cues": "{path} 属于影棚本身，或录制时不许改动，因此 Cue 不能包含它",
    "not_a_cue_number": "没有编号为 {found} 的 Cue：应为 0.001 到 9999.999，最多三位小数",
    "cue_number_missing": "缺少 Cue 编号",
    "cue_number_taken": "已有 Cue {number}：请编辑它，或另给编号",
    "no_room_between_cues": "Cue {number} 之后没有空余的编号：请重新编号",
    "cue_name_not_one_line": "Cue {number} 的名称应为一行可显示的文字，不能是 {found!r}",
    "cue_of_look_and_values": "Cue {number} 既有预设又有自己的数值：请只给一种",
    "cue_of_nothing": "Cue {number} 既没有预设也没有数值：请给一种",
    "cue_part_of_no_look": "Cue {number} 写了预设的一部分（only），却没有预设：请去掉",
    "no_cue_named": "没有指定 Cue：请至少给一个",
    "too_many_cues": "最多 {most} 个 Cue：请先删除一些",
    "cues_too_large": "所有 Cue 的数值会超过 {most_mib} MiB：请改用预设",
}

CUES = {
    **CUE_REFUSALS,
    "cue_look_missing": "下一个是 Cue {cue}，它的预设 {look!r} 不在：请建立它，或编辑 Cue",
    "cue_world_missing": "下一个是 Cue {cue}，它的场景 {world!r} 不在：请添加它，或编辑 Cue",
    "cues_unreadable": "{file} 没有重新读取，Cue 保持原样：{why}",
    "cues_not_written": "Cue 无法写入 {file}：{found}；会再试",
    "cues_set_aside": "{file} 同时被手工和客户端改动：手工写的内容在 {aside}",
}


LIGHTS = {
    "lights_overlap": "灯 {light} 与灯 {other} 在域 {universe} 中占用了相同通道，现由 {light} 使用：请重新配接其中一盏",
    "light_beyond": "灯 {light} 的最后通道为域 {universe} 的 {last}，超过 512：请改用较小的地址",
    "lights_unmeasured": "有 {count} 盏跟随的灯超出可测量的数量（{most} 个单元）：它们保持原有的光",
    "desk_silent": "域 {universe} 上的调光台已无信号：它设定的值保持不变；请检查调光台及其线缆",
    "desk_unknown_path": "{path} 不是本影棚的参数，调光台无法移动它",
    "desk_geometry": "{path} 属于影棚的布置，调光台绝不能移动它",
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


PLATES = {
    "plate_unreadable": "影片 {file} 无法读取：{found}",
    "film_lens_unread": "{file} 按原样显示：镜头 {lens} 只对配置文件中的世界读取",
    "plate_no_memory": (
        "影片 {file} 的预读帧需要 {needed} MiB，全部只剩 {budget} MiB：请调高 library.plates_mib，或用较小的影片"
    ),
    "plate_no_gpu_room": "影片的帧在显存中没有位置：{why}",
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

MODELS = {
    "model_extension_ignored": "{file} 用到 {extension}，已被忽略：这里看起来可能不同",
    "model_cameras_ignored": "{file} 中被忽略的摄影机：{count} 台；影棚有自己的摄影机",
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
    "page.scene_note": "在平面图上拖动，上方是影棚正面。双指旋转和缩放。",
    "page.scene_place": "平面图：场景向右 {x:.1f} m，向前 {y:.1f} m",
    "page.parameter.floor_m": "地面高度",
    "page.parameter.scale": "缩放",
    "page.parameter.moves": "动画",
    "page.parameter.pace": "快慢",
}
