"""Which anchor answers for which object, and what that costs: task-aligned
assignment (Feng et al., TOOD, 2021) with GIoU (Rezatofighi et al., 2019)."""

import torch
from torch.nn import functional as F

from net import boxes

CANDIDATES = 10  # anchors an object may have
SCORE_POWER, IOU_POWER = 1.0, 6.0


def iou(a, b, generalized=False):
    """Of boxes [..., 4]; broadcasts."""
    inner = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    area = lambda x: (x[..., 2:] - x[..., :2]).clamp(min=0).prod(-1)
    union = area(a) + area(b) - inner + 1e-7
    if not generalized:
        return inner / union
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1) + 1e-7
    return inner / union - (hull - union) / hull


@torch.no_grad()
def assign(scores, predicted, points, labels, targets):
    """For one picture: scores [n, classes], predicted boxes [n, 4], anchor centres
    [n, 2], labels [m], target boxes [m, 4].
    Returns for each anchor the object it answers for, or -1, and the score that it
    should have, [n]."""
    n, m = len(points), len(labels)
    inside = ((points > targets[:, None, :2]) & (points < targets[:, None, 2:])).all(-1)  # [m, n]
    # A sliver between the cells' centres still gets the nearest of them.
    centres = (targets[:, :2] + targets[:, 2:]) / 2
    nearest = (points - centres[:, None]).abs().sum(-1).argmin(1)
    inside[torch.arange(m), nearest] = True
    overlap = iou(targets[:, None], predicted[None])  # [m, n]
    metric = scores[:, labels].T ** SCORE_POWER * overlap ** IOU_POWER + 1e-9
    metric = metric * inside
    top = metric.topk(min(CANDIDATES, n), 1)
    chosen = torch.zeros_like(inside).scatter_(1, top.indices, True) & inside
    # An anchor that several objects want goes to the one that it overlaps most.
    best, owner = torch.where(chosen, overlap, -1).max(0)
    owner = torch.where(best >= 0, owner, -1)
    mine = owner[None] == torch.arange(m)[:, None]
    metric = metric * mine
    norm = (overlap * mine).amax(1, keepdim=True) / metric.amax(1, keepdim=True).clamp(min=1e-9)
    return owner, (metric * norm).amax(0)


def loss(distances, logits, points, strides, objects):
    """objects: for each picture, labels [m] and boxes [m, 4] in pixels.
    Returns the cost of the scores and of the boxes, unweighted."""
    predicted = boxes(distances, points, strides)
    scores = logits.detach().sigmoid()
    wanted = torch.zeros_like(logits)
    box_cost, total = distances.sum() * 0, 1.0  # of all, so that DDP finds every gradient where nothing is wanted
    for i, (labels, targets) in enumerate(objects):
        if len(labels) == 0:
            continue
        owner, score = assign(scores[i], predicted[i].detach(), points, labels, targets)
        hit = owner >= 0
        wanted[i, hit, labels[owner[hit]]] = score[hit]
        box_cost = box_cost + ((1 - iou(predicted[i, hit], targets[owner[hit]], generalized=True)) * score[hit]).sum()
        total += float(score.sum())
    # Focal on the anchors of no object, as varifocal loss does: they are many and
    # easy. Where there is an object the other classes' scores count in full.
    answers = (wanted > 0).any(2, keepdim=True)
    weight = torch.where(answers, 1.0, 0.75 * scores ** 1.5)
    score_cost = (F.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * weight).sum()
    return score_cost / total, box_cost / total
