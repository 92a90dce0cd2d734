"""The Chinese sentences (Simplified) about cues, by code: as in `english_cues`."""

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
