package yolo

import (
	"cmp"
	"slices"
)

// maxCandidates bounds what NMS looks at, as Ultralytics' max_nms does.
const maxCandidates = 30_000

// byConfidence sorts the strongest first and, at equal confidence, keeps the
// order of the anchors; it then cuts the list to the first most.
func byConfidence(cs []candidate, most int) []candidate {
	slices.SortStableFunc(cs, func(a, b candidate) int { return cmp.Compare(b.conf, a.conf) })
	return cs[:min(len(cs), most)]
}

// nms keeps at most maxDet of the candidates, which are sorted by falling
// confidence: greedily, each drops all weaker ones of its class (of any class if
// agnostic) whose IoU with it is above the threshold.
func nms(cs []candidate, threshold float32, agnostic bool, maxDet int) []candidate {
	var kept []candidate
next:
	for _, c := range cs {
		if len(kept) == maxDet {
			break
		}
		for _, k := range kept {
			if (agnostic || k.class == c.class) && k.box.IoU(c.box) > threshold {
				continue next
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// rotatedNMS is the NMS of oriented boxes. As in Ultralytics' fast NMS, a
// candidate that was dropped still drops others, and it is enough that the
// ProbIoU equals the threshold.
func rotatedNMS(cs []candidate, threshold float32, agnostic bool, maxDet int) []candidate {
	shapes := make([]gaussian, len(cs))
	for i, c := range cs {
		shapes[i] = newGaussian(c.oriented())
	}
	limit := distanceLimit(threshold)
	var kept []candidate
next:
	for i, c := range cs {
		if len(kept) == maxDet {
			break
		}
		for j, k := range shapes[:i] {
			if (agnostic || cs[j].class == c.class) && !k.beyond(shapes[i], limit) && k.overlap(shapes[i]) >= threshold {
				continue next
			}
		}
		kept = append(kept, c)
	}
	return kept
}
