"""How networks want their pixels. The function gives RGB from 0 to 1, [1, 3, height, width]."""

from dataclasses import dataclass

import numpy as np

IMAGENET = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)  # mean and deviation of 0..255, red first


@dataclass(frozen=True)
class Pixels:
    """A value is (p - mean) / deviation of p from 0 to 255, each of the three in the order of the
    channels that the network wants."""

    says: str
    bgr: bool = False
    mean: tuple[float, float, float] = (0, 0, 0)
    deviation: tuple[float, float, float] = (255, 255, 255)

    def of(self, canvas: np.ndarray) -> np.ndarray:
        """canvas: [height, width, 3], RGB, uint8; returns float64 of that shape. Plain numpy."""
        ordered = canvas[..., ::-1] if self.bgr else canvas
        return (ordered.astype(np.float64) - self.mean) / self.deviation


ONES = (1, 1, 1)
# What INPUT= takes.
PIXELS = {
    "rgb": Pixels("RGB from 0 to 1"),
    "bgr": Pixels("BGR from 0 to 1", bgr=True),
    "rgb255": Pixels("RGB from 0 to 255", deviation=ONES),
    "bgr255": Pixels("BGR from 0 to 255", bgr=True, deviation=ONES),
    "imagenet": Pixels("RGB less ImageNet's mean, by its deviation", mean=IMAGENET[0], deviation=IMAGENET[1]),
    "bgr-imagenet": Pixels("BGR less ImageNet's mean, by its deviation", True, IMAGENET[0][::-1], IMAGENET[1][::-1]),
    "half": Pixels("RGB from -1 to 1", mean=(127.5,) * 3, deviation=(127.5,) * 3),
}  # fmt: skip
