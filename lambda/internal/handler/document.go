package handler

import (
	_ "embed"
	"encoding/json"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/payload"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// openAPI is the contract for programs. A test holds it to package api.
//
//go:embed openapi.json
var openAPI json.RawMessage

// modelInfo is the reply to GET /: what the endpoint serves.
type modelInfo struct {
	Model       string         `json:"model"`
	Models      []string       `json:"models"` // all that are served, the default first
	Task        yolo.Task      `json:"task"`
	Names       map[int]string `json:"names"`
	ImgSize     [2]int         `json:"imgsz"` // height, width in pixels
	Dynamic     bool           `json:"dynamic"`
	Stride      int            `json:"stride"`
	Assumed     []string       `json:"assumed,omitempty"` // what the file does not say
	Description string         `json:"description,omitempty"`
	License     string         `json:"license,omitempty"`
	Options     []string       `json:"options"`
	OpenAPI     string         `json:"openapi"`
}

// document answers a GET that carries no picture: with the contract, or with what the
// model that the query names is.
func (h *Handler) document(req *payload.Request) (reply, error) {
	if req.Document == api.OpenAPIPath {
		return document{openAPI}, nil
	}
	m, err := h.models.get(req.Options.Model)
	if err != nil {
		return nil, err
	}
	info := modelInfo{
		Model: m.name, Models: h.models.names, Task: m.Task, Names: make(map[int]string, m.Classes),
		ImgSize: [2]int{m.ImgSize.H, m.ImgSize.W}, Dynamic: m.Fixed == yolo.Size{}, Stride: m.Stride,
		Assumed: m.Assumed, Description: m.Description, License: m.License,
		Options: api.OptionNames(), OpenAPI: api.OpenAPIPath,
	}
	for id := range m.Classes {
		info.Names[id] = m.Name(id)
	}
	return document{info}, nil
}

// document is a reply that is not about a picture.
type document struct{ content any }

func (d document) encode() ([]byte, string, error) { return encodeJSON(d.content) }
