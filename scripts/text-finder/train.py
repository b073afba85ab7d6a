"""Trains the text finder on scenes from stream.ts and writes its parameters as safetensors:

    python3 scripts/text-finder/train.py --out FILE [--seed N] [--steps N,N,N,N,N,N] [--start FILE --phase N]

One thread of Debian's torch, which is faster than our own autograd: with that, two hours do not reach the same
numbers (docs/decisions/0005-text-finder.md). The same seed gives the same training again on the same
kind of processor. The last file of each phase stays as FILE.1, FILE.2 …; `npm run train:text-finder -- --finish FILE` quantises.
"""

import argparse
import json
import math
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parents[2]
BATCH = 8
# Scenes kept to choose from.
KEPT = 6000
# With so many the training begins; from then on the pool grows by two a step.
FIRST_KEPT = 800
# Among how many of the kept scenes the best known is sought, in the phase that keeps the hardest.
COMPARED = 6
AVERAGE = 0.999

# First what text looks like, rather seen twice than missed; then what only looks like it; then scenes as they come, so
# that what the net says is as likely as it says; then for long, with sharper ends of text; at last with what a missed
# tile costs beside one too many, so that the net's room goes to where the threshold will lie. A tile of text weighs
# `text` times one without; one beside text counts as none, with the weight `rim`; `hard` adds to the weight of tiles
# without text that the net takes for text. Every `renewed_every` steps a kept scene makes room for a new one. The rate
# falls along half a cosine that ends at `horizon` steps: the first, second and fourth phase are broken off before.
# The net that is shipped had 16 and 32 channels in the first five phases and was widened for the sixth. Nobody has
# tried whether a net that begins with all its channels becomes as good.
PHASES = [
    dict(horizon=80_000, rate=3e-3, text=3.0, rim=0.0, hard=0.0, amounts="none,some,some,much"),
    dict(horizon=50_000, rate=1.5e-3, text=2.5, rim=0.25, hard=2.0, amounts="none,some,none,much", keeps_hardest=True),
    dict(horizon=40_000, rate=1e-3, text=2.0, rim=0.35, hard=2.0, amounts="none,some,none,much"),
    dict(horizon=150_000, rate=1.5e-3, text=2.0, rim=0.6, hard=2.0, amounts="none,some,some,much", renewed_every=3),
    dict(horizon=100_000, rate=1.5e-3, text=8.0, rim=0.6, hard=2.0, amounts="none,some,some,much", renewed_every=3),
    dict(horizon=100_000, rate=1.5e-3, text=8.0, rim=0.6, hard=2.0, amounts="none,some,some,much", renewed_every=3),
]


class Scenes:
    """Scenes as stream.ts hands them out, in order."""

    def __init__(self, seed, amounts):
        command = ["npx", "tsx", "scripts/text-finder/stream.ts", "--seed", str(seed), "--amounts", amounts]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, bufsize=1 << 20)
        self.header = json.loads(self.process.stdout.readline())
        self.pixels = self.header["scene"] ** 2
        self.tiles = (self.header["scene"] // self.header["tile"]) ** 2

    def next(self):
        data = self.process.stdout.read(self.pixels + self.tiles)
        if len(data) < self.pixels + self.tiles:
            raise EOFError("the scenes ended")
        return np.frombuffer(data, np.uint8)

    def close(self):
        self.process.terminate()
        self.process.wait()


def fresh(plan):
    """Kernels drawn after He, biases of 0. A residual layer begins as a small change of what stands before it."""
    parameters = {}
    for at, layer in enumerate(plan):
        inputs = layer["inChannels"] * layer["kernel"] ** 2
        gain = 0.5 if "skipFrom" in layer else 1.0
        shape = (layer["outChannels"], layer["inChannels"], layer["kernel"], layer["kernel"])
        parameters[f"kernel{at}"] = torch.randn(shape) * gain * math.sqrt(2 / inputs)
        parameters[f"bias{at}"] = torch.zeros(1, layer["outChannels"], 1, 1)
    return parameters


def widened(plan, parameters):
    """The same answers from a net with channels to spare: new ones are drawn, and what old ones hear of them is 0."""
    wider = fresh(plan)
    for at in range(len(plan)):
        old, kernel = parameters[f"kernel{at}"], wider[f"kernel{at}"]
        outputs, inputs = old.shape[:2]
        kernel[:outputs] = 0
        kernel[:outputs, :inputs] = old
        wider[f"bias{at}"][:, :outputs] = parameters[f"bias{at}"]
    return wider


def logits(plan, parameters, planes):
    """N × 1 × rows × columns, scaled, to N × 1 × rows/4 × columns/4."""
    outputs = []
    signal = planes
    for at, layer in enumerate(plan):
        if layer.get("enlarge"):
            signal = F.interpolate(signal, scale_factor=layer["enlarge"], mode="nearest")
        kernel, bias = parameters[f"kernel{at}"], parameters[f"bias{at}"]
        padding = layer["dilation"] * (layer["kernel"] - 1) // 2
        signal = F.conv2d(signal, kernel, bias.flatten(), layer["stride"], padding, layer["dilation"])
        if "skipFrom" in layer:
            signal = signal + outputs[layer["skipFrom"]]
        if at < len(plan) - 1 and layer.get("relu", True):
            signal = torch.relu(signal)
        outputs.append(signal)
    return signal


def write_safetensors(path, parameters):
    header, offset = {}, 0
    arrays = {name: value.detach().numpy().astype("<f4") for name, value in parameters.items()}
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())


def read_safetensors(path):
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        name: torch.from_numpy(np.frombuffer(body[slice(*about["data_offsets"])], "<f4").reshape(about["shape"]).copy())
        for name, about in header.items()
    }


class Kept:
    """The scenes at hand, with the loss that each had when it was last drawn."""

    def __init__(self, scenes):
        self.scenes = scenes
        self.count = 0
        self.data = np.zeros((KEPT, scenes.pixels + scenes.tiles), np.uint8)
        self.loss = np.full(KEPT, np.inf, np.float32)

    def renew(self, step, phase):
        filling = BATCH if self.count < FIRST_KEPT else 2
        replacing = 1 if step % phase.get("renewed_every", 1) == 0 else 0
        keeps_hardest = phase.get("keeps_hardest", False)
        for _ in range(filling if self.count < KEPT else replacing):
            if self.count < KEPT:
                place = self.count
                self.count += 1
            else:
                place = random.randrange(KEPT)
                for _ in range(COMPARED - 1 if keeps_hardest else 0):
                    other = random.randrange(KEPT)
                    if self.loss[other] < self.loss[place]:
                        place = other
            self.data[place] = self.scenes.next()
            self.loss[place] = np.inf

    def draw(self):
        """Places, planes with brightness, contrast, polarity and quarter turns of their own, and what tiles are."""
        header = self.scenes.header
        size, tiles = header["scene"], header["scene"] // header["tile"]
        places = [random.randrange(self.count) for _ in range(BATCH)]
        chosen = torch.from_numpy(self.data[places])
        planes = chosen[:, : self.scenes.pixels].reshape(BATCH, 1, size, size).float()
        kinds = chosen[:, self.scenes.pixels :].reshape(BATCH, 1, tiles, tiles)
        turns = [random.choice((1, 2, 3)) if random.random() < 0.2 else 0 for _ in places]
        planes = torch.stack([plane.rot90(turn, (1, 2)) for plane, turn in zip(planes, turns)])
        kinds = torch.stack([kind.rot90(turn, (1, 2)) for kind, turn in zip(kinds, turns)])
        sign = torch.tensor([random.choice((-1.0, 1.0)) for _ in places])
        gain = sign * (0.6 + 0.6 * torch.rand(BATCH))
        offset = (0.6 * torch.rand(BATCH) - 0.3) * header["spread"]
        planes = gain.view(-1, 1, 1, 1) * (planes - header["middle"]) + offset.view(-1, 1, 1, 1)
        # What a plane of 8 bits could not hold is cut, as a display would.
        planes = planes.clamp(-header["middle"], 255 - header["middle"]) / header["spread"]
        return places, planes, kinds


def weighted(kinds, predicted, phase, tile_is):
    """Targets of tiles and what each weighs."""
    is_text, is_rim, is_faint = (kinds == tile_is[name] for name in ("text", "rim", "faint"))
    weights = torch.ones(kinds.shape) + phase["hard"] * torch.sigmoid(predicted.detach())
    weights[is_text] = phase["text"]
    weights[is_rim] *= phase["rim"]
    weights[is_faint] = 0
    return is_text.float(), weights


def train(parameters, phase, steps, seed, out):
    scenes = Scenes(seed, phase["amounts"])
    plan, tile_is = scenes.header["plan"], scenes.header["tileIs"]
    parameters = widened(plan, parameters) if parameters else fresh(plan)
    names = list(parameters)
    for name in names:
        parameters[name].requires_grad_(True)
    optimiser = torch.optim.AdamW(parameters.values(), lr=phase["rate"], weight_decay=1e-4)
    average = {name: parameters[name].detach().clone() for name in names}
    kept = Kept(scenes)
    started, loss_sum = time.time(), 0.0
    for step in range(steps):
        kept.renew(step, phase)
        rate = phase["rate"] * min(1, (step + 1) / 300) * (0.5 + 0.5 * math.cos(math.pi * step / phase["horizon"])) + 1e-5
        for group in optimiser.param_groups:
            group["lr"] = rate
        places, planes, kinds = kept.draw()
        # Half the bits, and channels side by side, to save time; the parameters and their steps keep all bits.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            predicted = logits(plan, parameters, planes.to(memory_format=torch.channels_last)).float()
        targets, weights = weighted(kinds, predicted, phase, tile_is)
        losses = weights * F.binary_cross_entropy_with_logits(predicted, targets, reduction="none")
        loss = losses.sum() / weights.sum()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimiser.step()
        kept.loss[places] = losses.detach().sum((1, 2, 3)).numpy()
        decay = min(AVERAGE, (step + 1) / (step + 10))
        with torch.no_grad():
            for name in names:
                average[name].lerp_(parameters[name], 1 - decay)
        loss_sum += loss.item()
        if step % 500 == 499:
            minutes = (time.time() - started) / 60
            left = minutes / (step + 1) * (steps - step - 1)
            print(f"step {step + 1} of {steps}: loss {loss_sum / 500:.4f}, {left:.0f} min left", flush=True)
            loss_sum = 0.0
            write_safetensors(out, average)
    scenes.close()
    return average


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--steps", default="35000,32000,40000,45000,100000,100000")
    parser.add_argument("--start")
    parser.add_argument("--phase", type=int, default=1)
    options = parser.parse_args()
    if (options.phase > 1) != (options.start is not None):
        parser.error("--phase and --start go together")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    # Tiny numbers cost more than others, and say nothing.
    torch.set_flush_denormal(True)
    parameters = read_safetensors(options.start) if options.start else None
    steps = [int(count) for count in options.steps.split(",")]
    for phase in range(options.phase, len(PHASES) + 1):
        print(f"phase {phase} of {len(PHASES)}", flush=True)
        # Each phase has scenes and random numbers of its own, so that it can begin from a file.
        seed = options.seed + phase - 1
        random.seed(seed)
        torch.manual_seed(seed)
        parameters = train(parameters, PHASES[phase - 1], steps[phase - 1], seed, options.out)
        write_safetensors(options.out, parameters)
        write_safetensors(f"{options.out}.{phase}", parameters)


sys.exit(main())
