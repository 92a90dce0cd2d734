"""The Chinese help of stage lights' values (Simplified), by path with `*` for their keys."""

from __future__ import annotations

HELP = {
    "/lights/master": "总控：所有灯的亮度，颜色不变。",
    "/lights/blackout": "立即关掉影棚里所有的灯光。",
    "/lights/group/*/intensity": "这一组所有灯共同的亮度。",
    "/light/*/intensity": "灯的亮度：0 为暗，1 为它给出或跟随的全部光。",
    "/light/*/follow": "它跟随什么：不跟随；墙上显示的、从它背后来的光；太阳或月亮；墙的一部分；或墙显示不了的光。",
    "/light/*/exposure_stops": "跟随时：为 0 时，100 尼特的周围使它全亮。",
    "/light/*/colour": "不跟随时用哪些数值设颜色：色温与偏色、xy、色相与饱和度，或红绿蓝。",
    "/light/*/temperature_k": "白光：5000 K 以上为日光，4000 K 以下为黑体，其间过渡。",
    "/light/*/tint": "白光从偏绿（-1）到偏品红（+1），Duv 0.02。",
    "/light/*/x": "颜色的 CIE 1931 x。",
    "/light/*/y": "颜色的 CIE 1931 y。",
    "/light/*/hue_deg": "色相：0 红，120 绿，240 蓝。",
    "/light/*/saturation": "从色温与偏色的白光（0）到纯色相（1）。",
    "/light/*/red": "红，线性 ACEScg。",
    "/light/*/green": "绿，线性 ACEScg。",
    "/light/*/blue": "蓝，线性 ACEScg。",
    "/light/*/minimum": "跟随时的最低亮度，在亮度推杆之前。",
    "/light/*/maximum": "最高亮度，在亮度推杆之前。",
    "/light/*/smooth_s": "跟随时：光的变化走完三分之二所需的时间。",
    "/light/*/hold": "跟随时：保持它现在给出的光和方向。",
    "/light/*/x_m": "灯的位置：向右。",
    "/light/*/y_m": "灯的位置：朝正面墙。",
    "/light/*/z_m": "灯的位置：向上。",
    "/light/*/aim_x_m": "灯指向之处：向右。",
    "/light/*/aim_y_m": "灯指向之处：朝正面墙。",
    "/light/*/aim_z_m": "灯指向之处：向上。",
    "/light/*/universe": "它的 DMX 域，整数；Art-Net 的端口地址。",
    "/light/*/address": "它在域中的第一个 DMX 通道，整数。",
}
