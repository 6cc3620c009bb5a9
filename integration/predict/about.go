package predict

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// about is what the function says of the model that the job asks.
type about struct {
	Model   string         `json:"model"`
	Models  []string       `json:"models"`
	Names   map[int]string `json:"names"`
	ImgSize [2]int         `json:"imgsz"` // height, width in pixels
}

// describe asks the function about its model, once.
func (j *Job) describe(ctx context.Context) (about, error) {
	j.describing.Lock()
	defer j.describing.Unlock()
	if j.about != nil {
		return *j.about, nil
	}
	body, err := j.Client.DescribeRaw(ctx, j.Options.Model)
	if err != nil {
		return about{}, fmt.Errorf("ask what the model is: %w", err)
	}
	var a about
	if err := json.Unmarshal(body, &a); err != nil {
		return about{}, fmt.Errorf("read what the model is: %w: is this URL a YOLambda function?", err)
	}
	j.about = &a
	return a, nil
}

// ids are the classes that the function tells, sorted.
func (a about) ids() []int { return slices.Sorted(maps.Keys(a.Names)) }
