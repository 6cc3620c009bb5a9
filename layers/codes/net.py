"""The network: a small residual CNN with attention, a feature pyramid, and one head
that strides 8, 16 and 32 share. Every cell (an anchor) predicts the distances to the
four sides of the box and a score for each class."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

STRIDES = (8, 16, 32)


class Conv(nn.Sequential):
    """Convolution, batch normalization, SiLU."""

    def __init__(self, inputs, outputs, kernel=3, stride=1):
        super().__init__(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03), nn.SiLU())


class Residual(nn.Module):
    """A bottleneck: 1x1 to half of the channels, 3x3 back, added to its input."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(Conv(channels, channels // 2, 1), Conv(channels // 2, channels))

    def forward(self, x):
        return x + self.body(x)


class Context(nn.Module):
    """Max pooling of ever wider windows: what is near a cell, wherever it is."""

    def __init__(self, channels):
        super().__init__()
        self.reduce = Conv(channels, channels // 2, 1)
        self.merge = Conv(channels * 2, channels, 1)

    def forward(self, x):
        levels = [self.reduce(x)]
        for _ in range(3):
            levels.append(F.max_pool2d(levels[-1], 5, 1, 2))
        return self.merge(torch.cat(levels, 1))


class Attention(nn.Module):
    """Every cell asks every other one: what is at the far end of a wide symbol tells
    its kind. A depthwise convolution of the values says which cell is where."""

    def __init__(self, channels, heads=4):
        super().__init__()
        self.heads = heads
        self.asked = nn.Conv2d(channels, 3 * channels, 1)
        self.place = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.merge = Conv(channels, channels, 1)

    def forward(self, x):
        query, key, value = self.asked(x).chunk(3, 1)
        apart = lambda t: t.flatten(2).unflatten(1, (self.heads, -1))  # [batch, heads, channels / heads, cells]
        q, k, v = apart(query), apart(key), apart(value)
        weights = (q.transpose(2, 3) @ k / q.shape[2] ** 0.5).softmax(3)  # [..., asking, asked]
        seen = (v @ weights.transpose(2, 3)).reshape(x.shape)
        return x + self.merge(seen + self.place(value))


def stage(inputs, outputs, depth):
    return nn.Sequential(Conv(inputs, outputs, stride=2), *[Residual(outputs) for _ in range(depth)])


class Detector(nn.Module):
    def __init__(self, classes, width=48):
        super().__init__()
        self.classes = classes
        self.stem = Conv(3, 16, stride=2)
        self.stage4 = stage(16, 32, 1)
        self.stage8 = stage(32, 64, 2)
        self.stage16 = stage(64, 96, 3)
        self.stage32 = nn.Sequential(stage(96, 144, 2), Context(144), Attention(144))
        # The pyramid: coarse to fine, then back.
        self.side8, self.side16, self.side32 = Conv(64, width, 1), Conv(96, width, 1), Conv(144, width, 1)
        self.down16, self.down8 = Residual(width), Residual(width)
        self.to16, self.to32 = Conv(width, width, stride=2), Conv(width, width, stride=2)
        self.up16, self.up32 = Residual(width), Residual(width)
        # The head.
        self.box = nn.Sequential(Conv(width, 32), nn.Conv2d(32, 4, 1))
        self.score = nn.Sequential(Conv(width, 32), Conv(32, 32), nn.Conv2d(32, classes, 1))
        nn.init.constant_(self.box[-1].bias, 2.0)
        nn.init.constant_(self.score[-1].bias, -4.6)  # a score of 0.01: most cells see nothing

    def features(self, images):
        c8 = self.stage8(self.stage4(self.stem(images)))
        c16 = self.stage16(c8)
        c32 = self.stage32(c16)
        p32 = self.side32(c32)
        p16 = self.down16(self.side16(c16) + F.interpolate(p32, scale_factor=2))
        p8 = self.down8(self.side8(c8) + F.interpolate(p16, scale_factor=2))
        p16 = self.up16(p16 + self.to16(p8))
        p32 = self.up32(p32 + self.to32(p16))
        return p8, p16, p32

    def forward(self, images):
        """images: [batch, 3, h, w], RGB in 0..1, sides multiples of 32.
        Returns distances [batch, anchors, 4] (left, top, right, bottom, in strides)
        and logits [batch, anchors, classes]; anchors by stride, then row by row."""
        levels = self.features(images)
        flat = lambda x: x.float().flatten(2).transpose(1, 2)
        distances = torch.cat([F.softplus(flat(self.box(p))) for p in levels], 1)
        logits = torch.cat([flat(self.score(p)) for p in levels], 1)
        return distances, logits


def fused(net):
    """The same function with batch normalization folded into the convolutions."""
    for module in net.eval().modules():
        if isinstance(module, Conv):
            module[0], module[1] = fuse_conv_bn_eval(module[0], module[1]), nn.Identity()
    return net


def anchors(h, w):
    """The centres [n, 2] (x, y, in pixels) and strides [n, 1] of an input's cells."""
    points, strides = [], []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(h // stride), torch.arange(w // stride), indexing="ij")
        points.append((torch.stack([x, y], -1).reshape(-1, 2) + 0.5) * stride)
        strides.append(torch.full((len(points[-1]), 1), float(stride)))
    return torch.cat(points), torch.cat(strides)


def boxes(distances, points, strides):
    """x0 y0 x1 y1 in pixels."""
    d = distances * strides
    return torch.cat([points - d[..., :2], points + d[..., 2:]], -1)
