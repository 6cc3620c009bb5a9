package apis

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
)

// modelsLast is how long the list of models is believed: clients ask for it before
// each picture, and a deployment may change it.
const modelsLast = time.Minute

// models knows what the function serves.
type models struct {
	function Function

	mu   sync.Mutex
	list []model
	read time.Time
}

// model is what the function tells of one.
type model struct {
	Name   string   `json:"model"`
	Models []string `json:"models"`
	Task   string   `json:"task"`
	ImgSz  []int    `json:"imgsz"` // height, width in pixels, where the model has a fixed size
}

// all lists the models, the default first.
func (m *models) all(ctx context.Context) ([]model, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.list != nil && time.Since(m.read) < modelsLast {
		return m.list, nil
	}
	first, err := m.describe(ctx, "")
	if err != nil {
		return nil, err
	}
	list := []model{first}
	for _, name := range first.Models {
		if name == first.Name {
			continue
		}
		other, err := m.describe(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, other)
	}
	m.list, m.read = list, time.Now()
	return list, nil
}

func (m *models) describe(ctx context.Context, name string) (model, error) {
	var described model
	body, err := m.function.DescribeRaw(ctx, name)
	if err != nil {
		return described, err
	}
	if err := json.Unmarshal(body, &described); err != nil {
		return described, fmt.Errorf("read the model's description: %w", err)
	}
	return described, nil
}

// asked is what the model is asked with these options: those that mean something to it.
// These APIs' clients send thresholds with every request, which their own servers pass over
// where nothing is boxed: a classifier's first class is told however unsure it is.
func (m model) asked(o api.Options) api.Options {
	o.Model = m.Name
	if !findsBoxes(m.Task) {
		o.Conf, o.IoU, o.MaxDet, o.AgnosticNMS = nil, nil, 0, false
	}
	return o
}

// findsBoxes reports whether models for the task find boxes.
func findsBoxes(task string) bool { return task != "classify" && task != "semantic" && task != "depth" }

// find returns a model by one of the names that an API has for it. The error says
// which there are, as the API writes them.
func (m *models) find(ctx context.Context, asked string, names func(model) []string) (model, error) {
	list, err := m.all(ctx)
	if err != nil {
		return model{}, err
	}
	var known []string
	for _, one := range list {
		if slices.Contains(names(one), asked) {
			return one, nil
		}
		known = append(known, names(one)[0])
	}
	return model{}, &statusError{http.StatusNotFound,
		api.Errorf(api.InvalidRequest, "the model %.60q is not served; there is %s", asked, strings.Join(known, ", "))}
}
