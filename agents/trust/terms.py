"""What Chinese notes and English papers call the same: the words around a number, by which its place is known again."""

import re

# Measures: a number with one of these is another number with another of them.
MEASURES = {
    "hour": r"小时|钟头|\b(?:hours?|hrs?|h)\b",
    "day": r"天|日(?!期)|\bdays?\b",
    "minute": r"分钟|\b(?:minutes?|mins?)\b",
    "week": r"周|星期|\bweeks?\b",
    "month": r"月(?!份)|\bmonths?\b",
    "year": r"年|\byears?\b",
    "millisecond": r"毫秒|\b(?:milliseconds?|ms)\b",
    "microsecond": r"微秒|\b(?:microseconds?|us)\b",
    "second": r"秒|\b(?:seconds?|secs?|s)\b",
    "kilobyte": r"\bK(?:i)?B\b",
    "megabyte": r"\bM(?:i)?B\b|兆字节",
    "gigabyte": r"\bG(?:i)?B\b|\bGigabytes?\b",
    "terabyte": r"\bT(?:i)?B\b",
}
_LETTERS = "alpha α beta β gamma γ delta δ epsilon ϵ lambda λ theta θ sigma σ tau τ mu μ"
GREEK = dict(re.findall(r"(\w+) (\w)", _LETTERS))
_MEASURE = re.compile(
    r"[\s~$\u00a0-]*(?:个|整|了)?(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in MEASURES.items()) + ")",
    re.IGNORECASE,
)

# What is counted or measured: Chinese, and the stems under which the source has it.
_NOUNS = """
    层 layer block; 头 head; 步 step iteration update; 轮 epoch round; 块 gpu tpu block chunk; GPU gpu gpus;
    张 image picture gpu; 图 image picture figure; 参数 parameter param; 维 dimension dim dmodel;
    词 word token vocabulary; 令牌 token; token token; 句 sentence; 样本 example sample instance;
    样例 example sample; 例 example sample case; 类 class categor type; 模型 model;
    数据集 dataset benchmark corpus; 任务 task; 语言 language; 阶段 stage phase; 次 time run trial seed repeat;
    种 type kind different; 项 item task; 点 point; 分 point score; 批 batch; 学习率 learning rate lr;
    温度 temperature; 丢弃 dropout; 预热 warmup warm; 标签平滑 label smoothing; 准确率 accuracy acc;
    精度 accuracy precision; 困惑度 perplexity ppl; 召回 recall; 错误率 error; 损失 loss; 专家 expert;
    窗口 window; 上下文 context; 长度 length; 秩 rank; 对 pair; 倍 time fold factor;
    人 people human participant annotator worker; 题 question problem; 字 character; 像素 pixel;
    分辨率 resolution; 帧 frame; 个百分点 point; 内存 memory; 显存 memory vram; 吞吐 throughput; 延迟 latency;
    速度 speed; 胜率 win rate; 权重 weight; 节点 node; 星 star; 光年 light; 电子 electron; 实验 experiment;
    方法 method approach; 编码器 encoder; 解码器 decoder; 注意力 attention; 查询 query queries; 训练 train;
    测试 test; 验证 validation dev; 翻译 translation; 检索 retrieval; 问答 question answering;
    参与者 participant; 网络 network; 隐藏 hidden; 词表 vocabulary;
"""
NOUNS = {entry.split()[0]: tuple(entry.split()[1:]) for entry in _NOUNS.split(";") if entry.strip()}


def measure(after: str) -> str:
    """The measure that a number is given in, from what stands directly behind it; "" for none."""
    found = _MEASURE.match(after)
    return found.lastgroup or "" if found else ""


def english(chinese: str) -> set[str]:
    """The stems that a Chinese text calls for."""
    return {stem for word, stems in NOUNS.items() if word in chinese for stem in stems}
