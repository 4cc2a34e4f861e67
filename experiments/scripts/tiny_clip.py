r"""A tiny CLIP on generated pictures: the experiment behind `examples/tiny-clip/paper.pdf`.

One coloured shape stands on a noisy grey picture; its caption names size, colour, shape, row and column. A small
convolutional network and a small transformer learn to bring picture and caption together by a contrastive loss.
Measured: retrieval with held-out captions, and zero-shot classification of colour-shape pairs never seen in training.
All seeds are fixed; one CPU thread needs two to three minutes. After `pip install torch==2.13.0 numpy matplotlib`,

    python experiments/scripts/tiny_clip.py --out examples/tiny-clip

writes `results.json` (every setting and number), `numbers.tex` (macros and table rows: all numbers that the paper
prints) and `figures/*.pdf` into that folder.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional

COLOURS = ("red", "green", "blue", "yellow", "purple", "orange")
TINTS = np.array([[85, 15, 15], [15, 70, 20], [15, 25, 85], [85, 80, 15], [60, 20, 70], [90, 50, 10]]) / 100
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "ring")
SLOTS = (("small", "medium", "large"), COLOURS, SHAPES, ("top", "middle", "bottom"), ("left", "centre", "right"))
NAMES = ("size", "colour", "shape", "row", "column")
COUNTS = tuple(map(len, SLOTS))
CAPTIONS = np.indices(COUNTS).reshape(len(COUNTS), -1).T  # all, (972, 5): an index into each slot
OFFSETS = np.cumsum([0, *COUNTS[:-1]])  # number of a slot's first word in the vocabulary
SIDE, RADII, CENTRES = 24, np.array([2.0, 3.1, 4.6]), np.array([5.0, 11.5, 18.0])  # pixels; by size; by row or column
NOISE = 0.1  # standard deviation of a pixel, where 1 is the range from black to white
SEEDS, EVERY, RIDGE = (0, 1, 2), 25, 100.0  # EVERY: steps between points of a curve; RIDGE: a penalty
MAIN, MEANS = ("i2t_r1", "i2t_r5", "t2i_r1", "t2i_r5", "zero_shot"), ("r1", "r5", "zero_shot")  # columns of the tables
Array = np.ndarray[Any, np.dtype[Any]]
OUTLINES: tuple[Callable[[Array, Array], Array], ...] = (  # of SHAPES: radius about 1, negative inside, y points down
    lambda x, y: np.hypot(x, y) - 1,
    lambda x, y: np.maximum(abs(x), abs(y)) - 0.85,
    lambda x, y: np.maximum(y - 0.65, 1.8 * abs(x) - y - 1),
    lambda x, y: abs(x) + abs(y) - 1.15,
    lambda x, y: np.minimum(np.maximum(abs(x) - 0.33, abs(y) - 1), np.maximum(abs(y) - 0.33, abs(x) - 1)),
    lambda x, y: abs(np.hypot(x, y) - 0.75) - 0.27,
)


@dataclass(frozen=True)
class Setting:
    """What a run is made of; an ablation changes one of these."""

    loss: str = "symmetric"  # or "image-to-text", "text-to-image", "sigmoid"
    temperature: float = 0.07
    learned: bool = True  # is the temperature learned?
    bias: float = 0.0  # of the sigmoid loss, at the start
    normalised: bool = True
    attention: bool = True  # False: captions are bags of words
    batch: int = 64
    steps: int = 200
    rate: float = 0.003  # of Adam
    dim: int = 64  # of the shared space
    width: int = 64  # of the text encoder, and of the image encoder's second convolution
    heads: int = 4


BASE = Setting()
ABLATIONS: dict[str, tuple[str, str, Setting]] = {  # component, setting, run
    "base": ("Full model", "as in Section 3", BASE),
    "fixed_base": ("Temperature", r"fixed, $\tau = 0.07$", replace(BASE, learned=False)),
    "fixed_low": ("Temperature", r"fixed, $\tau = 0.01$", replace(BASE, learned=False, temperature=0.01)),
    "fixed_high": ("Temperature", r"fixed, $\tau = 1$", replace(BASE, learned=False, temperature=1.0)),
    "i2t": ("Loss", "image-to-text only", replace(BASE, loss="image-to-text")),
    "t2i": ("Loss", "text-to-image only", replace(BASE, loss="text-to-image")),
    "sigmoid": ("Loss", "sigmoid", replace(BASE, loss="sigmoid", temperature=0.1, bias=-10.0)),
    "raw": ("Normalisation", "off", replace(BASE, normalised=False)),
    "batch_small": ("Batch size", "16", replace(BASE, batch=16)),
    "batch_large": ("Batch size", "128", replace(BASE, batch=128)),
    "dim_small": ("Dimension", "8", replace(BASE, dim=8)),
    "bag": ("Text encoder", "bag of words", replace(BASE, attention=False)),
}


def split_captions() -> tuple[Array, Array, Array]:
    """Training, test and unseen captions. Colour i and shape i are an unseen pair; a fifth of the rest is the test."""
    unseen = CAPTIONS[:, 1] == CAPTIONS[:, 2]
    seen = np.random.default_rng(0).permutation(CAPTIONS[~unseen])
    return seen[len(seen) // 5 :], seen[: len(seen) // 5], CAPTIONS[unseen]


def draw(captions: Array, rng: np.random.Generator) -> Tensor:
    """One picture for each caption, (n, 3, SIDE, SIDE): place, radius, colour, grey and noise differ every time."""
    n, (size, colour, shape, row, column) = len(captions), captions.T
    radius, pixels = RADII[size] * rng.uniform(0.9, 1.1, n), np.arange(SIDE)
    centres = [CENTRES[place] + rng.uniform(-1.2, 1.2, n) for place in (column, row)]
    x, y = (((pixels - centre[:, None]) / radius[:, None]).astype(np.float32) for centre in centres)
    outline = np.empty((n, SIDE, SIDE), np.float32)
    for one, outline_of in enumerate(OUTLINES):
        outline[shape == one] = outline_of(x[shape == one][:, None, :], y[shape == one][:, :, None])
    inside = np.clip(0.5 - outline * radius[:, None, None], 0, 1)[:, None]  # the edge is about one pixel soft
    tint, grey = TINTS[colour] + rng.normal(0, 0.08, (n, 3)), rng.uniform(0.3, 0.7, (n, 1, 1, 1))
    noise = NOISE * rng.standard_normal((n, 3, SIDE, SIDE), np.float32)
    return torch.from_numpy((grey + inside * (tint[:, :, None, None] - grey) - 0.5).astype(np.float32) + noise)


class TextEncoder(nn.Module):
    """Words and their places, a transformer block unless it is a bag of words, mean, projection."""

    def __init__(self, s: Setting) -> None:
        super().__init__()
        self.attention = s.attention
        self.words = nn.Embedding(sum(COUNTS), s.width)
        self.places = nn.Parameter(0.02 * torch.randn(len(COUNTS), s.width))
        self.block = nn.TransformerEncoderLayer(s.width, s.heads, 2 * s.width, 0, "gelu", batch_first=True)
        self.project = nn.Linear(s.width, s.dim)

    def forward(self, captions: Array) -> Tensor:
        """Of captions (n, 5): (n, dim), not normalised."""
        words = self.words(torch.from_numpy(captions + OFFSETS))
        out: Tensor = self.project((self.block(words + self.places) if self.attention else words).mean(1))
        return out


class TinyClip(nn.Module):
    """Two encoders, a temperature, and for the sigmoid loss a bias."""

    def __init__(self, s: Setting) -> None:
        super().__init__()
        self.setting = s
        layers = [nn.Conv2d(3, s.width // 2, 5, 3, 1), nn.GELU(), nn.Conv2d(s.width // 2, s.width, 3, 2, 1), nn.GELU()]
        self.picture = nn.Sequential(*layers, nn.Flatten(), nn.Linear(s.width * (SIDE // 6) ** 2, s.dim))
        self.caption = TextEncoder(s)
        self.log_scale = nn.Parameter(torch.tensor(1 / s.temperature).log(), requires_grad=s.learned)
        self.bias = nn.Parameter(torch.tensor(s.bias), requires_grad=s.loss == "sigmoid")

    def embed(self, pictures: Tensor, captions: Array) -> tuple[Tensor, Tensor]:
        """Both as points of the shared space, (n, dim) and (m, dim)."""
        u, v = self.picture(pictures), self.caption(captions)
        return (functional.normalize(u), functional.normalize(v)) if self.setting.normalised else (u, v)

    def loss(self, pictures: Tensor, captions: Array) -> Tensor:
        """The batch's loss: row i of the logits belongs to picture i, column j to caption j, the diagonal is right."""
        u, v = self.embed(pictures, captions)
        logits = self.log_scale.exp() * (u @ v.T)
        if self.setting.loss == "sigmoid":
            return -functional.logsigmoid((2 * torch.eye(len(u)) - 1) * (logits + self.bias)).sum() / len(u)
        right = torch.arange(len(u))
        rows, columns = functional.cross_entropy(logits, right), functional.cross_entropy(logits.T, right)
        return {"image-to-text": rows, "text-to-image": columns}.get(self.setting.loss, (rows + columns) / 2)


@torch.no_grad()
def measure(embed: Callable[[Tensor, Array], tuple[Tensor, Tensor]]) -> dict[str, float]:
    """All metrics in per cent, on pictures that are the same for every run; r1 and r5: the mean of both directions."""
    _, test, unseen = split_captions()
    pictures, captions = embed(draw(test, np.random.default_rng(1)), test)
    out: dict[str, float] = {}
    for way, similarity in {"i2t": pictures @ captions.T, "t2i": captions @ pictures.T}.items():
        better = (similarity > similarity.diagonal()[:, None]).sum(1)  # candidates before the right one
        out |= {f"{way}_r{k}": 100 * (better < k).float().mean().item() for k in (1, 5)}
    out |= {f"r{k}": (out[f"i2t_r{k}"] + out[f"t2i_r{k}"]) / 2 for k in (1, 5)}
    first = test[(pictures @ captions.T).argmax(1)]  # the caption that each picture retrieves
    out |= {f"wrong_{name}": 100 * float(np.mean(first[:, i] != test[:, i])) for i, name in enumerate(NAMES)}
    unseen_pictures, captions = embed(draw(unseen, np.random.default_rng(2)), CAPTIONS)
    classes = captions.reshape(*COUNTS, -1).mean((0, 3, 4)).flatten(0, 1)  # a colour and a shape, over all prompts
    guess = (unseen_pictures @ functional.normalize(classes).T).argmax(1).numpy()
    colour, shape = guess // len(SHAPES) == unseen[:, 1], guess % len(SHAPES) == unseen[:, 2]
    rates = {"zero_shot": colour & shape, "zero_colour": colour, "zero_shape": shape}
    return out | {name: 100 * float(np.mean(right)) for name, right in rates.items()}


def train(s: Setting, seed: int) -> tuple[TinyClip, list[tuple[int, dict[str, float]]]]:
    """One run: the model, and (step, metrics) along the way, step 0 and the last one included."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(100 + seed)
    model, captions = TinyClip(s), split_captions()[0]
    curve = [(0, measure(model.embed))]
    optimiser = torch.optim.Adam(model.parameters(), s.rate, fused=True)
    for step in range(1, s.steps + 1):
        batch = rng.choice(captions, s.batch, replace=False)  # no caption twice: each has one right picture
        optimiser.zero_grad()
        model.loss(draw(batch, rng), batch).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if step % EVERY == 0:
            curve.append((step, measure(model.embed) | {"temperature": (-model.log_scale).exp().item()}))
    return model, curve


def ridge(seed: int) -> dict[str, float]:
    """The linear baseline: from pixels to the caption's bag of words, on as many pairs as a run of BASE sees."""
    rng, words, captions = np.random.default_rng(100 + seed), torch.eye(sum(COUNTS)), split_captions()[0]
    mean = words[captions + OFFSETS].sum(1).mean(0)
    batch = np.concatenate([rng.permutation(captions)[: BASE.batch] for _ in range(BASE.steps)])
    x, y = draw(batch, rng).flatten(1), words[batch + OFFSETS].sum(1) - mean
    w = torch.linalg.solve(x.T @ x + RIDGE * torch.eye(x.shape[1]), x.T @ y)
    unit = functional.normalize
    return measure(lambda p, c: (unit(p.flatten(1) @ w), unit(words[c + OFFSETS].sum(1) - mean)))


def summary(runs: list[dict[str, float]]) -> dict[str, Any]:
    """Every seed's metrics, and their mean and sample standard deviation."""
    columns = {key: [run[key] for run in runs] for key in runs[0]}
    mean = {key: float(np.mean(column)) for key, column in columns.items()}
    return {"seeds": runs, "mean": mean, "std": {key: float(np.std(column, ddof=1)) for key, column in columns.items()}}


def run_all() -> tuple[dict[str, Any], TinyClip]:
    """Everything that `results.json` holds, and the full model of the first seed."""
    sizes = dict(zip(("train", "test", "unseen"), map(len, split_captions()), strict=True))
    pairs = len(COLOURS) * len(SHAPES)
    chance = {f"{way}_r{k}": 100 * k / sizes["test"] for way in ("i2t", "t2i") for k in (1, 5)}
    chance |= {"zero_shot": 100 / pairs, "zero_colour": 100 / len(COLOURS), "zero_shape": 100 / len(SHAPES)}
    systems: dict[str, Any] = {"chance": {"mean": chance}}
    trained = {name: [train(setting, seed) for seed in SEEDS] for name, (_, _, setting) in ABLATIONS.items()}
    for name, runs in trained.items():
        systems[name] = {"setting": asdict(ABLATIONS[name][2])} | summary([curve[-1][1] for _, curve in runs])
        systems[name]["curves"] = [[(step, metrics["r1"]) for step, metrics in curve] for _, curve in runs]
    systems["untrained"] = summary([curve[0][1] for _, curve in trained["base"]])
    systems["ridge"] = summary([ridge(seed) for seed in SEEDS])
    model = trained["base"][0][0]
    data: dict[str, float] = {"captions": len(CAPTIONS), "pairs": pairs, "seen": pairs - len(SHAPES), "noise": NOISE}
    data |= {"words": sum(COUNTS), "side": SIDE, "ridge": RIDGE, "seeds": len(SEEDS), "prompts": len(CAPTIONS) // pairs}
    data |= sizes | {"shown": BASE.batch * BASE.steps, "weights": sum(map(torch.numel, model.parameters()))}
    return {"data": data, "versions": {"torch": torch.__version__, "numpy": np.__version__}, "systems": systems}, model


def draw_curves(systems: dict[str, Any]) -> Figure:
    figure, panels = plt.subplots(1, 2, figsize=(6.9, 2.1), sharey=True)
    temperatures = {"base": "learned", "fixed_base": "fixed 0.07", "fixed_low": "fixed 0.01", "fixed_high": "fixed 1"}
    batches = {"base": "64", "batch_small": "16", "batch_large": "128"}
    for panel, title, names in zip(panels, ("Temperature", "Batch size"), (temperatures, batches), strict=True):
        for (name, label), style in zip(names.items(), ("-", "--", "-.", ":"), strict=False):
            curves = np.array(systems[name]["curves"])
            steps, mean, std = curves[0, :, 0], curves[:, :, 1].mean(0), curves[:, :, 1].std(0, ddof=1)
            panel.plot(steps, mean, style, label=label, linewidth=1.2)
            panel.fill_between(steps, mean - std, mean + std, alpha=0.15, linewidth=0)
        panel.set(xlabel="training step", ylabel="mean R@1 (%)", ylim=(0, 105))
        panel.legend(title=title, loc="upper left", ncols=2, frameon=False)
    return figure


def draw_similarity(model: TinyClip, count: int = 8) -> Figure:
    """Cosine similarity of test pictures (columns) and their captions (rows)."""
    test = split_captions()[1][:count]
    drawn = draw(test, np.random.default_rng(3))
    pictures, captions = model.embed(drawn, test)
    figure, axes = plt.subplots(figsize=(3.3, 2.5))
    figure.colorbar(axes.imshow((captions @ pictures.T).detach().numpy()), ax=axes, fraction=0.046, pad=0.03)
    names = [" ".join(slot[i] for slot, i in zip(SLOTS, caption, strict=True)) for caption in test]
    axes.set(xticks=[], yticks=range(count), yticklabels=names)
    for column, picture in enumerate(drawn):
        inset = axes.inset_axes((column / count, 1.02, 0.95 / count, 0.95 / count))
        inset.imshow(np.clip(picture.permute(1, 2, 0).numpy() + 0.5, 0, 1))
        inset.axis("off")
    return figure


def cells(system: dict[str, Any], metrics: tuple[str, ...]) -> str:
    std = system.get("std")
    return " & ".join(f"{system['mean'][m]:.1f}" + (rf" $\pm$ {std[m]:.1f}" if std else "") for m in metrics) + r" \\"


def numbers(results: dict[str, Any]) -> str:
    r"""`numbers.tex`: a macro for each number (\BaseMeanRone is systems.base.mean.r1) and the rows of both tables."""
    systems = results["systems"]
    values = {f"data_{key}": f"{value:,}" for key, value in results["data"].items()}
    for name, system in systems.items():
        values |= {f"{name}_{key}": str(value) for key, value in system.get("setting", {}).items()}
        values |= {f"{name}_mean_{key}": f"{value:.1f}" for key, value in system["mean"].items()}
        values |= {f"{name}_tau": f"{system['mean']['temperature']:.3f}"} if "setting" in system else {}
    main = {"chance": "Chance", "untrained": "Untrained encoders", "ridge": "Ridge regression"}
    main |= {"sigmoid": "Tiny CLIP (sigmoid loss)", "base": "Tiny CLIP (full model)"}
    values["main_rows"] = "\n".join(f"{label} & {cells(systems[name], MAIN)}" for name, label in main.items())
    ablations = [(f"{component} & {setting}", systems[name]) for name, (component, setting, _) in ABLATIONS.items()]
    values["ablation_rows"] = "\n".join(f"{row} & {cells(system, MEANS)}" for row, system in ablations)
    digits = str.maketrans({"1": "one", "2": "two", "5": "five", "_": ""})  # a macro's name has letters only
    lines = [rf"\newcommand{{\{name.title().translate(digits)}}}{{{value}}}" for name, value in values.items()]
    return "\n".join(["% written by experiments/scripts/tiny_clip.py from results.json: do not edit", *lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a tiny CLIP on generated pictures; write what the paper needs.")
    parser.add_argument("--out", type=Path, required=True, help="folder for results.json, numbers.tex and figures/")
    out: Path = parser.parse_args().out
    torch.set_num_threads(1)  # the batches are too small for more, and one thread adds up in one order
    torch.use_deterministic_algorithms(mode=True)
    plt.rcParams |= {"font.family": "serif", "font.size": 8, "pdf.fonttype": 42, "savefig.pad_inches": 0.02}
    results, model = run_all()
    (out / "figures").mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (out / "numbers.tex").write_text(numbers(results), encoding="utf-8")
    for name, figure in {"curves": draw_curves(results["systems"]), "similarity": draw_similarity(model)}.items():
        figure.savefig(out / "figures" / f"{name}.pdf", metadata={"CreationDate": None}, bbox_inches="tight")


if __name__ == "__main__":
    main()
