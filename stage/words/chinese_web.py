"""The Chinese sentences (Simplified) of what the web process refuses, by code: as in `english_web`."""

from __future__ import annotations

WEB_REFUSALS = {
    "foreign_host": "主机名 {found!r} 不属于本机：请用 `stage run` 打印的地址",
    "foreign_origin": "来源 {found!r} 是另一台服务器的页面：请打开本机的页面",
    "address_not_valid": "地址 {found!r} 无效，应为以 / 开头的路径",
    "no_such_page": "{found!r} 处没有内容：可用的地址见 docs/control-api.md",
    "no_such_language": "没有语言 {found!r}，可选：{languages}",
    "wrong_method": "方法 {found} 不对，应为 {allowed}：只有 POST /api/v1/command 和 /api/v1/ws 能改动舞台",
    "not_json_content": "内容类型为 {found!r}，应为 application/json：这样别的页面的表单进不来",
    "not_json": "正文不是 JSON 对象：{found}",
    "body_too_long": "正文太长，最多 {most} 字节",
    "head_not_http": "收到的不是头部不超过 {most} 字节的 HTTP 请求",
    "request_too_slow": "请求没有在 {seconds:g} 秒内发完",
    "not_a_bearer": "授权方式不对，应为 `Authorization: Bearer TOKEN`",
    "no_such_token": "令牌未知：请用 `stage control keys add NAME --http` 生成",
    "token_revoked": "{name} 的令牌已撤销：请用 `stage control keys add {name} --http` 另生成",
    "stage_silent": "舞台没有发来状态",
    "stage_not_answering": "舞台 {seconds:g} 秒内没有答复：请用同一编号再发一次",
    "connections_taken": "已有 {most} 个连接，达到上限：请稍后再试",
    "requests_waiting": "等待答复的请求太多：请稍后再发",
    "sockets_taken": "已有 {most} 个 WebSocket，达到上限：请关闭一个",
    "pictures_waiting": "等待画面的太多：请稍后再试",
    "not_a_socket": "这是 WebSocket：请用 ws:// 连接",
    "not_a_stream": "没有数据流 {found!r}，可选：{streams}",
    "not_text_message": "收到二进制消息，应为 JSON 对象的文本",
    "went_wrong": "页面出了差错；它继续运行",
}
