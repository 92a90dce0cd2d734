"""What is wrong with a file of looks, cues or a world is said alike in a terminal, in health and on a page, in each language."""

import string

import pytest

from stage.config.cue_reader import read_cues
from stage.config.file_faults import FILE_FAULTS
from stage.config.findings import Findings
from stage.config.look_reader import read_look
from stage.config.world_reader import read_world
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence

CUE = "[[cues]]\nnumber = 1\nlook = 'a'\n"
LOOKS = {
    "": "values：缺少，应为 [values] 以及",
    "x = 1, 2": "第 1 行第 6 列不是有效的 TOML",
    "x = 1,5": "1,5 是用逗号写的小数吗？请写 1.5",
    "x = ": "不是有效的 TOML",
    "[" * 2000: "不是有效的 TOML",
    f"x = {'9' * 6000}": "不是有效的 TOML：有一个超过 4300 位的数",
    "a = " + "[" * 5000: "嵌套太深",
    "x = 1\n" * 30_000: "有 30000 行",
    "#" * (2 << 20): "个字符",
    ".".join("abcdefghijklmnopqrs") + " = 1": "第 1 行有一个超过 16 段的键",
    f"{'k' * 300} = 1": "有 300 个字符",
    "\n".join(f"k{n} = 1" for n in range(6000)): "应不超过 5000 个键",
    "\n".join(f"k{n} = [{'1,' * 250}]" for n in range(250)): "个以上的值",
    f"k = {'[' * 20}{']' * 20}": "嵌套超过 16 层",
    "[[rows]]\n" * 300: "有 300 个 [[rows]]",
    "[vaules]\nx = 1": "vaules：未知的键；是否指 'values'？应为 name 和 [values]",
    "[zzz]\nx = 1": "zzz：未知的键，应为 name 和 [values]",
    "name = 3\n[values]\nx = 1": "name：是 3，应为 1 到 64 个可显示的字符",
    "[values]\nx = nan": "x：是 nan，应为有限的数",
    "[values]\ntime.hour = 1": "time：是一个表",
    "[values]\nx = [1]": "x：是 [1]，应为数、true、false 或文本",
    f"[values]\nx = 0x{'f' * 90}": "360 位二进制",
    "[values]\n" + "\n".join(f"k{n} = 1" for n in range(4500)): "有 4500 个值",
    "[values]\nx = [1]\ny = [1]": "（共 2 处，这是第一处）",
}
CUES = {
    "[cues]\nnumber = 1": "请在每个 Cue 前写 [[cues]]",
    "[[cue]]\nnumber = 1": "cue：未知的键；是否指 'cues'？应为以 [[cues]] 开头的表",
    "cues = [3]": "cues[0]：是 3，应为表",
    "[[cues]]\nlook = 'a'": "cues[0].number：缺少，应为 0.001 到 9999.999 的数",
    "[[cues]]\nnumber = true\nlook = 'a'": "cues[0].number：是 True，应为 0.001 到 9999.999 的数",
    "[[cues]]\nnumber = 1": "cues[0].look：缺少，应为预设的名称",
    "[[cues]]\nnumber = 1\nlook = 'a'\nvalues = { '/b' = 1 }": "cues[0].values：与预设同时出现",
    "[[cues]]\nnumber = 1\nonly = ['sky']\nvalues = { '/b' = 1 }": "cues[0].only：没有预设",
    CUE + "only = ['skyy']": "应为以下之一：",
    CUE + "curve = 'soft'": "应为以下之一：ease, linear",
    CUE + "fade_s = 'x'": "cues[0].fade_s：是 'x'，应为 0 到 3600 的数",
    CUE + "follow_on = 1": "cues[0].follow_on：是 1，应为 true 或 false",
    CUE + "only = 3": "cues[0].only：是 3，应为 0 到 8 项的列表",
    CUE + f"name = '{'x' * 100}'": "应为不超过 64 个字符的文本",
    CUE + 'name = "two\\nlines"': "应为一行可显示的字符",
    CUE + "fade = 2": "cues[0].fade：未知的键；是否指 'fade_s'？",
    CUE + "zzzzz = 2": "cues[0].zzzzz：未知的键",
    CUE + CUE: "cues[1].number：编号 1 重复",
}

LAYER = '[[layers]]\nkind = "panorama"\nfile = "a.png"\n'
WORLDS = {
    LAYER + "opacity = '1'": "layers[0].opacity：是 '1'，应为 0 到 1 的数",
    LAYER + "distance_m = 1500000": "layers[0].distance_m：是 1500000，应为 0 到 10000 的数：是以毫米写的吗？1500",
    LAYER + "plates = []": '未知的键，只用于 kind = "plate"',
    LAYER + "shot_sky = 5.0": "layers[0].shot_sky：是 5.0，应为文本或表",
}


def first(read, text):
    findings = Findings("show.toml")
    read(text, findings)
    fault = findings.first()
    assert fault is not None
    return fault, findings.lines()


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [(lambda text, findings: read_look(text, findings, "dusk"), *one) for one in LOOKS.items()]
    + [(read_cues, *one) for one in CUES.items()]
    + [(lambda text, findings: read_world(text, findings, "street"), *one) for one in WORLDS.items()],
    ids=[
        f"{kind}{n}" for kind, texts in (("look", LOOKS), ("cues", CUES), ("world", WORLDS)) for n in range(len(texts))
    ],
)
def test_the_first_fault_of_a_file_is_said_in_each_language(read, text, said):
    fault, lines = first(read, text)
    english = sentence(fault.code, fault.values)
    assert f"show.toml: {english}".removesuffix(f" (first of {fault.values['count']})") == lines[0]
    assert said in sentence(fault.code, fault.values, LANGUAGES["zh"])


def test_a_language_speaks_of_no_value_that_a_fault_lacks():
    def values(template):
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    chinese = LANGUAGES["zh"]
    assert {code for code in FILE_FAULTS if values(chinese[code]) - values(FILE_FAULTS[code])} == set()


def test_an_unknown_key_is_taken_for_one_that_its_own_table_may_have():
    crowd = '[[layers]]\nkind = "model"\nfile = "a.glb"\n[layers.crowd]\nwalk = 1\n'
    fault, lines = first(lambda text, findings: read_world(text, findings, "street"), crowd)
    assert lines[0] == "show.toml: layers[0].crowd.walk: unknown key; did you mean 'walks'?"
    fault, lines = first(lambda text, findings: read_world(text, findings, "street"), "x = 1\n" + LAYER)
    assert (fault.values["cause"], lines) == ("file_key_unknown", ("show.toml: x: unknown key",))
