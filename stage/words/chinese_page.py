"""The Chinese words of the page (Simplified), by key: as in `english_page`."""

from __future__ import annotations

PAGE = {
    "page.language": "中文",
    "page.then": "，然后是",
    "page.on": "开",
    "page.off": "关",
    "page.director": "导演",
    "page.operator": "技术员",
    "page.viewer": "观看",
    "page.admin": "管理员",
    "page.live": "实时",
    "page.stale": "已 {seconds:.0f} 秒无消息",
    "page.offline": "未连接",
    "page.undo": "撤销",
    "page.go": "GO",
    "page.back": "返回",
    "page.hold": "暂停",
    "page.resume": "继续",
    "page.freeze": "冻结",
    "page.black": "黑场",
    "page.longer": "再按久一点",
    "page.close": "关闭",
}
