"""The Chinese sentences (Simplified) of who came in and who was refused, by code: as in `english_access`."""

from __future__ import annotations

ACCESS = {
    "code_malformed": "应为舞台显示的 {digits} 位数字",
    "code_wrong": "这不是舞台的配对码：请核对数字，或要一个新码",
    "code_expired": "配对码已过期：请要一个新码",
    "code_used": "配对码已用过，每个码只配一台平板：请要一个新码",
    "code_replaced": "这个码已被更新的码取代：请用新码",
    "code_void": "错误的码试得太多，这个码已作废：请要一个新码",
    "codes_void": "错误的码试得太多：等待中的码已作废；请用 `stage control pair` 另生成",
    "pairing_too_often": "此地址尝试太频繁：请等 {seconds} 秒",
    "tablets_taken": "已配对的平板达到上限：请技术员撤销一台",
    "tablets_not_kept": "舞台无法保存：{found}",
    "tablet_unknown": "舞台已不认识这台平板：请重新配对",
    "tablet_revoked": "平板 {name} 已被撤销：请重新配对",
    "tablet_locked": "{name} 已锁定：请输入它的 PIN",
    "no_such_tablet": "没有编号为 {found!r} 的平板，或它已被撤销",
    "nothing_to_change": "应说明要改平板的什么：rename、role、revoke 或 unlock",
    "not_a_tablet": "这不是已配对的平板：只有平板可以锁定",
    "not_a_pin": "应为 4 至 {most} 位数字的 PIN",
    "pin_wrong": "PIN 不对；还可试 {left} 次",
    "pin_too_often": "尝试太频繁：请等 {seconds} 秒",
    "pin_tries_over": "错误的 PIN 试得太多：技术员可以解锁",
    "needs_role": "这需要 {needed} 权限，此连接为 {role}",
    "tablet_paired": "{name} 已配对为 {role}",
    "code_made": "已为一台平板生成配对码（{role}）",
    "tablet_was_revoked": "{name} 已撤销",
    "tablet_renamed": "{name} 现在叫 {now}",
    "tablet_role": "{name} 现在是 {role}",
    "tablet_was_locked": "{name} 已锁定",
    "tablet_unlocked": "{name} 的锁已打开",
}
